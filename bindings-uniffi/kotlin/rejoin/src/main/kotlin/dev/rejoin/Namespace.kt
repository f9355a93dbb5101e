package dev.rejoin

import dev.rejoin.ffi.EmitOptions as NativeEmitOptions
import dev.rejoin.ffi.Item as NativeItem
import dev.rejoin.ffi.PendingAck as NativePendingAck
import dev.rejoin.ffi.SocketIoClient as NativeSocketIoClient
import kotlin.time.Duration
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.serialization.json.JsonObject

/**
 * One namespace of a client.
 *
 * @property name begins with `/`.
 */
public class Namespace internal constructor(
    public val name: String,
    private val native: NativeSocketIoClient,
    private val calls: Calls,
) {
    /** Whether it is connected. */
    public val isConnected: Boolean get() = translated { native.isNamespaceConnected(name) }

    /** The id of its session, which others can see; null if it is not connected. */
    public val sid: String? get() = translated { native.namespaceSid(name) }

    /** Whether it is connected, and the server kept its session over the last break, so that nothing was missed. */
    public val isRecovered: Boolean get() = translated { native.isNamespaceRecovered(name) }

    /**
     * Connects it, now and on each later link; [auth] takes the place of the credentials.
     *
     * @throws RejoinException `namespace_refused` with the server's data, or what ended the connection.
     */
    public suspend fun connect(auth: JsonObject? = null): Unit =
        calls.complete { native.connectNamespace(name, auth?.toString(), it) }

    /** Leaves it: it is not connected again, and what waits for it is withdrawn. */
    public fun disconnect(): Unit = translated { native.disconnectNamespace(name) }

    /**
     * Emits an event, now or when the namespace is connected, in order.
     *
     * @param args null, numbers, texts, booleans, `JsonElement`, lists and maps of these, objects of serializable classes, and
     *   `ByteArray` or [Binary] at any depth.
     * @param volatile now or not at all.
     * @param ttl how long it may wait for a connection; without end if null.
     * @param key replaces a waiting event of the same key.
     * @throws RejoinException it was not accepted: `queue_full`, `too_big`, `client_closed`, `invalid_argument`.
     */
    public fun emit(
        name: String,
        vararg args: Any?,
        volatile: Boolean = false,
        ttl: Duration? = null,
        key: String? = null,
    ): Receipt {
        val options = NativeEmitOptions(sendOptions(volatile, ttl, key))
        return Receipt(translated { native.emit(this.name, name, encode(args), options) }, calls)
    }

    /**
     * Emits an event and returns the server's answer. Cancelling the wait withdraws an event that was not sent yet.
     * Otherwise as [emitWithAck].
     *
     * @throws RejoinException as [emit] and [Ack.await].
     */
    public suspend fun request(
        name: String,
        vararg args: Any?,
        timeout: Duration? = null,
        retries: Int = 0,
        ttl: Duration? = null,
    ): Args {
        val ack = emitWithAck(name, *args, timeout = timeout, retries = retries, ttl = ttl)
        return withdrawing(ack::withdraw, ack::await)
    }

    /**
     * Emits an event, and asks for an acknowledgement. Otherwise as [emit].
     *
     * @param timeout how long to wait for it each time. Default: [ClientConfig.ackTimeout].
     * @param retries how many times to send it again, under one id, until it is acknowledged.
     */
    public fun emitWithAck(
        name: String,
        vararg args: Any?,
        timeout: Duration? = null,
        retries: Int = 0,
        volatile: Boolean = false,
        ttl: Duration? = null,
        key: String? = null,
    ): Ack {
        if (retries < 0) throw invalid("retries", "must not be negative")
        val options = NativeEmitOptions(sendOptions(volatile, ttl, key), millis("timeout", timeout), retries.toUInt())
        val payload = translated { encode(args) }
        lateinit var pending: NativePendingAck
        val end = calls.start { pending = native.emitWithAck(this.name, name, payload, options, it) }
        return Ack(pending, end)
    }

    /** The events that arrive from now on, of one name or all. */
    public fun events(name: String? = null): Stream<Event> =
        Stream({ translated { native.events(this.name, name) } }) { Event(it as NativeItem.Event) }

    /** The events that this client emits here from now on, as they were accepted. */
    public val outgoingEvents: Stream<Event> =
        Stream({ translated { native.outgoingEvents(name) } }) { Event(it as NativeItem.Event) }

    override fun toString(): String = "Namespace($name)"
}

/** The server's answer to one event, that is yet to come. */
public class Ack internal constructor(private val native: NativePendingAck, private val end: Deferred<End>) {
    /** What became of the event, once that is known. */
    @OptIn(ExperimentalCoroutinesApi::class)
    public val outcome: Outcome?
        get() = if (!end.isCompleted) null else (end.getCompleted() as? End.NoAnswer)?.outcome ?: Outcome.ACKNOWLEDGED

    /** Takes the event back if it was not sent yet. */
    public fun withdraw(): Boolean = native.withdraw()

    /**
     * The answer's arguments. Cancelling the wait changes nothing about the event, and it can be awaited again.
     *
     * @throws RejoinException `ack_timeout`, `unconfirmed` (the link was lost meanwhile: it may have arrived), `expired`,
     *   `dropped`, `withdrawn`.
     */
    public suspend fun await(): Args =
        when (val end = end.await()) {
            is End.Answer -> end.args
            is End.NoAnswer -> throw end.failure
            is End.Completed, is End.Outcome -> error("an acknowledgement ended with $end")
        }
}

/**
 * An event that arrived.
 *
 * @property namespace its namespace.
 * @property name its name.
 * @property args its arguments.
 */
public class Event internal constructor(item: NativeItem.Event) {
    private val responder = item.responder

    public val namespace: String = item.namespace

    public val name: String = item.name

    public val args: Args = Args(item.args)

    /** Whether the server wants an answer. */
    public val wantsAck: Boolean get() = responder != null

    /**
     * Answers the server, once; the arguments are those of [Namespace.emit]. Nothing happens if it wants no answer.
     *
     * @throws RejoinException `not_connected`: the session that asked is over.
     */
    public fun ack(vararg args: Any?) {
        responder?.let { translated { it.answer(encode(args)) } }
    }

    override fun toString(): String = "Event($namespace, $name, $args)"
}
