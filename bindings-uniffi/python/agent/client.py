"""One named client: its consumers print what happens."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import dataclasses
import json
from typing import Any, Callable, Dict, List, Optional

import rejoin
from config import invalid, read
from counting import Counting

Event = Callable[..., None]


class Pace:
    """How fast a client's consumers read."""

    def __init__(self) -> None:
        self.slow = 0.0
        self.running = asyncio.Event()
        self.paused = asyncio.Event()
        self.running.set()

    def pause(self, paused: bool) -> None:
        (self.running.clear if paused else self.running.set)()
        (self.paused.set if paused else self.paused.clear)()

    async def next(self, stream: rejoin.Stream[Any]) -> Any:
        """The next item, not taken while paused: a wait that is cancelled loses nothing."""
        while True:
            await self.running.wait()
            item = asyncio.ensure_future(stream.__anext__())
            pause = asyncio.ensure_future(self.paused.wait())
            await asyncio.wait({item, pause}, return_when=asyncio.FIRST_COMPLETED)
            pause.cancel()
            if item.done():
                return item.result()
            item.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                return await item


class Client:
    def __init__(self, name: str, protocol: str, url: str, config: Dict[str, Any], say: Event) -> None:
        options = read(config, protocol)
        self.name, self._say = name, say
        self.pace, self.counting = Pace(), Counting()
        self.answer: Callable[[], Any] = lambda: None
        self.questions: Dict[int, rejoin.Event] = {}
        self._listening: set[str] = set()
        self.tasks: set[asyncio.Task[Any]] = set()
        if options.pop("credentials", False):
            options["credentials"] = self._credentials
        if protocol == "websocket":
            self.inner: Any = rejoin.Client(url, **options)
            self.start(self._consume(self.inner.messages(), self._message))
        elif protocol == "socketio":
            self.inner = rejoin.SocketIOClient(url, **options)
            self.start(self._consume(self.inner.namespaces(), self._namespace, self._unpaced))
            self.listen("/")
        else:
            raise invalid("protocol", "must be websocket or socketio")
        self.start(self._consume(self.inner.states(), self._state, self._unpaced))

    def start(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def socketio(self) -> rejoin.SocketIOClient:
        if not isinstance(self.inner, rejoin.SocketIOClient):
            raise invalid("client", "speaks plain WebSocket: use send")
        return self.inner

    def plain(self) -> rejoin.Client:
        if not isinstance(self.inner, rejoin.Client):
            raise invalid("client", "speaks Socket.IO: use emit")
        return self.inner

    def listen(self, namespace: str) -> rejoin.Namespace:
        """The namespace, with a consumer."""
        found = self.socketio().namespace(namespace)
        if namespace not in self._listening:
            self._listening.add(namespace)
            self.start(self._consume(found.events(), self._event))
        return found

    def watch(self, receipt: Any, name: Optional[str]) -> None:
        if name is not None:
            self.start(self._tell(receipt, name))

    async def _tell(self, receipt: rejoin.Receipt, name: str) -> None:
        self.say("receipt", receipt=name, outcome=(await receipt).value)

    def say(self, event: str, **fields: Any) -> None:
        self._say(event, self.name, fields)

    def stats(self) -> Dict[str, Any]:
        return {**dataclasses.asdict(self.inner.stats), **self.counting.stats()}

    async def _consume(self, stream: rejoin.Stream[Any], show: Callable[[Any], None], step: Any = None) -> None:
        missed = 0
        paced = step is None
        with contextlib.suppress(StopAsyncIteration):
            while True:
                item = await (self.pace.next(stream) if paced else step(stream))
                if stream.missed > missed:
                    self.say("lagged", missed=stream.missed - missed)
                    missed = stream.missed
                show(item)
                if paced and self.pace.slow:
                    await asyncio.sleep(self.pace.slow)

    async def _unpaced(self, stream: rejoin.Stream[Any]) -> Any:
        return await stream.__anext__()

    def _message(self, message: Any) -> None:
        if isinstance(message, bytes):
            self.say("message", base64=base64.b64encode(message).decode())
            return
        with contextlib.suppress(ValueError):
            if self.counting.on and self.counting.count(json.loads(message)):
                return
        self.say("message", text=message)

    def _event(self, event: rejoin.Event) -> None:
        args = event.args
        if args and self.counting.count(args[0]):
            return
        fields: Dict[str, Any] = {"namespace": event.namespace, "name": event.name, "args": to_lines(args)}
        if event.wants_ack:
            fields["ack"] = number = len(self.questions) + 1
            self.questions[number] = event
        self.say("event", **fields)

    def _namespace(self, change: rejoin.NamespaceChange) -> None:
        if change.connected:
            self.say("namespace", namespace=change.namespace, state="connected", resumed=change.recovered)
        else:
            error = show_error(change.error)
            self.say("namespace", namespace=change.namespace, state="disconnected", error=error)

    def _state(self, state: rejoin.State) -> None:
        fields: Dict[str, Any] = {"state": state.name}
        if isinstance(state, rejoin.Disconnected) and state.reason is not None:
            fields["reason"] = show_error(state.reason)
        elif isinstance(state, rejoin.Connecting):
            fields.update(attempt=state.attempt, phase=state.phase.value)
        elif isinstance(state, rejoin.Connected):
            fields["resumed"] = state.resumed
        elif isinstance(state, rejoin.Waiting):
            retry_in = int(state.retry_in * 1000)
            fields.update(attempt=state.attempt, retry_in_ms=retry_in, reason=show_error(state.cause))
        self.say("state", **fields)

    async def _credentials(self, reason: rejoin.CredentialsReason) -> Any:
        self.say("credentials", reason=reason.value)
        answer = self.answer()
        return await answer if asyncio.iscoroutine(answer) else answer


def show_error(error: Any) -> Dict[str, Any]:
    shown = {"code": error.code, "message": error.message, "retryable": error.retryable}
    if error.close_code is not None:
        shown["close_code"] = error.close_code
    return shown


def to_lines(value: Any) -> Any:
    """Binary values as lines have them."""
    if isinstance(value, bytes):
        return {"$base64": base64.b64encode(value).decode()}
    if isinstance(value, list):
        return [to_lines(item) for item in value]
    if isinstance(value, dict):
        return {key: to_lines(item) for key, item in value.items()}
    return value


def from_lines(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {"$base64"}:
            return decode(value["$base64"])
        return {key: from_lines(item) for key, item in value.items()}
    if isinstance(value, list):
        return [from_lines(item) for item in value]
    return value


def decode(text: Any) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (TypeError, ValueError) as error:
        raise invalid("base64", str(error)) from None


def arguments(value: Any) -> List[Any]:
    if not isinstance(value, list):
        raise invalid("args", "must be an array")
    return from_lines(value)  # type: ignore[no-any-return]
