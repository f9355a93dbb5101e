from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any, Generic, Optional, Type, TypeVar, Union
from urllib.parse import urlsplit

from . import _options, rejoin_ffi as ffi
from ._calls import Calls, Native
from ._credentials import CredentialsCallback
from ._errors import invalid, translated
from ._options import Seconds
from ._receipts import Receipt
from ._states import NetworkHint, State, Stats, read_state, read_stats
from ._streams import Stream

N = TypeVar("N", ffi.Client, ffi.SocketIoClient)
Self = TypeVar("Self", bound="Connection[Any]")


class Connection(Generic[N]):
    """What every client does, whatever its protocol."""

    def __init__(self, native: N, url: str, credentials: Optional[CredentialsCallback]) -> None:
        self._native: N = native
        self._label = urlsplit(url).netloc.rpartition("@")[2]
        self._calls = Calls(native, self._label, credentials)

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


class Client(Connection[ffi.Client]):
    """A client that stays connected to a WebSocket server (``ws://`` or ``wss://``).

    Every option has a default, given in its own documentation; times are seconds or ``timedelta``. ``credentials`` is
    asked at each attempt to connect, and may be a coroutine function. Raises :class:`RejoinError` with the code
    ``invalid_argument`` for an option that is wrong.
    """

    def __init__(
        self, url: str, *, credentials: Optional[CredentialsCallback] = None, **options: Any
    ) -> None:
        native_options = _options.build(credentials=credentials is not None, **options)
        with translated():
            native = ffi.Client(_options.text("url", url), native_options)
        super().__init__(native, url, credentials)

    def send(
        self,
        message: Union[str, bytes, bytearray, memoryview],
        *,
        volatile: bool = False,
        ttl: Optional[Seconds] = None,
        key: Optional[str] = None,
    ) -> Receipt:
        """Sends text or bytes, now or when there is a connection, in order.

        ``volatile``: now or not at all. ``ttl``: how long it may wait. ``key``: replaces a waiting message of that key.
        Raises :class:`RejoinError` if it was not accepted: ``queue_full``, ``too_big``, ``client_closed``.
        """
        options = _options.send_options(volatile, ttl, key)
        with translated():
            if isinstance(message, str):
                receipt = self._native.send_text(_options.text("message", message), options)
            elif isinstance(message, (bytes, bytearray, memoryview)):
                receipt = self._native.send_binary(bytes(message), options)
            else:
                raise invalid("message", "must be str or bytes")
        return Receipt(receipt, self._calls)

    def messages(self) -> Stream[Union[str, bytes]]:
        """The messages that arrive from now on. Each call gives a consumer of its own, which gets every message."""
        return Stream(self._native.messages(), lambda item: item.text if item.is_TEXT() else item.bytes)
