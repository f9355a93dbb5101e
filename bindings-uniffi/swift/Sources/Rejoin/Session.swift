import Foundation
import RejoinFFI

/// What the on-connect step of a `Client` works with: the new connection, before anything else uses it.
public struct Session: Sendable {
    private let native: RejoinFFI.Session
    private let calls: Calls

    init(_ native: RejoinFFI.Session, _ calls: Calls) {
        (self.native, self.calls) = (native, calls)
    }

    /// Sends a message ahead of all that waits. It is not kept for another connection.
    ///
    /// - Throws: `RejoinError` if it was not accepted.
    @discardableResult
    public func send(_ message: Message) throws -> Receipt {
        let receipt = try translated {
            switch message {
            case .text(let text): try native.sendText(text: text)
            case .binary(let bytes): try native.sendBinary(bytes: bytes)
            }
        }
        return Receipt(receipt, calls)
    }

    /// The messages that arrive from now on.
    public func messages() -> EventStream<Message> { EventStream(native.messages(), Message.init) }
}

/// What the on-connect step of a `SocketIOClient` works with: one namespace of the new connection, before anything else
/// uses it.
public struct SocketIOSession: Sendable {
    /// The namespace: begins with `/`.
    public let name: String
    private let native: SocketIoSession
    private let calls: Calls

    init(_ name: String, _ native: SocketIoSession, _ calls: Calls) {
        (self.name, self.native, self.calls) = (name, native, calls)
    }

    /// A namespace by its name: only those of the client's `namespaces` are connected by now.
    public func namespace(_ name: String) -> SocketIOSession { SocketIOSession(name, native, calls) }

    /// Emits an event ahead of all that waits; the values are those of `Namespace.emit`. It is not kept for another
    /// connection.
    ///
    /// - Throws: `RejoinError` if it was not accepted.
    @discardableResult
    public func emit(_ event: String, _ values: any Encodable & Sendable...) throws -> Receipt {
        let payload = try Payload(encoding: values)
        return Receipt(
            try translated { try native.emit(namespace: name, name: event, args: payload.native) }, calls)
    }

    /// Emits as `emit` does, and returns the server's answer.
    ///
    /// - Parameter timeout: How long to wait for it. Default: the configuration's `acknowledgementTimeout`.
    /// - Throws: `RejoinError`.
    public func request(
        _ event: String, _ values: any Encodable & Sendable..., timeout: Duration? = nil
    ) async throws -> Payload {
        let payload = try Payload(encoding: values)
        let options = try RequestOptions(timeout: timeout).native()
        return try await Acknowledgement(calls) {
            try native.emitWithAck(namespace: name, name: event, args: payload.native, options: options, call: $0)
        }.reply()
    }

    /// The events that arrive from now on, of one name or all.
    public func events(named event: String? = nil) -> EventStream<Event> {
        EventStream(native.events(namespace: name, name: event), Event.init)
    }
}
