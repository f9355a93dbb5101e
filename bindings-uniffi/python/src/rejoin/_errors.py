from __future__ import annotations

import contextlib
import json
from typing import Any, Iterator, Optional

from . import rejoin_ffi as ffi


class RejoinError(Exception):
    """What went wrong, and what to do about it.

    ``code`` is stable and the same in every language, ``retryable`` says whether it may pass without a change by the
    application, ``remedy`` what the caller can do. ``close_code`` (WebSocket), ``status`` (HTTP) and ``data`` (what a
    Socket.IO server said when it refused a namespace) are there where they apply.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        retryable: bool = False,
        remedy: str = "",
        close_code: Optional[int] = None,
        status: Optional[int] = None,
        data: Any = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.retryable = retryable
        self.remedy = remedy
        self.close_code = close_code
        self.status = status
        self.data = data

    @classmethod
    def _of(cls, failure: ffi.Failure) -> RejoinError:
        return cls(
            failure.code,
            failure.text,
            retryable=failure.retryable,
            remedy=failure.remedy,
            close_code=failure.close_code,
            status=failure.status,
            data=None if failure.data is None else json.loads(failure.data),
        )


def invalid(field: str, expected: str) -> RejoinError:
    """The error about a value that cannot be given to the core at all."""
    return RejoinError(
        "invalid_argument", f"{field}: {expected}", remedy="Correct the argument that the message names."
    )


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Raises what the core throws as :class:`RejoinError`."""
    try:
        yield
    except ffi.Failed as failed:
        raise RejoinError._of(failed.failure) from None  # type: ignore[attr-defined]
