import Rejoin
import SwiftUI

/// Keeps the client over redrawings. When the screen is gone, nobody holds the client, and it closes.
@MainActor
final class ChatModel: ObservableObject {
    @Published private(set) var state: ConnectionState
    @Published private(set) var lines: [String] = []
    private let client: SocketIOClient
    #if canImport(Network)
        private let hints: DeviceHints
    #endif

    init(url: String) throws {
        client = try SocketIOClient(url: url)
        state = client.state
        #if canImport(Network)
            hints = DeviceHints(for: client)
        #endif
    }

    /// Runs as long as the screen is there.
    func run() async {
        let (states, messages, client) = (client.states(), client.main.events(named: "broadcast"), client)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await state in states { await self.show(state) } }
            group.addTask {
                for await event in messages {
                    if let line = try? event.decode(String.self) { await self.show(line) }
                }
            }
            // Why it failed is in the state.
            group.addTask { try? await client.connect() }
        }
    }

    func say(_ line: String) {
        do {
            let options = SendOptions(timeToLive: .seconds(60))
            try client.main.emit("broadcast", payload: Payload(encoding: [line]), options: options)
        } catch {
            show("\(error)")
        }
    }

    private func show(_ state: ConnectionState) { self.state = state }

    private func show(_ line: String) { lines.append(line) }
}

/// One screen of chat: how the connection is, what was said, and what to say.
struct ChatView: View {
    @StateObject var model: ChatModel
    @State private var draft = ""

    var body: some View {
        VStack {
            Text(connection)
            List(model.lines.indices, id: \.self) { index in Text(model.lines[index]) }
            HStack {
                TextField("Message", text: $draft)
                Button("Say") {
                    model.say(draft)
                    draft = ""
                }
                .disabled(draft.isEmpty)
            }
        }
        .task { await model.run() }
    }

    private var connection: String {
        switch model.state {
        case .connected: "connected"
        case .waiting(_, let retryIn, let cause): "\(cause.message); next attempt in \(retryIn)"
        case .connecting(_, let phase): "connecting: \(phase.rawValue)"
        case .disconnected(let reason): reason?.message ?? "disconnected"
        case .disconnecting: "disconnecting"
        }
    }
}
