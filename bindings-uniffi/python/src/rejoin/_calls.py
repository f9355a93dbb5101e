from __future__ import annotations

import asyncio
import inspect
import itertools
import weakref
from typing import Any, Awaitable, Callable, Coroutine, Dict, Optional, Set, Tuple, Union

from . import rejoin_ffi as ffi
from ._credentials import CredentialsCallback, CredentialsReason, answer
from ._errors import RejoinError
from ._logs import logger
from ._payload import decode
from ._receipts import Outcome

Native = Union[ffi.Client, ffi.SocketIoClient]

Step = Callable[[Any, "Calls"], Optional[Awaitable[None]]]
"""An on-connect step, given the native session and the calls that answer what it sends."""

_BATCH = 512


class Calls:
    """Resolves the futures of one client from its mailbox.

    Its task refers to the mailbox and not to the client, so that a client that nobody holds any more is closed.
    """

    def __init__(self, native: Native, label: str, credentials: Optional[CredentialsCallback], step: Optional[Step]) -> None:
        self._native = weakref.ref(native)
        self._mailbox = native.mailbox()
        self._label = label
        self._credentials = credentials
        self._step = step
        self._numbers = itertools.count(1)
        self._futures: Dict[int, asyncio.Future[Any]] = {}
        self._questions: Set[asyncio.Task[None]] = set()
        self._task: Optional[asyncio.Task[None]] = None

    def open(self) -> Tuple[int, asyncio.Future[Any]]:
        """A number for a call, and the future that its answer resolves."""
        loop = asyncio.get_running_loop()
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._run(), name=f"rejoin {self._label}")
        elif self._task.get_loop() is not loop:
            raise RejoinError(
                "invalid_argument",
                "loop: the client is in use in another event loop",
                remedy="Use a client in one event loop, or rejoin.sync.",
            )
        number = next(self._numbers)
        future: asyncio.Future[Any] = loop.create_future()
        self._futures[number] = future
        future.add_done_callback(lambda _: self._futures.pop(number, None))
        return number, future

    async def _run(self) -> None:
        ended = False
        while not ended:
            await self._mailbox.ready()
            batch = self._mailbox.drain(_BATCH)
            ended = batch.ended
            for item in batch.items:
                self._handle(item)

    def _handle(self, item: Any) -> None:
        if item.is_RECEIPT():
            self._resolve(item.call, Outcome[item.outcome.name])
        elif item.is_ACKNOWLEDGED():
            self._resolve(item.call, (Outcome.ACKNOWLEDGED, decode(item.args)))
        elif item.is_UNACKNOWLEDGED():
            self._resolve(item.call, (Outcome[item.outcome.name], RejoinError._of(item.failure)))
        elif item.is_COMPLETED():
            if item.failure is None:
                self._resolve(item.call, None)
            else:
                self._fail(item.call, RejoinError._of(item.failure))
        elif item.is_CREDENTIALS():
            self._start(self._ask(item.request, item.reason))
        elif item.is_ON_CONNECT() or item.is_ON_SOCKET_IO_CONNECT():
            self._start(self._take_step(item.request, item.session))

    def _resolve(self, call: int, result: Any) -> None:
        future = self._futures.get(call)
        if future is not None and not future.done():
            future.set_result(result)

    def _fail(self, call: int, error: RejoinError) -> None:
        future = self._futures.get(call)
        if future is not None and not future.done():
            future.set_exception(error)

    def _start(self, question: Coroutine[Any, Any, None]) -> None:
        """In a task of its own: a callback that is slow or fails stops nothing."""
        task = asyncio.get_running_loop().create_task(question)
        self._questions.add(task)
        task.add_done_callback(self._questions.discard)

    async def _take_step(self, request: int, session: Any) -> None:
        failure: Optional[str] = None
        try:
            if self._step is not None:
                done = self._step(session, self)
                if inspect.isawaitable(done):
                    await done
        except Exception as error:
            logger.warning("%s: the on-connect step failed", self._label, exc_info=error)
            failure = f"{type(error).__name__}: {error}"
        native = self._native()
        if native is not None:
            native.answer_on_connect(request, failure)

    async def _ask(self, request: int, reason: ffi.CredentialsReason) -> None:
        try:
            credentials: Any = None
            if self._credentials is not None:
                credentials = self._credentials(CredentialsReason[reason.name])
                if inspect.isawaitable(credentials):
                    credentials = await credentials
            told: Any = answer(credentials)
        except Exception as error:
            logger.warning("%s: the credentials callback failed", self._label, exc_info=error)
            told = ffi.CredentialsAnswer.FAILED(f"{type(error).__name__}: {error}")
        native = self._native()
        if native is not None:
            native.answer_credentials(request, told)
