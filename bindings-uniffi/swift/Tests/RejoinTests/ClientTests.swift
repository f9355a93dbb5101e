import Foundation
import Rejoin
import Testing

func fast() -> Configuration {
    var configuration = Configuration()
    configuration.backoff.initial = .milliseconds(5)
    configuration.backoff.max = .milliseconds(20)
    return configuration
}

private func code(_ work: () async throws -> Void) async -> RejoinError.Code? {
    do {
        try await work()
        return nil
    } catch let error as RejoinError {
        return error.remedy.isEmpty || "\(error.code)" != error.code.rawValue ? "cannot be shown" : error.code
    } catch {
        return "another error"
    }
}

@Suite(.serialized, .timeLimit(.minutes(2)))
struct ClientTests {
    @Test func echo() async throws {
        let client = try Client(url: Server.open.ws)
        let messages = client.messages()
        try await client.connect()
        #expect(try await client.send("hello") == .sent)
        try client.enqueue(.binary(Data([0, 255])))
        var iterator = messages.makeAsyncIterator()
        #expect(await iterator.next() == .text("hello"))
        #expect(await iterator.next() == .binary(Data([0, 255])))
        #expect(client.state.isConnected && client.statistics.framesSent == 2)
        try await client.close()
        #expect(await iterator.next() == nil)
    }

    @Test func theOnConnectStepComesBeforeWhatWaits() async throws {
        let step: @Sendable (Session) async throws -> Void = { session in
            var answers = session.messages().makeAsyncIterator()
            try session.send(.text("first"))
            guard await answers.next() == .text("first") else { throw CancellationError() }
        }
        let client = try Client(url: Server.open.ws, onConnect: step)
        var messages = client.messages().makeAsyncIterator()
        try client.enqueue(.text("second"))
        try await client.connect()
        #expect(await messages.next() == .text("first"))
        #expect(await messages.next() == .text("second"))
        try await client.close()
    }

