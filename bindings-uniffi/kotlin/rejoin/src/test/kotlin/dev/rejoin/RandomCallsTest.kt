package dev.rejoin

import java.nio.file.Files
import java.nio.file.Path
import java.util.Collections
import java.util.concurrent.ConcurrentLinkedQueue
import kotlin.random.Random
import kotlin.reflect.KClass
import kotlin.time.Duration.Companion.microseconds
import kotlin.time.Duration.Companion.milliseconds
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.supervisorScope
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** 10,000 calls each. `REJOIN_SEED` replays one. */
private val SEEDS = System.getenv("REJOIN_SEED")?.toInt()?.let { it..it }
    ?: if (System.getenv("REJOIN_LONG") == null) 0..1 else 0..9
private const val CLIENTS = 200
private const val CALLS = 50

/** Bytes that may stay after thousands of clients, without the heap of the JVM. */
private const val GROWTH = 64L * 1024 * 1024

/** Whatever is called whenever, nothing crashes, hangs or leaks. */
class RandomCallsTest {
    private val closedIn = Collections.synchronizedSet(mutableSetOf<KClass<out State>>())

    @Test
    fun `random calls neither hang nor crash nor leak`() {
        val resident = mutableListOf<Long>()
        for (seed in SEEDS) {
            println("REJOIN_SEED=$seed")
            val dice = Random(seed)
            test { repeat(CLIENTS) { oneClient(dice) } }
            resident += residentBytes()
            // The first seed has warmed up what is kept for reuse.
            assertTrue(resident.last() - resident.first() < GROWTH, "seed $seed: $resident")
        }
        val states = setOf(
            State.Disconnected::class,
            State.Connecting::class,
            State.Connected::class,
            State.Waiting::class,
            State.Disconnecting::class,
        )
        assertEquals(states, closedIn)
    }

    private suspend fun oneClient(dice: Random) = supervisorScope {
        val user = User(this, dice)
        val closing = dice.nextInt(2 * CALLS)
        repeat(CALLS) { step ->
            known { if (step == closing) user.close() else user.call() }
            if (dice.nextInt(3) == 0) delay(dice.nextInt(1000).microseconds)
        }
        if (dice.nextInt(50) == 0) server.fault("""{"fault":"reset"}""")
        user.close()
        user.joinAll()
    }

    /** An application that does everything it should not. */
    private inner class User(private val scope: CoroutineScope, private val dice: Random) {
        private val jobs = ConcurrentLinkedQueue<Job>()
        private val client: Client = Client(server.ws) {
            backoff {
                initial = 1.milliseconds
                max = 2.milliseconds
            }
            credentials {
                misbehave { "$client" }
                null
            }
            onConnect { session -> misbehave { session.send("first") } }
        }
        private val messages = client.messages.subscribe()
        private val calls = listOf<Pair<Int, suspend () -> Any?>>(
            6 to { start { client.connect() } },
            2 to { start { client.disconnect() } },
            3 to { start { messages.next() } },
            3 to { start { client.send("x".repeat(dice.nextInt(100))) } },
            9 to { client.enqueue("x", volatile = dice.nextBoolean()) },
            9 to { client.enqueue(byteArrayOf(1)).withdraw() },
            4 to { client.network(NetworkHint.values().random(dice)) },
            4 to { "$client ${client.stats} ${messages.drain()} ${client.stateChanges.subscribe().use { it.drain() }}" },
            3 to { jobs.randomOrNull(dice)?.cancel() },
        ).flatMap { (weight, call) -> List(weight) { call } }

        suspend fun call() = calls.random(dice)()

        fun close() {
            closedIn += client.state.value::class
            client.close()
            start { client.closeAndJoin() }
        }

        suspend fun joinAll() {
            // A callback may have called while the others ended.
            while (true) (jobs.poll() ?: break).join()
            messages.close()
        }

        private fun start(body: suspend () -> Any?) {
            jobs += scope.launch(Dispatchers.Default) { known { body() } }
        }

        /** What an application may do in a callback: fail, block, wait, or call the client that waits for it. */
        private suspend fun misbehave(again: suspend () -> Any?) {
            when (dice.nextInt(8)) {
                0 -> throw IllegalStateException("no credentials")
                1 -> Thread.sleep(1)
                2 -> delay(1.milliseconds)
                3 -> {
                    again()
                    client.enqueue("from a callback")
                }
                4 -> start { client.connect() }
                5 -> start { client.disconnect() }
                6 -> client.close()
            }
        }
    }

    /** The ends that a call may have; any other one fails the test. */
    private suspend fun known(call: suspend () -> Any?) {
        try {
            call()
        } catch (error: RejoinException) {
            val codes = listOf("client_closed", "queue_full", "client_disconnect", "auth", "credentials_failed", "rejoin_failed")
            assertTrue(error.code in codes, "$error")
        } catch (cancelled: CancellationException) {
            throw cancelled
        }
    }

    private fun residentBytes(): Long {
        val runtime = Runtime.getRuntime()
        val line = Files.readAllLines(Path.of("/proc/self/status")).first { it.startsWith("VmRSS") }
        return line.filter(Char::isDigit).toLong() * 1024 - runtime.totalMemory()
    }

    private companion object {
        val server = TestServer()

        @JvmStatic
        @AfterAll
        fun stop() = server.close()
    }
}
