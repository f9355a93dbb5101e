import Foundation
import RejoinFFI

#if canImport(os)
    import os
#endif

/// What a client logs: changes of state, without secrets. A server is named by its host alone.
public struct LogRecord: Sendable, Hashable {
    /// How grave it is.
    public enum Level: String, Sendable, Hashable, CaseIterable {
        case error, warning, info, debug
    }

    /// How grave it is.
    public let level: Level
    /// What happened.
    public let message: String
}

/// Where all clients of the process log.
///
/// On Apple's platforms that is `os.Logger`, with the subsystem `dev.rejoin`. Elsewhere nothing is logged unless there is a
/// handler:
///
/// ```swift
/// RejoinLog.handler = { print($0.level, $0.message) }
/// ```
public enum RejoinLog {
    private static let current = Current()

    /// Gets every record in place of the default, one after the other; `nil`: the default. One that is slow makes records
    /// be lost, which is logged, and stops nothing else.
    public static var handler: (@Sendable (LogRecord) -> Void)? {
        get { current.handler }
        set { current.handler = newValue }
    }

    fileprivate static func write(_ record: LogRecord) {
        if let handler { return handler(record) }
        #if canImport(os)
            let logger = Logger(subsystem: "dev.rejoin", category: "client")
            switch record.level {
            case .error: logger.error("\(record.message, privacy: .public)")
            case .warning: logger.warning("\(record.message, privacy: .public)")
            case .info: logger.info("\(record.message, privacy: .public)")
            case .debug: logger.debug("\(record.message, privacy: .public)")
            }
        #endif
    }

    private final class Current: @unchecked Sendable {
        private let lock = NSLock()
        private var value: (@Sendable (LogRecord) -> Void)?

        var handler: (@Sendable (LogRecord) -> Void)? {
            get { lock.withLock { value } }
            set { lock.withLock { value = newValue } }
        }
    }
}

/// What the core logs, handed on: one for all clients, from the first one on.
enum Logs {
    /// Starts it, once.
    static let forwarding: Void = {
        let mailbox = logs()
        Task.detached {
            while true {
                await mailbox.ready()
                mailbox.drain(max: 512).items.compactMap(LogRecord.init).forEach(RejoinLog.write)
            }
        }
    }()
}

extension LogRecord {
    fileprivate init?(_ item: Item) {
        switch item {
        case .log(let level, let text):
            self.init(level: Level(level), message: text)
        case .lagged(let missed):
            self.init(level: .warning, message: "\(missed) records were lost: they came faster than they were written")
        default: return nil
        }
    }
}

extension LogRecord.Level {
    fileprivate init(_ level: LogLevel) {
        switch level {
        case .error: self = .error
        case .warn: self = .warning
        case .info: self = .info
        case .debug, .trace: self = .debug
        }
    }
}
