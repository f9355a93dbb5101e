import RejoinFFI

/// What carries Socket.IO.
public enum Transport: String, Sendable, Hashable, CaseIterable {
    /// A WebSocket.
    case websocket
    /// HTTP requests, where WebSockets are blocked.
    case polling

    var native: RejoinFFI.Transport {
        switch self {
        case .websocket: .webSocket
        case .polling: .polling
        }
    }
}

/// How packets of Socket.IO are written.
public enum Parser: String, Sendable, Hashable, CaseIterable {
    /// JSON text, the default of every server.
    case json
    /// `socket.io-msgpack-parser`: one binary message for each packet.
    case msgpack

    var native: RejoinFFI.Parser {
        switch self {
        case .json: .json
        case .msgpack: .msgpack
        }
    }
}

/// The bounds of what a Socket.IO server can make the client hold. What is `nil` has the default that stands beside it.
public struct Limits: Sendable {
    /// The attachments of one packet. Default 10,000.
    public var maxAttachments: UInt64?
    /// The bytes of one packet and its attachments. Default 64 MiB.
    public var maxPacketBytes: UInt64?
    /// How long the attachments of a packet may take to arrive. Default 60 s.
    public var attachmentsTimeout: Duration?
    /// The nesting of the arguments: 1 to 128. Default 128.
    public var maxDepth: UInt32?
    /// The events that are held while a namespace is being connected. Default 10,000.
    public var maxHeldEvents: UInt64?
    /// How long the server may take to answer for a namespace that is connected later than the link. Default 15 s.
    public var namespaceTimeout: Duration?
    /// Acknowledgements, and other packets ahead of the outbox, that may wait for the network. Default 10,000.
    public var maxBacklog: UInt64?

    /// The defaults.
    public init() {}

    func native() throws -> LimitOptions {
        LimitOptions(
            maxAttachments: maxAttachments, maxPacketBytes: maxPacketBytes,
            attachmentsTimeoutMs: try milliseconds("limits.attachmentsTimeout", attachmentsTimeout),
            maxDepth: maxDepth, maxHeldEvents: maxHeldEvents,
            namespaceTimeoutMs: try milliseconds("limits.namespaceTimeout", namespaceTimeout),
            maxBacklog: maxBacklog)
    }
}
