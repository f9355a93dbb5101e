"""Numbered messages: what arrived of others', and what became of our own."""

from __future__ import annotations

from typing import Any, Dict, Set

import rejoin


class Counting:
    def __init__(self) -> None:
        self.on = False
        self._seen: Dict[str, Dict[str, int]] = {}
        self._numbers: Dict[str, Set[int]] = {}
        self._ends = {"sent": 0, "acknowledged": 0, "failed": 0}

    def count(self, value: Any) -> bool:
        """Counts a numbered message. False: it is to be printed."""
        if not self.on or not isinstance(value, dict):
            return False
        number = value.get("seq")
        if isinstance(number, bool) or not isinstance(number, int):
            return False
        client = value.get("client") or "anonymous"
        seen = self._seen.setdefault(
            client, {"received": 0, "unique": 0, "duplicates": 0, "reordered": 0, "high": 0}
        )
        numbers = self._numbers.setdefault(client, set())
        seen["received"] += 1
        if number in numbers:
            seen["duplicates"] += 1
        else:
            numbers.add(number)
            seen["unique"] += 1
            seen["reordered"] += number < seen["high"]
        seen["high"] = max(seen["high"], number)
        return True

    def ended(self, outcome: rejoin.Outcome) -> None:
        """One of a burst's messages came to its end."""
        self._ends[outcome.value if outcome.value in self._ends else "failed"] += 1

    def stats(self) -> Dict[str, Any]:
        return {"seen": self._seen, **self._ends}
