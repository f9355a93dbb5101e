import Foundation
import RejoinFFI

/// Asked at each attempt to connect, so that tokens are fresh. It may fail: the client tries again with backoff.
public typealias CredentialsProvider = @Sendable (CredentialsReason) async throws -> Credentials

/// Why the credentials are asked for.
public enum CredentialsReason: String, Sendable {
    /// A new attempt to connect.
    case connect
    /// The server refused the last ones: the same ones again will not do.
    case refused
}

/// What a client shows to the server. Its description does not show it.
public struct Credentials: Sendable, CustomStringConvertible, CustomReflectable {
    private enum Kind {
        case token(String)
        case auth(@Sendable () throws -> String)
        case anonymous
    }

    private let kind: Kind

    /// A bearer token: the `Authorization` header of a WebSocket, `{"token": …}` of Socket.IO.
    public static func token(_ token: String) -> Credentials { Credentials(kind: .token(token)) }

    /// The `auth` object of Socket.IO.
    public static func auth(_ auth: some Encodable & Sendable) -> Credentials {
        Credentials(kind: .auth { String(decoding: try JSONEncoder().encode(auth), as: UTF8.self) })
    }

    /// Connects anonymously.
    public static let anonymous = Credentials(kind: .anonymous)

    public var description: String { "[redacted]" }
    public var customMirror: Mirror { Mirror(self, children: []) }

    func native() throws -> CredentialsAnswer {
        switch kind {
        case .token(let token): .token(token: token)
        case .auth(let json): .auth(json: try json())
        case .anonymous: .anonymous
        }
    }
}
