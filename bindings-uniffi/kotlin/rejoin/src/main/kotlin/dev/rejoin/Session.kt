package dev.rejoin

import dev.rejoin.ffi.EmitOptions as NativeEmitOptions
import dev.rejoin.ffi.Item as NativeItem
import dev.rejoin.ffi.PendingAck as NativePendingAck
import dev.rejoin.ffi.Session as NativeSession
import dev.rejoin.ffi.SocketIoSession as NativeSocketIoSession
import kotlin.time.Duration

/**
 * What the on-connect step of a [Client] works with: the new connection, before anything else uses it.
 *
 * ```
 * Client(url) {
 *     onConnect { session ->
 *         session.messages.subscribe().use { answers ->
 *             session.send(login())
 *             check(answers.next() == Message.Text("welcome"))
 *         }
 *     }
 * }
 * ```
 */
public class Session internal constructor(private val native: NativeSession, private val calls: Calls) {
    /** The messages that arrive from now on. */
    public val messages: Stream<Message> = Stream({ native.messages() }, ::Message)

    /**
     * Sends a text message ahead of all that waits. It is not kept for another connection.
     *
     * @throws RejoinException it was not accepted.
     */
    public fun send(text: String): Receipt = Receipt(translated { native.sendText(text) }, calls)

    /** Sends a binary message; otherwise as [send] with a text. */
    public fun send(bytes: ByteArray): Receipt = Receipt(translated { native.sendBinary(bytes) }, calls)
}

/**
 * What the on-connect step of a [SocketIoClient] works with: one namespace of the new connection, before anything else uses it.
 *
 * @property name begins with `/`.
 */
public class SocketIoSession internal constructor(
    public val name: String,
    private val native: NativeSocketIoSession,
    private val calls: Calls,
) {
    /** A namespace by its name: only those of the configuration are connected by now. */
    public fun namespace(name: String): SocketIoSession = SocketIoSession(name, native, calls)

    /**
     * Emits an event ahead of all that waits; the arguments are those of [Namespace.emit]. It is not kept for another
     * connection.
     *
     * @throws RejoinException it was not accepted.
     */
    public fun emit(name: String, vararg args: Any?): Receipt =
        Receipt(translated { native.emit(this.name, name, encode(args)) }, calls)

    /**
     * Emits as [emit] does, and returns the server's answer.
     *
     * @param timeout how long to wait for it. Default: [ClientConfig.ackTimeout].
     */
    public suspend fun request(name: String, vararg args: Any?, timeout: Duration? = null): Args {
        val options = NativeEmitOptions(sendOptions(false, null, null), millis("timeout", timeout))
        val payload = translated { encode(args) }
        lateinit var pending: NativePendingAck
        val end = calls.start { pending = native.emitWithAck(this.name, name, payload, options, it) }
        return Ack(pending, end).await()
    }

    /** The events that arrive from now on, of one name or all. */
    public fun events(name: String? = null): Stream<Event> =
        Stream({ translated { native.events(this.name, name) } }) { Event(it as NativeItem.Event) }
}
