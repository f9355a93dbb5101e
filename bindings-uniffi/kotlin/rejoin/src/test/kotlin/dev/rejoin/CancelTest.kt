package dev.rejoin

import kotlin.random.Random
import kotlinx.coroutines.Dispatchers
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

    private companion object {
        val server = TestServer()

        @JvmStatic
        @AfterAll
        fun stop() = server.close()
    }
}
