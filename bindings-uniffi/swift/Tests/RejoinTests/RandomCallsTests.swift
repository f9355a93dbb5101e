import Foundation
import Rejoin
import Testing

private let environment = ProcessInfo.processInfo.environment
/// 10,000 calls each. `REJOIN_SEED` replays one.
private let seeds: [UInt64] =
    environment["REJOIN_SEED"].flatMap(UInt64.init).map { [$0] } ?? Array(0..<(environment["REJOIN_LONG"] == nil ? 2 : 10))
private let clients = 200
private let calls = 50
/// Bytes that may stay after thousands of clients.
private let growth = 24 * 1024 * 1024

/// Whatever is called whenever, nothing crashes, hangs or leaks.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct RandomCallsTests {
    @Test func randomCallsNeitherHangNorCrashNorLeak() async throws {
        var resident: [Int] = []
        let closedIn = Log<String>()
        for seed in seeds {
            print("REJOIN_SEED=\(seed)")
            let dice = Dice(seed)
            for _ in 0..<clients { try await User(dice, closedIn).misuse() }
            resident.append(try residentBytes())
            // The first seed has warmed up what is kept for reuse.
            #expect(resident[resident.count - 1] - resident[0] < growth, "seed \(seed): \(resident)")
        }
        #expect(Set(closedIn.all) == ["disconnected", "connecting", "connected", "waiting", "disconnecting"])
    }
}

/// An application that does everything it should not.
private final class User: Sendable {
    private let dice: Dice
    private let closedIn: Log<String>
    private let client: Client
    private let messages: EventStream<Message>
    private let tasks: Tasks

    init(_ dice: Dice, _ closedIn: Log<String>) throws {
        (self.dice, self.closedIn) = (dice, closedIn)
        let callbacks = Callbacks(dice)
        var configuration = Configuration()
        configuration.backoff.initial = .milliseconds(1)
        configuration.backoff.max = .milliseconds(2)
        client = try Client(url: Server.faulty.ws, configuration: configuration) { _ in
            try await callbacks.misbehave { _ = callbacks.client?.state }
            return .anonymous
        } onConnect: { session in
            try await callbacks.misbehave { try session.send(.text("first")) }
        }
        callbacks.client = client
        tasks = callbacks.tasks
        messages = client.messages()
    }

    func misuse() async throws {
        let closing = dice.roll(2 * calls)
        for step in 0..<calls {
            if step == closing { close() } else { call() }
            if dice.roll(3) == 0 { try await Task.sleep(for: .microseconds(dice.roll(300))) }
        }
        if dice.roll(50) == 0 { try await Server.faulty.reset() }
        close()
        // A callback may have called while the others ended.
        while let task = tasks.next() { await task.value }
    }

    private func call() {
        let (client, messages) = (client, messages)
        switch dice.roll(43) {
        case 0..<6: tasks.start { try await client.connect() }
        case 6..<8: tasks.start { try await client.disconnect() }
        case 8..<11: tasks.start { for await _ in messages { break } }
        case 11..<14: tasks.start { try await client.send("to be awaited") }
        case 14..<23:
            _ = try? client.enqueue(.binary(Data(count: dice.roll(100))), options: SendOptions(volatile: dice.roll(2) == 0))
        case 23..<32: (try? client.enqueue(.text("x")))?.withdraw()
        case 32..<36: client.network(NetworkHint.allCases[dice.roll(NetworkHint.allCases.count)])
        case 36..<40: _ = (client.state, client.statistics, client.states())
        default: tasks.cancel(dice)
        }
    }

    private func close() {
        _ = closedIn.add(String("\(client.state)".prefix { $0.isLetter }))
        tasks.start { [client] in try await client.close() }
    }
}

/// What an application may do in a callback: fail, block, wait, or call the client that waits for it.
private final class Callbacks: @unchecked Sendable {
    weak var client: Client?
    let tasks = Tasks()
    private let dice: Dice

    init(_ dice: Dice) { self.dice = dice }

    func misbehave(_ again: () throws -> Void) async throws {
        guard let client else { return }
        switch dice.roll(8) {
        case 0: throw URLError(.badURL)
        case 1: usleep(500)
        case 2: try await Task.sleep(for: .milliseconds(1))
        case 3:
            try again()
            try client.enqueue(.text("from a callback"))
        case 4: tasks.start { try await client.connect() }
        case 5: tasks.start { try await client.disconnect() }
        case 6: tasks.start { try await client.close() }
        default: break
        }
    }
}

/// Tasks that may end as an error of rejoin, or cancelled, and no other way.
private final class Tasks: @unchecked Sendable {
    private let lock = NSLock()
    private var running: [Task<Void, Never>] = []

    func start(_ work: @escaping @Sendable () async throws -> Void) {
        let task = Task {
            do {
                try await work()
            } catch is RejoinError {
            } catch is CancellationError {
            } catch {
                Issue.record(error)
            }
        }
        lock.withLock { running.append(task) }
    }

    func next() -> Task<Void, Never>? { lock.withLock { running.popLast() } }

    func cancel(_ dice: Dice) {
        lock.withLock { running.isEmpty ? nil : running[dice.roll(running.count)] }?.cancel()
    }
}

/// Random numbers from a seed (SplitMix64), for any task.
final class Dice: @unchecked Sendable {
    private let lock = NSLock()
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    /// A number below `sides`.
    func roll(_ sides: Int) -> Int {
        lock.withLock {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return Int((mixed ^ (mixed >> 31)) % UInt64(sides))
        }
    }
}

private func residentBytes() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS") }
    return try #require(Int(line?.filter(\.isNumber) ?? "")) * 1024
}
