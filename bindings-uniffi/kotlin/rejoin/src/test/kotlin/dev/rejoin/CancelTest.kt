package dev.rejoin

import kotlin.random.Random
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.microseconds
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.delay
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.supervisorScope
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
    fun `random calls never hang or crash`() = test {
        val dice = Random(7)
        repeat(60) {
            val client = Client(server.ws) {
                backoff {
                    initial = 1.milliseconds
                    max = 2.milliseconds
                }
                credentials { if (dice.nextInt(5) == 0) throw IllegalStateException("no credentials") else null }
            }
            val messages = client.messages.subscribe()
            val ends = mutableListOf<Job>()
            supervisorScope {
                fun task(body: suspend () -> Any?) {
                    ends += launch(Dispatchers.Default) { known { body() } }
                }
                val calls = listOf<Pair<Int, suspend () -> Any?>>(
                    30 to { task { client.connect() } },
                    20 to { task { client.disconnect() } },
                    30 to { task { messages.next() } },
                    30 to { task { client.send("x".repeat(dice.nextInt(100))) } },
                    90 to { client.enqueue("x", volatile = dice.nextBoolean()) },
                    90 to { client.enqueue(byteArrayOf(1)).withdraw() },
                    40 to { client.network(NetworkHint.values().random(dice)) },
                    40 to { "$client ${client.stats} ${client.stateChanges.subscribe().use { it.drain() }}" },
                    30 to { ends.randomOrNull(dice)?.cancel() },
                    2 to { server.fault("""{"fault":"reset"}""") },
                    5 to { messages.close() },
                )
                val weighted = calls.flatMap { (weight, call) -> List(weight) { call } }
                val close = dice.nextInt(100)
                repeat(50) { step ->
                    if (step == close) client.close()
                    known { weighted.random(dice)() }
                    if (dice.nextInt(3) == 0) delay(dice.nextInt(1000).microseconds)
                }
                client.closeAndJoin()
                ends.joinAll()
            }
        }
    }

    /** The ends that a call may have; any other one fails the test. */
    private suspend fun known(call: suspend () -> Any?) {
        try {
            call()
        } catch (error: RejoinException) {
            val codes = listOf("client_closed", "queue_full", "client_disconnect", "auth", "credentials_failed")
            assertTrue(error.code in codes, "$error")
        } catch (cancelled: CancellationException) {
            throw cancelled
        }
    }

    private companion object {
        val server = TestServer()

        @JvmStatic
        @AfterAll
        fun stop() = server.close()
    }
}
