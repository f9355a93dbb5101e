import Foundation
import RejoinFFI

/// What became of a message.
public enum Outcome: String, Sendable, Hashable {
    /// It was handed to a link that showed life afterwards. This does not prove delivery.
    case sent
    /// The server acknowledged it.
    case acknowledged
    /// Its time to live ended before it was sent.
    case expired
    /// The overflow policy, a newer message of the same key, or the lack of a connection (volatile) dropped it.
    case dropped
    /// The application withdrew it before it was sent.
    case withdrawn
    /// It was handed to a link that died: it may or may not have arrived.
    case unconfirmed
    /// The server refused it as too big.
    case rejected

    init(_ outcome: RejoinFFI.Outcome) {
        switch outcome {
        case .sent: self = .sent
        case .acknowledged: self = .acknowledged
        case .expired: self = .expired
        case .dropped: self = .dropped
        case .withdrawn: self = .withdrawn
        case .unconfirmed: self = .unconfirmed
        case .rejected: self = .rejected
        }
    }
}

/// What becomes of one message: ask for its outcome, or drop the receipt to ignore that.
public final class Receipt: @unchecked Sendable {
    private let native: RejoinFFI.Receipt
    private let calls: Calls
    private let lock = NSLock()
    private var cell: Cell<Reply>?

    init(_ native: RejoinFFI.Receipt, _ calls: Calls) {
        (self.native, self.calls) = (native, calls)
    }

    /// The message's stable id.
    public var id: UInt64 { native.id() }

    /// Takes the message back if it was not sent yet. False if it was sent or has come to its end.
    @discardableResult
    public func withdraw() -> Bool { native.withdraw() }

    /// The message's end. A task that is cancelled stops waiting, with `CancellationError`; the message goes on.
    public func outcome() async throws -> Outcome {
        let cell = try lock.withLock {
            if let cell = self.cell { return cell }
            let cell = try calls.start { native.watch(call: $0) }
            self.cell = cell
            return cell
        }
        guard case .outcome(let outcome) = try await cell.value() else { return .unconfirmed }
        return outcome
    }

    /// As `outcome`, and a task that is cancelled withdraws the message.
    func delivered() async throws -> Outcome {
        do {
            return try await outcome()
        } catch let error as CancellationError {
            withdraw()
            throw error
        }
    }
}
