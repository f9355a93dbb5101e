import Foundation
import RejoinFFI

/// What every client does, whatever its protocol.
public class Connection: @unchecked Sendable {
    private let native: any NativeClient
    let calls: Calls

    init(_ native: any NativeClient, credentials: CredentialsProvider?) {
        self.native = native
        calls = Calls(native, credentials: credentials)
    }

    /// Connects, and returns when connected: by then the outbox flows. A task that is cancelled stops waiting; the
    /// client goes on until `disconnect`.
    ///
    /// - Throws: `RejoinError` with what ended the attempts.
    public func connect() async throws {
        _ = try await calls.start { try native.connect(call: $0) }.value()
    }

    /// Sends what can be sent, closes, and returns when disconnected. What could not be sent stays in the outbox.
    public func disconnect() async throws {
        _ = try await calls.start { try native.disconnect(call: $0) }.value()
    }

    /// Disconnects for good: every message comes to its end, every stream ends. Closing again does nothing.
    public func close() async throws {
        _ = try await calls.start { try native.close(call: $0) }.value()
    }

    /// The state now.
    public var state: ConnectionState { ConnectionState(native.state()) }

    /// Every change of state from now on.
    public func states() -> EventStream<ConnectionState> {
        EventStream(native.states()) { item in
            if case .state(let state) = item { ConnectionState(state) } else { nil }
        }
    }

    /// What was counted so far.
    public var statistics: Statistics { Statistics(native.stats()) }

    /// Tells what the application knows about the network. It never undoes a disconnect.
    public func network(_ hint: NetworkHint) { native.network(hint: hint.native) }
}

/// A message of a plain WebSocket.
public enum Message: Sendable, Hashable {
    case text(String)
    case binary(Data)
}

/// A client that stays connected to a WebSocket server (`ws://` or `wss://`). It closes when nobody holds it any more.
public final class Client: Connection, @unchecked Sendable {
    private let native: RejoinFFI.Client

    /// - Throws: `RejoinError` with the code `invalid_argument`, naming the option that is wrong.
    public init(
        url: String, configuration: Configuration = Configuration(), credentials: CredentialsProvider? = nil
    ) throws {
        let options = try configuration.native(credentials: credentials != nil)
        native = try translated { try RejoinFFI.Client(url: url, options: options) }
        super.init(native, credentials: credentials)
    }

    /// Hands a message over, to be sent now or when there is a connection, in order.
    ///
    /// - Throws: `RejoinError` if it was not accepted: `queue_full`, `too_big`, `client_closed`.
    @discardableResult
    public func enqueue(_ message: Message, options: SendOptions = SendOptions()) throws -> Receipt {
        let options = try options.native()
        let receipt = try translated {
            switch message {
            case .text(let text): try native.sendText(text: text, options: options)
            case .binary(let bytes): try native.sendBinary(bytes: bytes, options: options)
            }
        }
        return Receipt(receipt, calls)
    }

    /// Sends a message and returns what became of it. Cancelling the task withdraws what was not sent yet.
    @discardableResult
    public func send(_ message: Message, options: SendOptions = SendOptions()) async throws -> Outcome {
        try await enqueue(message, options: options).delivered()
    }

    /// Sends text: see `send(_:options:)`.
    @discardableResult
    public func send(_ text: String, options: SendOptions = SendOptions()) async throws -> Outcome {
        try await send(.text(text), options: options)
    }

    /// The messages that arrive from now on. Each call gives a consumer of its own.
    public func messages() -> EventStream<Message> {
        EventStream(native.messages()) { item in
            switch item {
            case .text(let text): .text(text)
            case .binary(let bytes): .binary(bytes)
            default: nil
            }
        }
    }
}
