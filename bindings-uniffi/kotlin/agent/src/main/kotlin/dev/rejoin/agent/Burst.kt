package dev.rejoin.agent

import dev.rejoin.Ack
import dev.rejoin.Outcome
import dev.rejoin.Receipt
import dev.rejoin.RejoinException
import dev.rejoin.SocketIoClient
import kotlin.time.Duration
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.put

/** Many numbered messages, as fast as the client takes them. */
class Burst(request: Request, private val client: Named) {
    private val count = request.required("count", request.whole("count"))
    private val first = request.whole("from") ?: 1
    private val every = request.duration("every_ms") ?: Duration.ZERO
    private val pad = "x".repeat(request.whole("pad")?.toInt() ?: 0)
    private val name = request.text("name")
    private val acknowledged = request.flag("ack")
    private val timeout = request.duration("timeout_ms")
    private val retries = request.whole("retries")?.toInt() ?: 0
    private val volatile = request.flag("volatile")
    private val ttl = request.duration("ttl_ms")

    init {
        request.end()
        if (name != null) {
            client.socketio()
        } else {
            if (client.connection is SocketIoClient) throw invalid("name", "Socket.IO's messages are events")
            if (acknowledged) throw invalid("ack", "plain messages have none")
        }
    }

    /** Hands all messages to the client, and leaves the wait for their ends to a coroutine. */
    suspend fun run(): Map<String, JsonElement> {
        val pending = Channel<Any>(Channel.UNLIMITED)
        background.launch { for (one in pending) client.counting.ended(end(one)) }
        var accepted = 0L
        var refused = 0L
        for (number in first until first + count) {
            try {
                pending.send(one(number))
                accepted++
            } catch (_: RejoinException) {
                refused++
            }
            if (every.isPositive()) delay(every)
        }
        pending.close()
        return mapOf("accepted" to JsonPrimitive(accepted), "refused" to JsonPrimitive(refused))
    }

    private fun one(number: Long): Any {
        val body = buildJsonObject {
            if (name == null) put("op", "msg")
            put("client", client.name)
            put("seq", number)
            put("pad", pad)
        }
        if (name == null) return client.plain().enqueue(body.toString(), volatile, ttl)
        val main = client.listen("/")
        if (!acknowledged) return main.emit(name, body, volatile = volatile, ttl = ttl)
        return main.emitWithAck(name, body, timeout = timeout, retries = retries, volatile = volatile, ttl = ttl)
    }

    private suspend fun end(one: Any): Outcome {
        if (one is Receipt) return one.await()
        val ack = one as Ack
        try {
            ack.await()
        } catch (_: RejoinException) {
            // The outcome says it.
        }
        return ack.outcome ?: Outcome.UNCONFIRMED
    }
}
