package dev.rejoin.bench

import dev.rejoin.Client
import dev.rejoin.Message
import kotlin.time.DurationUnit
import kotlin.time.TimeSource
import kotlinx.coroutines.runBlocking

/** Messages received per second from a source: its URL, how many come, how many rounds. `cargo xtask bench ffi kotlin` runs it. */
public fun main(words: Array<String>): Unit = runBlocking {
    val (url, count, rounds) = words
    repeat(rounds.toInt()) { println(rate(url, count.toInt())) }
}

private suspend fun rate(url: String, count: Int): Double {
    val client = Client(url)
    val messages = client.messages.subscribe()
    val start = TimeSource.Monotonic.markNow()
    client.connect()
    var last: Message? = null
    repeat(count) { last = messages.next() }
    val took = start.elapsedNow()
    check((last as? Message.Text)?.text?.startsWith("{\"seq\":$count,") == true) { "the last message is not number $count: $last" }
    client.closeAndJoin()
    return count / took.toDouble(DurationUnit.SECONDS)
}
