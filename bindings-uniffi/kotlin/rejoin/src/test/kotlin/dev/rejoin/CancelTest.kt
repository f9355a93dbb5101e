package dev.rejoin

import kotlin.random.Random
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.yield
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

private const val WAITS = 3000

class CancelTest {
    /** Each message is waited for, and most waits are cancelled around the moment at which it arrives. */
    @Test
    fun `cancelled waits lose nothing`() = test {
        val dice = Random(1)
        Client(server.ws).use { client ->
            val messages = client.messages.subscribe()
            client.connect()
            val got = mutableListOf<Message?>()
            var sent = 0
            repeat(WAITS) {
                client.enqueue("${sent++}")
                val wait = launch(Dispatchers.Default) { got += messages.next() }
                repeat(dice.nextInt(20)) { yield() }
                wait.cancel()
                wait.join()
            }
            assertTrue(got.size < sent, "no wait was cancelled")
            while (got.size < sent) got += messages.next()
            assertEquals(List(sent) { Message.Text("$it") }, got)
        }
    }

    @Test
    fun `coroutines that share a stream end and go on each for itself`() = test {
        Client(server.ws).use { client ->
            val messages = client.messages.subscribe()
            client.connect()
            repeat(500) {
                val cancelled = List(3) { launch(Dispatchers.Default) { messages.next() } }
                yield()
                cancelled.forEach { it.cancelAndJoin() }
                val waits = List(2) { async(Dispatchers.Default) { messages.next() } }
                yield()
                for (text in listOf("a", "b")) client.enqueue(text)
                assertEquals(setOf(Message.Text("a"), Message.Text("b")), waits.awaitAll().toSet())
            }
        }
    }

    private companion object {
        val server = TestServer()

        @JvmStatic
        @AfterAll
        fun stop() = server.close()
    }
}
