import Foundation
import Rejoin
import Testing

@Suite(.serialized, .timeLimit(.minutes(2)))
struct LogsTests {
    /// A server of its own: its host tells these records from those of other suites.
    private static let host = URL(string: Server.logged.http)!

    @Test func statesAreLoggedWithoutSecrets() async throws {
        var records = listen()
        let client = try Client(url: "\(Server.logged.ws)?key=hidden-query", credentials: { _ in .token("good") })
        try await client.connect()
        try await client.close()
        let seen = await records.until("disconnected")
        #expect(seen.contains { $0.level == .info && $0.message.contains("connected") })
        #expect(seen.contains { $0.level == .debug && $0.message.contains("connecting") })
        #expect(!seen.contains { $0.message.contains("hidden") || $0.message.contains("good") || $0.message.contains("/ws") })
    }

    @Test func whatFailsIsLoggedWithoutSecrets() async throws {
        var records = listen()
        var configuration = Configuration()
        configuration.backoff.maxAttempts = 1
        let url = Server.logged.ws.replacingOccurrences(of: "/ws", with: "/hidden-path?key=hidden-query")
        let client = try Client(url: url, configuration: configuration, credentials: { _ in .token("hidden-token") })
        await #expect(throws: RejoinError.self) { try await client.connect() }
        try await client.close()
        let seen = await records.until("disconnected")
        #expect(seen.last?.level == .warning)
        #expect(!seen.contains { $0.message.contains("hidden") })
    }

    @Test func userInfoIsRefusedWithoutBeingShown() throws {
        #expect {
            try Client(url: "ws://hidden-user:hidden-password@localhost/")
        } throws: {
            ($0 as? RejoinError)?.code == "invalid_argument" && !"\($0)".contains("hidden")
        }
    }

    private func listen() -> Records {
        let (stream, continuation) = AsyncStream.makeStream(of: LogRecord.self)
        RejoinLog.handler = { continuation.yield($0) }
        return Records(host: "\(Self.host.host!):\(Self.host.port!): ", iterator: stream.makeAsyncIterator())
    }
}

private struct Records {
    let host: String
    var iterator: AsyncStream<LogRecord>.Iterator

    /// The records of this server, up to one with that text.
    mutating func until(_ text: String) async -> [LogRecord] {
        var seen: [LogRecord] = []
        while let record = await iterator.next() {
            guard record.message.hasPrefix(host) else { continue }
            seen.append(record)
            if record.message.contains(text) { break }
        }
        return seen
    }
}
