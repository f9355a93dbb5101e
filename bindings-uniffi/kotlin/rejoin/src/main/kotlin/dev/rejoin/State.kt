package dev.rejoin

import dev.rejoin.ffi.NetworkHint as NativeHint
import dev.rejoin.ffi.State as NativeState
import dev.rejoin.ffi.Stats as NativeStats
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/** The state of a client. */
public sealed interface State {
    /**
     * No connection, and none is attempted until the application calls [Connection.connect].
     *
     * @property reason what ended the last one; null before the first [Connection.connect].
     */
    public data class Disconnected(val reason: RejoinException?) : State

    /**
     * An attempt is on its way.
     *
     * @property attempt counts from 1 since the last stable connection.
     * @property phase how far it is.
     */
    public data class Connecting(val attempt: Int, val phase: Phase) : State

    /**
     * Messages flow.
     *
     * @property resumed the server kept the session: nothing was missed.
     */
    public data class Connected(val resumed: Boolean) : State

    /**
     * The next attempt is due later.
     *
     * @property attempt the number of the next attempt.
     * @property retryIn how long until it begins, counted from when this state was read.
     * @property cause why there is no connection.
     */
    public data class Waiting(val attempt: Int, val retryIn: Duration, val cause: RejoinException) : State

    /** What was accepted is being sent, then the close. */
    public data object Disconnecting : State
}

/** How far an attempt to connect is. */
public enum class Phase {
    /** The credentials callback is asked. */
    CREDENTIALS,

    /** DNS, TCP, TLS and the upgrade. */
    OPENING,

    /** The protocol's own handshake. */
    HANDSHAKE,

    /** Rooms, and the application's own steps. */
    REJOINING,
}

/** What the application knows about the network. On Android, the module `android` tells it by itself. */
public enum class NetworkHint {
    /** There is a network, or another one. */
    ONLINE,

    /** There is no network. */
    OFFLINE,

    /** The device slept. */
    WOKE,

    /** The application came to the foreground. */
    FOREGROUND,

    /** The application went to the background. */
    BACKGROUND,
}

/**
 * What a client has counted since it was made, and what it holds now.
 *
 * @property attempts attempts to connect.
 * @property connects connections that came to be.
 * @property framesSent frames given to sockets.
 * @property framesReceived frames that arrived.
 * @property outboxMessages messages in the outbox: waiting, on the way, or waiting for their acknowledgement.
 * @property outboxBytes the bytes of payload that the outbox holds.
 * @property unobserved messages that arrived while there was no consumer.
 */
public data class Stats(
    val attempts: Long,
    val connects: Long,
    val framesSent: Long,
    val framesReceived: Long,
    val outboxMessages: Long,
    val outboxBytes: Long,
    val unobserved: Long,
) {
    internal constructor(stats: NativeStats) : this(
        attempts = stats.attempts.toLong(),
        connects = stats.connects.toLong(),
        framesSent = stats.framesSent.toLong(),
        framesReceived = stats.framesReceived.toLong(),
        outboxMessages = stats.outboxMessages.toLong(),
        outboxBytes = stats.outboxBytes.toLong(),
        unobserved = stats.unobserved.toLong(),
    )
}

internal fun State(state: NativeState): State =
    when (state) {
        is NativeState.Disconnected -> State.Disconnected(state.reason?.let(::RejoinException))
        is NativeState.Connecting -> State.Connecting(state.attempt.toInt(), Phase.valueOf(state.phase.name))
        is NativeState.Connected -> State.Connected(state.resumed)
        is NativeState.Waiting ->
            State.Waiting(state.attempt.toInt(), state.retryInMs.toLong().milliseconds, RejoinException(state.cause))
        NativeState.Disconnecting -> State.Disconnecting
    }

internal val NetworkHint.native: NativeHint
    get() = NativeHint.valueOf(name)
