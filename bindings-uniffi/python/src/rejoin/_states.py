from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, Optional, Union

from . import rejoin_ffi as ffi
from ._errors import RejoinError


class Phase(Enum):
    """How far an attempt to connect is."""

    CREDENTIALS = "credentials"
    OPENING = "opening"
    HANDSHAKE = "handshake"
    REJOINING = "rejoining"


class NetworkHint(Enum):
    """What the application knows about the network."""

    ONLINE = "online"
    OFFLINE = "offline"
    WOKE = "woke"
    FOREGROUND = "foreground"
    BACKGROUND = "background"


@dataclass(frozen=True)
class Disconnected:
    """No connection, and none is attempted until the application calls ``connect``."""

    reason: Optional[RejoinError] = None
    name = "disconnected"


@dataclass(frozen=True)
class Connecting:
    """An attempt is on its way; ``attempt`` counts from 1 since the last stable connection."""

    attempt: int
    phase: Phase
    name = "connecting"


@dataclass(frozen=True)
class Connected:
    """Messages flow. ``resumed``: the server kept the session, nothing was missed."""

    resumed: bool
    name = "connected"


@dataclass(frozen=True)
class Waiting:
    """The next attempt is due in ``retry_in`` seconds, counted from when this state was read."""

    attempt: int
    retry_in: float
    cause: RejoinError
    name = "waiting"


@dataclass(frozen=True)
class Disconnecting:
    """What was accepted is being sent, then the close."""

    name = "disconnecting"


State = Union[Disconnected, Connecting, Connected, Waiting, Disconnecting]


@dataclass(frozen=True)
class Stats:
    """What a client has counted since it was made, and what it holds now."""

    attempts: int
    connects: int
    frames_sent: int
    frames_received: int
    outbox_messages: int
    outbox_bytes: int
    unobserved: int


def read_state(state: Any) -> State:
    if state.is_DISCONNECTED():
        return Disconnected(None if state.reason is None else RejoinError._of(state.reason))
    if state.is_CONNECTING():
        return Connecting(state.attempt, Phase[state.phase.name])
    if state.is_CONNECTED():
        return Connected(state.resumed)
    if state.is_WAITING():
        return Waiting(state.attempt, state.retry_in_ms / 1000, RejoinError._of(state.cause))
    return Disconnecting()


def read_stats(stats: ffi.Stats) -> Stats:
    return Stats(**{name: getattr(stats, name) for name in Stats.__dataclass_fields__})
