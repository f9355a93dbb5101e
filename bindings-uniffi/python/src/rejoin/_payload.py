"""Arguments of events, between Python's values and JSON text with attachments."""

from __future__ import annotations

import json
from typing import Any, List, Sequence

from . import rejoin_ffi as ffi
from ._errors import invalid


def encode(args: Sequence[Any]) -> ffi.Payload:
    """Bytes at any depth become attachments."""
    attachments: List[bytes] = []

    def detach(value: Any) -> Any:
        if isinstance(value, (bytes, bytearray, memoryview)):
            attachments.append(bytes(value))
            return {"_placeholder": True, "num": len(attachments) - 1}
        raise TypeError(f"a {type(value).__name__} is no JSON")

    try:
        text = json.dumps(list(args), default=detach, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise invalid("args", str(error)) from None
    return ffi.Payload(json=text, attachments=attachments)


def decode(payload: ffi.Payload) -> List[Any]:
    attachments = payload.attachments
    if not attachments:
        return json.loads(payload.json)  # type: ignore[no-any-return]

    def attach(value: dict[str, Any]) -> Any:
        number = value.get("num")
        if value.get("_placeholder") is True and isinstance(number, int) and 0 <= number < len(attachments):
            return attachments[number]
        return value

    return json.loads(payload.json, object_hook=attach)  # type: ignore[no-any-return]
