from __future__ import annotations

import asyncio
from types import TracebackType
from typing import TYPE_CHECKING, Any, Awaitable, Callable, Generic, Optional, Type, TypeVar, Union
from urllib.parse import urlsplit

from . import _options, rejoin_ffi as ffi
from ._calls import Calls, Step
from ._credentials import CredentialsCallback
from ._errors import invalid, translated
from ._logs import forward
from ._options import Options, Seconds, TextHeartbeat
from ._receipts import Receipt
from ._states import NetworkHint, State, Stats, read_state, read_stats
from ._streams import Stream

if TYPE_CHECKING:
    from typing_extensions import Unpack

Content = Union[str, bytes, bytearray, memoryview]
"""What a message may be given as."""

N = TypeVar("N", ffi.Client, ffi.SocketIoClient)
Self = TypeVar("Self", bound="Connection[Any]")


class Connection(Generic[N]):
    """What every client does, whatever its protocol."""

    def __init__(
        self, native: N, url: str, credentials: Optional[CredentialsCallback], step: Optional[Step]
    ) -> None:
        forward()
        self._native: N = native
        self._label = urlsplit(url).netloc.rpartition("@")[2]
        self._calls = Calls(native, self._label, credentials, step)

    async def connect(self) -> None:
        """Connects, and returns when connected: by then the outbox flows.

        The first connection is tried as often as any later one. Cancelling the wait does not stop it.
        Raises :class:`RejoinError` with what ended the attempts.
        """
        call, done = self._calls.open()
        with translated():
            self._native.connect(call)
        await done

    async def disconnect(self) -> None:
        """Sends what can be sent, closes, and returns when disconnected. What could not be sent stays in the outbox."""
        call, done = self._calls.open()
        with translated():
            self._native.disconnect(call)
        await done

    async def close(self) -> None:
        """Disconnects for good: every message comes to its end, every stream ends. Closing again does nothing."""
        call, done = self._calls.open()
        with translated():
            self._native.close(call)
        await done

    @property
    def state(self) -> State:
        """The state now."""
        return read_state(self._native.state())

    def states(self) -> Stream[State]:
        """Every change of state from now on."""
        return Stream(self._native.states(), lambda item: read_state(item.state))

    @property
    def stats(self) -> Stats:
        """What was counted so far."""
        return read_stats(self._native.stats())

    def network(self, hint: NetworkHint) -> None:
        """Tells what the application knows about the network. It never undoes a disconnect."""
        if not isinstance(hint, NetworkHint):
            raise invalid("hint", "must be a NetworkHint")
        self._native.network(ffi.NetworkHint[hint.name])

    async def __aenter__(self: Self) -> Self:
        try:
            await self.connect()
        except BaseException:
            await asyncio.shield(self.close())
            raise
        return self

    async def __aexit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<rejoin.{type(self).__name__} {self._label} {self.state.name}>"


class Session:
    """What the on-connect step of a :class:`Client` works with: the new connection, before anything else uses it."""

    def __init__(self, native: ffi.Session, calls: Calls) -> None:
        self._native = native
        self._calls = calls

    def send(self, message: Content) -> Receipt:
        """Sends text or bytes ahead of all that waits. It is not kept for another connection."""
        content = _content(message)
        with translated():
            if isinstance(content, str):
                return Receipt(self._native.send_text(content), self._calls)
            return Receipt(self._native.send_binary(content), self._calls)

    def messages(self) -> Stream[Union[str, bytes]]:
        """The messages that arrive from now on."""
        return Stream(self._native.messages(), _message)


class Client(Connection[ffi.Client]):
    """A client that stays connected to a WebSocket server (``ws://`` or ``wss://``).

    ``credentials`` is asked at each attempt to connect. ``on_connect`` runs at every connection before messages flow: to
    authenticate in-band, or to join again; if it raises, the attempt has failed. Both may be coroutine functions. The
    other options are those of :class:`Options`. Raises :class:`RejoinError` with the code ``invalid_argument`` for an
    option that is wrong.
    """

    def __init__(
        self,
        url: str,
        *,
        credentials: Optional[CredentialsCallback] = None,
        on_connect: Optional[Callable[[Session], Optional[Awaitable[None]]]] = None,
        text_heartbeat: Optional[TextHeartbeat] = None,
        **options: Unpack[Options],
    ) -> None:
        has = {"credentials": credentials is not None, "on_connect": on_connect is not None}
        native_options = _options.build(**options, **has)
        ping = _options.text_ping(text_heartbeat)
        with translated():
            native = ffi.Client(_options.text("url", url), native_options, ping)
        step: Optional[Step] = None
        if on_connect is not None:
            callback = on_connect
            step = lambda session, calls: callback(Session(session, calls))  # noqa: E731
        super().__init__(native, url, credentials, step)

    def send(
        self,
        message: Content,
        *,
        volatile: bool = False,
        ttl: Optional[Seconds] = None,
        key: Optional[str] = None,
    ) -> Receipt:
        """Sends text or bytes, now or when there is a connection, in order.

        ``volatile``: now or not at all. ``ttl``: how long it may wait. ``key``: replaces a waiting message of that key.
        Raises :class:`RejoinError` if it was not accepted: ``queue_full``, ``too_big``, ``client_closed``.
        """
        options, content = _options.send_options(volatile, ttl, key), _content(message)
        with translated():
            if isinstance(content, str):
                return Receipt(self._native.send_text(content, options), self._calls)
            return Receipt(self._native.send_binary(content, options), self._calls)

    def messages(self) -> Stream[Union[str, bytes]]:
        """The messages that arrive from now on. Each call gives a consumer of its own, which gets every message."""
        return Stream(self._native.messages(), _message)

    @property
    def subprotocol(self) -> Optional[str]:
        """The subprotocol that the server chose for the connection, or for the last one."""
        return self._native.subprotocol()


def _content(message: Content) -> Union[str, bytes]:
    if isinstance(message, str):
        return _options.text("message", message)
    if isinstance(message, (bytes, bytearray, memoryview)):
        return bytes(message)
    raise invalid("message", "must be str or bytes")


def _message(item: Any) -> Union[str, bytes]:
    return item.text if item.is_TEXT() else item.bytes  # type: ignore[no-any-return]
