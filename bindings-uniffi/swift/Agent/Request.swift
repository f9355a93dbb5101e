import Foundation
import Rejoin

/// The fields of a line. One that is not asked for is an error.
struct Request {
    let id: JSON
    private let section: String
    private var fields: [String: Any]

    init(_ object: [String: Any], section: String = "line") {
        fields = object
        id = JSON(fields.removeValue(forKey: "id") ?? NSNull())
        self.section = section
    }

    mutating func optional<T>(_ name: String, _ type: T.Type = T.self) throws -> T? {
        guard let value = fields.removeValue(forKey: name), !(value is NSNull) else { return nil }
        guard let typed = value as? T else { throw Refusal.invalid("\(section).\(name)", "must be a \(T.self)") }
        return typed
    }

    mutating func required<T>(_ name: String, _ type: T.Type = T.self) throws -> T {
        guard let value: T = try optional(name) else { throw Refusal.invalid("\(section).\(name)", "is missing") }
        return value
    }

    mutating func flag(_ name: String) throws -> Bool { try optional(name) ?? false }

    mutating func whole(_ name: String) throws -> UInt64? {
        guard let number: NSNumber = try optional(name) else { return nil }
        guard let whole = UInt64(exactly: number.doubleValue) else {
            throw Refusal.invalid("\(section).\(name)", "must be a whole number of at least 0")
        }
        return whole
    }

    mutating func small(_ name: String) throws -> UInt32? {
        guard let number = try whole(name) else { return nil }
        guard let small = UInt32(exactly: number) else { throw Refusal.invalid("\(section).\(name)", "is too large") }
        return small
    }

    mutating func duration(_ name: String) throws -> Duration? {
        try whole(name).map { .milliseconds(Int64(clamping: $0)) }
    }

    mutating func object(_ name: String) throws -> Request? {
        try optional(name, [String: Any].self).map { Request($0, section: name) }
    }

    mutating func choice<T: RawRepresentable>(_ name: String, _ type: T.Type = T.self) throws -> T?
    where T.RawValue == String {
        guard let text: String = try optional(name) else { return nil }
        let words = text.split(separator: "_")
        let camel = words.dropFirst().reduce(String(words.first ?? "")) { $0 + $1.capitalized }
        guard let value = T(rawValue: camel) else { throw Refusal.invalid("\(section).\(name)", "there is no \(text)") }
        return value
    }

    func end() throws {
        if let name = fields.keys.sorted().first { throw Refusal.invalid("\(section).\(name)", "is unknown") }
    }
}

/// The `config` of an operation.
struct AgentConfig {
    var configuration = Configuration()
    var credentials = false
    var path: String?
    var transports: [Transport] = []

    init(_ request: Request?, socketio: Bool) throws {
        guard var request else { return }
        try backoff(request.object("backoff"))
        configuration.connectTimeout = try request.duration("connect_timeout_ms")
        if var heartbeat = try request.object("heartbeat") {
            configuration.heartbeat.interval = try heartbeat.duration("interval_ms")
            configuration.heartbeat.timeout = try heartbeat.duration("timeout_ms")
            try heartbeat.end()
        }
        configuration.probeTimeout = try request.duration("probe_timeout_ms")
        if var outbox = try request.object("outbox") {
            configuration.outbox.maxMessages = try outbox.whole("max_messages")
            configuration.outbox.maxBytes = try outbox.whole("max_bytes")
            configuration.outbox.overflow = try outbox.choice("overflow")
            if try outbox.optional("store", String.self) != nil { throw Refusal.unsupported("outbox.store") }
            try outbox.end()
        }
        if var inbound = try request.object("inbound") {
            configuration.inbound.maxMessages = try inbound.whole("max_messages")
            configuration.inbound.policy = try inbound.choice("policy")
            try inbound.end()
        }
        configuration.acknowledgementTimeout = try request.duration("ack_timeout_ms")
        configuration.closeGrace = try request.duration("close_grace_ms")
        configuration.headers = try request.optional("headers") ?? [:]
        configuration.subprotocols = try request.optional("subprotocols") ?? []
        configuration.maxMessageBytes = try request.whole("max_message_bytes")
        credentials = try request.flag("credentials")
        path = try request.optional("path")
        let names: [String]? = try request.optional("transports")
        if (path != nil || names != nil) && !socketio {
            throw Refusal.invalid("config", "path and transports are of Socket.IO")
        }
        transports = try (names ?? []).map { name in
            guard let transport = Transport(rawValue: name) else {
                throw Refusal.invalid("transports", "there is no \(name)")
            }
            return transport
        }
        if try request.flag("compression") { throw Refusal.unsupported("compression") }
        try request.end()
    }

    private mutating func backoff(_ request: Request?) throws {
        guard var request else { return }
        configuration.backoff.initial = try request.duration("initial_ms")
        configuration.backoff.max = try request.duration("max_ms")
        configuration.backoff.factor = try request.optional("factor", NSNumber.self)?.doubleValue
        configuration.backoff.maxAttempts = try request.small("max_attempts")
        configuration.backoff.resetAfter = try request.duration("reset_after_ms")
        try request.end()
    }
}
