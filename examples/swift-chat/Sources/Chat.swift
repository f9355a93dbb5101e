import Rejoin

/// A chat for the terminal: `swift-chat http://127.0.0.1:PORT NAME`
///
/// It speaks to any Socket.IO server that sends `broadcast` back to everyone, such as this project's test server. Stop
/// the server while you type: what you said meanwhile arrives when it is back.
@main
enum Chat {
    static func main() async throws {
        guard CommandLine.arguments.count == 3 else { return print("usage: swift-chat URL NAME") }
        let client = try SocketIOClient(url: CommandLine.arguments[1])
        let name = CommandLine.arguments[2]
        let states = client.states()
        let messages = client.main.events(named: "broadcast")

        let shows = [
            Task {
                for await state in states {
                    switch state {
                    case .connected: print("-- connected")
                    case .waiting(_, let retryIn, let cause): print("-- \(cause.message); next attempt in \(retryIn)")
                    case .connecting, .disconnected, .disconnecting: break
                    }
                }
            },
            Task {
                for await event in messages {
                    guard let who = try? event.decode(String.self), let text = try? event.decode(String.self, at: 1)
                    else { continue }
                    print("\(who): \(text)")
                }
            },
        ]

        try await client.connect()
        let options = SendOptions(timeToLive: .seconds(60))
        while let line = await Task.detached(operation: { readLine() }).value {
            do {
                try client.main.emit("broadcast", payload: Payload(encoding: [name, line]), options: options)
            } catch let error as RejoinError {
                print("-- \(error.message). \(error.remedy)")
            }
        }
        try await client.disconnect()  // after what was said is sent
        try await client.close()
        for show in shows { await show.value }
    }
}
