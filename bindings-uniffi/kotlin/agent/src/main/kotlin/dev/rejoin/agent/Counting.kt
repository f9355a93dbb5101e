package dev.rejoin.agent

import dev.rejoin.Outcome
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.contentOrNull
import kotlinx.serialization.json.longOrNull

/** Numbered messages: what arrived of others', and what became of our own. */
class Counting {
    @Volatile var on = false
    private val clients = HashMap<String, Numbers>()
    private var sent = 0L
    private var acknowledged = 0L
    private var failed = 0L

    /** Counts a numbered message. False: it is to be printed. */
    fun count(message: () -> JsonElement?): Boolean {
        if (!on) return false
        val fields = message() as? JsonObject ?: return false
        val number = (fields["seq"] as? JsonPrimitive)?.longOrNull ?: return false
        // The name that the test server gives to those without one.
        val client = (fields["client"] as? JsonPrimitive)?.contentOrNull ?: "anonymous"
        synchronized(this) { clients.getOrPut(client) { Numbers() }.add(number) }
        return true
    }

    /** One of a burst's messages came to its end. */
    fun ended(outcome: Outcome) = synchronized(this) {
        when (outcome) {
            Outcome.SENT -> sent++
            Outcome.ACKNOWLEDGED -> acknowledged++
            Outcome.EXPIRED, Outcome.DROPPED, Outcome.WITHDRAWN, Outcome.UNCONFIRMED, Outcome.REJECTED -> failed++
        }
    }

    /** The part of `stats` that is counted here. */
    fun stats(): Map<String, JsonElement> = synchronized(this) {
        mapOf(
            "seen" to JsonObject(clients.mapValues { (_, numbers) -> numbers.show() }),
            "sent" to JsonPrimitive(sent),
            "acknowledged" to JsonPrimitive(acknowledged),
            "failed" to JsonPrimitive(failed),
        )
    }
}

/** The numbers of one client, in the terms of the test server. */
private class Numbers {
    private val seen = HashSet<Long>()
    private var received = 0L
    private var duplicates = 0L
    private var reordered = 0L
    private var high = 0L

    fun add(number: Long) {
        received++
        if (!seen.add(number)) duplicates++ else if (number < high) reordered++
        high = maxOf(high, number)
    }

    fun show() = JsonObject(
        mapOf(
            "received" to received,
            "unique" to seen.size,
            "duplicates" to duplicates,
            "reordered" to reordered,
            "high" to high,
        ).mapValues { (_, number) -> JsonPrimitive(number) },
    )
}
