import Foundation
import RejoinFFI

/// What every client does, whatever its protocol.
public class Connection: @unchecked Sendable {
    private let native: any NativeClient
    let calls: Calls

    init(_ native: any NativeClient, credentials: CredentialsProvider?, step: Step?) {
        self.native = native
        calls = Calls(native, credentials: credentials, step: step)
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
    /// A text message.
    case text(String)
    /// A binary message.
    case binary(Data)

    init?(_ item: Item) {
        switch item {
        case .text(let text): self = .text(text)
        case .binary(let bytes): self = .binary(bytes)
        default: return nil
        }
    }
}

/// A text that is sent in place of ping frames, for servers that answer only that.
public struct TextHeartbeat: Sendable, Hashable {
    /// What is sent.
    public var ping: String
    /// What the server answers, which is not given to the application; `nil`: any message is an answer.
    public var pong: String?

    /// Describes it by both texts.
    public init(ping: String, pong: String? = nil) {
        (self.ping, self.pong) = (ping, pong)
    }
}

/// A client that stays connected to a WebSocket server (`ws://` or `wss://`). It closes when nobody holds it any more.
public final class Client: Connection, @unchecked Sendable {
    private let native: RejoinFFI.Client

    /// Makes a client, disconnected.
    ///
    /// - Parameters:
    ///   - textHeartbeat: Takes the place of ping frames.
    ///   - credentials: Asked at each attempt to connect.
    ///   - onConnect: Runs at every connection before messages flow: to authenticate in-band, or to join again. If it
    ///     throws, the attempt has failed.
    /// - Throws: `RejoinError` with the code `invalid_argument`, naming the option that is wrong.
    public init(
        url: String, configuration: Configuration = Configuration(), textHeartbeat: TextHeartbeat? = nil,
        credentials: CredentialsProvider? = nil, onConnect: (@Sendable (Session) async throws -> Void)? = nil
    ) throws {
        let options = try configuration.native(credentials: credentials != nil, onConnect: onConnect != nil)
        let ping = textHeartbeat.map { TextPing(ping: $0.ping, pong: $0.pong) }
        native = try translated { try RejoinFFI.Client(url: url, options: options, textPing: ping) }
        super.init(native, credentials: credentials) { item, calls in
            if case .onConnect(_, let session) = item { try await onConnect?(Session(session, calls)) }
        }
    }

    /// The subprotocol that the server chose for the connection, or for the last one.
    public var subprotocol: String? { native.subprotocol() }

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
        EventStream(native.messages(), Message.init)
    }
}
