import Foundation
import RejoinFFI

/// What happens from now on, for one consumer; each consumer gets every element. It ends when the client is closed.
///
/// A task that is cancelled ends its loop, and loses nothing: another loop over the same stream goes on from there.
/// Reading too slowly stops the reading from the network, unless the client's inbound policy is lossy: then `missed` counts.
public struct EventStream<Element: Sendable>: AsyncSequence, Sendable {
    private let consumer: Consumer<Element>

    init(_ mailbox: Mailbox, _ convert: @escaping @Sendable (Item) -> Element?) {
        consumer = Consumer(mailbox, convert)
    }

    /// How many elements were dropped for this consumer so far.
    public var missed: UInt64 { consumer.missed }

    public func makeAsyncIterator() -> Iterator { Iterator(consumer: consumer) }

    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let consumer: Consumer<Element>

        /// The next element; `nil` when the client is closed, or the task is cancelled.
        public mutating func next() async -> Element? { await consumer.next() }
    }
}

private final class Consumer<Element: Sendable>: @unchecked Sendable {
    private let mailbox: Mailbox
    private let convert: @Sendable (Item) -> Element?
    private let lock = NSLock()
    private var items: ArraySlice<Item> = []
    private var ended = false
    private var lost: UInt64 = 0
    private var waits: [ObjectIdentifier: Wait] = [:]

    init(_ mailbox: Mailbox, _ convert: @escaping @Sendable (Item) -> Element?) {
        (self.mailbox, self.convert) = (mailbox, convert)
    }

    var missed: UInt64 { lock.withLock { lost } }

    func next() async -> Element? {
        while !Task.isCancelled {
            switch take() {
            case .element(let element): return element
            case .end: return nil
            case .nothing(let wait):
                // Cancellation does not reach Rust by itself.
                await withTaskCancellationHandler {
                    await wait.ready()
                } onCancel: {
                    wait.end()
                }
                leave(wait)
            }
        }
        return nil
    }

    private enum Found { case element(Element), nothing(Wait), end }

    private func take() -> Found {
        lock.withLock {
            while true {
                guard let item = items.popFirst() else {
                    if ended { return .end }
                    let batch = mailbox.drain(max: 512)
                    (items, ended) = (batch.items[...], batch.ended)
                    if items.isEmpty && !ended { return .nothing(wait()) }
                    continue
                }
                if case .lagged(let missed) = item {
                    lost += missed
                } else if let element = convert(item) {
                    hand()
                    return .element(element)
                }
            }
        }
    }

    private func wait() -> Wait {
        let wait = mailbox.beginWait()
        waits[ObjectIdentifier(wait)] = wait
        return wait
    }

    private func leave(_ wait: Wait) {
        lock.withLock {
            waits[ObjectIdentifier(wait)] = nil
            hand()
        }
    }

    /// What one task drained and left is there for another one that waits for the mailbox.
    private func hand() {
        if !items.isEmpty { waits.values.first?.end() }
    }
}
