from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from typing import Any, List, Mapping, Optional, Sequence, Tuple, TypedDict, Union

from . import rejoin_ffi as ffi
from ._errors import invalid

Seconds = Union[float, int, timedelta]


class Overflow(Enum):
    """What happens to a message that does not fit into the outbox."""

    REJECT = "reject"
    DROP_OLDEST = "drop_oldest"
    DROP_NEWEST = "drop_newest"


class InboundPolicy(Enum):
    """What happens when a consumer's queue is full."""

    BACKPRESSURE = "backpressure"
    DROP_OLDEST = "drop_oldest"
    DROP_NEWEST = "drop_newest"


@dataclass(frozen=True)
class Backoff:
    """When to try again: exponential with full jitter. Default: 0.5 s, doubling up to 20 s, without a limit of attempts.

    ``restart_window`` (default 5 s) is the spread of the first retry after a server announced a restart, ``online_window``
    (0.25 s) after the network came back; ``slow`` (60 s) is the least delay after a failure that only time or the user can
    mend, as an expired certificate.
    """

    initial: Optional[Seconds] = None
    max: Optional[Seconds] = None
    factor: Optional[float] = None
    max_attempts: Optional[int] = None
    reset_after: Optional[Seconds] = None
    restart_window: Optional[Seconds] = None
    online_window: Optional[Seconds] = None
    slow: Optional[Seconds] = None


@dataclass(frozen=True)
class Heartbeat:
    """When to ping a silent server (default 25 s), and when to give it up (default 10 s more)."""

    interval: Optional[Seconds] = None
    timeout: Optional[Seconds] = None


@dataclass(frozen=True)
class Outbox:
    """The bounds of what waits to be sent: default 1,000 messages and 1 MiB; one more is rejected."""

    max_messages: Optional[int] = None
    max_bytes: Optional[int] = None
    overflow: Optional[Overflow] = None


@dataclass(frozen=True)
class Inbound:
    """How many messages each consumer may leave unread: default 1,024, then reading from the network stops."""

    max_messages: Optional[int] = None
    policy: Optional[InboundPolicy] = None


@dataclass(frozen=True)
class Tls:
    """Whom to trust besides the platform's authorities (PEM or DER), who the client is, and pins (SHA-256 of public
    keys, base64, at least two)."""

    authorities: Sequence[bytes] = ()
    certificate: Optional[bytes] = None
    key: Optional[str] = field(default=None, repr=False)
    pins: Sequence[str] = ()


@dataclass(frozen=True)
class Proxy:
    """A proxy, ``http://host:port`` or ``socks5://host:port``."""

    url: str
    user: Optional[str] = None
    password: Optional[str] = field(default=None, repr=False)


@dataclass(frozen=True)
class TextHeartbeat:
    """A text that is sent in place of ping frames, for servers that answer only that.

    ``pong`` is what the server answers, and is not given to the application; ``None``: any message is an answer.
    """

    ping: str
    pong: Optional[str] = None


class Options(TypedDict, total=False):
    """The options of every client. Times are seconds or ``timedelta``; what is left out has its default."""

    backoff: Backoff
    """When to try again."""
    connect_timeout: Seconds
    """The time from the start of an attempt until connected. Default 15 s."""
    stage_timeout: Seconds
    """How long each stage of an attempt may take: name resolution, TCP for each address, proxy, TLS; the upgrade has twice
    that. Default 5 s."""
    heartbeat: Heartbeat
    """When to ping a silent server, and when to give it up. Socket.IO uses the server's values."""
    probe_timeout: Seconds
    """How long the server may take to show life after a wake-up or a change of network. Default 2.5 s."""
    write_timeout: Seconds
    """How long a write may take to be handed to the network. Default 30 s."""
    read_timeout: Seconds
    """How long the application may leave a full inbound queue unread before the link is closed. Default 60 s."""
    outbox: Outbox
    """The bounds of what waits to be sent."""
    inbound: Inbound
    """How many messages each consumer may leave unread, and what happens then."""
    ack_timeout: Seconds
    """How long to wait for an acknowledgement, unless the call says otherwise. Default 10 s."""
    close_grace: Seconds
    """How long the server may take to answer a close. Default 3 s."""
    max_message_bytes: int
    """The largest message that is accepted from the server. Default 64 MiB."""
    credentials_timeout: Seconds
    """How long the credentials callback may take. Default 10 s."""
    headers: Union[Mapping[str, str], Sequence[Tuple[str, str]]]
    """Headers of the upgrade request; their values count as secrets."""
    subprotocols: Sequence[str]
    """Subprotocols to offer, the preferred one first."""
    tls: Tls
    """Own authorities, a client certificate, pins. Default: the platform's trust."""
    proxy: Proxy
    """The proxy to go through. Default: none."""
    allow_insecure: bool
    """Allow credentials on ``ws://`` to other machines than this one. Default false."""
    follow_redirect: bool
    """Follow one redirect of a ``wss://`` server to the same host in each attempt; on another port without credentials and
    headers. Default false: a redirect is the error ``redirect``, which is final."""


def millis(name: str, value: Optional[Seconds]) -> Optional[int]:
    """Seconds as the core takes them; a fraction of a millisecond counts as one."""
    if value is None:
        return None
    seconds = value.total_seconds() if isinstance(value, timedelta) else value
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 <= seconds < 2**53:
        raise invalid(name, "must be a number of seconds, or a timedelta, of at least 0")
    whole = int(seconds * 1000)
    return whole if whole == seconds * 1000 else whole + 1


