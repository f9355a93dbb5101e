"""The ``config`` of an operation, as options of the package."""

from __future__ import annotations

from typing import Any, Dict

import rejoin


def invalid(field: str, expected: str) -> rejoin.RejoinError:
    return rejoin.RejoinError("invalid_argument", f"{field}: {expected}")


def unsupported(what: str) -> rejoin.RejoinError:
    return rejoin.RejoinError("unsupported", f"{what} is not available")


def _seconds(value: Any) -> Any:
    return value / 1000 if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def _fields(section: str, given: Any, known: Dict[str, Any]) -> Dict[str, Any]:
    """The fields of a section: ``known`` maps the name in a line to the option and how to read it."""
    if not isinstance(given, dict):
        raise invalid(section, "must be an object")
    fields = {}
    for name, value in given.items():
        if name not in known:
            raise invalid(f"{section}.{name}", "is no option")
        option, read = known[name]
        fields[option] = read(value)
    return fields


def _same(value: Any) -> Any:
    return value


def _choice(kind: Any) -> Any:
    def read(value: Any) -> Any:
        try:
            return kind(value)
        except ValueError:
            raise invalid(kind.__name__.lower(), f"there is no {value!r}") from None

    return read


_BACKOFF = {
    "initial_ms": ("initial", _seconds),
    "max_ms": ("max", _seconds),
    "factor": ("factor", _same),
    "max_attempts": ("max_attempts", _same),
    "reset_after_ms": ("reset_after", _seconds),
}
_HEARTBEAT = {"interval_ms": ("interval", _seconds), "timeout_ms": ("timeout", _seconds)}
_OUTBOX = {
    "max_messages": ("max_messages", _same),
    "max_bytes": ("max_bytes", _same),
    "overflow": ("overflow", _choice(rejoin.Overflow)),
}
_INBOUND = {"max_messages": ("max_messages", _same), "policy": ("policy", _choice(rejoin.InboundPolicy))}
_TOP = {
    "backoff": ("backoff", lambda value: rejoin.Backoff(**_fields("backoff", value, _BACKOFF))),
    "connect_timeout_ms": ("connect_timeout", _seconds),
    "heartbeat": ("heartbeat", lambda value: rejoin.Heartbeat(**_fields("heartbeat", value, _HEARTBEAT))),
    "probe_timeout_ms": ("probe_timeout", _seconds),
    "outbox": ("outbox", lambda value: rejoin.Outbox(**_fields("outbox", value, _OUTBOX))),
    "inbound": ("inbound", lambda value: rejoin.Inbound(**_fields("inbound", value, _INBOUND))),
    "ack_timeout_ms": ("ack_timeout", _seconds),
    "close_grace_ms": ("close_grace", _seconds),
    "headers": ("headers", _same),
    "subprotocols": ("subprotocols", _same),
    "credentials": ("credentials", _same),
    "path": ("path", _same),
    "transports": ("transports", lambda names: [_choice(rejoin.Transport)(name) for name in names]),
    "max_message_bytes": ("max_message_bytes", _same),
}


def read(config: Dict[str, Any], protocol: str) -> Dict[str, Any]:
    """Capabilities that the client does not have are refused rather than ignored."""
    config = dict(config)
    if config.pop("compression", False):
        raise unsupported("compression")
    if isinstance(config.get("outbox"), dict):
        config["outbox"] = dict(config["outbox"])
        if config["outbox"].pop("store", None) is not None:
            raise unsupported("outbox.store")
    for name in ("path", "transports"):
        if protocol == "websocket" and name in config:
            raise invalid(name, "is of Socket.IO")
    return _fields("config", config, _TOP)
