import Foundation
import RejoinFFI

/// The arguments of an event or acknowledgement: JSON, and binary attachments at any depth.
public struct Payload: Sendable, Hashable {
    /// A JSON array. An attachment stands in it as `{"_placeholder":true,"num":i}`, `i` being its index, with the
    /// fields in this order: some servers know it only so.
    public var json: String
    public var attachments: [Data]

    public init(json: String, attachments: [Data] = []) {
        (self.json, self.attachments) = (json, attachments)
    }

    /// One argument for each value; `Data` in them, at any depth, is sent as binary.
    ///
    /// - Throws: `RejoinError` with the code `invalid_argument`: a value cannot be encoded.
    public init(encoding values: [any Encodable & Sendable]) throws {
        let attachments = Attachments()
        let encoder = JSONEncoder()
        // Some servers know a placeholder only by `_placeholder` before `num`.
        encoder.outputFormatting = .sortedKeys
        encoder.dataEncodingStrategy = .custom { data, encoder in
            try Placeholder(_placeholder: true, num: attachments.add(data)).encode(to: encoder)
        }
        do {
            let parts = try values.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
            self.init(inOrder: "[\(parts.joined(separator: ","))]", attachments.all)
        } catch {
            throw RejoinError.invalid("args", "cannot be encoded: \(error)")
        }
    }

    /// Some servers take attachments in the order in which their placeholders stand, whatever number those have; and keys
    /// are sorted only after the attachments were numbered.
    private init(inOrder json: String, _ attachments: [Data]) {
        // In a text of the application its quotes would be escaped.
        let mark = "{\"_placeholder\":true,\"num\":"
        let parts = json.components(separatedBy: mark)
        var text = parts[0]
        var ordered: [Data] = []
        for part in parts.dropFirst() {
            let digits = part.prefix(while: \.isNumber)
            guard let index = Int(digits), attachments.indices.contains(index) else {
                text += mark + part
                continue
            }
            text += "\(mark)\(ordered.count)\(part.dropFirst(digits.count))"
            ordered.append(attachments[index])
        }
        self.init(json: text, attachments: ordered)
    }

    /// The argument at an index.
    ///
    /// - Throws: `RejoinError` with the code `invalid_argument`: there is none, or it is of another type.
    public func decode<T: Decodable>(_ type: T.Type = T.self, at index: Int = 0) throws -> T {
        let decoder = JSONDecoder()
        let attachments = attachments
        decoder.dataDecodingStrategy = .custom { decoder in
            let placeholder = try Placeholder(from: decoder)
            guard attachments.indices.contains(placeholder.num) else {
                throw RejoinError.invalid("args", "a placeholder refers to no attachment")
            }
            return attachments[placeholder.num]
        }
        decoder.userInfo[Element<T>.index] = index
        do {
            return try decoder.decode(Element<T>.self, from: Data(json.utf8)).value
        } catch {
            throw RejoinError.invalid("args", "argument \(index) is no \(T.self): \(error)")
        }
    }

    init(_ payload: RejoinFFI.Payload) {
        self.init(json: payload.json, attachments: payload.attachments)
    }

    var native: RejoinFFI.Payload { RejoinFFI.Payload(json: json, attachments: attachments) }
}

private struct Placeholder: Codable {
    let _placeholder: Bool
    let num: Int
}

private final class Attachments: @unchecked Sendable {
    private(set) var all: [Data] = []

    func add(_ data: Data) -> Int {
        all.append(data)
        return all.count - 1
    }
}

/// One element of an array of different types.
private struct Element<T: Decodable>: Decodable {
    static var index: CodingUserInfoKey { CodingUserInfoKey(rawValue: "rejoin.index")! }

    let value: T

    init(from decoder: any Decoder) throws {
        var array = try decoder.unkeyedContainer()
        for _ in 0..<(decoder.userInfo[Self.index] as? Int ?? 0) {
            _ = try array.decode(Ignored.self)
        }
        value = try array.decode(T.self)
    }
}

private struct Ignored: Decodable {
    init(from decoder: any Decoder) throws {}
}

/// A value as JSON text.
func json(_ value: any Encodable) throws -> String {
    String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
}
