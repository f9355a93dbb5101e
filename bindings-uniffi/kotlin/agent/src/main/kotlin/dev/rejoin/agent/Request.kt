package dev.rejoin.agent

import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.booleanOrNull
import kotlinx.serialization.json.doubleOrNull
import kotlinx.serialization.json.longOrNull

/** The fields of a line. One that is not asked for is an error. */
class Request(fields: Map<String, JsonElement>, private val section: String = "line") {
    private val fields = fields.filterValues { it !is JsonNull }.toMutableMap()

    private fun <T : Any> optional(name: String, kind: String, read: (JsonElement) -> T?): T? =
        fields.remove(name)?.let { read(it) ?: throw invalid("$section.$name", "must be $kind") }

    fun text(name: String): String? =
        optional(name, "a text") { (it as? JsonPrimitive)?.takeIf(JsonPrimitive::isString)?.content }

    fun optionalFlag(name: String): Boolean? =
        optional(name, "true or false") { (it as? JsonPrimitive)?.booleanOrNull }

    fun flag(name: String): Boolean = optionalFlag(name) ?: false

    fun whole(name: String): Long? =
        optional(name, "a whole number") { (it as? JsonPrimitive)?.longOrNull?.takeIf { number -> number >= 0 } }

    fun number(name: String): Double? = optional(name, "a number") { (it as? JsonPrimitive)?.doubleOrNull }

    fun duration(name: String): Duration? = whole(name)?.milliseconds

    fun array(name: String): JsonArray? = optional(name, "an array") { it as? JsonArray }

    fun texts(name: String): List<String>? = optional(name, "an array of texts") { (it as? JsonArray)?.map(::content) }

    fun json(name: String): JsonObject? = optional(name, "an object") { it as? JsonObject }

    /** The fields of a section; those that are not asked for are errors too. */
    fun section(name: String, read: Request.() -> Unit) {
        json(name)?.let { Request(it, name).apply(read).end() }
    }

    fun map(name: String): Map<String, String>? = json(name)?.mapValues { content(it.value) }

    private fun content(value: JsonElement): String =
        (value as? JsonPrimitive)?.content ?: throw invalid(section, "must hold texts")

    inline fun <reified T : Enum<T>> choice(name: String): T? {
        val text = text(name) ?: return null
        return enumValues<T>().find { it.name.equals(text, ignoreCase = true) } ?: throw invalid(name, "there is no $text")
    }

    fun <T : Any> required(name: String, value: T?): T = value ?: throw invalid("$section.$name", "is missing")

    fun need(name: String): String = required(name, text(name))

    fun end() {
        fields.keys.firstOrNull()?.let { throw invalid("$section.$it", "is unknown") }
    }
}
