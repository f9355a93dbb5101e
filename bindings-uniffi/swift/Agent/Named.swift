import Foundation
import Rejoin

/// One named client: its consumers print what happens.
final class Named: @unchecked Sendable {
    enum Answer: Sendable { case anonymous, token(String), fail, hang }

    let name: String
    let pace = Pace()
    let counting = Counting()
    private(set) var connection: Connection!
    private let lock = NSLock()
    private var answer = Answer.anonymous
    private var listening: Set<String> = []
    private var questions: [UInt64: Event] = [:]

    init(_ name: String, socketio: Bool, url: String, config: AgentConfig) throws {
        self.name = name
        let ask: CredentialsProvider = { [weak self] in try await self?.ask($0) ?? .anonymous }
        let provider = config.credentials ? ask : nil
        if socketio {
            let client = try SocketIOClient(
                url: url, path: config.path, transports: config.transports, configuration: config.configuration,
                credentials: provider)
            connection = client
            follow(client.namespaceChanges()) { [name] in Output.event("namespace", name, fields($0)) }
            _ = try listen("/")
        } else {
            let client = try Client(url: url, configuration: config.configuration, credentials: provider)
            connection = client
            consume(client.messages()) { [name, counting] message in tell(message, name, counting) }
        }
        follow(connection.states()) { [name] in Output.event("state", name, fields($0)) }
    }

    func plain() throws -> Client {
        guard let client = connection as? Client else { throw Refusal.invalid("client", "speaks Socket.IO: use emit") }
        return client
    }

    func socketio() throws -> SocketIOClient {
        guard let client = connection as? SocketIOClient else {
            throw Refusal.invalid("client", "speaks plain WebSocket: use send")
        }
        return client
    }

    /// The namespace, with a consumer.
    func listen(_ namespace: String) throws -> Namespace {
        let found = try socketio().namespace(namespace)
        if lock.withLock({ listening.insert(namespace).inserted }) {
            consume(found.events()) { [weak self] event in self?.show(event) }
        }
        return found
    }

    func set(_ answer: Answer) { lock.withLock { self.answer = answer } }

    func question(_ number: UInt64) throws -> Event {
        guard let event = lock.withLock({ questions.removeValue(forKey: number) }) else {
            throw Refusal.invalid("ack", "no event waits under this number")
        }
        return event
    }

    func watch(_ receipt: Receipt, _ label: String?) {
        guard let label else { return }
        Task { [name] in
            let outcome = try await receipt.outcome()
            Output.event("receipt", name, ["receipt": label, "outcome": outcome.rawValue])
        }
    }

    var statistics: [String: Any] {
        let stats = connection.statistics
        return counting.fields.merging([
            "attempts": stats.attempts, "connects": stats.connects, "frames_sent": stats.framesSent,
            "frames_received": stats.framesReceived, "outbox_messages": stats.outboxMessages,
            "outbox_bytes": stats.outboxBytes, "unobserved": stats.unobserved,
        ]) { $1 }
    }

    private func ask(_ reason: CredentialsReason) async throws -> Credentials {
        Output.event("credentials", name, ["reason": reason.rawValue])
        switch lock.withLock({ answer }) {
        case .anonymous: return .anonymous
        case .token(let token): return .token(token)
        case .fail: throw Refusal("internal", "the callback fails, as it was told")
        case .hang:
            try await Task.sleep(for: .seconds(1_000_000))
            return .anonymous
        }
    }

    private func show(_ event: Event) {
        let args = Lines.args(event.payload)
        if counting.count({ (args as? [Any])?.first }) { return }
        var fields: [String: Any] = ["namespace": event.namespace, "name": event.name, "args": args]
        if event.wantsAcknowledgement {
            fields["ack"] = lock.withLock {
                let number = (questions.keys.max() ?? 0) + 1
                questions[number] = event
                return number
            }
        }
        Output.event("event", name, fields)
    }

    private func follow<T: Sendable>(_ stream: EventStream<T>, _ show: @escaping @Sendable (T) -> Void) {
        Task { for await item in stream { show(item) } }
    }

    private func consume<T: Sendable>(_ stream: EventStream<T>, _ show: @escaping @Sendable (T) -> Void) {
        Task { [name, pace] in
            var missed: UInt64 = 0
            while let item = await pace.next(stream) {
                if stream.missed > missed {
                    Output.event("lagged", name, ["missed": stream.missed - missed])
                    missed = stream.missed
                }
                show(item)
                let slow = await pace.slow
                if slow > .zero { try? await Task.sleep(for: slow) }
            }
        }
    }
}

private func tell(_ message: Message, _ name: String, _ counting: Counting) {
    switch message {
    case .text(let text):
        if counting.count({ try? JSONSerialization.jsonObject(with: Data(text.utf8)) }) { return }
        Output.event("message", name, ["text": text])
    case .binary(let bytes): Output.event("message", name, ["base64": bytes.base64EncodedString()])
    }
}

private func fields(_ change: NamespaceChange) -> [String: Any] {
    switch change.state {
    case .connected(let recovered, _):
        ["namespace": change.namespace, "state": "connected", "resumed": recovered]
    case .disconnected(let error):
        ["namespace": change.namespace, "state": "disconnected", "error": Output.fields(error)]
    }
}

private func fields(_ state: ConnectionState) -> [String: Any] {
    switch state {
    case .disconnected(nil): return ["state": "disconnected"]
    case .disconnected(let reason?): return ["state": "disconnected", "reason": Output.fields(reason)]
    case .connecting(let attempt, let phase):
        return ["state": "connecting", "attempt": attempt, "phase": phase.rawValue]
    case .connected(let resumed): return ["state": "connected", "resumed": resumed]
    case .waiting(let attempt, let retryIn, let cause):
        let (seconds, attoseconds) = retryIn.components
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        return ["state": "waiting", "attempt": attempt, "retry_in_ms": milliseconds, "reason": Output.fields(cause)]
    case .disconnecting: return ["state": "disconnecting"]
    }
}
