from __future__ import annotations

from collections import deque
from typing import Any, AsyncIterator, Callable, Deque, Generic, TypeVar

from . import rejoin_ffi as ffi

T = TypeVar("T")

_BATCH = 512


class Stream(AsyncIterator[T], Generic[T]):
    """What happens from now on, for one consumer; each consumer gets every item. It ends when the client is closed.

    Cancelling a wait loses nothing. Reading too slowly stops the reading from the network, unless the client's inbound
    policy is lossy; then :attr:`missed` counts.
    """

    def __init__(self, mailbox: ffi.Mailbox, convert: Callable[[Any], T]) -> None:
        self._mailbox = mailbox
        self._convert = convert
        self._items: Deque[Any] = deque()
        self._ended = False
        self._missed = 0
        self._waiting = 0

    @property
    def missed(self) -> int:
        """How many items were dropped for this consumer before the one that was read last."""
        return self._missed

    def __aiter__(self) -> Stream[T]:
        return self

    async def __anext__(self) -> T:
        while True:
            while self._items:
                item = self._items.popleft()
                if not item.is_LAGGED():
                    self._hand()
                    return self._convert(item)
                self._missed += item.missed
            if self._ended:
                raise StopAsyncIteration
            self._drain()
            if not self._items and not self._ended:
                await self._wait()

    def drain(self) -> list[T]:
        """What is there, without waiting."""
        self._drain()
        items = [item for item in self._items if not item.is_LAGGED()]
        self._missed += sum(item.missed for item in self._items if item.is_LAGGED())
        self._items.clear()
        return [self._convert(item) for item in items]

    async def _wait(self) -> None:
        self._waiting += 1
        try:
            await self._mailbox.ready()
        finally:
            self._waiting -= 1
            self._hand()

    def _hand(self) -> None:
        """What one task drained and left is there for another one that waits for the mailbox."""
        if self._waiting and self._items:
            self._mailbox.interrupt()

    def _drain(self) -> None:
        batch = self._mailbox.drain(_BATCH)
        self._items.extend(batch.items)
        self._ended = batch.ended
