import Foundation
import Rejoin

/// What an operation leads to.
enum Begun {
    case done([String: Any])
    case wait(@Sendable () async throws -> JSON)
}

/// The operations, over the clients of this process by their names.
final class Operations {
    private var clients: [String: Named] = [:]
    private var swarm: [Connection] = []

    func perform(_ request: inout Request) async throws -> Begun {
        switch try request.required("op", String.self) {
        case "hello": return try hello(request)
        case "create": return try create(&request)
        case "connect":
            let client = try only(&request)
            return wait { try await client.connection.connect() }
        case "disconnect":
            let client = try only(&request)
            return wait { try await client.connection.disconnect() }
        case "close":
            let client = try only(&request)
            clients[client.name] = nil
            return wait { try await client.connection.close() }
        case "send": return try send(&request)
        case "emit": return try emit(&request)
        case "ack": return try ack(&request)
        case "namespace": return try namespace(&request)
        case "join", "leave": return try unsupported("rooms", &request)
        case "presence": return try unsupported("presence", &request)
        case "credentials": return try credentials(&request)
        case "network":
            let client = try named(&request)
            guard let hint: NetworkHint = try request.choice("hint") else { throw Refusal.invalid("hint", "is missing") }
            try request.end()
            client.connection.network(hint)
        case "pause": await (try only(&request)).pace.pause(true)
        case "resume": await (try only(&request)).pace.pause(false)
        case "slow":
            let client = try named(&request)
            guard let each = try request.duration("ms") else { throw Refusal.invalid("ms", "is missing") }
            try request.end()
            await client.pace.set(slow: each)
        case "burst": return try burst(&request)
        case "count":
            let client = try named(&request)
            let on: Bool = try request.required("on")
            try request.end()
            client.counting.set(on)
        case "swarm": return try grow(&request)
        case "stats": return try stats(&request)
        default: throw Refusal.invalid("op", "there is no such operation")
        }
        return .done([:])
    }

    private func wait(_ work: @escaping @Sendable () async throws -> Void) -> Begun {
        .wait {
            try await work()
            return JSON([String: Any]())
        }
    }

    private func named(_ request: inout Request) throws -> Named {
        let name: String = try request.required("client")
        guard let client = clients[name] else { throw Refusal.invalid("client", "there is no \(name)") }
        return client
    }

    private func only(_ request: inout Request) throws -> Named {
        let client = try named(&request)
        try request.end()
        return client
    }

    private func hello(_ request: Request) throws -> Begun {
        try request.end()
        return .done(["platform": "swift", "version": version])
    }

    private func isSocketIO(_ request: inout Request) throws -> Bool {
        switch try request.required("protocol", String.self) {
        case "websocket": false
        case "socketio": true
        default: throw Refusal.invalid("protocol", "must be websocket or socketio")
        }
    }

    private func create(_ request: inout Request) throws -> Begun {
        let name: String = try request.required("client")
        let socketio = try isSocketIO(&request)
        let url: String = try request.required("url")
        let config = try AgentConfig(request.object("config"), socketio: socketio)
        try request.end()
        if clients[name] != nil { throw Refusal.invalid("client", "there is one of that name") }
        clients[name] = try Named(name, socketio: socketio, url: url, config: config)
        return .done([:])
    }

    private func options(_ request: inout Request) throws -> SendOptions {
        SendOptions(
            volatile: try request.flag("volatile"), timeToLive: try request.duration("ttl_ms"),
            key: try request.optional("key"))
    }

    private func send(_ request: inout Request) throws -> Begun {
        let client = try named(&request)
        let text: String? = try request.optional("text")
        let base64: String? = try request.optional("base64")
        let receipt: String? = try request.optional("receipt")
        let options = try options(&request)
        try request.end()
        let message: Message
        switch (text, base64) {
        case (let text?, nil): message = .text(text)
        case (nil, let base64?): message = .binary(try Lines.bytes(base64))
        default: throw Refusal.invalid("send", "takes either text or base64")
        }
        client.watch(try client.plain().enqueue(message, options: options), receipt)
        return .done([:])
    }

