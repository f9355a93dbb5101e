package dev.rejoin

import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.nio.file.Files
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive

/** The test server, as a program of its own: `cargo xtask test --only kotlin` names it in REJOIN_TEST_SERVER. */
class TestServer(vararg arguments: String) : AutoCloseable {
    private val process: Process
    private val control: String
    private val http: HttpClient = HttpClient.newHttpClient()
    val ws: String
    val url: String

    init {
        val program = System.getenv("REJOIN_TEST_SERVER") ?: error("run `cargo xtask test --only kotlin`")
        process = ProcessBuilder(program, *arguments).redirectError(ProcessBuilder.Redirect.INHERIT).start()
        val ready = Json.parseToJsonElement(process.inputStream.bufferedReader().readLine()).jsonObject
        val listening = ready.getValue("listening").jsonPrimitive.content
        control = ready.getValue("control").jsonPrimitive.content.trimEnd('/')
        ws = "ws://$listening/ws"
        url = "http://$listening"
    }

    fun fault(json: String) {
        val request = HttpRequest.newBuilder(URI("$control/fault")).header("content-type", "application/json")
        val answer = http.send(request.POST(HttpRequest.BodyPublishers.ofString(json)).build(), HttpResponse.BodyHandlers.ofString())
        check(answer.statusCode() == 204) { answer.body() }
    }

    override fun close() {
        process.destroyForcibly().waitFor()
    }

    companion object {
        /** One whose `/ws` and Socket.IO want the token `good`. */
        fun guarded(): TestServer {
            val tokens = Files.createTempFile("tokens", "")
            Files.writeString(tokens, "good\n")
            tokens.toFile().deleteOnExit()
            return TestServer("--bearer-tokens", "$tokens", "--socketio-tokens", "$tokens")
        }
    }
}

val LIMIT = 60.seconds

/** A test that suspends, under a time limit. */
fun test(body: suspend CoroutineScope.() -> Unit) = runBlocking { withTimeout(LIMIT) { body() } }

/** Tries again at once. */
fun ClientConfig.fast() = backoff {
    initial = 5.milliseconds
    max = 20.milliseconds
}
