import RejoinFFI

/// What went wrong, and what to do about it.
public struct RejoinError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A code that is stable and the same in every language, such as `queue_full`.
    public struct Code: RawRepresentable, ExpressibleByStringLiteral, Sendable, Hashable, CustomStringConvertible {
        public let rawValue: String
        public var description: String { rawValue }

        public init(rawValue: String) { self.rawValue = rawValue }
        public init(stringLiteral value: String) { rawValue = value }
    }

    public let code: Code
    public let message: String
    /// Whether it may pass without a change by the application.
    public let retryable: Bool
    /// What the caller can do, in one sentence.
    public let remedy: String
    /// The WebSocket close code, where the connection ended with one.
    public let closeCode: UInt16?
    /// The HTTP status, where the server answered the handshake with one.
    public let status: UInt16?
    /// What a Socket.IO server said when it refused a namespace, as JSON.
    public let data: String?

    public var description: String { "\(code.rawValue): \(message)" }

    init(_ failure: Failure) {
        code = Code(rawValue: failure.code)
        message = failure.text
        retryable = failure.retryable
        remedy = failure.remedy
        closeCode = failure.closeCode
        status = failure.status
        data = failure.data
    }

    /// About a value that cannot be given to the core at all.
    static func invalid(_ field: String, _ expected: String) -> RejoinError {
        RejoinError(
            Failure(
                code: "invalid_argument", text: "\(field): \(expected)", retryable: false,
                remedy: "Correct the argument that the message names.", closeCode: nil, status: nil, data: nil))
    }
}

/// Throws what the core throws as `RejoinError`.
func translated<T>(_ call: () throws -> T) throws -> T {
    do {
        return try call()
    } catch Failed.Call(let failure) {
        throw RejoinError(failure)
    }
}

/// The version of rejoin.
public let version = RejoinFFI.version()
