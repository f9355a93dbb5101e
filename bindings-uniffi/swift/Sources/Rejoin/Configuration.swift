import Foundation
import RejoinFFI

/// What a client is to be. What is `nil` has the core's default.
public struct Configuration: Sendable {
    /// When to try again. Default: 500 ms, doubling up to 20 s, full jitter, no limit of attempts.
    public struct Backoff: Sendable {
        /// The upper end of the first delay. Default 500 ms.
        public var initial: Duration?
        /// The upper end of any delay. Default 20 s.
        public var max: Duration?
        /// How much the upper end grows with each failure: 1 or more. Default 2.
        public var factor: Double?
        /// How many attempts in a row may fail before the client gives up. Default: no limit.
        public var maxAttempts: UInt32?
        /// How long a connection must last before failures are forgotten. Default 10 s.
        public var resetAfter: Duration?
        /// The spread of the first retry after a server announced a restart (close codes 1001, 1012, 1013). Default 5 s.
        public var restartWindow: Duration?
        /// The spread of the first retry after the network came back. Default 250 ms.
        public var onlineWindow: Duration?
        /// The least delay after a failure that only time or the user can mend, as an expired certificate. Default 60 s.
        public var slow: Duration?
    }

    /// When to ping a silent server (default 25 s), and when to give it up (default 10 s more).
    public struct Heartbeat: Sendable {
        public var interval: Duration?
        public var timeout: Duration?
    }

    /// The bounds of what waits to be sent. Default: 1,000 messages and 1 MiB, one more is rejected.
    public struct Outbox: Sendable {
        public enum Overflow: String, Sendable { case reject, dropOldest, dropNewest }

        public var maxMessages: UInt64?
        public var maxBytes: UInt64?
        public var overflow: Overflow?
    }

    /// How many messages each consumer may leave unread. Default: 1,024, then reading from the network stops.
    public struct Inbound: Sendable {
        public enum Policy: String, Sendable { case backpressure, dropOldest, dropNewest }

        public var maxMessages: UInt64?
        public var policy: Policy?
    }

    /// Whom to trust besides the platform's authorities (PEM or DER), who the client is, and pins (SHA-256 of public
    /// keys, base64, at least two).
    public struct TLS: Sendable {
        public var authorities: [Data] = []
        public var certificate: Data?
        public var key: String?
        public var pins: [String] = []
    }

    /// `http://host:port` or `socks5://host:port`.
    public struct Proxy: Sendable {
        public var url: String
        public var user: String?
        public var password: String?

        public init(url: String, user: String? = nil, password: String? = nil) {
            (self.url, self.user, self.password) = (url, user, password)
        }
    }

    public var backoff = Backoff()
    /// The time from the start of an attempt until connected. Default 15 s.
    public var connectTimeout: Duration?
    /// How long each stage of an attempt may take: name resolution, TCP for each address, proxy, TLS; the upgrade has
    /// twice that. Default 5 s.
    public var stageTimeout: Duration?
    /// When to ping a silent server, and when to give it up. Socket.IO servers say it themselves.
    public var heartbeat = Heartbeat()
    /// How long the server may take to show life after a wake-up or a change of network. Default 2.5 s.
    public var probeTimeout: Duration?
    public var writeTimeout: Duration?
    public var readTimeout: Duration?
    public var outbox = Outbox()
    public var inbound = Inbound()
    /// How long to wait for an acknowledgement, unless the call says otherwise. Default 10 s.
    public var acknowledgementTimeout: Duration?
    public var closeGrace: Duration?
    public var maxMessageBytes: UInt64?
    public var credentialsTimeout: Duration?
    /// Headers of the upgrade request; their values count as secrets.
    public var headers: [String: String] = [:]
    public var subprotocols: [String] = []
    public var tls = TLS()
    public var proxy: Proxy?
    /// Allows credentials on `ws://` to other machines.
    public var allowInsecure = false
    /// Follows one redirect of a `wss://` server to the same host in each attempt; on another port without credentials and
    /// headers. Default false: a redirect is the error `redirect`, which is final.
    public var followRedirect = false

    public init() {}

