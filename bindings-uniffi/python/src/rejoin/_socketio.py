from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Awaitable, Callable, Generator, List, Mapping, Optional, Sequence, Union

from . import _options, rejoin_ffi as ffi
from ._calls import Calls, Step
from ._client import Connection
from ._credentials import CredentialsCallback
from ._errors import RejoinError, invalid, translated
from ._options import Options, Seconds
from ._payload import decode, encode
from ._receipts import Outcome, Receipt
from ._streams import Stream

if TYPE_CHECKING:
    from typing_extensions import Unpack


class Event:
    """An event that arrived."""

    def __init__(self, item: Any) -> None:
        self.namespace: str = item.namespace
        self.name: str = item.name
        self._payload: ffi.Payload = item.args
        self._responder: Optional[ffi.Responder] = item.responder

    @property
    def args(self) -> List[Any]:
        """Its arguments: JSON values, and ``bytes`` at any depth."""
        return decode(self._payload)

    @property
    def wants_ack(self) -> bool:
        """Whether the server wants an answer."""
        return self._responder is not None

    def ack(self, *args: Any) -> None:
        """Answers the server, once. Nothing happens if it wants no answer."""
        if self._responder is not None:
            with translated():
                self._responder.answer(encode(args))

    def __repr__(self) -> str:
        return f"<rejoin.Event {self.name!r} in {self.namespace}>"


@dataclass(frozen=True)
class NamespaceChange:
    """A namespace is connected, or no longer. An error that is retryable is followed by a new attempt."""

    namespace: str
    connected: bool
    recovered: bool = False
    """The server kept the session, and what was missed follows. False: fetch the state anew."""
    sid: Optional[str] = None
    error: Optional[RejoinError] = None


class Ack:
    """The server's answer to one event: awaiting it gives the list of its arguments.

    It raises :class:`RejoinError`: ``ack_timeout``, ``unconfirmed`` (the link was lost meanwhile: it may have arrived),
    ``expired``, ``dropped``, ``withdrawn``.
    """

    def __init__(self, native: ffi.PendingAck, future: asyncio.Future[Any]) -> None:
        self._native = native
        self._future = future

    @property
    def outcome(self) -> Optional[Outcome]:
        """What became of the event, once that is known."""
        return self._future.result()[0] if self._future.done() and not self._future.cancelled() else None

    def withdraw(self) -> bool:
        """Takes the event back if it was not sent yet."""
        return self._native.withdraw()

    def __await__(self) -> Generator[Any, None, List[Any]]:
        _, answer = yield from asyncio.shield(self._future).__await__()
        if isinstance(answer, RejoinError):
            raise answer
        return answer  # type: ignore[no-any-return]


class Namespace:
    """One namespace of a client."""

    def __init__(self, native: ffi.SocketIoClient, calls: Calls, name: str) -> None:
        self._native = native
        self._calls = calls
        self.name = _options.text("namespace", name)

    @property
    def connected(self) -> bool:
        """Whether it is connected."""
        return self._native.is_namespace_connected(self.name)

    @property
    def sid(self) -> Optional[str]:
        """The id of its session, which others can see; ``None`` if it is not connected."""
        return self._native.namespace_sid(self.name)

    @property
    def recovered(self) -> bool:
        """Whether it is connected, and the server kept its session over the last break, so that nothing was missed."""
        return self._native.is_namespace_recovered(self.name)

    async def connect(self, auth: Optional[Mapping[str, Any]] = None) -> None:
        """Connects it, now and on each later link; ``auth`` takes the place of the credentials.

        Raises :class:`RejoinError`: ``namespace_refused`` with the server's ``data``, or what ended the connection.
        """
        payload = None if auth is None else json.dumps(auth)
        call, done = self._calls.open()
        with translated():
            self._native.connect_namespace(self.name, payload, call)
        await done

    def disconnect(self) -> None:
        """Leaves it: it is not connected again, and what waits for it is withdrawn."""
        with translated():
            self._native.disconnect_namespace(self.name)

    def emit(
        self, name: str, *args: Any, volatile: bool = False, ttl: Optional[Seconds] = None, key: Optional[str] = None
    ) -> Receipt:
        """Emits an event, now or when the namespace is connected, in order. ``bytes`` may stand at any depth."""
        options = ffi.EmitOptions(send=_options.send_options(volatile, ttl, key))
        with translated():
            receipt = self._native.emit(self.name, _options.text("name", name), encode(args), options)
        return Receipt(receipt, self._calls)

    def emit_with_ack(
        self,
        name: str,
        *args: Any,
        timeout: Optional[Seconds] = None,
        retries: int = 0,
        volatile: bool = False,
        ttl: Optional[Seconds] = None,
        key: Optional[str] = None,
    ) -> Ack:
        """Emits an event, and asks for an acknowledgement. With ``retries`` it is sent again, under one id, until then."""
        options = _emit_options(timeout, retries, _options.send_options(volatile, ttl, key))
        return _ask(self._native, self._calls, self.name, name, args, options)

    def events(self, name: Optional[str] = None) -> Stream[Event]:
        """The events that arrive from now on, of one name or all. Each call gives a consumer of its own."""
        only = None if name is None else _options.text("name", name)
        return Stream(self._native.events(self.name, only), Event)

    def outgoing_events(self) -> Stream[Event]:
        """The events that this client emits here from now on, as they were accepted."""
        return Stream(self._native.outgoing_events(self.name), Event)