    @Test func anOnConnectStepThatFailsIsAFailedAttempt() async throws {
        var configuration = Configuration()
        configuration.backoff.maxAttempts = 1
        let client = try Client(url: Server.open.ws, configuration: configuration, onConnect: { _ in throw CancellationError() })
        await #expect {
            try await client.connect()
        } throws: {
            ($0 as? RejoinError)?.message.contains("rejoin_failed") == true
        }
        try await client.close()
    }

    @Test func everyConsumerGetsEveryMessage() async throws {
        let client = try Client(url: Server.open.ws)
        let consumers = [client.messages(), client.messages()]
        try await client.connect()
        for number in 0..<10 { try client.enqueue(.text("\(number)")) }
        for consumer in consumers {
            var got: [Message] = []
            for await message in consumer {
                got.append(message)
                if got.count == 10 { break }
            }
            #expect(got == (0..<10).map { .text("\($0)") })
        }
        try await client.close()
    }

    @Test func receipts() async throws {
        let client = try Client(url: Server.open.ws)
        let later = try client.enqueue(.text("later"))
        let withdrawn = try client.enqueue(.text("taken back"))
        #expect(withdrawn.withdraw() && !withdrawn.withdraw())
        #expect(try await withdrawn.outcome() == .withdrawn)
        #expect(try await client.send("now", options: SendOptions(volatile: true)) == .dropped)
        #expect(try await client.send("short", options: SendOptions(timeToLive: .milliseconds(1))) == .expired)
        try await client.connect()
        #expect(try await later.outcome() == .sent)
        #expect(try await later.outcome() == .sent)
        try await client.close()
    }

    @Test func cancellingATaskWithdrawsWhatIsQueued() async throws {
        let client = try Client(url: Server.open.ws)
        let messages = client.messages()
        let sending = Task { try await client.send("never") }
        while client.statistics.outboxMessages == 0 { await Task.yield() }
        sending.cancel()
        await #expect(throws: CancellationError.self) { try await sending.value }
        #expect(client.statistics.outboxMessages == 0)
        try await client.connect()
        try await client.send("this")
        var iterator = messages.makeAsyncIterator()
        #expect(await iterator.next() == .text("this"))
        try await client.close()
    }

    @Test func reconnects() async throws {
        let client = try Client(url: Server.faulty.ws, configuration: fast())
        let (states, messages) = (client.states(), client.messages())
        try await client.connect()
        try await Server.faulty.reset()
        for await state in states { if case .waiting = state { break } }
        try await client.send("after")
        var iterator = messages.makeAsyncIterator()
        #expect(await iterator.next() == .text("after"))
        try await client.close()
    }

    @Test func credentials() async throws {
        let asked = Log<CredentialsReason>()
        let client = try Client(url: Server.guarded.ws, configuration: fast()) { reason in
            switch asked.add(reason) {
            case 1: throw URLError(.badURL)
            case 2: return .token("stale")
            default: return .token("good")
            }
        }
        try await client.connect()
        #expect(asked.all == [.connect, .connect, .refused])
        try await client.close()
    }

    @Test func aProviderThatHangsIsGivenUp() async throws {
        let asked = Log<CredentialsReason>()
        var configuration = fast()
        configuration.credentialsTimeout = .milliseconds(50)
        let client = try Client(url: Server.guarded.ws, configuration: configuration) { reason in
            if asked.add(reason) == 1 { try await Task.sleep(for: .seconds(3600)) }
            return .token("good")
        }
        try await client.connect()
        #expect(client.statistics.attempts == 2)
        try await client.close()
    }

    @Test func errorsHaveACodeAndARemedy() async throws {
        #expect(await code { _ = try Client(url: "nonsense") } == "invalid_argument")
        var wrong = Configuration()
        wrong.outbox.maxMessages = 0
        #expect(await code { _ = try Client(url: Server.open.ws, configuration: wrong) } == "invalid_argument")
        wrong = Configuration()
        wrong.connectTimeout = .seconds(-1)
        #expect(await code { _ = try Client(url: Server.open.ws, configuration: wrong) } == "invalid_argument")
        var small = Configuration()
        small.outbox.maxMessages = 1
        let full = try Client(url: Server.open.ws, configuration: small)
        try full.enqueue(.text("fits"))
        #expect(await code { try full.enqueue(.text("does not")) } == "queue_full")
        let refused = try Client(url: Server.guarded.ws) { _ in .token("secret-token") }
        #expect(await code { try await refused.connect() } == "auth")
        #expect("\(Credentials.token("secret-token"))" == "[redacted]")
    }

    @Test func afterClose() async throws {
        let client = try Client(url: Server.open.ws)
        let unsent = try client.enqueue(.text("never"))
        try await client.close()
        try await client.close()
        #expect([.dropped, .withdrawn, .unconfirmed].contains(try await unsent.outcome()))
        #expect(await code { try await client.connect() } == "client_closed")
        #expect(await code { try client.enqueue(.text("x")) } == "client_closed")
        for await _ in client.messages() { Issue.record("a message after the end") }
    }

    @Test func droppingTheClientClosesIt() async throws {
        var client: Client? = try Client(url: Server.open.ws)
        try await client?.connect()
        let messages = try #require(client).messages()
        client = nil
        for await _ in messages { Issue.record("a message after the end") }
    }

    @Test func tasksThatShareAStreamEndAndGoOnEachForItself() async throws {
        let client = try Client(url: Server.open.ws)
        let messages = client.messages()
        try await client.connect()
        let wait: @Sendable () async -> Message? = {
            var iterator = messages.makeAsyncIterator()
            return await iterator.next()
        }
        for _ in 0..<500 {
            let cancelled = (0..<4).map { _ in Task { await wait() } }
            await Task.yield()
            cancelled.forEach { $0.cancel() }
            for task in cancelled { #expect(await task.value == nil) }
            async let (one, other) = (wait(), wait())
            for text in ["a", "b"] { try client.enqueue(.text(text)) }
            #expect(Set([await one, await other]) == [.text("a"), .text("b")])
        }
        try await client.close()
    }

    @Test func cancelledWaitsLoseNothing() async throws {
        let client = try Client(url: Server.open.ws)
        let messages = client.messages()
        try await client.connect()
        var (got, cancelled, sent) = ([Message](), 0, 0)
        let dice = Dice(1)
        while cancelled < 3000 || got.count < sent {
            if cancelled < 3000 {
                try client.enqueue(.text("\(sent)"))
                sent += 1
            }
            let wait = Task {
                var iterator = messages.makeAsyncIterator()
                return await iterator.next()
            }
            for _ in 0..<dice.roll(4) { await Task.yield() }
            if cancelled < 3000 {
                wait.cancel()
                cancelled += 1
            }
            if let message = await wait.value { got.append(message) }
        }
        #expect(got == (0..<sent).map { .text("\($0)") })
        try await client.close()
    }
}

/// What was asked, in order.
final class Log<Entry: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var entries: [Entry] = []

    var all: [Entry] { lock.withLock { entries } }

    func add(_ entry: Entry) -> Int {
        lock.withLock {
            entries.append(entry)
            return entries.count
        }
    }
}
