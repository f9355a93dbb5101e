"""What the core logs, handed to the logger ``rejoin`` of :mod:`logging`, from a thread of its own."""

from __future__ import annotations

import asyncio
import atexit
import logging
import os
import threading
from typing import Any, Optional

from . import rejoin_ffi as ffi

logger = logging.getLogger("rejoin")

_LEVELS = {
    "ERROR": logging.ERROR,
    "WARN": logging.WARNING,
    "INFO": logging.INFO,
    "DEBUG": logging.DEBUG,
    "TRACE": logging.DEBUG,
}
_BATCH = 512

_lock = threading.Lock()
_forwarder: Optional[_Forwarder] = None


class _Forwarder:
    def __init__(self) -> None:
        self.process = os.getpid()
        self._mailbox = ffi.logs()
        self._stopping = False
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="rejoin log", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """What is there is still written. Afterwards nothing of the core calls an interpreter that is ending."""
        if self.process == os.getpid():
            self._stopping = True
            self._mailbox.interrupt()
            self._thread.join(timeout=1)

    async def _run(self) -> None:
        while not self._stopping:
            await self._mailbox.ready()
            for item in self._mailbox.drain(_BATCH).items:
                self._write(item)

    @staticmethod
    def _write(item: Any) -> None:
        if item.is_LAGGED():
            logger.warning("%d records were lost: they came faster than they were written", item.missed)
        else:
            logger.log(_LEVELS[item.level.name], "%s", item.text)


def forward() -> None:
    """Starts it, once in a process: a fork has the memory of its parent, and none of its threads."""
    global _forwarder
    with _lock:
        if _forwarder is None or _forwarder.process != os.getpid():
            _forwarder = _Forwarder()
            atexit.register(_forwarder.stop)
