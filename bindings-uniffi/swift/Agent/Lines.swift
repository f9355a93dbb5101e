import Foundation
import Rejoin

/// Binary values stand in the lines as `{"$base64":"…"}`.
enum Lines {
    static func payload(_ args: [Any]) throws -> Payload {
        var attachments: [Data] = []
        let array = try detach(args, &attachments)
        // Some servers know a placeholder only by `_placeholder` before `num`.
        let options: JSONSerialization.WritingOptions = [.withoutEscapingSlashes, .sortedKeys]
        let json = try JSONSerialization.data(withJSONObject: array, options: options)
        return Payload(json: String(decoding: json, as: UTF8.self), attachments: attachments)
    }

    static func args(_ payload: Payload) -> Any {
        let value = (try? JSONSerialization.jsonObject(with: Data(payload.json.utf8))) ?? NSNull()
        return payload.attachments.isEmpty ? value : attach(value, payload.attachments)
    }

    static func bytes(_ base64: String) throws -> Data {
        guard let data = Data(base64Encoded: base64) else { throw Refusal.invalid("base64", "is not base64") }
        return data
    }

    private static func detach(_ value: Any, _ attachments: inout [Data]) throws -> Any {
        switch value {
        case let array as [Any]:
            return try array.map { try detach($0, &attachments) }
        case let object as [String: Any]:
            if object.count == 1, let base64 = object["$base64"] as? String {
                attachments.append(try bytes(base64))
                return ["_placeholder": true, "num": attachments.count - 1] as [String: Any]
            }
            // In the order in which they are written.
            return try object.keys.sorted().reduce(into: [String: Any]()) { detached, key in
                detached[key] = try detach(object[key]!, &attachments)
            }
        default: return value
        }
    }

    private static func attach(_ value: Any, _ attachments: [Data]) -> Any {
        switch value {
        case let array as [Any]: return array.map { attach($0, attachments) }
        case let object as [String: Any]:
            if object["_placeholder"] as? Bool == true, let number = object["num"] as? Int,
                attachments.indices.contains(number)
            {
                return ["$base64": attachments[number].base64EncodedString()]
            }
            return object.mapValues { attach($0, attachments) }
        default: return value
        }
    }
}

/// Numbered messages: what arrived of others', and what became of our own.
final class Counting: @unchecked Sendable {
    private let lock = NSLock()
    private var on = false
    private var seen: [String: [String: Int]] = [:]
    private var numbers: [String: Set<Int>] = [:]
    private var ends = ["sent": 0, "acknowledged": 0, "failed": 0]

    func set(_ on: Bool) { lock.withLock { self.on = on } }

    /// Counts a numbered message. False: it is to be printed.
    func count(_ value: () -> Any?) -> Bool {
        guard lock.withLock({ on }), let object = value() as? [String: Any], let number = object["seq"] as? Int else {
            return false
        }
        let client = object["client"] as? String ?? "anonymous"
        lock.withLock {
            var seen = self.seen[client] ?? ["received": 0, "unique": 0, "duplicates": 0, "reordered": 0, "high": 0]
            seen["received"]! += 1
            if numbers[client, default: []].insert(number).inserted {
                seen["unique"]! += 1
                if number < seen["high"]! { seen["reordered"]! += 1 }
            } else {
                seen["duplicates"]! += 1
            }
            seen["high"] = max(seen["high"]!, number)
            self.seen[client] = seen
        }
        return true
    }

    /// One of a burst's messages came to its end.
    func ended(_ outcome: Outcome) {
        lock.withLock { ends[ends[outcome.rawValue] == nil ? "failed" : outcome.rawValue]! += 1 }
    }

    var fields: [String: Any] {
        lock.withLock { (ends as [String: Any]).merging(["seen": seen]) { $1 } }
    }
}

/// How fast a client's consumers read.
actor Pace {
    private(set) var slow = Duration.zero
    private var paused = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var reading: [Int: Task<JSONItem?, Never>] = [:]
    private var last = 0

    func set(slow: Duration) { self.slow = slow }

    func pause(_ paused: Bool) {
        self.paused = paused
        if paused {
            reading.values.forEach { $0.cancel() }
        } else {
            waiting.forEach { $0.resume() }
            waiting = []
        }
    }

    /// The next item, not taken while paused: a wait that is cancelled loses nothing.
    func next<T: Sendable>(_ stream: EventStream<T>) async -> T? {
        while true {
            if paused { await withCheckedContinuation { waiting.append($0) } }
            last += 1
            let id = last
            let wait = Task { () -> JSONItem? in
                var iterator = stream.makeAsyncIterator()
                return await iterator.next().map { JSONItem(value: $0) }
            }
            reading[id] = wait
            let item = await wait.value
            reading[id] = nil
            if let item { return item.value as? T }
            if !wait.isCancelled { return nil }
        }
    }
}

struct JSONItem: @unchecked Sendable {
    let value: Any
}
