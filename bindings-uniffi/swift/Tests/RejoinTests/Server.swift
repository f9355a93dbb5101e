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
    /// The server ends when this does, with the process.
    private let input = Pipe()

    private struct Ready: Decodable { let listening, control: String }

    private init(token: String? = nil) throws {
        process = Process()
        process.executableURL = URL(fileURLWithPath: ProcessInfo.processInfo.environment["REJOIN_TEST_SERVER"] ?? "")
        var arguments = ["--until-stdin-closes"]
        let tokens = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        if let token {
            try token.write(to: tokens, atomically: true, encoding: .utf8)
            arguments += ["--bearer-tokens", tokens.path, "--socketio-tokens", tokens.path]
        }
        defer { try? FileManager.default.removeItem(at: tokens) }
        let output = Pipe()
        (process.arguments, process.standardInput, process.standardOutput) = (arguments, input, output)
        try process.run()
        let ready = try JSONDecoder().decode(Ready.self, from: output.fileHandleForReading.availableData)
        (ws, http) = ("ws://\(ready.listening)/ws", "http://\(ready.listening)")
        control = URL(string: ready.control)!
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