    func native(credentials: Bool, onConnect: Bool) throws -> RejoinFFI.Options {
        RejoinFFI.Options(
            backoff: BackoffOptions(
                initialMs: try milliseconds("backoff.initial", backoff.initial),
                maxMs: try milliseconds("backoff.max", backoff.max), factor: backoff.factor,
                maxAttempts: backoff.maxAttempts,
                resetAfterMs: try milliseconds("backoff.resetAfter", backoff.resetAfter),
                restartWindowMs: try milliseconds("backoff.restartWindow", backoff.restartWindow),
                onlineWindowMs: try milliseconds("backoff.onlineWindow", backoff.onlineWindow),
                slowMs: try milliseconds("backoff.slow", backoff.slow)),
            connectTimeoutMs: try milliseconds("connectTimeout", connectTimeout),
            heartbeat: HeartbeatOptions(
                intervalMs: try milliseconds("heartbeat.interval", heartbeat.interval),
                timeoutMs: try milliseconds("heartbeat.timeout", heartbeat.timeout)),
            probeTimeoutMs: try milliseconds("probeTimeout", probeTimeout),
            stageTimeoutMs: try milliseconds("stageTimeout", stageTimeout),
            writeTimeoutMs: try milliseconds("writeTimeout", writeTimeout),
            readTimeoutMs: try milliseconds("readTimeout", readTimeout),
            outbox: OutboxOptions(
                maxMessages: outbox.maxMessages, maxBytes: outbox.maxBytes, overflow: outbox.overflow.map(native)),
            inbound: InboundOptions(maxMessages: inbound.maxMessages, policy: inbound.policy.map(native)),
            ackTimeoutMs: try milliseconds("acknowledgementTimeout", acknowledgementTimeout),
            closeGraceMs: try milliseconds("closeGrace", closeGrace), maxMessageBytes: maxMessageBytes,
            credentials: credentials, onConnect: onConnect,
            credentialsTimeoutMs: try milliseconds("credentialsTimeout", credentialsTimeout),
            headers: headers.map { Header(name: $0.key, value: $0.value) }, subprotocols: subprotocols,
            authorities: tls.authorities, identity: try identity(), pins: tls.pins,
            proxy: proxy.map { ProxyOptions(url: $0.url, user: $0.user, password: $0.password) },
            allowInsecure: allowInsecure, followRedirect: followRedirect)
    }

    private func identity() throws -> ClientIdentity? {
        switch (tls.certificate, tls.key) {
        case (nil, nil): return nil
        case (let chain?, let key?): return ClientIdentity(chain: chain, key: key)
        default: throw RejoinError.invalid("tls", "certificate and key belong together")
        }
    }

    private func native(_ overflow: Outbox.Overflow) -> RejoinFFI.Overflow {
        switch overflow {
        case .reject: .reject
        case .dropOldest: .dropOldest
        case .dropNewest: .dropNewest
        }
    }

    private func native(_ policy: Inbound.Policy) -> InboundPolicy {
        switch policy {
        case .backpressure: .backpressure
        case .dropOldest: .dropOldest
        case .dropNewest: .dropNewest
        }
    }
}

/// How a message is sent.
public struct SendOptions: Sendable {
    /// Now or not at all.
    public var volatile: Bool
    /// How long it may wait for a connection.
    public var timeToLive: Duration?
    /// Replaces a waiting message of the same key.
    public var key: String?

    public init(volatile: Bool = false, timeToLive: Duration? = nil, key: String? = nil) {
        (self.volatile, self.timeToLive, self.key) = (volatile, timeToLive, key)
    }

    func native() throws -> RejoinFFI.SendOptions {
        RejoinFFI.SendOptions(volatile: volatile, ttlMs: try milliseconds("timeToLive", timeToLive), key: key)
    }
}

/// A fraction of a millisecond counts as one.
func milliseconds(_ name: String, _ duration: Duration?) throws -> UInt64? {
    guard let duration else { return nil }
    let (seconds, attoseconds) = duration.components
    guard seconds >= 0, attoseconds >= 0, seconds < Int64(1) << 50 else {
        throw RejoinError.invalid(name, "must be at least 0")
    }
    let perMillisecond: Int64 = 1_000_000_000_000_000
    return UInt64(seconds) * 1000 + UInt64((attoseconds + perMillisecond - 1) / perMillisecond)
}
