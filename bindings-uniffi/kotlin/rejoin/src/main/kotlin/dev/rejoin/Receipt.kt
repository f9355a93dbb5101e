package dev.rejoin

import dev.rejoin.ffi.Outcome as NativeOutcome
import dev.rejoin.ffi.Receipt as NativeReceipt
import kotlin.coroutines.cancellation.CancellationException
import kotlinx.coroutines.Deferred

/** What became of a message. */
public enum class Outcome {
    /** It was handed to a link that showed life afterwards. This does not prove delivery. */
    SENT,

    /** The server acknowledged it. */
    ACKNOWLEDGED,

    /** Its time to live ended before it was sent. */
    EXPIRED,

    /** The overflow policy, a newer message of the same key, or the lack of a connection (volatile) dropped it. */
    DROPPED,

    /** The application withdrew it before it was sent. */
    WITHDRAWN,

    /** It was handed to a link that died: it may or may not have arrived. */
    UNCONFIRMED,

    /** The server refused it as too big; it is not sent again. */
    REJECTED,
}

/** What becomes of one message: await it, or drop it to ignore that. */
public class Receipt internal constructor(private val native: NativeReceipt, private val calls: Calls) {
    private val end: Deferred<End> by lazy { calls.start(native::watch) }

    /** The message's stable id. */
    public val id: ULong get() = native.id()

    /** Takes the message back if it was not sent yet. False if it was sent or has come to its end. */
    public fun withdraw(): Boolean = native.withdraw()

    /** The message's end. Cancelling the wait changes nothing about the message, and it can be awaited again. */
    public suspend fun await(): Outcome =
        when (val end = end.await()) {
            is End.Outcome -> end.outcome
            is End.Completed, is End.Answer, is End.NoAnswer -> error("a receipt ended with $end")
        }

    override fun toString(): String = "Receipt($id)"
}

/** Waits, and withdraws what is waited for when the wait is cancelled. */
internal suspend fun <T> withdrawing(withdraw: () -> Boolean, wait: suspend () -> T): T =
    try {
        wait()
    } catch (cancelled: CancellationException) {
        withdraw()
        throw cancelled
    }

internal fun Outcome(outcome: NativeOutcome): Outcome = Outcome.valueOf(outcome.name)
