package dev.rejoin.agent

import dev.rejoin.Client
import dev.rejoin.Connection
import dev.rejoin.Credentials
import dev.rejoin.NetworkHint
import dev.rejoin.RejoinException
import dev.rejoin.SocketIoClient
import dev.rejoin.State
import dev.rejoin.rejoinVersion
import java.io.File
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CopyOnWriteArrayList
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.launch
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

/** The operations, over the clients of this process by their names. */
class Operations {
    private val clients = ConcurrentHashMap<String, Named>()
    private val swarm = CopyOnWriteArrayList<Connection>()

    suspend fun perform(request: Request): JsonObject {
        var answer: Map<String, JsonElement> = emptyMap()
        when (request.need("op")) {
            "hello" -> {
                request.end()
                answer = mapOf("platform" to JsonPrimitive("kotlin"), "version" to JsonPrimitive(rejoinVersion))
            }
            "create" -> create(request)
            "connect" -> only(request).connection.connect()
            "disconnect" -> only(request).connection.disconnect()
            "close" -> only(request).also { clients.remove(it.name) }.connection.closeAndJoin()
            "send" -> send(request)
            "emit" -> answer = emit(request)
            "ack" -> ack(request)
            "namespace" -> namespace(request)
            "join", "leave" -> room(request, "rooms")
            "presence" -> room(request, "presence")
            "credentials" -> credentials(request)
            "network" -> {
                val client = named(request)
                val hint = request.required("hint", request.choice<NetworkHint>("hint"))
                request.end()
                client.connection.network(hint)
            }
            "pause" -> only(request).pace.paused.value = true
            "resume" -> only(request).pace.paused.value = false
            "slow" -> {
                val client = named(request)
                val each = request.required("ms", request.duration("ms"))
                request.end()
                client.pace.slow = each
            }
            "burst" -> answer = Burst(request, named(request)).run()
            "count" -> {
                val client = named(request)
                val on = request.required("on", request.optionalFlag("on"))
                request.end()
                client.counting.on = on
            }
            "swarm" -> swarm(request)
            "stats" -> answer = stats(request)
            else -> throw invalid("op", "there is no such operation")
        }
        return JsonObject(answer)
    }

    private fun named(request: Request): Named = find(request.need("client"))

    private fun find(name: String): Named = clients[name] ?: throw invalid("client", "there is no $name")

    private fun only(request: Request): Named = named(request).also { request.end() }

    private fun socketio(request: Request): Boolean = when (request.need("protocol")) {
        "websocket" -> false
        "socketio" -> true
        else -> throw invalid("protocol", "must be websocket or socketio")
    }

    private fun config(request: Request, socketio: Boolean) =
        Config(request.json("config")?.let { Request(it, "config") }, socketio)

    private fun create(request: Request) {
        val name = request.need("client")
        val socketio = socketio(request)
        val url = request.need("url")
        val config = config(request, socketio)
        request.end()
        if (clients.containsKey(name)) throw invalid("client", "there is one of that name")
        clients[name] = Named(name, socketio, url, config)
    }

    private fun send(request: Request) {
        val client = named(request)
        val text = request.text("text")
        val base64 = request.text("base64")
        val receipt = request.text("receipt")
        val (volatile, ttl) = request.flag("volatile") to request.duration("ttl_ms")
        val key = request.text("key")
        request.end()
        val plain = client.plain()
        val sent = when {
            text != null && base64 == null -> plain.enqueue(text, volatile, ttl, key)
            text == null && base64 != null -> plain.enqueue(decode(base64), volatile, ttl, key)
            else -> throw invalid("send", "takes either text or base64")
        }
        client.watch(sent, receipt)
    }

    private suspend fun emit(request: Request): Map<String, JsonElement> {
        val client = named(request)
        val name = request.need("name")
        val args = arguments(request)
        val namespace = client.listen(request.text("namespace") ?: "/")
        val wantsAck = request.flag("ack")
        val timeout = request.duration("timeout_ms")
        val retries = request.whole("retries")?.toInt() ?: 0
        val receipt = request.text("receipt")
        val (volatile, ttl) = request.flag("volatile") to request.duration("ttl_ms")
        request.end()
        if (!wantsAck) {
            client.watch(namespace.emit(name, *args, volatile = volatile, ttl = ttl), receipt)
            return emptyMap()
        }
        val ack = namespace.emitWithAck(name, *args, timeout = timeout, retries = retries, volatile = volatile, ttl = ttl)
        try {
            return mapOf("ack" to toLines(ack.await()))
        } finally {
            val outcome = ack.outcome
            if (receipt != null && outcome != null) client.receipt(receipt, outcome.name)
        }
    }

    private fun ack(request: Request) {
        val client = named(request)
        val number = request.required("ack", request.whole("ack"))
        val args = arguments(request)
        request.end()
        client.socketio()
        client.question(number).ack(*args)
    }

    private fun arguments(request: Request): Array<Any?> = fromLines(request.array("args") ?: JsonArray(emptyList()))

    private suspend fun namespace(request: Request) {
        val client = named(request)
        val namespace = client.listen(request.need("namespace"))
        val auth = request.json("auth")
        request.end()
        namespace.connect(auth)
    }

    private fun room(request: Request, what: String): Nothing {
        named(request)
        request.need("room")
        request.text("namespace")
        request.end()
        throw unsupported(what)
    }

    private fun credentials(request: Request) {
        val client = named(request)
        val token = request.text("token")
        val fail = request.flag("fail")
        val hang = request.flag("hang")
        request.end()
        client.answer = when {
            token != null && !fail && !hang -> { { Credentials.Token(token) } }
            token == null && fail && !hang -> { { error("the callback fails, as it was told") } }
            token == null && !fail && hang -> { { awaitCancellation() } }
            else -> throw invalid("credentials", "must be one of token, fail, hang")
        }
    }

    private fun swarm(request: Request) {
        val count = request.required("count", request.whole("count"))
        val socketio = socketio(request)
        val url = request.need("url")
        val config = config(request, socketio)
        request.end()
        if (config.credentials) throw invalid("credentials", "a swarm has no callback")
        repeat(count.toInt()) {
            val member = if (socketio) SocketIoClient(url, config::apply) else Client(url, config::apply)
            swarm.add(member)
            background.launch {
                try {
                    member.connect()
                } catch (_: RejoinException) {
                    // Its state tells.
                }
            }
        }
    }

    private fun stats(request: Request): Map<String, JsonElement> {
        val name = request.text("client")
        request.end()
        if (name != null) {
            val client = find(name)
            val stats = client.connection.stats
            return client.counting.stats() + mapOf(
                "attempts" to stats.attempts,
                "connects" to stats.connects,
                "frames_sent" to stats.framesSent,
                "frames_received" to stats.framesReceived,
                "outbox_messages" to stats.outboxMessages,
                "outbox_bytes" to stats.outboxBytes,
                "unobserved" to stats.unobserved,
            ).mapValues { (_, number) -> JsonPrimitive(number) }
        }
        val line = File("/proc/self/status").readLines().first { it.startsWith("VmRSS:") }
        val resident = line.split(Regex("\\s+"))[1].toLong() * 1024
        return mapOf(
            "swarm" to JsonPrimitive(swarm.size),
            "connected" to JsonPrimitive(swarm.count { it.state.value is State.Connected }),
            "rss_bytes" to JsonPrimitive(resident),
        )
    }
}
