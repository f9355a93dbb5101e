import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// The test server, as a program of its own: `cargo xtask test --only swift` names it in REJOIN_TEST_SERVER.
final class Server: Sendable {
    static let open = try! Server()
    /// For tests that break connections: they run beside others.
    static let faulty = try! Server()
    /// Its `/ws` and `/private` want the token `good`.
    static let guarded = try! Server(token: "good")
    /// As `guarded`, for tests of what is logged about it.
    static let logged = try! Server(token: "good")

    let ws, http: String
    private let control: URL
    private let process: Process

    private struct Ready: Decodable { let listening, control: String }

    private init(token: String? = nil) throws {
        process = Process()
        process.executableURL = URL(fileURLWithPath: ProcessInfo.processInfo.environment["REJOIN_TEST_SERVER"] ?? "")
        if let token {
            let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
            try token.write(to: file, atomically: true, encoding: .utf8)
            process.arguments = ["--bearer-tokens", file.path, "--socketio-tokens", file.path]
        }
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let ready = try JSONDecoder().decode(Ready.self, from: output.fileHandleForReading.availableData)
        (ws, http) = ("ws://\(ready.listening)/ws", "http://\(ready.listening)")
        control = URL(string: ready.control)!
        stopAtExit(process)
    }

    /// Resets every connection.
    func reset() async throws {
        var request = URLRequest(url: control.appendingPathComponent("fault"))
        request.httpMethod = "POST"
        request.setValue("application/json", forHTTPHeaderField: "content-type")
        request.httpBody = Data(#"{"fault":"reset"}"#.utf8)
        _ = try await URLSession.shared.data(for: request)
    }
}

nonisolated(unsafe) private var servers: [Process] = []

private func stopAtExit(_ process: Process) {
    if servers.isEmpty {
        atexit { servers.forEach { kill($0.processIdentifier, SIGKILL) } }
    }
    servers.append(process)
}
