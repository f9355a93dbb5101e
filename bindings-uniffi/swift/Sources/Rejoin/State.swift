import RejoinFFI

/// The state of a client.
public enum ConnectionState: Sendable, Hashable {
    /// No connection, and none is attempted until the application calls `connect`. `reason`: what ended the last one.
    case disconnected(reason: RejoinError?)
    /// An attempt is on its way; they count from 1 since the last stable connection.
    case connecting(attempt: Int, phase: ConnectionPhase)
    /// Messages flow. `resumed`: the server kept the session, nothing was missed.
    case connected(resumed: Bool)
    /// The next attempt is due in `retryIn`, counted from when this state was read.
    case waiting(attempt: Int, retryIn: Duration, cause: RejoinError)
    /// What was accepted is being sent, then the close.
    case disconnecting

    /// Whether messages flow.
    public var isConnected: Bool {
        if case .connected = self { true } else { false }
    }

    init(_ state: RejoinFFI.State) {
        switch state {
        case .disconnected(let reason): self = .disconnected(reason: reason.map(RejoinError.init))
        case .connecting(let attempt, let phase):
            self = .connecting(attempt: Int(attempt), phase: ConnectionPhase(phase))
        case .connected(let resumed): self = .connected(resumed: resumed)
        case .waiting(let attempt, let retryIn, let cause):
            self = .waiting(
                attempt: Int(attempt), retryIn: .milliseconds(Int64(clamping: retryIn)), cause: RejoinError(cause))
        case .disconnecting: self = .disconnecting
        }
    }
}

/// How far an attempt to connect is.
public enum ConnectionPhase: String, Sendable, Hashable {
    case credentials, opening, handshake, rejoining

    init(_ phase: RejoinFFI.Phase) {
        switch phase {
        case .credentials: self = .credentials
        case .opening: self = .opening
        case .handshake: self = .handshake
        case .rejoining: self = .rejoining
        }
    }
}

/// What the application knows about the network.
public enum NetworkHint: String, Sendable, Hashable, CaseIterable {
    case online, offline, woke, foreground, background

    var native: RejoinFFI.NetworkHint {
        switch self {
        case .online: .online
        case .offline: .offline
        case .woke: .woke
        case .foreground: .foreground
        case .background: .background
        }
    }
}

/// What a client has counted since it was made, and what it holds now.
public struct Statistics: Sendable, Hashable {
    public let attempts, connects, framesSent, framesReceived, outboxMessages, outboxBytes, unobserved: UInt64

    init(_ stats: RejoinFFI.Stats) {
        attempts = stats.attempts
        connects = stats.connects
        framesSent = stats.framesSent
        framesReceived = stats.framesReceived
        outboxMessages = stats.outboxMessages
        outboxBytes = stats.outboxBytes
        unobserved = stats.unobserved
    }
}
