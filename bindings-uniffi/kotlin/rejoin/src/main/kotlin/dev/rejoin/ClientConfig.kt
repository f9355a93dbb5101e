package dev.rejoin

import kotlin.time.Duration

/** What is configured in a block of its own. */
@DslMarker
public annotation class RejoinDsl

/** The options of every client. One that is null has the default that stands beside it. */
@RejoinDsl
public open class ClientConfig internal constructor() {
    internal val backoff = BackoffConfig()
    internal val heartbeat = HeartbeatConfig()
    internal val outbox = OutboxConfig()
    internal val inbound = InboundConfig()
    internal val tls = TlsConfig()
    internal var proxy: ProxyConfig? = null
    internal var credentials: CredentialsProvider? = null

    /** The time from the start of an attempt until connected. Default: 15 s. */
    public var connectTimeout: Duration? = null

    /**
     * How long each stage of an attempt may take: name resolution, TCP for each address, proxy, TLS; the upgrade has twice
     * that. Default: 5 s.
     */
    public var stageTimeout: Duration? = null

    /** How long the peer may take to show life after a wake-up or a change of network. Default: 2.5 s. */
    public var probeTimeout: Duration? = null

    /** How long a write may take to be handed to the network. Default: 30 s. */
    public var writeTimeout: Duration? = null

    /** How long the application may leave a full inbound queue unread before the link is closed. Default: 60 s. */
    public var readTimeout: Duration? = null

    /** How long to wait for an acknowledgement, unless the call says otherwise. Default: 10 s. */
    public var ackTimeout: Duration? = null

    /** How long the server may take to answer a close. Default: 3 s. */
    public var closeGrace: Duration? = null

    /** How long the credentials may take. Default: 10 s. */
    public var credentialsTimeout: Duration? = null

    /** The largest message that is accepted from the server. Default: 64 MiB. */
    public var maxMessageBytes: Long? = null

    /** Headers of the upgrade request. Their values are secrets: they are in no log and no error. */
    public val headers: MutableMap<String, String> = mutableMapOf()

    /** Subprotocols to offer, the preferred one first. */
    public var subprotocols: List<String> = emptyList()

    /** Allow credentials on `ws://` to other machines than this one. Default: false. */
    public var allowInsecure: Boolean = false

    /**
     * Follow one redirect of a `wss://` server to the same host in each attempt; on another port without credentials and
     * headers. Default: false, a redirect is the error `redirect`, which is final.
     */
    public var followRedirect: Boolean = false

    /** When to try again: exponential, with full jitter. */
    public fun backoff(configure: BackoffConfig.() -> Unit): Unit = backoff.configure()

    /** When to ping a silent server, and when to give it up. Socket.IO servers say it themselves. */
    public fun heartbeat(configure: HeartbeatConfig.() -> Unit): Unit = heartbeat.configure()

    /** The bounds of what waits to be sent. */
    public fun outbox(configure: OutboxConfig.() -> Unit): Unit = outbox.configure()

    /** How many messages each consumer may leave unread. */
    public fun inbound(configure: InboundConfig.() -> Unit): Unit = inbound.configure()

    /** Whom to trust, and who the client is. */
    public fun tls(configure: TlsConfig.() -> Unit): Unit = tls.configure()

    /** Go through a proxy: `http://host:port` or `socks5://host:port`. */
    public fun proxy(url: String, configure: ProxyConfig.() -> Unit = {}) {
        proxy = ProxyConfig(url).apply(configure)
    }

    /** Ask for credentials at each attempt to connect. */
    public fun credentials(provider: CredentialsProvider) {
        credentials = provider
    }
}

/** The options of a client of a plain WebSocket. */
public class WebSocketConfig internal constructor() : ClientConfig() {
    internal var textHeartbeat: Pair<String, String?>? = null
    internal var onConnect: (suspend (Session) -> Unit)? = null

