package dev.rejoin

import java.util.Collections
import java.util.logging.Handler
import java.util.logging.Level
import java.util.logging.LogRecord
import java.util.logging.Logger
import kotlin.time.Duration.Companion.milliseconds
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.yield
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class CredentialsTest {
    @Test
    fun `they are asked for anew and may suspend`() = test {
        val asked = mutableListOf<CredentialsReason>()
        val client = Client(server.ws) {
            credentials { reason ->
                yield()
                asked += reason
                Credentials.Token(if (asked.size == 1) "stale" else "good")
            }
        }
        client.use { it.connect() }
        assertEquals(listOf(CredentialsReason.CONNECT, CredentialsReason.REFUSED), asked)
    }

    @Test
    fun `a callback that throws stops nothing`() = test {
        val failures = mutableListOf(IllegalStateException("no token yet"), StackOverflowError(), InterruptedException())
        val logged = logging {
            val client = Client(server.ws) {
                fast()
                credentials { if (failures.isEmpty()) Credentials.Token("good") else throw failures.removeFirst() }
            }
            client.use {
                it.connect()
                assertEquals(4, it.stats.attempts)
            }
        }
        assertTrue("no token yet" in logged)
    }

    @Test
    fun `a callback that hangs or blocks is given up, and the client lives`() = test {
        var asked = 0
        val release = java.util.concurrent.CountDownLatch(1)
        val client = Client(server.ws) {
            fast()
            credentialsTimeout = 50.milliseconds
            credentials {
                when (asked++) {
                    0 -> awaitCancellation()
                    1 -> null.also { release.await() }
                    else -> Credentials.Token("good")
                }
            }
        }
        client.use {
            it.connect()
            assertEquals(3, it.stats.attempts)
        }
        release.countDown()
    }

    @Test
    fun `a callback may call the client, and close it`() = test {
        lateinit var client: Client
        client = Client(server.ws) {
            credentials {
                client.enqueue("from inside")
                client.closeAndJoin()
                null
            }
        }
        assertFails { client.connect() }
        assertEquals("client_closed", assertFails { client.enqueue("x") }.code)
    }

    @Test
    fun `a wrong token ends with auth and is nowhere to be read`() = test {
        Client(server.ws) { credentials { Credentials.Token("secret-token-1") } }.use { client ->
            val error = assertFails { client.connect() }
            assertEquals("auth", error.code)
            assertFalse(error.retryable)
            assertEquals(401, error.status)
            assertFalse("secret-token-1" in "$error $client ${error.remedy} ${Credentials.Token("secret-token-1")}")
        }
    }

    private suspend fun logging(body: suspend () -> Unit): String {
        val records = Collections.synchronizedList(mutableListOf<String>())
        val handler = object : Handler() {
            override fun publish(record: LogRecord) {
                records += "${record.message} ${record.thrown ?: ""}"
            }

            override fun flush() = Unit

            override fun close() = Unit
        }
        val logger = Logger.getLogger("dev.rejoin")
        logger.level = Level.ALL
        logger.useParentHandlers = false
        logger.addHandler(handler)
        try {
            body()
        } finally {
            logger.removeHandler(handler)
            logger.level = null
            logger.useParentHandlers = true
        }
        return records.toList().joinToString("\n")
    }

    private companion object {
        val server = TestServer.guarded()

        @JvmStatic
        @AfterAll
        fun stop() = server.close()
    }
}