class SocketIOSession:
    """What the on-connect step of a :class:`SocketIOClient` works with: one namespace of the new connection, before
    anything else uses it."""

    def __init__(self, native: ffi.SocketIoSession, calls: Calls, name: str = "/") -> None:
        self._native = native
        self._calls = calls
        self.name = _options.text("namespace", name)

    def namespace(self, name: str) -> SocketIOSession:
        """A namespace by its name: only those of the client's ``namespaces`` are connected by now."""
        return SocketIOSession(self._native, self._calls, name)

    def emit(self, name: str, *args: Any) -> Receipt:
        """Emits an event ahead of all that waits. It is not kept for another connection."""
        with translated():
            receipt = self._native.emit(self.name, _options.text("name", name), encode(args))
        return Receipt(receipt, self._calls)

    def emit_with_ack(self, name: str, *args: Any, timeout: Optional[Seconds] = None) -> Ack:
        """As :meth:`emit`, and asks for an acknowledgement."""
        options = _emit_options(timeout, 0, _options.send_options(False, None, None))
        return _ask(self._native, self._calls, self.name, name, args, options)

    def events(self, name: Optional[str] = None) -> Stream[Event]:
        """The events that arrive from now on, of one name or all."""
        only = None if name is None else _options.text("name", name)
        return Stream(self._native.events(self.name, only), Event)


def _emit_options(timeout: Optional[Seconds], retries: int, send: ffi.SendOptions) -> ffi.EmitOptions:
    return ffi.EmitOptions(
        send=send,
        timeout_ms=_options.millis("timeout", timeout),
        retries=_options.whole("retries", retries, 2**32 - 1),
    )


def _ask(
    native: Union[ffi.SocketIoClient, ffi.SocketIoSession],
    calls: Calls,
    namespace: str,
    name: str,
    args: Sequence[Any],
    options: ffi.EmitOptions,
) -> Ack:
    text, payload = _options.text("name", name), encode(args)
    call, future = calls.open()
    try:
        with translated():
            pending = native.emit_with_ack(namespace, text, payload, options, call)
    except BaseException:
        future.cancel()
        raise
    return Ack(pending, future)


class Transport(Enum):
    """What carries Socket.IO."""

    WEB_SOCKET = "websocket"
    """A WebSocket."""
    POLLING = "polling"
    """HTTP requests, where WebSockets are blocked."""


class Parser(Enum):
    """How packets are written: the server must be set up for the same."""

    JSON = "json"
    """JSON text, the default of every server."""
    MSGPACK = "msgpack"
    """``socket.io-msgpack-parser``: one binary message for each packet."""


