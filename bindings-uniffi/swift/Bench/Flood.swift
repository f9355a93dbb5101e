import Rejoin

/// Messages received per second from a source: `rejoin-flood URL COUNT ROUNDS`, run by `cargo xtask bench ffi swift`.
@main
struct Flood {
    static func main() async throws {
        let words = CommandLine.arguments
        guard words.count == 4, let count = Int(words[2]), let rounds = Int(words[3]) else {
            fatalError("usage: rejoin-flood URL COUNT ROUNDS")
        }
        for _ in 0..<rounds { print(try await rate(words[1], count)) }
    }

    private static func rate(_ url: String, _ count: Int) async throws -> Double {
        let client = try Client(url: url)
        let messages = client.messages()
        let clock = ContinuousClock()
        let start = clock.now
        try await client.connect()
        var received = 0
        for await message in messages {
            received += 1
            guard received == count else { continue }
            guard case .text(let text) = message, text.hasPrefix("{\"seq\":\(count),") else {
                fatalError("the last message is not number \(count): \(message)")
            }
            break
        }
        let took = start.duration(to: clock.now).components
        try await client.close()
        return Double(received) / (Double(took.seconds) + Double(took.attoseconds) / 1e18)
    }
}
