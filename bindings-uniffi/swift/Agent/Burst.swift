import Foundation
import Rejoin

/// Many numbered messages, as fast as the client takes them.
struct Burst: Sendable {
    /// What one message is waiting for.
    private enum Pending {
        case receipt(Receipt)
        case acknowledgement(Acknowledgement)
    }

    private let client: Named
    private let count, first: UInt64
    private let every: Duration
    private let pad: String
    private let name: String?
    private let acknowledged: Bool
    private let options: RequestOptions

    init(_ request: inout Request, _ client: Named) throws {
        self.client = client
        count = try request.whole("count") ?? 0
        first = try request.whole("from") ?? 1
        every = try request.duration("every_ms") ?? .zero
        pad = String(repeating: "x", count: Int(clamping: try request.whole("pad") ?? 0))
        name = try request.optional("name")
        acknowledged = try request.flag("ack")
        let timeout = try request.duration("timeout_ms")
        let retries = try request.small("retries") ?? 0
        let send = SendOptions(volatile: try request.flag("volatile"), timeToLive: try request.duration("ttl_ms"))
        options = RequestOptions(timeout: timeout, retries: retries, send: send)
        try request.end()
        if name == nil {
            if client.connection is SocketIOClient { throw Refusal.invalid("name", "Socket.IO's messages are events") }
            if acknowledged { throw Refusal.invalid("ack", "plain messages have none") }
        } else {
            _ = try client.socketio()
        }
    }

    /// Hands all messages to the client, and leaves the wait for their ends to a task.
    func run() async throws -> [String: Any] {
        var accepted = 0
        var refused = 0
        let (pending, ends) = AsyncStream<Pending>.makeStream()
        Task { [client] in
            for await one in pending { client.counting.ended(try await Self.end(one)) }
        }
        for number in first..<(first + count) {
            do {
                ends.yield(try one(number))
                accepted += 1
            } catch is RejoinError {
                refused += 1
            }
            if every > .zero { try await Task.sleep(for: every) }
        }
        ends.finish()
        return ["accepted": accepted, "refused": refused]
    }

    private func one(_ number: UInt64) throws -> Pending {
        let body = "\"client\":\"\(client.name)\",\"seq\":\(number),\"pad\":\"\(pad)\""
        guard let name else {
            let text = "{\"op\":\"msg\",\(body)}"
            return .receipt(try client.plain().enqueue(.text(text), options: options.send))
        }
        let payload = Payload(json: "[{\(body)}]")
        let namespace = try client.listen("/")
        if acknowledged {
            return .acknowledgement(try namespace.emitWithAcknowledgement(name, payload: payload, options: options))
        }
        return .receipt(try namespace.emit(name, payload: payload, options: options.send))
    }

    private static func end(_ pending: Pending) async throws -> Outcome {
        switch pending {
        case .receipt(let receipt): return try await receipt.outcome()
        case .acknowledgement(let acknowledgement):
            _ = try? await acknowledgement.reply()
            return acknowledgement.outcome ?? .unconfirmed
        }
    }
}
