package dev.rejoin

import dev.rejoin.ffi.Item as NativeItem
import dev.rejoin.ffi.Mailbox as NativeMailbox
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.withContext

/**
 * What happens from now on. Each collection is a consumer of its own, from its start to its end, and gets every item; it
 * ends when the client is closed.
 *
 * To miss nothing, start collecting before what causes the items, or [subscribe] first. A collector that is too slow stops
 * the reading from the network, unless the client's inbound policy is lossy.
 */
public class Stream<out T> internal constructor(
    private val open: () -> NativeMailbox,
    private val convert: (NativeItem) -> T,
) : Flow<T> by flow({ Subscription(open(), convert).use { items -> while (true) emit(items.next() ?: break) } })
    where T : Any {
    /** A consumer that begins now, to be read by hand and to be closed. */
    public fun subscribe(): Subscription<T> = Subscription(open(), convert)
}

/**
 * One consumer of a [Stream], from when it was made until it is closed. It may be used by several coroutines: each item goes
 * to one of them.
 */
public class Subscription<out T : Any> internal constructor(
    private val mailbox: NativeMailbox,
    private val convert: (NativeItem) -> T,
) : AutoCloseable {
    private val items = ArrayDeque<NativeItem>()
    private var waiting = 0
    private var ended = false
    private var closed = false

    /** How many items were dropped for this consumer, by the inbound policy, before the next one. */
    @get:Synchronized
    public var missed: Long = 0
        private set

    /**
     * The next item, or null when the client or this subscription is closed. Cancelling the wait loses nothing: nothing is
     * taken before the moment of return. To bound the wait, put [ready] into `withTimeout`, which may drop what its block
     * returns.
     */
    public suspend fun next(): T? {
        while (true) {
            poll()?.let { return it }
            if (!ready()) return null
        }
    }

    /** The next item if there is one, without waiting. */
    public fun poll(): T? = take()?.let(convert)

    /**
     * Waits until there is something to [poll] or [drain], and takes nothing: another coroutine may be faster. False: nothing
     * follows.
     */
    public suspend fun ready(): Boolean {
        while (wait()) {
            try {
                // On a thread of ours: without a dispatcher, the application's code would go on in the core's.
                withContext(Dispatchers.Default) { mailbox.ready() }
            } finally {
                waited()
            }
        }
        return !isOver()
    }

    /** What is there, without waiting. */
    public fun drain(): List<T> {
        val taken = mutableListOf<T>()
        while (true) taken += poll() ?: return taken
    }

    /** Ends the consumer; waits end with null. */
    @Synchronized
    override fun close() {
        if (closed) return
        closed = true
        ended = true
        items.clear()
        release()
    }

    @Synchronized
    private fun take(): NativeItem? {
        fill(BATCH)
        val item = items.removeFirstOrNull()
        hand()
        return item
    }

    /** Whether to wait: there is nothing, and something may follow. */
    @Synchronized
    private fun wait(): Boolean {
        fill(1u)
        if (items.isNotEmpty() || ended) return false
        waiting++
        return true
    }

    @Synchronized
    private fun waited() {
        waiting--
        if (closed) release() else hand()
    }

    @Synchronized
    private fun isOver(): Boolean = ended && items.isEmpty()

    /** No more than is asked for: what stays in the core is subject to its bounds and policies. */
    private fun fill(max: UInt) {
        while (items.isEmpty() && !ended) {
            val batch = mailbox.drain(max)
            ended = batch.ended
            items.addAll(batch.items)
            dropMarks()
            if (batch.items.isEmpty()) return
        }
        dropMarks()
    }

    private fun dropMarks() {
        while (true) {
            val mark = items.firstOrNull() as? NativeItem.Lagged ?: return
            missed += mark.missed.toLong()
            items.removeFirst()
        }
    }

    /** What one coroutine drained and left is there for another one that waits for the mailbox. */
    private fun hand() {
        if (waiting > 0 && (items.isNotEmpty() || ended)) mailbox.interrupt()
    }

    /** The last one that waits gives the mailbox back, each wakes the next. */
    private fun release() {
        if (waiting > 0) mailbox.interrupt() else mailbox.destroy()
    }
}
