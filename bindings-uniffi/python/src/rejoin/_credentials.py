from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Awaitable, Callable, Mapping, Union

from . import rejoin_ffi as ffi


class CredentialsReason(Enum):
    """Why the credentials callback is asked."""

    CONNECT = "connect"
    """A new attempt to connect."""
    REFUSED = "refused"
    """The server refused the last ones: the same ones again will not do."""


@dataclass(frozen=True)
class Token:
    """A bearer token: the ``Authorization`` header of a WebSocket, ``{"token": …}`` of Socket.IO."""

    value: str = field(repr=False)


@dataclass(frozen=True)
class Auth:
    """The ``auth`` object of Socket.IO."""

    value: Mapping[str, Any] = field(repr=False)


Credentials = Union[Token, Auth, str, None]
"""A ``str`` is a bearer token, ``None`` connects anonymously."""

CredentialsCallback = Callable[[CredentialsReason], Union[Credentials, Awaitable[Credentials]]]


def answer(credentials: Credentials) -> Any:
    """As the core takes it: what the generated code calls the variants of an enum are types of their own."""
    if credentials is None:
        return ffi.CredentialsAnswer.ANONYMOUS()  # type: ignore[no-untyped-call]
    if isinstance(credentials, str):
        return ffi.CredentialsAnswer.TOKEN(credentials)
    if isinstance(credentials, Token):
        return ffi.CredentialsAnswer.TOKEN(credentials.value)
    if isinstance(credentials, Auth):
        return ffi.CredentialsAnswer.AUTH(json.dumps(credentials.value))
    raise TypeError(f"the credentials callback answered a {type(credentials).__name__}")
