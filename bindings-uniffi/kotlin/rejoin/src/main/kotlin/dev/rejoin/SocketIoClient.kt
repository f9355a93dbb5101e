package dev.rejoin

import dev.rejoin.ffi.CredentialsAnswer as NativeAnswer
import dev.rejoin.ffi.Item as NativeItem
import dev.rejoin.ffi.Mailbox as NativeMailbox
import dev.rejoin.ffi.SocketIoClient as NativeSocketIoClient
import dev.rejoin.ffi.State as NativeState
import kotlin.time.Duration

/**
 * A client that stays connected to a Socket.IO server (`http://`, `https://`, `ws://` or `wss://`).
 *
 * ```
 * val client = SocketIoClient("https://example.com")
 * client.connect()
 * val id: Long = client.request("store", Photo("cat", Binary(jpeg)), retries = 5)[0]
 * client.events("chat").collect { println(it.args.get<String>(0)) }
 * ```
 *
 * @throws RejoinException with the code `invalid_argument`, naming the option that is wrong.
 */
public class SocketIoClient(url: String, configure: SocketIoConfig.() -> Unit = {}) : Connection(url) {
    private val native: NativeSocketIoClient
    override val calls: Calls
    private val main: Namespace

    init {
        val config = SocketIoConfig().apply(configure)
        val step = config.onConnect
        native = translated {
            NativeSocketIoClient(url, config.toNative(onConnect = step != null), config.toNativeSocketIo())
        }
        calls = Calls(Parts(native), label, config.credentials) { item, calls ->
            if (item is NativeItem.OnSocketIoConnect) step?.invoke(SocketIoSession("/", item.session, calls))
        }
        main = namespace("/")
    }

    /** Every change of every namespace from now on. */
    public val namespaceChanges: Stream<NamespaceChange> = Stream(native::namespaces, ::NamespaceChange)

    override val stats: Stats get() = Stats(native.stats())

    /** A namespace by its name, which begins with `/`. Connect it, unless the configuration named it. */
    public fun namespace(name: String): Namespace = Namespace(name, native, calls)

    /** [Namespace.emit] of `/`. */
    public fun emit(
        name: String,
        vararg args: Any?,
        volatile: Boolean = false,
        ttl: Duration? = null,
        key: String? = null,
    ): Receipt = main.emit(name, *args, volatile = volatile, ttl = ttl, key = key)

    /** [Namespace.emitWithAck] of `/`. */
    public fun emitWithAck(
        name: String,
        vararg args: Any?,
        timeout: Duration? = null,
        retries: Int = 0,
        volatile: Boolean = false,
        ttl: Duration? = null,
        key: String? = null,
    ): Ack = main.emitWithAck(name, *args, timeout = timeout, retries = retries, volatile = volatile, ttl = ttl, key = key)

    /** [Namespace.request] of `/`. */
    public suspend fun request(
        name: String,
        vararg args: Any?,
        timeout: Duration? = null,
        retries: Int = 0,
        ttl: Duration? = null,
    ): Args = main.request(name, *args, timeout = timeout, retries = retries, ttl = ttl)

    /** [Namespace.events] of `/`. */
    public fun events(name: String? = null): Stream<Event> = main.events(name)

    override fun network(hint: NetworkHint): Unit = native.network(hint.native)

    override fun nativeStates(): NativeMailbox = native.states()

    override fun nativeConnect(call: ULong): Unit = native.connect(call)

    override fun nativeDisconnect(call: ULong): Unit = native.disconnect(call)

    override fun nativeClose(call: ULong): Unit = native.close(call)

    private class Parts(private val native: NativeSocketIoClient) : NativeClient {
        override fun mailbox(): NativeMailbox = native.mailbox()

        override fun state(): NativeState = native.state()

        override fun answerCredentials(request: ULong, answer: NativeAnswer) = native.answerCredentials(request, answer)

        override fun answerOnConnect(request: ULong, failure: String?) = native.answerOnConnect(request, failure)
    }
}

/**
 * A namespace is connected, or no longer.
 *
 * @property namespace its name.
 * @property connected whether it is connected.
 * @property recovered the server kept the session, and what was missed follows. False: fetch the state anew.
 * @property sid the id of the session, which others can see.
 * @property error why it is not connected. A retryable one is followed by a new attempt.
 */
public data class NamespaceChange(
    val namespace: String,
    val connected: Boolean,
    val recovered: Boolean = false,
    val sid: String? = null,
    val error: RejoinException? = null,
)

private fun NamespaceChange(item: NativeItem): NamespaceChange =
    if (item is NativeItem.NamespaceConnected) {
        NamespaceChange(item.namespace, connected = true, recovered = item.recovered, sid = item.sid)
    } else {
        item as NativeItem.NamespaceDisconnected
        NamespaceChange(item.namespace, connected = false, error = RejoinException(item.failure))
    }
