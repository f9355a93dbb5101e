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

    init(_ mailbox: Mailbox, _ convert: @escaping @Sendable (Item) -> Element?) {
        (self.mailbox, self.convert) = (mailbox, convert)
    }

    var missed: UInt64 { lock.withLock { lost } }

    func next() async -> Element? {
        while !Task.isCancelled {
            switch take() {
            case .element(let element): return element
            case .end: return nil
            case .nothing: break
            }
            // Cancellation does not reach Rust by itself.
            await withTaskCancellationHandler {
                await mailbox.ready()
            } onCancel: {
                mailbox.interrupt()
            }
        }
        return nil
    }

    private enum Found { case element(Element), nothing, end }

    private func take() -> Found {
        lock.withLock {
            while true {
                guard let item = items.popFirst() else {
                    if ended { return .end }
                    let batch = mailbox.drain(max: 512)
                    (items, ended) = (batch.items[...], batch.ended)
                    if items.isEmpty && !ended { return .nothing }
                    continue
                }
                if case .lagged(let missed) = item {
                    lost += missed
                } else if let element = convert(item) {
                    return .element(element)
                }
            }
        }
    }
}