    /**
     * Sends [ping] in place of ping frames, for servers that answer only that. [pong] is what the server answers, which is not
     * given to the application; null: any message is an answer.
     */
    public fun textHeartbeat(ping: String, pong: String? = null) {
        textHeartbeat = ping to pong
    }

    /**
     * Runs at every connection before messages flow: to authenticate in-band, or to join again. If it throws, the attempt has
     * failed.
     */
    public fun onConnect(step: suspend (Session) -> Unit) {
        onConnect = step
    }
}

/** When to try again. */
@RejoinDsl
public class BackoffConfig internal constructor() {
    /** The upper end of the first delay. Default: 500 ms. */
    public var initial: Duration? = null

    /** The upper end of any delay. Default: 20 s. */
    public var max: Duration? = null

    /** How much the upper end grows with each failure. Default: 2. */
    public var factor: Double? = null

    /** How many attempts in a row may fail before the client gives up. Default: without limit. */
    public var maxAttempts: Int? = null

    /** How long a connection must last before failures are forgotten. Default: 10 s. */
    public var resetAfter: Duration? = null

    /** The spread of the first retry after a server announced a restart (close codes 1001, 1012, 1013). Default: 5 s. */
    public var restartWindow: Duration? = null

    /** The spread of the first retry after the network came back. Default: 250 ms. */
    public var onlineWindow: Duration? = null

    /** The least delay after a failure that only time or the user can mend, as an expired certificate. Default: 60 s. */
    public var slow: Duration? = null
}

/** When to ask a silent server for a sign of life. */
@RejoinDsl
public class HeartbeatConfig internal constructor() {
    /** The silence after which a ping is sent. Default: 25 s. */
    public var interval: Duration? = null

    /** The silence after a ping that ends the link. Default: 10 s. */
    public var timeout: Duration? = null
}

/** The bounds of what waits to be sent. */
@RejoinDsl
public class OutboxConfig internal constructor() {
    /** How many messages may wait or be unacknowledged. Default: 1,000. */
    public var maxMessages: Long? = null

    /** How many bytes of payload they may hold. Default: 1 MiB. */
    public var maxBytes: Long? = null

    /** What happens to a message that does not fit. Default: [Overflow.REJECT]. */
    public var overflow: Overflow? = null
}

/** What happens to a message that does not fit into the outbox. */
public enum class Overflow {
    /** It is refused, with the code `queue_full`. */
    REJECT,

    /** The oldest that waits makes room. */
    DROP_OLDEST,

    /** It is accepted, and dropped at once. */
    DROP_NEWEST,
}

/** How many messages each consumer may leave unread. */
@RejoinDsl
public class InboundConfig internal constructor() {
    /** The most messages that wait for one consumer. Default: 1,024. */
    public var maxMessages: Long? = null

    /** What happens to the next one. Default: [InboundPolicy.BACKPRESSURE]. */
    public var policy: InboundPolicy? = null
}

/** What happens when a consumer's queue is full. */
public enum class InboundPolicy {
    /** Reading from the network stops until the consumer has read. */
    BACKPRESSURE,

    /** The oldest makes room. */
    DROP_OLDEST,

    /** The newest is dropped. */
    DROP_NEWEST,
}

/** Whom to trust, and who the client is. */
@RejoinDsl
public class TlsConfig internal constructor() {
    internal var identity: Pair<ByteArray, String>? = null

    /** Authorities to trust besides the platform's, in PEM or DER. */
    public var authorities: List<ByteArray> = emptyList()

    /** SHA-256 of public keys, of which the server's chain must have one, in base64; at least two. */
    public var pins: List<String> = emptyList()

    /** Who the client is to the server: its certificates in PEM or DER, and the private key in PEM. */
    public fun identity(chain: ByteArray, key: String) {
        identity = chain to key
    }
}

/** A proxy between the client and the server. */
@RejoinDsl
public class ProxyConfig internal constructor(internal val url: String) {
    /** Who the user is to the proxy. */
    public var user: String? = null

    /** The user's password. */
    public var password: String? = null
}
