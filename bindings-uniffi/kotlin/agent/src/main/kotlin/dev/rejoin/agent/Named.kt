package dev.rejoin.agent

import dev.rejoin.Client
import dev.rejoin.ClientConfig
import dev.rejoin.Connection
import dev.rejoin.Credentials
import dev.rejoin.Event
import dev.rejoin.Message
import dev.rejoin.Namespace
import dev.rejoin.NamespaceChange
import dev.rejoin.Receipt
import dev.rejoin.SocketIoClient
import dev.rejoin.State
import dev.rejoin.Subscription
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicLong
import kotlin.time.Duration
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.mapLatest
import kotlinx.coroutines.launch
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObjectBuilder
import kotlinx.serialization.json.put

/** One named client: its consumers print what happens. */
class Named(val name: String, socketio: Boolean, url: String, config: Config) {
    val pace = Pace()
    val counting = Counting()

    /** What the credentials callback answers from now on. */
    @Volatile var answer: suspend () -> Credentials? = { null }
    private val listening = ConcurrentHashMap.newKeySet<String>()
    private val questions = ConcurrentHashMap<Long, Event>()
    private val lastQuestion = AtomicLong()
    val connection: Connection

    init {
        val configure: ClientConfig.() -> Unit = {
            config.apply(this)
            if (config.credentials) credentials { reason ->
                event("credentials", name) { put("reason", reason.name.lowercase()) }
                answer()
            }
        }
        if (socketio) {
            val client = SocketIoClient(url, configure)
            connection = client
            follow(client.namespaceChanges.subscribe()) { event("namespace", name) { show(it) } }
            listen("/")
        } else {
            val client = Client(url, configure)
            connection = client
            consume(client.messages.subscribe(), ::print)
        }
        follow(connection.stateChanges.subscribe()) { event("state", name) { show(it) } }
    }

    fun plain(): Client = connection as? Client ?: throw invalid("client", "speaks Socket.IO: use emit")

    fun socketio(): SocketIoClient =
        connection as? SocketIoClient ?: throw invalid("client", "speaks plain WebSocket: use send")

    /** The namespace, with a consumer. */
    fun listen(namespace: String): Namespace {
        val found = socketio().namespace(namespace)
        if (listening.add(namespace)) consume(found.events().subscribe(), ::print)
        return found
    }

    fun question(number: Long): Event =
        questions.remove(number) ?: throw invalid("ack", "no event waits under this number")

    fun watch(receipt: Receipt, label: String?) {
        if (label == null) return
        background.launch { receipt(label, receipt.await().name) }
    }

    fun receipt(label: String, outcome: String) = event("receipt", name) {
        put("receipt", label)
        put("outcome", outcome.lowercase())
    }

    private fun print(message: Message) {
        when (message) {
            is Message.Text -> {
                if (counting.count { json(message.text) }) return
                event("message", name) { put("text", message.text) }
            }
            is Message.Binary -> event("message", name) { put("base64", encode(message.bytes)) }
        }
    }

    private fun print(event: Event) {
        if (counting.count { event.args.elements.firstOrNull() }) return
        val number = if (event.wantsAck) lastQuestion.incrementAndGet().also { questions[it] = event } else null
        event("event", name) {
            put("namespace", event.namespace)
            put("name", event.name)
            put("args", toLines(event.args))
            number?.let { put("ack", it) }
        }
    }

    private fun <T : Any> follow(items: Subscription<T>, show: (T) -> Unit) {
        background.launch { while (true) show(items.next() ?: break) }
    }

    private fun <T : Any> consume(items: Subscription<T>, show: (T) -> Unit) {
        background.launch {
            var missed = 0L
            while (true) {
                val item = pace.next(items) ?: break
                val lost = items.missed - missed
                if (lost > 0) event("lagged", name) { put("missed", lost) }
                missed += lost
                show(item)
                if (pace.slow.isPositive()) delay(pace.slow)
            }
        }
    }
}

/** How fast a client's consumers read. */
class Pace {
    @Volatile var slow: Duration = Duration.ZERO
    val paused = MutableStateFlow(false)

    /** The next item, neither taken nor waited for while paused. */
    @OptIn(ExperimentalCoroutinesApi::class)
    suspend fun <T : Any> next(items: Subscription<T>): T? {
        while (true) {
            if (!paused.value) items.poll()?.let { return it }
            if (!paused.mapLatest { if (it) awaitCancellation() else items.ready() }.first()) return null
        }
    }
}

private fun json(text: String): JsonElement? =
    try {
        Json.parseToJsonElement(text)
    } catch (_: SerializationException) {
        null
    }

private fun JsonObjectBuilder.show(change: NamespaceChange) {
    put("namespace", change.namespace)
    put("state", if (change.connected) "connected" else "disconnected")
    if (change.connected) put("resumed", change.recovered)
    change.error?.let { put("error", show(it)) }
}

private fun JsonObjectBuilder.show(state: State) {
    when (state) {
        is State.Disconnected -> {
            put("state", "disconnected")
            state.reason?.let { put("reason", show(it)) }
        }
        is State.Connecting -> {
            put("state", "connecting")
            put("attempt", state.attempt)
            put("phase", state.phase.name.lowercase())
        }
        is State.Connected -> {
            put("state", "connected")
            put("resumed", state.resumed)
        }
        is State.Waiting -> {
            put("state", "waiting")
            put("attempt", state.attempt)
            put("retry_in_ms", state.retryIn.inWholeMilliseconds)
            put("reason", show(state.cause))
        }
        State.Disconnecting -> put("state", "disconnecting")
    }
}
