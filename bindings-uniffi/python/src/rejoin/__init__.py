"""Stays connected to WebSocket and Socket.IO servers, and says what became of each message.

>>> async with rejoin.Client("wss://example.com/live") as client:
...     client.send("hello")
...     async for message in client.messages():
...         print(message)
"""

from ._client import Client, Session
from ._credentials import Auth, Credentials, CredentialsCallback, CredentialsReason, Token
from ._errors import RejoinError
from ._options import Backoff, Heartbeat, Inbound, InboundPolicy, Options, Outbox, Overflow, Proxy, TextHeartbeat, Tls
from ._receipts import Outcome, Receipt
from ._socketio import (
    Ack,
    Event,
    Limits,
    Namespace,
    NamespaceChange,
    Parser,
    SocketIOClient,
    SocketIOSession,
    Transport,
)
from ._states import (
    Connected,
    Connecting,
    Disconnected,
    Disconnecting,
    NetworkHint,
    Phase,
    State,
    Stats,
    Waiting,
)
from ._streams import Stream
from .rejoin_ffi import version

__version__ = version()

__all__ = [
    "Ack",
    "Auth",
    "Backoff",
    "Client",
    "Connected",
    "Connecting",
    "Credentials",
    "CredentialsCallback",
    "CredentialsReason",
    "Disconnected",
    "Disconnecting",
    "Event",
    "Heartbeat",
    "Inbound",
    "InboundPolicy",
    "Limits",
    "Namespace",
    "NamespaceChange",
    "NetworkHint",
    "Options",
    "Outbox",
    "Outcome",
    "Overflow",
    "Parser",
    "Phase",
    "Proxy",
    "Receipt",
    "RejoinError",
    "Session",
    "SocketIOClient",
    "SocketIOSession",
    "State",
    "Stats",
    "Stream",
    "TextHeartbeat",
    "Tls",
    "Token",
    "Transport",
    "Waiting",
]