def whole(name: str, value: int, maximum: int) -> int:
    """A whole number that the core can take."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= maximum:
        raise invalid(name, f"must be a whole number from 0 to {maximum}")
    return value


def count(name: str, value: Optional[int], maximum: int = 2**63) -> Optional[int]:
    return None if value is None else whole(name, value, maximum)


def text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise invalid(name, "must be a str")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise invalid(name, "must be Unicode text, without lone surrogates") from None
    return value


def choice(name: str, value: Any, kind: Any, native: Any) -> Any:
    if value is None:
        return None
    if not isinstance(value, kind):
        raise invalid(name, f"must be a {kind.__name__}")
    return native[value.name]


def build(
    *,
    backoff: Optional[Backoff] = None,
    connect_timeout: Optional[Seconds] = None,
    stage_timeout: Optional[Seconds] = None,
    heartbeat: Optional[Heartbeat] = None,
    probe_timeout: Optional[Seconds] = None,
    write_timeout: Optional[Seconds] = None,
    read_timeout: Optional[Seconds] = None,
    outbox: Optional[Outbox] = None,
    inbound: Optional[Inbound] = None,
    ack_timeout: Optional[Seconds] = None,
    close_grace: Optional[Seconds] = None,
    max_message_bytes: Optional[int] = None,
    credentials_timeout: Optional[Seconds] = None,
    headers: Union[Mapping[str, str], Sequence[Tuple[str, str]], None] = None,
    subprotocols: Sequence[str] = (),
    tls: Optional[Tls] = None,
    proxy: Optional[Proxy] = None,
    allow_insecure: bool = False,
    follow_redirect: bool = False,
    credentials: bool = False,
    on_connect: bool = False,
) -> ffi.Options:
    """The options of every client, as the core takes them; it checks their values."""
    backoff, heartbeat = backoff or Backoff(), heartbeat or Heartbeat()
    outbox, inbound, tls = outbox or Outbox(), inbound or Inbound(), tls or Tls()
    pairs = headers.items() if isinstance(headers, Mapping) else headers or ()
    if backoff.factor is not None and not isinstance(backoff.factor, (int, float)):
        raise invalid("backoff.factor", "must be a number")
    return ffi.Options(
        backoff=ffi.BackoffOptions(
            initial_ms=millis("backoff.initial", backoff.initial),
            max_ms=millis("backoff.max", backoff.max),
            factor=None if backoff.factor is None else float(backoff.factor),
            max_attempts=count("backoff.max_attempts", backoff.max_attempts, 2**32 - 1),
            reset_after_ms=millis("backoff.reset_after", backoff.reset_after),
            restart_window_ms=millis("backoff.restart_window", backoff.restart_window),
            online_window_ms=millis("backoff.online_window", backoff.online_window),
            slow_ms=millis("backoff.slow", backoff.slow),
        ),
        connect_timeout_ms=millis("connect_timeout", connect_timeout),
        stage_timeout_ms=millis("stage_timeout", stage_timeout),
        heartbeat=ffi.HeartbeatOptions(
            interval_ms=millis("heartbeat.interval", heartbeat.interval),
            timeout_ms=millis("heartbeat.timeout", heartbeat.timeout),
        ),
        probe_timeout_ms=millis("probe_timeout", probe_timeout),
        write_timeout_ms=millis("write_timeout", write_timeout),
        read_timeout_ms=millis("read_timeout", read_timeout),
        outbox=ffi.OutboxOptions(
            max_messages=count("outbox.max_messages", outbox.max_messages),
            max_bytes=count("outbox.max_bytes", outbox.max_bytes),
            overflow=choice("outbox.overflow", outbox.overflow, Overflow, ffi.Overflow),
        ),
        inbound=ffi.InboundOptions(
            max_messages=count("inbound.max_messages", inbound.max_messages),
            policy=choice("inbound.policy", inbound.policy, InboundPolicy, ffi.InboundPolicy),
        ),
        ack_timeout_ms=millis("ack_timeout", ack_timeout),
        close_grace_ms=millis("close_grace", close_grace),
        max_message_bytes=count("max_message_bytes", max_message_bytes),
        credentials=credentials,
        on_connect=on_connect,
        credentials_timeout_ms=millis("credentials_timeout", credentials_timeout),
        headers=[ffi.Header(name=text("headers", name), value=text("headers", value)) for name, value in pairs],
        subprotocols=[text("subprotocols", name) for name in subprotocols],
        authorities=list(tls.authorities),
        identity=_identity(tls),
        pins=list(tls.pins),
        proxy=None if proxy is None else ffi.ProxyOptions(url=proxy.url, user=proxy.user, password=proxy.password),
        allow_insecure=bool(allow_insecure),
        follow_redirect=bool(follow_redirect),
    )


def _identity(tls: Tls) -> Optional[ffi.ClientIdentity]:
    if tls.certificate is None and tls.key is None:
        return None
    if tls.certificate is None or tls.key is None:
        raise invalid("tls", "certificate and key belong together")
    return ffi.ClientIdentity(chain=tls.certificate, key=tls.key)


def text_ping(text_heartbeat: Optional[TextHeartbeat]) -> Optional[ffi.TextPing]:
    if text_heartbeat is None:
        return None
    pong = text_heartbeat.pong
    return ffi.TextPing(
        ping=text("text_heartbeat", text_heartbeat.ping), pong=None if pong is None else text("text_heartbeat", pong)
    )


def send_options(volatile: bool, ttl: Optional[Seconds], key: Optional[str]) -> ffi.SendOptions:
    return ffi.SendOptions(
        volatile=bool(volatile), ttl_ms=millis("ttl", ttl), key=None if key is None else text("key", key)
    )
