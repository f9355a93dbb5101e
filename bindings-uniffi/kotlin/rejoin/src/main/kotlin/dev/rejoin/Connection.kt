package dev.rejoin

import dev.rejoin.ffi.Item as NativeItem
import dev.rejoin.ffi.Mailbox as NativeMailbox
import java.net.URI
import java.net.URISyntaxException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.flow.StateFlow

/** The version of rejoin. */
public val rejoinVersion: String get() = dev.rejoin.ffi.version()

/**
 * What every client does, whatever its protocol. All of it may be called in any state, from any thread, and from inside any
 * callback. A client stays open until it is closed, even when nothing refers to it any more.
 */
public sealed class Connection(url: String) : AutoCloseable {
    internal val label = label(url)
    internal abstract val calls: Calls
    private val closing: CompletableDeferred<End> by lazy { calls.start(::nativeClose) }

    /** The state now, and its changes; when they come fast, a collector sees the newest. All of them: [stateChanges]. */
    public val state: StateFlow<State> get() = calls.state

    /** Every change of state from now on. */
    public val stateChanges: Stream<State> = Stream({ nativeStates() }) { State((it as NativeItem.State).state) }

    /** What was counted so far. */
    public abstract val stats: Stats

    /**
     * Connects, and returns when connected: by then the outbox flows. The first connection is tried as often as any later
     * one. Cancelling the wait does not stop it.
     *
     * @throws RejoinException what ended the attempts.
     */
    public suspend fun connect(): Unit = calls.complete(::nativeConnect)

    /** Sends what can be sent, closes, and returns when disconnected. What could not be sent stays in the outbox. */
    public suspend fun disconnect(): Unit = calls.complete(::nativeDisconnect)

    /**
     * Disconnects for good, without waiting for it: every message comes to its end, every stream ends. Closing again does
     * nothing.
     */
    override fun close() {
        closing.invokeOnCompletion { calls.closed() }
    }

    /** [close], and returns when disconnected. */
    public suspend fun closeAndJoin() {
        close()
        closing.await()
    }

    /** Tells what the application knows about the network. It never undoes a disconnect. */
    public abstract fun network(hint: NetworkHint)

    override fun toString(): String = "${javaClass.simpleName}($label, ${state.value})"

    internal abstract fun nativeStates(): NativeMailbox

    internal abstract fun nativeConnect(call: ULong)

    internal abstract fun nativeDisconnect(call: ULong)

    internal abstract fun nativeClose(call: ULong)
}

/** What may stand in a log: neither user nor query. */
private fun label(url: String): String =
    try {
        URI(url).run { if (port < 0) host else "$host:$port" } ?: ""
    } catch (_: URISyntaxException) {
        ""
    }
