"""The same clients for programs without asyncio: calls block, and streams are plain iterators.

>>> with rejoin.sync.Client("wss://example.com/live") as client:
...     client.send("hello").result(timeout=5)
...     for message in client.messages():
...         print(message)
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from typing import Any, Coroutine, Generic, Iterator, Optional, TypeVar, Union

import rejoin

T = TypeVar("T")

_lock = threading.Lock()
_loop: Optional[asyncio.AbstractEventLoop] = None


def _running() -> asyncio.AbstractEventLoop:
    """The event loop of all blocking clients, in a thread of its own."""
    global _loop
    with _lock:
        if _loop is None:
            _loop = asyncio.new_event_loop()
            threading.Thread(target=_loop.run_forever, name="rejoin", daemon=True).start()
        return _loop


def _wait(work: Coroutine[Any, Any, T], timeout: Optional[float]) -> T:
    future = asyncio.run_coroutine_threadsafe(work, _running())
    try:
        return future.result(timeout)
    except concurrent.futures.TimeoutError:
        future.cancel()
        raise TimeoutError(f"not within {timeout} s") from None


async def _result(awaitable: Any) -> Any:
    return await awaitable


class Pending(Generic[T]):
    """What becomes of a message, or the server's answer."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def result(self, timeout: Optional[float] = None) -> T:
        """Waits for it. Raises ``TimeoutError`` after ``timeout`` seconds; it can be waited for again."""
        return _wait(_result(self._inner), timeout)  # type: ignore[no-any-return]

    def withdraw(self) -> bool:
        """Takes the message back if it was not sent yet."""
        return self._inner.withdraw()  # type: ignore[no-any-return]


class Stream(Iterator[T]):
    """What happens from now on, for one consumer."""

    def __init__(self, inner: rejoin.Stream[T]) -> None:
        self._inner = inner

    def __next__(self) -> T:
        try:
            return _wait(self._inner.__anext__(), None)
        except StopAsyncIteration:
            raise StopIteration from None

    def get(self, timeout: Optional[float] = None) -> T:
        """The next item; ``TimeoutError`` after ``timeout`` seconds, which loses nothing."""
        return _wait(self._inner.__anext__(), timeout)


class _Connection:
    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def connect(self, timeout: Optional[float] = None) -> None:
        """Connects, and returns when connected. A time-out does not stop it."""
        _wait(self._inner.connect(), timeout)

    def disconnect(self) -> None:
        """Sends what can be sent, and disconnects."""
        _wait(self._inner.disconnect(), None)

    def close(self) -> None:
        """Disconnects for good."""
        _wait(self._inner.close(), None)

    @property
    def state(self) -> rejoin.State:
        """The state now."""
        return self._inner.state  # type: ignore[no-any-return]

    @property
    def stats(self) -> rejoin.Stats:
        """What was counted so far."""
        return self._inner.stats  # type: ignore[no-any-return]

    def network(self, hint: rejoin.NetworkHint) -> None:
        """Tells what the application knows about the network."""
        self._inner.network(hint)

    def __enter__(self) -> Any:
        self.connect()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Client(_Connection):
    """:class:`rejoin.Client`, blocking."""

    def __init__(self, url: str, **options: Any) -> None:
        super().__init__(rejoin.Client(url, **options))

    def send(self, message: Union[str, bytes], **options: Any) -> Pending[rejoin.Outcome]:
        """As :meth:`rejoin.Client.send`."""
        return Pending(self._inner.send(message, **options))

    def messages(self) -> Stream[Union[str, bytes]]:
        """The messages that arrive from now on."""
        return Stream(self._inner.messages())


class SocketIOClient(_Connection):
    """:class:`rejoin.SocketIOClient`, blocking."""

    def __init__(self, url: str, **options: Any) -> None:
        super().__init__(rejoin.SocketIOClient(url, **options))

    def emit(self, name: str, *args: Any, **options: Any) -> Pending[rejoin.Outcome]:
        """As :meth:`rejoin.SocketIOClient.emit`."""
        return Pending(self._inner.emit(name, *args, **options))

    def emit_with_ack(
        self, name: str, *args: Any, wait: Optional[float] = None, **options: Any
    ) -> Any:
        """Emits an event, and returns the server's answer; ``wait`` bounds the whole call, in seconds."""

        async def ask() -> Any:
            return await self._inner.emit_with_ack(name, *args, **options)

        return _wait(ask(), wait)

    def events(self, name: Optional[str] = None) -> Stream[rejoin.Event]:
        """The events of ``/`` that arrive from now on."""
        return Stream(self._inner.events(name))
