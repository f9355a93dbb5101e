package dev.rejoin

import java.net.URI
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import java.util.logging.Handler
import java.util.logging.Level
import java.util.logging.LogRecord
import java.util.logging.Logger
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test

class LogsTest {
    private val logger = Logger.getLogger("dev.rejoin")
    private val records = LinkedBlockingQueue<LogRecord>()
    private val handler = object : Handler() {
        override fun publish(record: LogRecord) = records.put(record)

        override fun flush() = Unit

        override fun close() = Unit
    }

    @BeforeEach
    fun listen() {
        logger.level = Level.ALL
        logger.useParentHandlers = false
        logger.addHandler(handler)
    }

    @AfterEach
    fun stopListening() {
        logger.removeHandler(handler)
        logger.useParentHandlers = true
        logger.level = null
    }

    @Test
    fun `states are logged without secrets`() = test {
        val client = Client("${server.ws}?key=hidden-query") { credentials { Credentials.Token("good") } }
        client.connect()
        client.closeAndJoin()
        val seen = recordsUntil("disconnected")
        assertTrue(seen.any { it.level == Level.INFO && "connected" in it.message })
        assertTrue(seen.any { it.level == Level.FINE && "connecting" in it.message })
        assertFalse(seen.any { record -> listOf("hidden", "good", "/ws").any { it in record.message } })
    }

    @Test
    fun `what fails is logged without secrets`() = test {
        val client = Client("ws://$host/hidden-path?key=hidden-query") {
            backoff { maxAttempts = 1 }
            credentials { Credentials.Token("hidden-token") }
        }
        assertTrue(runCatching { client.connect() }.exceptionOrNull() is RejoinException)
        client.closeAndJoin()
        val seen = recordsUntil("disconnected")
        assertEquals(Level.WARNING, seen.last().level)
        assertFalse(seen.any { "hidden" in it.message })
    }

    @Test
    fun `user info is refused without being shown`() {
        val error = assertThrows(RejoinException::class.java) { Client("ws://hidden-user:hidden-password@localhost/") }
        assertEquals("invalid_argument", error.code)
        assertFalse("hidden" in "$error")
    }

    /** The records of this server, up to one with that text. */
    private fun recordsUntil(text: String): List<LogRecord> {
        val seen = mutableListOf<LogRecord>()
        while (seen.lastOrNull()?.let { text in it.message } != true) {
            val record = checkNotNull(records.poll(10, TimeUnit.SECONDS)) { "no record says `$text`" }
            if (record.message.startsWith("$host: ")) seen += record
        }
        return seen
    }

    private companion object {
        val server = TestServer.guarded()
        val host: String = URI(server.ws).authority

        @JvmStatic
        @AfterAll
        fun stop() = server.close()
    }
}
