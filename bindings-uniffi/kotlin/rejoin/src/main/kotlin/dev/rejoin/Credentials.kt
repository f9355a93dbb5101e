package dev.rejoin

import dev.rejoin.ffi.CredentialsAnswer as NativeAnswer
import kotlinx.serialization.json.JsonObject

/** Who the user is to the server. */
public sealed interface Credentials {
    /** A bearer token: the `Authorization` header of a WebSocket, `{"token": …}` of Socket.IO. */
    public class Token(internal val value: String) : Credentials {
        override fun toString(): String = "Token(…)"
    }

    /** The `auth` object of Socket.IO. */
    public class Auth(internal val value: JsonObject) : Credentials {
        override fun toString(): String = "Auth(…)"
    }
}

/** Why the credentials callback is asked. */
public enum class CredentialsReason {
    /** A new attempt to connect. */
    CONNECT,

    /** The server refused the last ones: the same ones again will not do. */
    REFUSED,
}

/**
 * Asked at each attempt to connect; null connects anonymously. It may suspend or block: the connection goes on, and gives
 * up the attempt after [ClientConfig.credentialsTimeout]. What it throws fails the attempt, and the next one asks again.
 */
public typealias CredentialsProvider = suspend (CredentialsReason) -> Credentials?

internal fun answer(credentials: Credentials?): NativeAnswer =
    when (credentials) {
        null -> NativeAnswer.Anonymous
        is Credentials.Token -> NativeAnswer.Token(credentials.value)
        is Credentials.Auth -> NativeAnswer.Auth(credentials.value.toString())
    }
