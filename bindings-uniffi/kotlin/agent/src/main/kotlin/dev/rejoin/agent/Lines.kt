package dev.rejoin.agent

import dev.rejoin.Args
import java.util.Base64
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.contentOrNull
import kotlinx.serialization.json.put

private const val BINARY = "\$base64"

/** The arguments of an event, from a line. */
fun fromLines(args: JsonArray): Array<Any?> = Array(args.size) { fromLines(args[it]) }

private fun fromLines(value: JsonElement): Any? =
    when (value) {
        is JsonArray -> value.map { fromLines(it) }
        is JsonObject -> if (value.keys == setOf(BINARY)) binary(value) else value.mapValues { (_, item) -> fromLines(item) }
        is JsonPrimitive -> value
    }

private fun binary(value: JsonObject): ByteArray =
    decode((value[BINARY] as? JsonPrimitive)?.contentOrNull ?: throw invalid(BINARY, "must be a text"))

/** The arguments that arrived, for a line. */
fun toLines(args: Args): JsonElement = toLines(args.elements, args)

private fun toLines(value: JsonElement, args: Args): JsonElement {
    args.bytes(value)?.let { return buildJsonObject { put(BINARY, encode(it)) } }
    return when (value) {
        is JsonArray -> JsonArray(value.map { toLines(it, args) })
        is JsonObject -> JsonObject(value.mapValues { (_, item) -> toLines(item, args) })
        is JsonPrimitive -> value
    }
}

fun encode(bytes: ByteArray): String = Base64.getEncoder().encodeToString(bytes)

fun decode(base64: String): ByteArray =
    try {
        Base64.getDecoder().decode(base64)
    } catch (error: IllegalArgumentException) {
        throw invalid("base64", error.message ?: "is not base64")
    }
