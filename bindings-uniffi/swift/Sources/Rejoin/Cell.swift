import Foundation

/// A value that comes once, for any number of tasks; a task that is cancelled stops waiting at once.
final class Cell<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var result: Result<Value, any Error>?
    private var waiting: [Int: CheckedContinuation<Value, any Error>] = [:]
    private var last = 0

    var current: Value? { lock.withLock { try? result?.get() } }

    func fulfil(_ result: Result<Value, any Error>) {
        let woken = lock.withLock {
            guard self.result == nil else { return [CheckedContinuation<Value, any Error>]() }
            self.result = result
            defer { waiting = [:] }
            return Array(waiting.values)
        }
        woken.forEach { $0.resume(with: result) }
    }

    func value() async throws -> Value {
        let id = lock.withLock {
            last += 1
            return last
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let known = lock.withLock {
                    if result == nil { waiting[id] = continuation }
                    return result
                }
                if let known {
                    continuation.resume(with: known)
                } else if Task.isCancelled {
                    // It may have been cancelled before it was registered.
                    cancel(id)
                }
            }
        } onCancel: {
            cancel(id)
        }
    }

    private func cancel(_ id: Int) {
        lock.withLock { waiting.removeValue(forKey: id) }?.resume(throwing: CancellationError())
    }
}
