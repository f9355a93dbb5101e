from __future__ import annotations

import asyncio
from enum import Enum
from typing import TYPE_CHECKING, Any, Generator, Optional

from . import rejoin_ffi as ffi

if TYPE_CHECKING:
    from ._calls import Calls


class Outcome(Enum):
    """What became of a message."""

    SENT = "sent"
    """It was handed to a link that showed life afterwards. This does not prove delivery."""
    ACKNOWLEDGED = "acknowledged"
    """The peer acknowledged it."""
    EXPIRED = "expired"
    """Its time to live ended before it was sent."""
    DROPPED = "dropped"
    """The overflow policy, a newer message of the same key, or the lack of a connection (volatile) dropped it."""
    WITHDRAWN = "withdrawn"
    """The application withdrew it before it was sent."""
    UNCONFIRMED = "unconfirmed"
    """It was handed to a link that died: it may or may not have arrived."""
    REJECTED = "rejected"
    """The server refused it as too big; it is not sent again."""


class Receipt:
    """What becomes of one message: await it, or drop it to ignore that.

    Cancelling the wait changes nothing about the message, and it can be awaited again.
    """

    def __init__(self, native: ffi.Receipt, calls: Calls) -> None:
        self._native = native
        self._calls = calls
        self._future: Optional[asyncio.Future[Outcome]] = None

    @property
    def id(self) -> int:
        """The message's stable id."""
        return self._native.id()

    def withdraw(self) -> bool:
        """Takes the message back if it was not sent yet. False if it was sent or has come to its end."""
        return self._native.withdraw()

    def __await__(self) -> Generator[Any, None, Outcome]:
        if self._future is None:
            call, self._future = self._calls.open()
            self._native.watch(call)
        return asyncio.shield(self._future).__await__()

    def __repr__(self) -> str:
        return f"<rejoin.Receipt {self.id}>"
