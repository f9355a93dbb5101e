package dev.rejoin.agent

import dev.rejoin.ClientConfig
import dev.rejoin.InboundPolicy
import dev.rejoin.Overflow
import dev.rejoin.SocketIoConfig
import dev.rejoin.Transport

/** The `config` of an operation. */
class Config(request: Request?, socketio: Boolean) {
    private val settings = mutableListOf<ClientConfig.() -> Unit>()
    private var path: String? = null
    private var transports: List<Transport>? = null

    /** Whether to ask the callback. */
    var credentials = false
        private set

    init {
        if (request != null) read(request)
        if ((path != null || transports != null) && !socketio) {
            throw invalid("config", "path and transports are of Socket.IO")
        }
    }

    fun apply(config: ClientConfig) {
        settings.forEach { config.it() }
        if (config !is SocketIoConfig) return
        config.path = path
        transports?.let { config.transports = it }
    }

    private fun read(request: Request) {
        if (request.flag("compression")) throw unsupported("compression")
        timing(request)
        bounds(request)
        val headers = request.map("headers")
        val subprotocols = request.texts("subprotocols")
        settings += {
            headers?.let(this.headers::putAll)
            subprotocols?.let { this.subprotocols = it }
        }
        credentials = request.flag("credentials")
        path = request.text("path")
        transports = request.texts("transports")?.map(::transport)
        request.end()
    }

    private fun transport(name: String): Transport =
        when (name) {
            "websocket" -> Transport.WEB_SOCKET
            "polling" -> Transport.POLLING
            else -> throw invalid("transports", "there is no $name")
        }

    private fun timing(request: Request) {
        request.section("backoff") {
            val (initial, max) = duration("initial_ms") to duration("max_ms")
            val (factor, attempts) = number("factor") to whole("max_attempts")?.toInt()
            val resetAfter = duration("reset_after_ms")
            settings += {
                backoff {
                    this.initial = initial
                    this.max = max
                    this.factor = factor
                    this.maxAttempts = attempts
                    this.resetAfter = resetAfter
                }
            }
        }
        request.section("heartbeat") {
            val (interval, timeout) = duration("interval_ms") to duration("timeout_ms")
            settings += {
                heartbeat {
                    this.interval = interval
                    this.timeout = timeout
                }
            }
        }
        val (connect, probe) = request.duration("connect_timeout_ms") to request.duration("probe_timeout_ms")
        val (ack, grace) = request.duration("ack_timeout_ms") to request.duration("close_grace_ms")
        settings += {
            connectTimeout = connect
            probeTimeout = probe
            ackTimeout = ack
            closeGrace = grace
        }
    }

    private fun bounds(request: Request) {
        request.section("outbox") {
            if (text("store") != null) throw unsupported("outbox.store")
            val (messages, bytes) = whole("max_messages") to whole("max_bytes")
            val overflow = choice<Overflow>("overflow")
            settings += {
                outbox {
                    this.maxMessages = messages
                    this.maxBytes = bytes
                    this.overflow = overflow
                }
            }
        }
        request.section("inbound") {
            val (messages, policy) = whole("max_messages") to choice<InboundPolicy>("policy")
            settings += {
                inbound {
                    this.maxMessages = messages
                    this.policy = policy
                }
            }
        }
        val bytes = request.whole("max_message_bytes")
        settings += { maxMessageBytes = bytes }
    }
}
