package dev.rejoin

import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeoutOrNull
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class ClientTest {
    @Test
    fun `echoes text and binary`() = test {
        Client(server.ws).use { client ->
            val messages = client.messages.subscribe()
            client.connect()
            assertEquals(State.Connected(resumed = false), client.state.value)
            client.enqueue("hello")
            client.enqueue(byteArrayOf(0, -1))
            assertEquals(Message.Text("hello"), messages.next())
            assertEquals(Message.Binary(byteArrayOf(0, -1)), messages.next())
            assertEquals(2, client.stats.framesSent)
            client.closeAndJoin()
            assertNull(messages.next())
            assertEquals("client_disconnect", (client.state.value as State.Disconnected).reason?.code)
        }
    }

    @Test
    fun `the on-connect step comes before what waits`() = test {
        val connected = Client(server.ws) {
            onConnect { session ->
                session.messages.subscribe().use { answers ->
                    session.send("first")
                    assertEquals(Message.Text("first"), answers.next())
                }
            }
        }
        connected.use { client ->
            val messages = client.messages.subscribe()
            client.enqueue("second")
            client.connect()
            assertEquals(listOf("first", "second"), List(2) { (messages.next() as Message.Text).text })
        }
    }

    @Test
    fun `an on-connect step that fails is a failed attempt`() = test {
        val failing = Client(server.ws) {
            backoff { maxAttempts = 1 }
            onConnect { error("no room") }
        }
        failing.use { client -> assertTrue("no room" in assertFails { client.connect() }.reason) }
    }

    @Test
    fun `every collector gets every message`() = test {
        Client(server.ws).use { client ->
            val collectors = List(3) {
                async(start = CoroutineStart.UNDISPATCHED) { client.messages.take(10).toList() }
            }
            client.connect()
            val sent = List(10) { Message.Text("$it").also { text -> client.enqueue(text.text) } }
            collectors.forEach { assertEquals(sent, it.await()) }
        }
    }

    @Test
    fun `a collection ends when the client is closed`() = test {
        val client = Client(server.ws)
        val all = async(start = CoroutineStart.UNDISPATCHED) { client.messages.toList() }
        client.connect()
        client.closeAndJoin()
        assertEquals(emptyList<Message>(), all.await())
    }

    @Test
    fun `a collector outside any dispatcher does not run on a thread of the core`() = test {
        Client(server.ws).use { client ->
            val thread = async(Dispatchers.Unconfined) { client.messages.first().let { Thread.currentThread().name } }
            client.connect()
            client.enqueue("x")
            assertFalse(thread.await() == "rejoin")
        }
    }

    @Test
    fun `receipts tell what became of a message`() = test {
        Client(server.ws).use { client ->
            val waiting = client.enqueue("sent later")
            val withdrawn = client.enqueue("taken back")
            assertTrue(withdrawn.withdraw())
            assertFalse(withdrawn.withdraw())
            assertEquals(Outcome.WITHDRAWN, withdrawn.await())
            assertEquals(Outcome.DROPPED, client.send("now or never", volatile = true))
            assertEquals(Outcome.EXPIRED, client.send("short", ttl = 1.milliseconds))
            assertNull(withTimeoutOrNull(1.milliseconds) { waiting.await() })
            client.connect()
            assertEquals(Outcome.SENT, waiting.await())
            assertEquals(Outcome.SENT, waiting.await())
        }
    }

    @Test
    fun `cancelling a send withdraws what is still queued`() = test {
        Client(server.ws).use { client ->
            val sending = launch(start = CoroutineStart.UNDISPATCHED) { client.send("never") }
            assertEquals(1, client.stats.outboxMessages)
            sending.cancelAndJoin()
            assertEquals(0, client.stats.outboxMessages)
        }
    }

    @Test
    fun `a newer message of the same key replaces the older`() = test {
        Client(server.ws).use { client ->
            val messages = client.messages.subscribe()
            val older = client.enqueue("1", key = "position")
            client.enqueue("2", key = "position")
            assertEquals(Outcome.DROPPED, older.await())
            client.connect()
            assertEquals(Message.Text("2"), messages.next())
        }
    }

    @Test
    fun `it reconnects and loses nothing`() = test {
        Client(server.ws) { fast() }.use { client ->
            val (changes, messages) = client.stateChanges.subscribe() to client.messages.subscribe()
            client.connect()
            server.fault("""{"fault":"reset"}""")
            while (changes.next() !is State.Waiting) continue
            client.enqueue("after the reset")
            assertEquals(Message.Text("after the reset"), messages.next())
            assertTrue(client.stats.connects >= 2)
        }
    }

    @Test
    fun `hints are taken in every state`() = test {
        Client(server.ws).use { client ->
            client.network(NetworkHint.OFFLINE)
            val connecting = async(start = CoroutineStart.UNDISPATCHED) { client.connect() }
            client.network(NetworkHint.ONLINE)
            connecting.await()
            NetworkHint.values().forEach(client::network)
        }
    }

    @Test
    fun `after close every call is an error or nothing`() = test {
        val client = Client(server.ws)
        val unsent = client.enqueue("never")
        client.close()
        client.closeAndJoin()
        client.disconnect()
        assertTrue(unsent.await() in listOf(Outcome.UNCONFIRMED, Outcome.DROPPED, Outcome.WITHDRAWN))
        assertEquals("client_closed", assertFails { client.connect() }.code)
        assertEquals("client_closed", assertFails { client.enqueue("x") }.code)
        assertEquals(emptyList<Message>(), client.messages.toList())
        NetworkHint.values().forEach(client::network)
        client.close()
    }

    @Test
    fun `closing inside a collector is allowed`() = test {
        val client = Client(server.ws)
        val collecting = launch(start = CoroutineStart.UNDISPATCHED) {
            client.messages.collect { client.closeAndJoin() }
        }
        client.connect()
        client.enqueue("x")
        collecting.join()
        assertTrue(client.state.value is State.Disconnected)
    }

    @Test
    fun `two coroutines share a subscription`() = test {
        Client(server.ws).use { client ->
            val messages = client.messages.subscribe()
            val got = List(3) { async(Dispatchers.Default) { generateSequenceOf { messages.next() } } }
            client.connect()
            repeat(1000) { client.enqueue("$it") }
            val echoed = client.messages.subscribe()
            client.enqueue("last")
            while (echoed.next() != Message.Text("last")) continue
            client.closeAndJoin()
            assertEquals(1001, got.sumOf { it.await().toSet().size })
        }
    }

    @Test
    fun `a closed subscription ends its waits`() = test {
        Client(server.ws).use { client ->
            val messages = client.messages.subscribe()
            val waits = List(3) { async(start = CoroutineStart.UNDISPATCHED) { messages.next() } }
            messages.close()
            messages.close()
            waits.forEach { assertNull(it.await()) }
            assertEquals(emptyList<Message>(), messages.drain())
        }
    }

    @Test
    fun `a full outbox refuses with a code and a remedy`() = test {
        Client(server.ws) { outbox { maxMessages = 1 } }.use { client ->
            client.enqueue("fits")
            val error = assertFails { client.enqueue("does not") }
            assertEquals("queue_full", error.code)
            assertTrue(error.retryable && "outbox" in error.remedy)
        }
    }

    @Test
    fun `a close code crosses`() = test {
        Client(server.ws).use { client ->
            val changes = client.stateChanges.subscribe()
            client.connect()
            server.fault("""{"fault":"close","code":4001,"reason":"no more"}""")
            var state = changes.next()
            while (state !is State.Waiting && state !is State.Disconnected) state = changes.next()
            assertEquals(4001, ((state as? State.Waiting)?.cause ?: (state as State.Disconnected).reason)?.closeCode)
        }
    }

    @Test
    fun `a restart is spread over the window of the options`() = test {
        // Of a delay of up to eleven days the first twenty seconds, the longest of any other delay, are no part to speak of.
        Client(server.ws) { backoff { restartWindow = 1_000_000.seconds } }.use { client ->
            val changes = client.stateChanges.subscribe()
            client.connect()
            server.fault("""{"fault":"close","code":1012,"reason":"restart"}""")
            var state = changes.next()
            while (state !is State.Waiting) state = changes.next()
            assertTrue(state.retryIn > 20.seconds)
        }
    }

    @Test
    fun `a wrong option is named`() {
        val wrong = mapOf<String, ClientConfig.() -> Unit>(
            "connect_timeout" to { connectTimeout = Duration.ZERO },
            "probe_timeout" to { probeTimeout = (-1).milliseconds },
            "backoff.factor" to { backoff { factor = 0.5 } },
            "backoff.max_attempts" to { backoff { maxAttempts = -1 } },
            "outbox.max_messages" to { outbox { maxMessages = 0 } },
            "inbound.max_messages" to { inbound { maxMessages = -5 } },
            "headers" to { headers["host"] = "x" },
            "subprotocols" to { subprotocols = listOf("a b") },
            "proxy" to { proxy("ftp://x") },
        )
        for ((field, configure) in wrong) {
            val error = assertThrows(RejoinException::class.java) { Client("ws://127.0.0.1:1/", configure) }
            assertEquals("invalid_argument", error.code)
            assertTrue(field in error.reason, error.reason)
            assertTrue(error.remedy.isNotEmpty())
        }
    }

    @Test
    fun `a wrong url or message is refused`() {
        for (url in listOf("", "http://x", "ws://", "nonsense", "ws://user:hunter2@x/", "\ud800")) {
            val error = assertThrows(RejoinException::class.java) { Client(url) }
            assertEquals("invalid_argument", error.code)
            assertFalse("hunter2" in "$error")
        }
        Client(server.ws).use { client ->
            val error = assertThrows(RejoinException::class.java) { client.enqueue("\ud800") }
            assertEquals("invalid_argument", error.code)
        }
    }

    private suspend fun <T> generateSequenceOf(next: suspend () -> T?): List<T> =
        mutableListOf<T>().also { while (true) it += next() ?: break }

    private companion object {
        val server = TestServer()

        @JvmStatic
        @AfterAll
        fun stop() = server.close()
    }
}

/** What the call throws. */
inline fun assertFails(call: () -> Unit): RejoinException {
    try {
        call()
    } catch (error: RejoinException) {
        return error
    }
    throw AssertionError("nothing was thrown")
}
