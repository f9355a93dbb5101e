import Foundation
import RejoinFFI

/// What the core answers to a call.
enum Reply: Sendable {
    case done
    case outcome(Outcome)
    case acknowledged(Payload)
    case unacknowledged(Outcome, RejoinError)
}

/// What both protocols' native clients do.
protocol NativeClient: AnyObject, Sendable {
    func mailbox() -> Mailbox
    func connect(call: UInt64) throws
    func disconnect(call: UInt64) throws
    func close(call: UInt64) throws
    func state() -> RejoinFFI.State
    func states() -> Mailbox
    func stats() -> Stats
    func network(hint: RejoinFFI.NetworkHint)
    func answerCredentials(request: UInt64, answer: CredentialsAnswer)
    func answerOnConnect(request: UInt64, failure: String?)
}

extension RejoinFFI.Client: NativeClient {}
extension RejoinFFI.SocketIoClient: NativeClient {}

/// An on-connect step, given the item that asks for it and the calls that answer what it sends.
typealias Step = @Sendable (Item, Calls) async throws -> Void

/// Answers the calls of one client from its mailbox.
///
/// Its task refers to the mailbox and not to the client, so that a client that nobody holds any more is closed.
final class Calls: @unchecked Sendable {
    private let lock = NSLock()
    private var open: [UInt64: Cell<Reply>] = [:]
    private var last: UInt64 = 0

    init(_ native: any NativeClient, credentials: CredentialsProvider?, step: Step?) {
        _ = Logs.forwarding
        let mailbox = native.mailbox()
        let asker = Asker(native, credentials, step)
        Task.detached { [self] in
            while true {
                await mailbox.ready()
                let batch = mailbox.drain(max: 512)
                for item in batch.items {
                    switch item {
                    case .credentials(let request, let reason): asker.ask(request, reason)
                    case .onConnect(let request, _), .onSocketIoConnect(let request, _):
                        asker.take(item, request, self)
                    default: self.answer(item)
                    }
                }
                if batch.ended { return }
            }
        }
    }

    /// Starts a call; the cell gets its answer.
    func start(_ call: (UInt64) throws -> Void) throws -> Cell<Reply> {
        let cell = Cell<Reply>()
        let number = lock.withLock {
            last += 1
            open[last] = cell
            return last
        }
        do {
            try translated { try call(number) }
        } catch {
            _ = take(number)
            throw error
        }
        return cell
    }

    private func take(_ call: UInt64) -> Cell<Reply>? {
        lock.withLock { open.removeValue(forKey: call) }
    }

    private func answer(_ item: Item) {
        switch item {
        case .completed(let call, let failure):
            take(call)?.fulfil(failure.map { .failure(RejoinError($0)) } ?? .success(.done))
        case .receipt(let call, let outcome):
            take(call)?.fulfil(.success(.outcome(Outcome(outcome))))
        case .acknowledged(let call, let args):
            take(call)?.fulfil(.success(.acknowledged(Payload(args))))
        case .unacknowledged(let call, let outcome, let failure):
            take(call)?.fulfil(.success(.unacknowledged(Outcome(outcome), RejoinError(failure))))
        case .text, .binary, .lagged, .state, .event, .namespaceConnected, .namespaceDisconnected, .credentials,
            .onConnect, .onSocketIoConnect, .log:
            break
        }
    }

}

/// Brings questions to the application's provider, and its answers back.
private final class Asker: @unchecked Sendable {
    private weak var native: (any NativeClient)?
    private let provider: CredentialsProvider?
    private let step: Step?

    init(_ native: any NativeClient, _ provider: CredentialsProvider?, _ step: Step?) {
        (self.native, self.provider, self.step) = (native, provider, step)
    }

    /// In a task of its own: a provider that blocks or fails stops nothing.
    func ask(_ request: UInt64, _ reason: RejoinFFI.CredentialsReason) {
        Task.detached { [self] in
            let answer: CredentialsAnswer
            do {
                answer = try await (provider?(reason == .refused ? .refused : .connect) ?? .anonymous).native()
            } catch {
                answer = .failed(message: "\(error)")
            }
            native?.answerCredentials(request: request, answer: answer)
        }
    }

    /// As `ask`, for the on-connect step.
    func take(_ item: Item, _ request: UInt64, _ calls: Calls) {
        Task.detached { [self] in
            var failure: String?
            do {
                try await step?(item, calls)
            } catch {
                failure = "\(error)"
            }
            native?.answerOnConnect(request: request, failure: failure)
        }
    }
}