@dataclass(frozen=True)
class Limits:
    """The bounds of what a server can make the client hold."""

    max_attachments: Optional[int] = None
    """The attachments of one packet. Default 10,000."""
    max_packet_bytes: Optional[int] = None
    """The bytes of one packet and its attachments. Default 64 MiB."""
    attachments_timeout: Optional[Seconds] = None
    """How long the attachments of a packet may take to arrive. Default 60 s."""
    max_depth: Optional[int] = None
    """The nesting of the arguments: 1 to 128. Default 128."""
    max_held_events: Optional[int] = None
    """The events that are held while a namespace is being connected. Default 10,000."""
    namespace_timeout: Optional[Seconds] = None
    """How long the server may take to answer for a namespace that is connected later than the link. Default 15 s."""
    max_backlog: Optional[int] = None
    """Acknowledgements, and other packets ahead of the outbox, that may wait for the network. Default 10,000."""

    def _native(self) -> ffi.LimitOptions:
        return ffi.LimitOptions(
            max_attachments=_options.count("limits.max_attachments", self.max_attachments),
            max_packet_bytes=_options.count("limits.max_packet_bytes", self.max_packet_bytes),
            attachments_timeout_ms=_options.millis("limits.attachments_timeout", self.attachments_timeout),
            max_depth=_options.count("limits.max_depth", self.max_depth, 2**32 - 1),
            max_held_events=_options.count("limits.max_held_events", self.max_held_events),
            namespace_timeout_ms=_options.millis("limits.namespace_timeout", self.namespace_timeout),
            max_backlog=_options.count("limits.max_backlog", self.max_backlog),
        )


class SocketIOClient(Connection[ffi.SocketIoClient]):
    """A client that stays connected to a Socket.IO server (``http://``, ``https://``, ``ws://`` or ``wss://``).

    ``namespaces`` are connected in each handshake (a mapping gives each its ``auth``); default ``/``. ``transports`` are
    tried in their order where one is blocked; with both, polling changes to a WebSocket where that turns out to work;
    default a WebSocket alone. ``on_connect`` runs at every connection before events flow; if it raises, the attempt has
    failed. The other options are those of :class:`Client`.
    """

    def __init__(
        self,
        url: str,
        *,
        path: Optional[str] = None,
        namespaces: Union[Sequence[str], Mapping[str, Optional[Mapping[str, Any]]]] = (),
        transports: Sequence[Transport] = (),
        parser: Optional[Parser] = None,
        limits: Optional[Limits] = None,
        credentials: Optional[CredentialsCallback] = None,
        on_connect: Optional[Callable[[SocketIOSession], Optional[Awaitable[None]]]] = None,
        **options: Unpack[Options],
    ) -> None:
        if isinstance(namespaces, str):
            raise invalid("namespaces", "must be a sequence of names, or a mapping from names to auth")
        auths = namespaces if isinstance(namespaces, Mapping) else dict.fromkeys(namespaces)
        socketio = ffi.SocketIoOptions(
            path=path,
            namespaces=[
                ffi.NamespaceOptions(
                    name=_options.text("namespaces", name), auth=None if auth is None else json.dumps(auth)
                )
                for name, auth in auths.items()
            ],
            transports=[_options.choice("transports", one, Transport, ffi.Transport) for one in transports],
            parser=_options.choice("parser", parser, Parser, ffi.Parser),
            limits=(limits or Limits())._native(),
        )
        has = {"credentials": credentials is not None, "on_connect": on_connect is not None}
        native_options = _options.build(**options, **has)
        with translated():
            native = ffi.SocketIoClient(_options.text("url", url), native_options, socketio)
        step: Optional[Step] = None
        if on_connect is not None:
            callback = on_connect
            step = lambda session, calls: callback(SocketIOSession(session, calls))  # noqa: E731
        super().__init__(native, url, credentials, step)
        self._main = self.namespace("/")

    def namespace(self, name: str) -> Namespace:
        """A namespace by its name, which begins with ``/``. Connect it, unless ``namespaces`` named it."""
        return Namespace(self._native, self._calls, name)

    def namespaces(self) -> Stream[NamespaceChange]:
        """Every change of every namespace from now on."""
        return Stream(self._native.namespaces(), _change)

    def emit(self, name: str, *args: Any, **options: Any) -> Receipt:
        """:meth:`Namespace.emit` of ``/``."""
        return self._main.emit(name, *args, **options)

    def emit_with_ack(self, name: str, *args: Any, **options: Any) -> Ack:
        """:meth:`Namespace.emit_with_ack` of ``/``."""
        return self._main.emit_with_ack(name, *args, **options)

    def events(self, name: Optional[str] = None) -> Stream[Event]:
        """:meth:`Namespace.events` of ``/``."""
        return self._main.events(name)


def _change(item: Any) -> NamespaceChange:
    if item.is_NAMESPACE_CONNECTED():
        return NamespaceChange(item.namespace, True, recovered=item.recovered, sid=item.sid)
    return NamespaceChange(item.namespace, False, error=RejoinError._of(item.failure))
