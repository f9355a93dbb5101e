package dev.rejoin

import kotlin.time.Duration.Companion.milliseconds
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.put
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

@Serializable
data class Photo(val name: String, val image: Binary, val parts: List<Binary> = emptyList())

class SocketIoTest {
    @Test
    fun `acknowledgements bring values and bytes at any depth`() = test {
        SocketIoClient(server.url).use { client ->
            client.connect()
            val bytes = byteArrayOf(0, 1)
            val photo = Photo("cat", Binary(bytes), listOf(Binary(byteArrayOf()), Binary(bytes)))
            val args = client.request("ack", 1, "two", mapOf("deep" to listOf(bytes, null)), photo)
            assertEquals(4, args.size)
            assertEquals(1, args.get<Int>(0))
            assertEquals("two", args.get<String>(1))
            assertEquals(mapOf("deep" to listOf(Binary(bytes), null)), args.get<Map<String, List<Binary?>>>(2))
            assertEquals(photo, args.get<Photo>(3))
            assertNull(args.bytes(args.elements[0]))
            assertEquals(0, client.request("ack").size)
        }
    }

    @Test
    fun `an acknowledgement has an outcome`() = test {
        SocketIoClient(server.url).use { client ->
            val ack = client.emitWithAck("ack", 1, retries = 2, timeout = 5000.milliseconds)
            assertNull(ack.outcome)
            client.connect()
            assertEquals(1, ack.await().get<Int>(0))
            assertEquals(Outcome.ACKNOWLEDGED, ack.outcome)
        }
    }

    @Test
    fun `events of one name and of all`() = test {
        SocketIoClient(server.url).use { client ->
            val consumers = listOf(client.events().subscribe(), client.events("echo").subscribe())
            client.connect()
            assertEquals(Outcome.SENT, client.emit("echo", "hello", mapOf("n" to 1)).await())
            for (consumer in consumers) {
                val event = consumer.next()!!
                assertEquals("/" to "echo", event.namespace to event.name)
                assertEquals("""["hello",{"n":1}]""", event.args.elements.toString())
                assertFalse(event.wantsAck)
                event.ack("nobody asked")
            }
        }
    }

    @Test
    fun `the server asks and is answered`() = test {
        SocketIoClient(server.url).use { client ->
            val events = client.events().subscribe()
            client.connect()
            client.emit("ask", "how many?")
            val question = events.next()!!
            assertTrue(question.wantsAck)
            assertEquals("how many?", question.args.get<String>(0))
            question.ack(42, byteArrayOf(7))
            val answered = events.next()!!
            assertEquals(42, answered.args.get<Int>(0))
            assertArrayEquals(byteArrayOf(7), answered.args.bytes(answered.args.elements[1]))
        }
    }

    @Test
    fun `namespaces connect, are refused with data, and are left`() = test {
        SocketIoClient(guarded.url).use { client ->
            client.connect()
            val changes = client.namespaceChanges.subscribe()
            val private = client.namespace("/private")
            val error = assertFails { private.connect(buildJsonObject { put("token", "bad") }) }
            assertEquals("namespace_refused", error.code)
            assertEquals("unauthorized", assertFails { private.connect() }.reason.substringAfterLast(": "))
            private.connect(buildJsonObject { put("token", "good") })
            assertTrue(private.isConnected)
            assertFalse(private.isRecovered)
            assertNotEquals("", private.sid!!)
            assertEquals(3, private.request("ack", 3).get<Int>(0))
            assertEquals(listOf(false, false, true), List(3) { changes.next()!!.connected })
            private.disconnect()
            assertFalse(private.isConnected)
            assertNull(private.sid)
            assertEquals("namespace_closed", assertFails { private.emit("x") }.code)
        }
    }

    @Test
    fun `polling carries what a WebSocket carries`() = test {
        for (order in listOf(listOf(Transport.POLLING), Transport.values().asList())) {
            SocketIoClient(server.url) { transports = order }.use { client ->
                client.connect()
                assertEquals(Binary(byteArrayOf(1)), client.request("ack", byteArrayOf(1)).get<Binary>(0))
            }
        }
    }

    @Test
    fun `the on-connect step comes before what waits`() = test {
        val joined = SocketIoClient(server.url) {
            onConnect { session ->
                session.request("ack", "in the step")
                session.emit("echo", "first")
            }
        }
        joined.use { client ->
            val events = client.events().subscribe()
            val outgoing = client.namespace("/").outgoingEvents.subscribe()
            client.emit("echo", "second")
            assertEquals("second", outgoing.next()!!.args.get<String>(0))
            client.connect()
            assertEquals(listOf("first", "second"), List(2) { events.next()!!.args.get<String>(0) })
        }
    }

    @Test
    fun `an unanswered event says so`() = test {
        SocketIoClient(server.url).use { client ->
            client.connect()
            val ack = client.emitWithAck("nobody listens", timeout = 20.milliseconds)
            assertEquals("ack_timeout", assertFails { ack.await() }.code)
            assertEquals(Outcome.UNCONFIRMED, ack.outcome)
        }
    }

    @Test
    fun `cancelling a request withdraws what is still queued`() = test {
        SocketIoClient(server.url).use { client ->
            val asking = launch(start = CoroutineStart.UNDISPATCHED) { client.request("ack") }
            assertEquals(1, client.stats.outboxMessages)
            asking.cancelAndJoin()
            assertEquals(0, client.stats.outboxMessages)
            val ack = client.emitWithAck("ack")
            assertTrue(ack.withdraw())
            assertEquals("withdrawn", assertFails { ack.await() }.code)
            assertEquals(Outcome.WITHDRAWN, ack.outcome)
        }
    }

    @Test
    fun `what is no JSON is refused`() = test {
        val cyclic = mutableListOf<Any>().also { it.add(it) }
        SocketIoClient(server.url).use { client ->
            for (value in listOf(Double.NaN, Any(), mapOf(1 to 2), cyclic, "\ud800")) {
                assertEquals("invalid_argument", assertFails { client.emit("echo", value) }.code)
            }
            assertEquals("invalid_argument", assertFails { client.emitWithAck("echo", retries = -1) }.code)
            assertEquals("invalid_argument", assertFails { client.emit("connect") }.code)
            assertEquals("invalid_argument", assertFails { client.namespace("no slash").connect() }.code)
        }
    }

    @Test
    fun `after close every call is an error or nothing`() = test {
        val client = SocketIoClient(server.url) { path = "/socket.io/"; namespace("/") }
        client.connect()
        client.closeAndJoin()
        assertEquals("client_closed", assertFails { client.emit("x") }.code)
        assertEquals("client_closed", assertFails { client.request("x") }.code)
        assertEquals("client_closed", assertFails { client.namespace("/x").connect() }.code)
        assertNull(client.events().subscribe().next())
        assertNull(client.namespaceChanges.subscribe().next())
    }

    private companion object {
        val server = TestServer()
        val guarded = TestServer.guarded()

        @JvmStatic
        @AfterAll
        fun stop() = listOf(server, guarded).forEach(AutoCloseable::close)
    }
}
