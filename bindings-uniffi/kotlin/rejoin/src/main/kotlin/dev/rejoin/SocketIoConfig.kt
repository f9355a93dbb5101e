package dev.rejoin

import kotlin.time.Duration
import kotlinx.serialization.json.JsonObject

/** The options of a Socket.IO client. */
public class SocketIoConfig internal constructor() : ClientConfig() {
    internal val namespaces = LinkedHashMap<String, JsonObject?>()
    internal val limits = LimitsConfig()
    internal var onConnect: (suspend (SocketIoSession) -> Unit)? = null

    /** The path of Engine.IO. Default: `/socket.io/`. */
    public var path: String? = null

    /**
     * The transports, the preferred one first. The next one is tried where one is blocked. With both, polling changes to a
     * WebSocket where that turns out to work. Default: [Transport.WEB_SOCKET].
     */
    public var transports: List<Transport> = emptyList()

    /** How packets are written: the server must be set up for the same. Default: [Parser.JSON]. */
    public var parser: Parser? = null

    /** The bounds of what a server can make the client hold. */
    public fun limits(configure: LimitsConfig.() -> Unit): Unit = limits.configure()

    /**
     * Runs at every connection before events flow: to authenticate in-band, or to join again. If it throws, the attempt has
     * failed.
     */
    public fun onConnect(step: suspend (SocketIoSession) -> Unit) {
        onConnect = step
    }

    /** Connects a namespace in each handshake, with an auth object of its own or the credentials. None: `/`. */
    public fun namespace(name: String, auth: JsonObject? = null) {
        namespaces[name] = auth
    }
}

/** What carries Socket.IO. */
public enum class Transport {
    /** A WebSocket. */
    WEB_SOCKET,

    /** HTTP requests, where WebSockets are blocked. */
    POLLING,
}

/** How packets of Socket.IO are written. */
public enum class Parser {
    /** JSON text, the default of every server. */
    JSON,

    /** `socket.io-msgpack-parser`: one binary message for each packet. */
    MSGPACK,
}

/** The bounds of what a Socket.IO server can make the client hold. */
@RejoinDsl
public class LimitsConfig internal constructor() {
    /** The attachments of one packet. Default: 10,000. */
    public var maxAttachments: Long? = null

    /** The bytes of one packet and its attachments. Default: 64 MiB. */
    public var maxPacketBytes: Long? = null

    /** How long the attachments of a packet may take to arrive. Default: 60 s. */
    public var attachmentsTimeout: Duration? = null

    /** The nesting of the arguments: 1 to 128. Default: 128. */
    public var maxDepth: Int? = null

    /** The events that are held while a namespace is being connected. Default: 10,000. */
    public var maxHeldEvents: Long? = null

    /** How long the server may take to answer for a namespace that is connected later than the link. Default: 15 s. */
    public var namespaceTimeout: Duration? = null

    /** Acknowledgements, and other packets ahead of the outbox, that may wait for the network. Default: 10,000. */
    public var maxBacklog: Long? = null
}
