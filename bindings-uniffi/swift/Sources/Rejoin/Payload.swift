import Foundation
import RejoinFFI

/// The arguments of an event or acknowledgement: JSON, and binary attachments at any depth.
public struct Payload: Sendable, Hashable {
    /// A JSON array. An attachment stands in it as `{"_placeholder":true,"num":i}`, `i` being its index.
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
            self.init(json: "[\(parts.joined(separator: ","))]", attachments: attachments.all)
        } catch {
            throw RejoinError.invalid("args", "cannot be encoded: \(error)")
        }
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
