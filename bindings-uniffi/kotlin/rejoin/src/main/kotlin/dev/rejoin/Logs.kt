package dev.rejoin

import dev.rejoin.ffi.Item as NativeItem
import dev.rejoin.ffi.LogLevel as NativeLevel
import dev.rejoin.ffi.logs
import java.util.logging.Level
import java.util.logging.Logger
import kotlinx.coroutines.CoroutineName
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch

/** Of `java.util.logging`, since that is what Android has too. */
internal val logger: Logger = Logger.getLogger("dev.rejoin")

/** What the core logs, handed to [logger]: one for all clients, from the first one on. */
internal object Logs {
    init {
        val mailbox = logs()
        // Where blocking is allowed: a handler is the application's code.
        CoroutineScope(Dispatchers.IO + CoroutineName("rejoin log")).launch {
            while (true) {
                mailbox.ready()
                mailbox.drain(BATCH).items.forEach(::write)
            }
        }
    }

    /** Starts it, once. */
    fun forward(): Unit = Unit

    private fun write(item: NativeItem) {
        try {
            when (item) {
                is NativeItem.Log -> logger.log(level(item.level), item.text)
                is NativeItem.Lagged ->
                    logger.warning("${item.missed} records were lost: they came faster than they were written")
                else -> Unit
            }
        } catch (_: Exception) {
            // A handler that fails has no log to tell it to, and the next record may go well.
        }
    }

    private fun level(level: NativeLevel): Level = when (level) {
        NativeLevel.ERROR -> Level.SEVERE
        NativeLevel.WARN -> Level.WARNING
        NativeLevel.INFO -> Level.INFO
        NativeLevel.DEBUG -> Level.FINE
        NativeLevel.TRACE -> Level.FINER
    }
}
