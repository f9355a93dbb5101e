import Foundation
import RejoinFFI

/// A client that stays connected to a Socket.IO server (`http://`, `https://`, `ws://` or `wss://`).
public final class SocketIOClient: Connection, @unchecked Sendable {
    private let native: SocketIoClient

    /// Makes a client, disconnected.
    ///
    /// - Parameters:
    ///   - path: Of Engine.IO; default `/socket.io/`.
    ///   - namespaces: Connected in each handshake; default `/`.
    ///   - auth: By their names, JSON objects of their own for namespaces, in place of that of the credentials.
    ///   - transports: Tried in this order where one is blocked. With both, polling changes to a WebSocket where that
    ///     turns out to work. Default: a WebSocket alone.
    ///   - parser: How packets are written: the server must be set up for the same.
    ///   - limits: The bounds of what a server can make the client hold.
    ///   - credentials: Asked at each attempt to connect.
    ///   - onConnect: Runs at every connection before events flow: to authenticate in-band, or to join again. If it throws,
    ///     the attempt has failed.
    /// - Throws: `RejoinError` with the code `invalid_argument`, naming the option that is wrong.
    public init(
        url: String, path: String? = nil, namespaces: [String] = [],
        auth: [String: any Encodable & Sendable] = [:], transports: [Transport] = [],
        parser: Parser = .json, limits: Limits = Limits(), configuration: Configuration = Configuration(),
        credentials: CredentialsProvider? = nil, onConnect: (@Sendable (SocketIOSession) async throws -> Void)? = nil
    ) throws {
        let options = try configuration.native(credentials: credentials != nil, onConnect: onConnect != nil)
        let names = try namespaces.map { NamespaceOptions(name: $0, auth: try auth[$0].map(json)) }
        let socketio = SocketIoOptions(
            path: path, namespaces: names, transports: transports.map(\.native), parser: parser.native,
            limits: try limits.native())
        native = try translated { try SocketIoClient(url: url, options: options, socketio: socketio) }
        super.init(native, credentials: credentials) { item, calls in
            if case .onSocketIoConnect(_, let session) = item {
                try await onConnect?(SocketIOSession("/", session, calls))
            }
        }
    }

    /// A namespace by its name, which begins with `/`. Connect it, unless `namespaces` named it.
    public func namespace(_ name: String) -> Namespace { Namespace(name, native, calls) }

    /// The namespace `/`.
    public var main: Namespace { namespace("/") }

    /// Every change of every namespace from now on.
    public func namespaceChanges() -> EventStream<NamespaceChange> {
        EventStream(native.namespaces()) { item in
            switch item {
            case .namespaceConnected(let namespace, let recovered, let sid):
                NamespaceChange(namespace: namespace, state: .connected(recovered: recovered, sid: sid))
            case .namespaceDisconnected(let namespace, let failure):
                NamespaceChange(namespace: namespace, state: .disconnected(RejoinError(failure)))
            default: nil
            }
        }
    }
}
