package dev.rejoin.agent

import dev.rejoin.RejoinException
import kotlin.system.exitProcess
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonObjectBuilder
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.buildJsonObject

/**
 * Drives the public API of the library by lines of JSON on standard input; answers and events are lines on standard
 * output. It adds nothing of its own.
 */
fun main() {
    val operations = Operations()
    for (line in generateSequence(::readLine)) handle(line, operations)
    exitProcess(0)
}

/** What runs beside the reading of lines. */
val background = CoroutineScope(Dispatchers.Default)

private fun handle(line: String, operations: Operations) {
    val fields = runCatching { Json.parseToJsonElement(line) as JsonObject }.getOrNull()
        ?: return answer(JsonNull, Result.failure(Refusal("invalid_argument", "line: is no JSON object")))
    val id = fields["id"] ?: JsonNull
    // Its first step is taken at once, so that operations keep their order.
    background.launch(Dispatchers.Unconfined, CoroutineStart.UNDISPATCHED) {
        answer(id, runCatching { operations.perform(Request(fields - "id")) })
    }
}

/** An error of the agent's own. */
class Refusal(val code: String, override val message: String) : Exception(message)

fun invalid(field: String, expected: String) = Refusal("invalid_argument", "$field: $expected")

fun unsupported(what: String) = Refusal("unsupported", "$what is not available")

private val output = Any()

private fun say(line: JsonObject) = synchronized(output) {
    System.out.write("$line\n".toByteArray())
    System.out.flush()
}

private fun answer(id: JsonElement, answer: Result<JsonObject>) = say(
    buildJsonObject {
        put("id", id)
        answer.fold({ put("ok", it) }, { put("error", show(it)) })
    },
)

/** Tells what happened by itself. */
fun event(event: String, client: String, fields: JsonObjectBuilder.() -> Unit) = say(
    buildJsonObject {
        put("event", JsonPrimitive(event))
        put("client", JsonPrimitive(client))
        fields()
    },
)

fun show(error: Throwable): JsonObject = buildJsonObject {
    when (error) {
        is RejoinException -> {
            put("code", JsonPrimitive(error.code))
            put("message", JsonPrimitive(error.reason))
            put("retryable", JsonPrimitive(error.retryable))
            error.closeCode?.let { put("close_code", JsonPrimitive(it)) }
        }
        else -> {
            put("code", JsonPrimitive((error as? Refusal)?.code ?: "internal"))
            put("message", JsonPrimitive(error.message ?: error.toString()))
            put("retryable", JsonPrimitive(false))
        }
    }
}
