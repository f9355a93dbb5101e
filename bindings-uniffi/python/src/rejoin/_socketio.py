from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any, Generator, List, Mapping, Optional, Sequence, Union

from . import _options, rejoin_ffi as ffi
from ._calls import Calls
from ._client import Connection
from ._credentials import CredentialsCallback
from ._errors import RejoinError, invalid, translated
from ._options import Seconds
from ._payload import decode, encode
from ._receipts import Outcome, Receipt
from ._streams import Stream


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
        options = ffi.EmitOptions(
            send=_options.send_options(volatile, ttl, key),
            timeout_ms=_options.millis("timeout", timeout),
            retries=_options.whole("retries", retries, 2**32 - 1),
        )
        text, payload = _options.text("name", name), encode(args)
        call, future = self._calls.open()
        try:
            with translated():
                pending = self._native.emit_with_ack(self.name, text, payload, options, call)
        except BaseException:
            future.cancel()
            raise
        return Ack(pending, future)

    def events(self, name: Optional[str] = None) -> Stream[Event]:
        """The events that arrive from now on, of one name or all. Each call gives a consumer of its own."""
        only = None if name is None else _options.text("name", name)
        return Stream(self._native.events(self.name, only), Event)


class SocketIOClient(Connection[ffi.SocketIoClient]):
    """A client that stays connected to a Socket.IO server (``http://``, ``https://``, ``ws://`` or ``wss://``).

    ``namespaces`` are connected in each handshake (a mapping gives each its ``auth``); default ``/``. The other options
    are those of :class:`Client`.
    """

    def __init__(
        self,
        url: str,
        *,
        path: Optional[str] = None,
        namespaces: Union[Sequence[str], Mapping[str, Optional[Mapping[str, Any]]]] = (),
        credentials: Optional[CredentialsCallback] = None,
        **options: Any,
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
        )
        native_options = _options.build(credentials=credentials is not None, **options)
        with translated():
            native = ffi.SocketIoClient(_options.text("url", url), native_options, socketio)
        super().__init__(native, url, credentials)
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
