package dev.rejoin

import dev.rejoin.ffi.CredentialsAnswer as NativeAnswer
import dev.rejoin.ffi.CredentialsReason as NativeReason
import dev.rejoin.ffi.Item as NativeItem
import dev.rejoin.ffi.Mailbox as NativeMailbox
import dev.rejoin.ffi.State as NativeState
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicLong
import java.util.logging.Level
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineName
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.launch

/** How many items cross from the core at once. */
internal const val BATCH: UInt = 512u

/** How a call ended. */
internal sealed interface End {
    data class Completed(val failure: RejoinException?) : End

    data class Outcome(val outcome: dev.rejoin.Outcome) : End

    data class Answer(val args: Args) : End

    data class NoAnswer(val outcome: dev.rejoin.Outcome, val failure: RejoinException) : End
}

/** What both native clients have. */
internal interface NativeClient {
    fun mailbox(): NativeMailbox

    fun state(): NativeState

    fun answerCredentials(request: ULong, answer: NativeAnswer)

    fun answerOnConnect(request: ULong, failure: String?)
}

/** Resolves the calls of one client, from its mailbox. */
internal class Calls(
    native: NativeClient,
    private val label: String,
    private val credentials: CredentialsProvider?,
    /** The on-connect step, given the item that asks for it. */
    private val step: suspend (NativeItem, Calls) -> Unit,
) {
    private val scope = CoroutineScope(SupervisorJob() + CoroutineName("rejoin $label"))
    private val numbers = AtomicLong()
    private val open = ConcurrentHashMap<ULong, CompletableDeferred<End>>()
    private val current = MutableStateFlow(State(native.state()))

    /** Kept until the client is closed, so that one in use is not collected. Afterwards the mailbox can end. */
    @Volatile
    private var native: NativeClient? = native

    val state: StateFlow<State> = current.asStateFlow()

    init {
        Logs.forward()
        val mailbox = native.mailbox()
        scope.launch(Dispatchers.Default) { run(mailbox) }
    }

    /** Starts a call under a number of its own. */
    fun start(call: (ULong) -> Unit): CompletableDeferred<End> {
        val number = numbers.incrementAndGet().toULong()
        val end = CompletableDeferred<End>()
        open[number] = end
        try {
            translated { call(number) }
        } catch (error: Throwable) {
            open.remove(number)
            throw error
        }
        return end
    }

    /** A call that only succeeds or fails. */
    suspend fun complete(call: (ULong) -> Unit) {
        val end = start(call).await()
        if (end is End.Completed) end.failure?.let { throw it }
    }

    /** The client is closed. */
    fun closed() {
        native = null
    }

    private suspend fun run(mailbox: NativeMailbox) {
        var ended = false
        while (!ended) {
            mailbox.ready()
            val batch = mailbox.drain(BATCH)
            ended = batch.ended
            batch.items.forEach(::handle)
        }
        mailbox.destroy()
    }

    private fun handle(item: NativeItem) {
        when (item) {
            is NativeItem.Completed -> {
                // The two come by separate ways: whoever waited for the call sees the state that it led to.
                native?.let { current.value = State(it.state()) }
                resolve(item.call, End.Completed(item.failure?.let(::RejoinException)))
            }
            is NativeItem.Receipt -> resolve(item.call, End.Outcome(Outcome(item.outcome)))
            is NativeItem.Acknowledged -> resolve(item.call, End.Answer(Args(item.args)))
            is NativeItem.Unacknowledged ->
                resolve(item.call, End.NoAnswer(Outcome(item.outcome), RejoinException(item.failure)))
            is NativeItem.State -> current.value = State(native?.state() ?: item.state)
            // Where blocking is allowed: it must not stop what resolves the calls.
            is NativeItem.Credentials -> scope.launch(Dispatchers.IO) { ask(item.request, item.reason) }
            is NativeItem.OnConnect -> scope.launch(Dispatchers.IO) { take(item, item.request) }
            is NativeItem.OnSocketIoConnect -> scope.launch(Dispatchers.IO) { take(item, item.request) }
            is NativeItem.Lagged, is NativeItem.Text, is NativeItem.Binary, is NativeItem.Event,
            is NativeItem.NamespaceConnected, is NativeItem.NamespaceDisconnected, is NativeItem.Log -> Unit
        }
    }

    private fun resolve(call: ULong, end: End) {
        open.remove(call)?.complete(end)
    }

    /** Whatever the callback throws is its answer: nothing else would tell the core. */
    private suspend fun ask(request: ULong, reason: NativeReason) {
        val told = try {
            answer(credentials?.invoke(CredentialsReason.valueOf(reason.name)))
        } catch (error: Throwable) {
            logger.log(Level.WARNING, "$label: the credentials callback failed", error)
            NativeAnswer.Failed("${error.javaClass.simpleName}: ${error.message}")
        }
        native?.answerCredentials(request, told)
    }

    private suspend fun take(item: NativeItem, request: ULong) {
        val failure = try {
            step(item, this)
            null
        } catch (error: Throwable) {
            logger.log(Level.WARNING, "$label: the on-connect step failed", error)
            "${error.javaClass.simpleName}: ${error.message}"
        }
        native?.answerOnConnect(request, failure)
    }
}