    private func emit(_ request: inout Request) throws -> Begun {
        let client = try named(&request)
        let name: String = try request.required("name")
        let payload = try Lines.payload(request.optional("args") ?? [])
        let namespace = try client.listen(request.optional("namespace") ?? "/")
        let wantsAck = try request.flag("ack")
        let timeout = try request.duration("timeout_ms")
        let retries = try request.small("retries") ?? 0
        let receipt: String? = try request.optional("receipt")
        let options = try options(&request)
        try request.end()
        guard wantsAck else {
            client.watch(try namespace.emit(name, payload: payload, options: options), receipt)
            return .done([:])
        }
        let pending = try namespace.emitWithAcknowledgement(
            name, payload: payload, options: RequestOptions(timeout: timeout, retries: retries, send: options))
        return .wait { [name = client.name] in
            defer {
                if let receipt, let outcome = pending.outcome {
                    Output.event("receipt", name, ["receipt": receipt, "outcome": outcome.rawValue])
                }
            }
            return JSON(["ack": Lines.args(try await pending.reply())])
        }
    }

    private func ack(_ request: inout Request) throws -> Begun {
        let client = try named(&request)
        guard let number = try request.whole("ack") else { throw Refusal.invalid("ack", "is missing") }
        let payload = try Lines.payload(request.optional("args") ?? [])
        try request.end()
        _ = try client.socketio()
        try client.question(number).acknowledge(payload: payload)
        return .done([:])
    }

    private func namespace(_ request: inout Request) throws -> Begun {
        let client = try named(&request)
        let namespace = try client.listen(request.required("namespace"))
        let auth: Any? = try request.optional("auth")
        try request.end()
        let json = try auth.map {
            String(decoding: try JSONSerialization.data(withJSONObject: $0, options: .fragmentsAllowed), as: UTF8.self)
        }
        return wait { try await namespace.connect(authJSON: json) }
    }

    private func unsupported(_ what: String, _ request: inout Request) throws -> Begun {
        _ = try named(&request)
        let _: String = try request.required("room")
        let _: String? = try request.optional("namespace")
        try request.end()
        throw Refusal.unsupported(what)
    }

    private func credentials(_ request: inout Request) throws -> Begun {
        let client = try named(&request)
        let token: String? = try request.optional("token")
        let fail = try request.flag("fail")
        let hang = try request.flag("hang")
        try request.end()
        switch (token, fail, hang) {
        case (let token?, false, false): client.set(.token(token))
        case (nil, true, false): client.set(.fail)
        case (nil, false, true): client.set(.hang)
        default: throw Refusal.invalid("credentials", "must be one of token, fail, hang")
        }
        return .done([:])
    }

    private func burst(_ request: inout Request) throws -> Begun {
        let client = try named(&request)
        let burst = try Burst(&request, client)
        return .wait { JSON(try await burst.run()) }
    }

    private func grow(_ request: inout Request) throws -> Begun {
        guard let count = try request.whole("count") else { throw Refusal.invalid("count", "is missing") }
        let socketio = try isSocketIO(&request)
        let url: String = try request.required("url")
        let config = try AgentConfig(request.object("config"), socketio: socketio)
        try request.end()
        if config.credentials { throw Refusal.invalid("credentials", "a swarm has no callback") }
        for _ in 0..<count {
            let member: Connection =
                socketio
                ? try SocketIOClient(
                    url: url, path: config.path, transports: config.transports, configuration: config.configuration)
                : try Client(url: url, configuration: config.configuration)
            swarm.append(member)
            Task { try? await member.connect() }
        }
        return .done([:])
    }

    private func stats(_ request: inout Request) throws -> Begun {
        if let name: String = try request.optional("client") {
            try request.end()
            guard let client = clients[name] else { throw Refusal.invalid("client", "there is no \(name)") }
            return .done(client.statistics)
        }
        try request.end()
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        let kibibytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
        let connected = swarm.filter { $0.state.isConnected }.count
        return .done(["swarm": swarm.count, "connected": connected, "rss_bytes": kibibytes * 1024])
    }
}
