import Foundation
import RejoinFFI

/// An event that arrived.
public struct Event: Sendable {
    public let namespace: String
    public let name: String
    public let payload: Payload
    private let responder: Responder?

    init?(_ item: Item) {
        guard case .event(let namespace, let name, let args, let responder) = item else { return nil }
        (self.namespace, self.name, self.payload, self.responder) = (namespace, name, Payload(args), responder)
    }

    /// The argument at an index: see `Payload.decode`.
    public func decode<T: Decodable>(_ type: T.Type = T.self, at index: Int = 0) throws -> T {
        try payload.decode(type, at: index)
    }

    /// Whether the server wants an answer.
    public var wantsAcknowledgement: Bool { responder != nil }

    /// Answers the server, once. Nothing happens if it wants no answer.
    public func acknowledge(_ values: any Encodable & Sendable...) throws {
        try acknowledge(payload: Payload(encoding: values))
    }

    /// Answers with arguments that are JSON already.
    public func acknowledge(payload: Payload) throws {
        try translated { try responder?.answer(args: payload.native) }
    }
}

/// A namespace is connected, or no longer.
public struct NamespaceChange: Sendable, Hashable {
    public enum State: Sendable, Hashable {
        /// `recovered`: the server kept the session, and what was missed follows. False: fetch the state anew.
        case connected(recovered: Bool, sid: String)
        /// An error that is retryable is followed by a new attempt.
        case disconnected(RejoinError)
    }

    public let namespace: String
    public let state: State
}

/// How an event is emitted that is to be acknowledged.
public struct RequestOptions: Sendable {
    public var send = SendOptions()
    /// How long to wait for the acknowledgement, each time that it is sent.
    public var timeout: Duration?
    /// How many times to send it again, under one id, until it is acknowledged.
    public var retries: UInt32 = 0

    public init(timeout: Duration? = nil, retries: UInt32 = 0, send: SendOptions = SendOptions()) {
        (self.timeout, self.retries, self.send) = (timeout, retries, send)
    }

    func native() throws -> EmitOptions {
        EmitOptions(send: try send.native(), timeoutMs: try milliseconds("timeout", timeout), retries: retries)
    }
}

/// An event that waits for its acknowledgement.
public final class Acknowledgement: Sendable {
    private let native: PendingAck
    private let cell: Cell<Reply>

    init(_ calls: Calls, _ emit: (UInt64) throws -> PendingAck) throws {
        var pending: PendingAck?
        cell = try calls.start { pending = try emit($0) }
        // It was set, or the call above has thrown.
        guard let pending else { throw CancellationError() }
        native = pending
    }

    /// Takes the event back if it was not sent yet.
    @discardableResult
    public func withdraw() -> Bool { native.withdraw() }

    /// What became of the event, once that is known.
    public var outcome: Outcome? {
        switch cell.current {
        case .acknowledged: .acknowledged
        case .unacknowledged(let outcome, _): outcome
        case .done, .outcome, nil: nil
        }
    }

    /// The server's answer. A task that is cancelled stops waiting; the event goes on.
    ///
    /// - Throws: `RejoinError`: `ack_timeout`, `unconfirmed`, `expired`, `dropped`, `withdrawn`.
    public func reply() async throws -> Payload {
        switch try await cell.value() {
        case .acknowledged(let payload): return payload
        case .unacknowledged(_, let error): throw error
        case .done, .outcome: return Payload(json: "[]")
        }
    }
}

/// One namespace of a client.
public final class Namespace: Sendable {
    public let name: String
    private let native: SocketIoClient
    private let calls: Calls

    init(_ name: String, _ native: SocketIoClient, _ calls: Calls) {
        (self.name, self.native, self.calls) = (name, native, calls)
    }

    public var isConnected: Bool { native.isNamespaceConnected(name: name) }

    /// The id of its session, which others can see; `nil` if it is not connected.
    public var sid: String? { native.namespaceSid(name: name) }

    /// Whether it is connected, and the server kept its session over the last break, so that nothing was missed.
    public var isRecovered: Bool { native.isNamespaceRecovered(name: name) }

    /// Connects it, now and on each later link. `auth`, a JSON object, takes the place of the credentials.
    ///
    /// - Throws: `RejoinError`: `namespace_refused` with the server's `data`, or what ended the connection.
    public func connect(authJSON auth: String? = nil) async throws {
        _ = try await calls.start { try native.connectNamespace(name: name, auth: auth, call: $0) }.value()
    }

    /// As `connect`, with any value that encodes to a JSON object.
    public func connect(auth: some Encodable & Sendable) async throws {
        try await connect(authJSON: json(auth))
    }

    /// Leaves it: it is not connected again, and what waits for it is withdrawn.
    public func disconnect() throws {
        try translated { try native.disconnectNamespace(name: name) }
    }

    /// Emits an event, now or when the namespace is connected, in order. `Data` is sent as binary, at any depth.
    @discardableResult
    public func emit(_ event: String, _ values: any Encodable & Sendable...) throws -> Receipt {
        try emit(event, payload: Payload(encoding: values))
    }

    /// As `emit`, with options, and arguments that are JSON already.
    @discardableResult
    public func emit(_ event: String, payload: Payload, options: SendOptions = SendOptions()) throws -> Receipt {
        let options = EmitOptions(send: try options.native(), timeoutMs: nil, retries: 0)
        let receipt = try translated {
            try native.emit(namespace: name, name: event, args: payload.native, options: options)
        }
        return Receipt(receipt, calls)
    }

    /// Emits an event and returns the server's answer. Cancelling the task withdraws what was not sent yet.
    public func request(
        _ event: String, _ values: any Encodable & Sendable..., options: RequestOptions = RequestOptions()
    ) async throws -> Payload {
        let pending = try emitWithAcknowledgement(event, payload: Payload(encoding: values), options: options)
        do {
            return try await pending.reply()
        } catch let error as CancellationError {
            pending.withdraw()
            throw error
        }
    }

    /// Emits an event that is to be acknowledged, without waiting for that.
    public func emitWithAcknowledgement(
        _ event: String, payload: Payload, options: RequestOptions = RequestOptions()
    ) throws -> Acknowledgement {
        let options = try options.native()
        return try Acknowledgement(calls) {
            try native.emitWithAck(namespace: name, name: event, args: payload.native, options: options, call: $0)
        }
    }

    /// The events that arrive from now on, of one name or all. Each call gives a consumer of its own.
    public func events(named event: String? = nil) -> EventStream<Event> {
        EventStream(native.events(namespace: name, name: event), Event.init)
    }

    /// The events that this client emits here from now on, as they were accepted.
    public func outgoingEvents() -> EventStream<Event> {
        EventStream(native.outgoingEvents(namespace: name), Event.init)
    }
}
