package dev.rejoin.sample

import android.app.Application
import androidx.compose.foundation.layout.Column
import androidx.compose.material3.Button
import androidx.compose.material3.Text
import androidx.compose.material3.TextField
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.lifecycle.AndroidViewModel
import androidx.lifecycle.viewModelScope
import dev.rejoin.SocketIoClient
import dev.rejoin.State
import dev.rejoin.android.DeviceHints
import kotlin.time.Duration.Companion.minutes
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch

/** Keeps the client over rotations, and closes it with the screen. */
class ChatModel(application: Application) : AndroidViewModel(application) {
    private val client = SocketIoClient("https://example.com")
    private val hints = DeviceHints(application, client)
    val state = client.state
    val lines = MutableStateFlow(emptyList<String>())

    init {
        viewModelScope.launch {
            client.events("broadcast").collect { event -> lines.update { it + event.args.get<String>(0) } }
        }
        viewModelScope.launch { client.connect() }
    }

    fun say(line: String) {
        client.emit("broadcast", line, ttl = 1.minutes)
    }

    override fun onCleared() {
        hints.close()
        client.close()
    }
}

@Composable
fun ChatScreen(model: ChatModel) {
    val state by model.state.collectAsState()
    val lines by model.lines.collectAsState()
    var draft by remember { mutableStateOf("") }
    Column {
        Text(
            when (val now = state) {
                is State.Connected -> "connected"
                is State.Waiting -> "${now.cause.reason}; next attempt in ${now.retryIn}"
                is State.Connecting -> "connecting: ${now.phase}"
                is State.Disconnected -> now.reason?.reason ?: "disconnected"
                State.Disconnecting -> "disconnecting"
            },
        )
        lines.forEach { Text(it) }
        TextField(value = draft, onValueChange = { draft = it })
        Button(onClick = { model.say(draft); draft = "" }) { Text("Say") }
    }
}
