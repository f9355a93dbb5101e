package dev.rejoin

import dev.rejoin.ffi.BackoffOptions as NativeBackoff
import dev.rejoin.ffi.ClientIdentity as NativeIdentity
import dev.rejoin.ffi.Header as NativeHeader
import dev.rejoin.ffi.HeartbeatOptions as NativeHeartbeat
import dev.rejoin.ffi.InboundOptions as NativeInbound
import dev.rejoin.ffi.InboundPolicy as NativePolicy
import dev.rejoin.ffi.LimitOptions as NativeLimits
import dev.rejoin.ffi.NamespaceOptions as NativeNamespace
import dev.rejoin.ffi.Options as NativeOptions
import dev.rejoin.ffi.OutboxOptions as NativeOutbox
import dev.rejoin.ffi.Overflow as NativeOverflow
import dev.rejoin.ffi.Parser as NativeParser
import dev.rejoin.ffi.ProxyOptions as NativeProxy
import dev.rejoin.ffi.SendOptions as NativeSendOptions
import dev.rejoin.ffi.SocketIoOptions as NativeSocketIo
import dev.rejoin.ffi.Transport as NativeTransport
import kotlin.time.Duration
import kotlin.time.DurationUnit
import kotlin.time.toDuration

/** The options as the core takes them; it checks their values. */
internal fun ClientConfig.toNative(onConnect: Boolean): NativeOptions =
    NativeOptions(
        backoff = NativeBackoff(
            initialMs = millis("backoff.initial", backoff.initial),
            maxMs = millis("backoff.max", backoff.max),
            factor = backoff.factor,
            maxAttempts = count("backoff.max_attempts", backoff.maxAttempts?.toLong())?.toUInt(),
            resetAfterMs = millis("backoff.reset_after", backoff.resetAfter),
            restartWindowMs = millis("backoff.restart_window", backoff.restartWindow),
            onlineWindowMs = millis("backoff.online_window", backoff.onlineWindow),
            slowMs = millis("backoff.slow", backoff.slow),
        ),
        connectTimeoutMs = millis("connect_timeout", connectTimeout),
        stageTimeoutMs = millis("stage_timeout", stageTimeout),
        heartbeat = NativeHeartbeat(
            intervalMs = millis("heartbeat.interval", heartbeat.interval),
            timeoutMs = millis("heartbeat.timeout", heartbeat.timeout),
        ),
        probeTimeoutMs = millis("probe_timeout", probeTimeout),
        writeTimeoutMs = millis("write_timeout", writeTimeout),
        readTimeoutMs = millis("read_timeout", readTimeout),
        outbox = NativeOutbox(
            maxMessages = count("outbox.max_messages", outbox.maxMessages),
            maxBytes = count("outbox.max_bytes", outbox.maxBytes),
            overflow = outbox.overflow?.let { NativeOverflow.valueOf(it.name) },
        ),
        inbound = NativeInbound(
            maxMessages = count("inbound.max_messages", inbound.maxMessages),
            policy = inbound.policy?.let { NativePolicy.valueOf(it.name) },
        ),
        ackTimeoutMs = millis("ack_timeout", ackTimeout),
        closeGraceMs = millis("close_grace", closeGrace),
        maxMessageBytes = count("max_message_bytes", maxMessageBytes),
        credentials = credentials != null,
        onConnect = onConnect,
        credentialsTimeoutMs = millis("credentials_timeout", credentialsTimeout),
        headers = headers.map { (name, value) -> NativeHeader(name, value) },
        subprotocols = subprotocols,
        authorities = tls.authorities,
        identity = tls.identity?.let { (chain, key) -> NativeIdentity(chain, key) },
        pins = tls.pins,
        proxy = proxy?.let { NativeProxy(it.url, it.user, it.password) },
        allowInsecure = allowInsecure,
        followRedirect = followRedirect,
    )

internal fun SocketIoConfig.toNativeSocketIo(): NativeSocketIo =
    NativeSocketIo(
        path = path,
        namespaces = namespaces.map { (name, auth) -> NativeNamespace(name, auth?.toString()) },
        transports = transports.map { NativeTransport.valueOf(it.name) },
        parser = parser?.let { NativeParser.valueOf(it.name) },
        limits = NativeLimits(
            maxAttachments = count("limits.max_attachments", limits.maxAttachments),
            maxPacketBytes = count("limits.max_packet_bytes", limits.maxPacketBytes),
            attachmentsTimeoutMs = millis("limits.attachments_timeout", limits.attachmentsTimeout),
            maxDepth = count("limits.max_depth", limits.maxDepth?.toLong())?.toUInt(),
            maxHeldEvents = count("limits.max_held_events", limits.maxHeldEvents),
            namespaceTimeoutMs = millis("limits.namespace_timeout", limits.namespaceTimeout),
            maxBacklog = count("limits.max_backlog", limits.maxBacklog),
        ),
    )

internal fun sendOptions(volatile: Boolean, ttl: Duration?, key: String?): NativeSendOptions =
    NativeSendOptions(volatile, millis("ttl", ttl), key)

/** Whole milliseconds; a fraction counts as one. */
internal fun millis(name: String, duration: Duration?): ULong? {
    if (duration == null) return null
    if (duration.isNegative()) throw invalid(name, "must not be negative")
    val whole = duration.inWholeMilliseconds
    return (if (whole.toDuration(DurationUnit.MILLISECONDS) < duration) whole + 1 else whole).toULong()
}

internal fun count(name: String, value: Long?): ULong? {
    if (value != null && value < 0) throw invalid(name, "must not be negative")
    return value?.toULong()
}
