import dev.rejoin.RejoinException
import dev.rejoin.SocketIoClient
import dev.rejoin.State
import java.util.logging.Level
import java.util.logging.Logger
import kotlin.system.exitProcess
import kotlin.time.Duration.Companion.minutes
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext

/**
 * A chat for the terminal: see README.md for how to start it.
 *
 * It speaks to any Socket.IO server that sends `broadcast` back to everyone, such as this project's test server. Stop the
 * server while you type: what you said meanwhile arrives when it is back.
 */
suspend fun main(arguments: Array<String>) {
    if (arguments.size != 2) {
        System.err.println("usage: chat URL NAME")
        exitProcess(2)
    }
    val (url, name) = arguments
    log.level = Level.OFF // what it says is shown in our own words
    coroutineScope {
        SocketIoClient(url).use { client ->
            launch(start = CoroutineStart.UNDISPATCHED) { client.stateChanges.collect(::show) }
            launch(start = CoroutineStart.UNDISPATCHED) {
                client.events("broadcast").collect { println("${it.args.get<String>(0)}: ${it.args.get<String>(1)}") }
            }
            client.connect()
            while (true) say(client, name, withContext(Dispatchers.IO) { readlnOrNull() } ?: break)
            client.disconnect() // after what was said is sent
        }
    }
}

// Kept: the JDK forgets a logger that nobody holds, and its level with it.
private val log = Logger.getLogger("dev.rejoin")

private fun show(state: State) {
    when (state) {
        is State.Connected -> println("-- connected")
        is State.Waiting -> println("-- ${state.cause.reason}; next attempt in ${state.retryIn}")
        is State.Connecting, is State.Disconnected, State.Disconnecting -> Unit
    }
}

private fun say(client: SocketIoClient, name: String, line: String) {
    try {
        client.emit("broadcast", name, line, ttl = 1.minutes)
    } catch (error: RejoinException) {
        println("-- ${error.reason}. ${error.remedy}")
    }
}
