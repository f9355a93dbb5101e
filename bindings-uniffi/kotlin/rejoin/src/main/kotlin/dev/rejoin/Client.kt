package dev.rejoin

import dev.rejoin.ffi.Client as NativePlainClient
import dev.rejoin.ffi.CredentialsAnswer as NativeAnswer
import dev.rejoin.ffi.Item as NativeItem
import dev.rejoin.ffi.Mailbox as NativeMailbox
import dev.rejoin.ffi.State as NativeState
import dev.rejoin.ffi.TextPing as NativeTextPing
import kotlin.time.Duration

/** A message of a WebSocket. */
public sealed interface Message {
    /** A text message. */
    public data class Text(val text: String) : Message

    /** A binary message. */
    public class Binary(public val bytes: ByteArray) : Message {
        override fun equals(other: Any?): Boolean = other is Binary && bytes.contentEquals(other.bytes)

        override fun hashCode(): Int = bytes.contentHashCode()

        override fun toString(): String = "Binary(${bytes.size} bytes)"
    }
}

/**
 * A client that stays connected to a WebSocket server (`ws://` or `wss://`).
 *
 * ```
 * val client = Client("wss://example.com/live") {
 *     credentials { Credentials.Token(freshToken()) }
 * }
 * scope.launch { client.messages.collect { show(it) } }
 * client.connect()
 * client.send("hello")
 * ```
 *
 * @throws RejoinException with the code `invalid_argument`, naming the option that is wrong.
 */
public class Client(url: String, configure: WebSocketConfig.() -> Unit = {}) : Connection(url) {
    private val native: NativePlainClient
    override val calls: Calls

    init {
        val config = WebSocketConfig().apply(configure)
        val step = config.onConnect
        val ping = config.textHeartbeat?.let { (ping, pong) -> NativeTextPing(ping, pong) }
        native = translated { NativePlainClient(url, config.toNative(onConnect = step != null), ping) }
        calls = Calls(Parts(native), label, config.credentials) { item, calls ->
            if (item is NativeItem.OnConnect) step?.invoke(Session(item.session, calls))
        }
    }

    /** The messages that arrive from now on. */
    public val messages: Stream<Message> = Stream(native::messages, ::Message)

    /** The subprotocol that the server chose for the connection, or for the last one. */
    public val subprotocol: String? get() = native.subprotocol()

    override val stats: Stats get() = Stats(native.stats())

    /**
     * Sends a text message, and returns what became of it. Cancelling the wait withdraws a message that was not sent yet.
     *
     * @param volatile now or not at all.
     * @param ttl how long it may wait for a connection; without end if null.
     * @param key replaces a waiting message of the same key.
     * @throws RejoinException it was not accepted: `queue_full`, `too_big`, `client_closed`.
     */
    public suspend fun send(
        text: String,
        volatile: Boolean = false,
        ttl: Duration? = null,
        key: String? = null,
    ): Outcome = enqueue(text, volatile, ttl, key).let { withdrawing(it::withdraw, it::await) }

    /** Sends a binary message; otherwise as [send] with a text. */
    public suspend fun send(
        bytes: ByteArray,
        volatile: Boolean = false,
        ttl: Duration? = null,
        key: String? = null,
    ): Outcome = enqueue(bytes, volatile, ttl, key).let { withdrawing(it::withdraw, it::await) }

    /** Sends a text message, now or when there is a connection, in order, without waiting for it. Otherwise as [send]. */
    public fun enqueue(text: String, volatile: Boolean = false, ttl: Duration? = null, key: String? = null): Receipt =
        Receipt(translated { native.sendText(text, sendOptions(volatile, ttl, key)) }, calls)

    /** Sends a binary message; otherwise as [enqueue] with a text. */
    public fun enqueue(
        bytes: ByteArray,
        volatile: Boolean = false,
        ttl: Duration? = null,
        key: String? = null,
    ): Receipt = Receipt(translated { native.sendBinary(bytes, sendOptions(volatile, ttl, key)) }, calls)

    override fun network(hint: NetworkHint): Unit = native.network(hint.native)

    override fun nativeStates(): NativeMailbox = native.states()

    override fun nativeConnect(call: ULong): Unit = native.connect(call)

    override fun nativeDisconnect(call: ULong): Unit = native.disconnect(call)

    override fun nativeClose(call: ULong): Unit = native.close(call)

    private class Parts(private val native: NativePlainClient) : NativeClient {
        override fun mailbox(): NativeMailbox = native.mailbox()

        override fun state(): NativeState = native.state()

        override fun answerCredentials(request: ULong, answer: NativeAnswer) = native.answerCredentials(request, answer)

        override fun answerOnConnect(request: ULong, failure: String?) = native.answerOnConnect(request, failure)
    }
}

internal fun Message(item: NativeItem): Message =
    if (item is NativeItem.Text) Message.Text(item.text) else Message.Binary((item as NativeItem.Binary).bytes)
