package dev.rejoin

import dev.rejoin.ffi.Failed as NativeFailed
import dev.rejoin.ffi.Failure as NativeFailure
import dev.rejoin.ffi.InternalException as NativePanic
import java.nio.charset.CharacterCodingException
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement

/**
 * What went wrong, and what to do about it.
 *
 * @property code stable, in snake case, and the same in every language: `auth`, `queue_full`, `ack_timeout`, …
 * @property reason what happened, in one sentence; [message] begins with the code.
 * @property retryable whether it may pass without a change by the application.
 * @property remedy what the caller can do, in one sentence.
 * @property closeCode the WebSocket close code, where the connection ended with one.
 * @property status the HTTP status, where the server answered the handshake with one.
 * @property data what a Socket.IO server said when it refused a namespace.
 */
public class RejoinException(
    public val code: String,
    public val reason: String,
    public val retryable: Boolean = false,
    public val remedy: String = "",
    public val closeCode: Int? = null,
    public val status: Int? = null,
    public val data: JsonElement? = null,
) : Exception("$code: $reason") {
    internal constructor(failure: NativeFailure) : this(
        code = failure.code,
        reason = failure.text,
        retryable = failure.retryable,
        remedy = failure.remedy,
        closeCode = failure.closeCode?.toInt(),
        status = failure.status?.toInt(),
        data = failure.data?.let(Json::parseToJsonElement),
    )
}

/** The error about a value that cannot be given to the core at all. */
internal fun invalid(field: String, expected: String) =
    RejoinException("invalid_argument", "$field: $expected", remedy = "Correct the argument that the message names.")

/** Throws what the core throws as [RejoinException]. */
internal inline fun <T> translated(call: () -> T): T =
    try {
        call()
    } catch (failed: NativeFailed) {
        throw when (failed) {
            is NativeFailed.Call -> RejoinException(failed.failure)
        }
    } catch (_: CharacterCodingException) {
        throw invalid("text", "must be Unicode, without lone surrogates")
    } catch (panic: NativePanic) {
        throw RejoinException("internal", panic.message ?: "a panic", remedy = "Report it.")
    }
