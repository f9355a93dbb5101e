"""Drives the public API of the package by lines of JSON on standard input; answers and events are lines on standard
output. It adds nothing of its own."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from typing import Any, Dict, Optional

import rejoin
from client import Client, arguments, decode, to_lines
from config import invalid, read, unsupported


class Agent:
    def __init__(self) -> None:
        self.clients: Dict[str, Client] = {}
        self.swarm: list[Any] = []
        self.tasks: set[asyncio.Task[Any]] = set()

    def say(self, line: Dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
        sys.stdout.flush()

    def event(self, event: str, client: str, fields: Dict[str, Any]) -> None:
        self.say({"event": event, "client": client, **fields})

    def handle(self, line: bytes) -> None:
        number: Any = None
        try:
            request = json.loads(line)
            if not isinstance(request, dict):
                raise invalid("line", "must be an object")
            number = request.pop("id", None)
            operation = getattr(self, f"op_{request.pop('op', None)}", None)
            if operation is None:
                raise invalid("op", "there is no such operation")
            result = operation(**request)
        except Exception as error:
            self.answer(number, error)
            return
        if not asyncio.iscoroutine(result):
            self.answer(number, result)
            return
        task = asyncio.ensure_future(result)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        task.add_done_callback(lambda done: self.answer(number, done.exception() or done.result()))

    def answer(self, number: Any, result: Any) -> None:
        if isinstance(result, rejoin.RejoinError):
            error = {"code": result.code, "message": result.message, "retryable": result.retryable}
        elif isinstance(result, Exception):
            error = {"code": "invalid_argument", "message": f"line: {result}", "retryable": False}
        else:
            self.say({"id": number, "ok": {} if result is None else result})
            return
        self.say({"id": number, "error": error})

    def client(self, name: Any) -> Client:
        if name not in self.clients:
            raise invalid("client", f"there is no {name!r}")
        return self.clients[name]

    def op_hello(self) -> Dict[str, Any]:
        return {"platform": "python", "version": rejoin.__version__}

    def op_create(self, client: str, protocol: str, url: str, config: Any = None) -> None:
        if client in self.clients:
            raise invalid("client", "there is one of that name")
        self.clients[client] = Client(client, protocol, url, config or {}, self.event)

    async def op_connect(self, client: str) -> None:
        await self.client(client).inner.connect()

    async def op_disconnect(self, client: str) -> None:
        await self.client(client).inner.disconnect()

    async def op_close(self, client: str) -> None:
        found = self.client(client)
        del self.clients[client]
        await found.inner.close()

    def op_send(
        self, client: str, text: Any = None, base64: Any = None, receipt: Any = None, ttl_ms: Any = None,
        volatile: bool = False, key: Any = None,
    ) -> None:
        found = self.client(client)
        plain = found.plain()
        if (text is None) == (base64 is None):
            raise invalid("send", "takes either text or base64")
        message = text if base64 is None else decode(base64)
        sent = plain.send(message, ttl=_seconds(ttl_ms), volatile=volatile, key=key)
        found.watch(sent, receipt)

    def op_emit(
        self, client: str, name: str, args: Any = (), namespace: str = "/", ack: bool = False, timeout_ms: Any = None,
        retries: Any = None, receipt: Any = None, ttl_ms: Any = None, volatile: bool = False,
    ) -> Any:
        found = self.client(client)
        room = found.listen(namespace)
        values = arguments(list(args))
        options = {"ttl": _seconds(ttl_ms), "volatile": volatile}
        if not ack:
            found.watch(room.emit(name, *values, **options), receipt)
            return None
        timeout = _seconds(timeout_ms)
        pending = room.emit_with_ack(name, *values, timeout=timeout, retries=retries or 0, **options)
        return self._acknowledged(found, pending, receipt)

    async def _acknowledged(self, client: Client, pending: rejoin.Ack, receipt: Any) -> Dict[str, Any]:
        try:
            return {"ack": to_lines(await pending)}
        finally:
            if receipt is not None and pending.outcome is not None:
                client.say("receipt", receipt=receipt, outcome=pending.outcome.value)

    def op_ack(self, client: str, ack: int, args: Any = ()) -> None:
        found = self.client(client)
        found.socketio()
        values = arguments(list(args))
        question = found.questions.get(ack)
        if question is None:
            raise invalid("ack", "no event waits under this number")
        question.ack(*values)

    async def op_namespace(self, client: str, namespace: str, auth: Any = None) -> None:
        await self.client(client).listen(namespace).connect(auth)

    def op_join(self, client: str, room: str, namespace: Any = None) -> None:
        self.client(client)
        raise unsupported("rooms")

    op_leave = op_join

    def op_presence(self, client: str, room: str, namespace: Any = None) -> None:
        self.client(client)
        raise unsupported("presence")

    def op_credentials(self, client: str, token: Any = None, fail: bool = False, hang: bool = False) -> None:
        found = self.client(client)
        if (token is not None) + bool(fail) + bool(hang) != 1:
            raise invalid("credentials", "must be one of token, fail, hang")
        if token is not None:
            found.answer = lambda: rejoin.Token(token)
        elif fail:
            found.answer = lambda: _fail()
        else:
            found.answer = lambda: asyncio.Event().wait()

    def op_network(self, client: str, hint: str) -> None:
        try:
            known = rejoin.NetworkHint(hint)
        except ValueError:
            raise invalid("hint", f"there is no {hint!r}") from None
        self.client(client).inner.network(known)

    def op_pause(self, client: str) -> None:
        self.client(client).pace.pause(True)

    def op_resume(self, client: str) -> None:
        self.client(client).pace.pause(False)

    def op_slow(self, client: str, ms: float) -> None:
        self.client(client).pace.slow = ms / 1000

    def op_count(self, client: str, on: bool) -> None:
        self.client(client).counting.on = bool(on)

    def op_burst(
        self, client: str, count: int, every_ms: Any = None, pad: int = 0, name: Any = None, ack: bool = False,
        timeout_ms: Any = None, retries: Any = None, volatile: bool = False, ttl_ms: Any = None, **rest: Any,
    ) -> Any:
        first = rest.pop("from", 1)
        if rest:
            raise invalid("burst", f"has no field {sorted(rest)[0]}")
        found = self.client(client)
        options: Dict[str, Any] = {"ttl": _seconds(ttl_ms), "volatile": volatile}
        if name is None:
            if isinstance(found.inner, rejoin.SocketIOClient):
                raise invalid("name", "Socket.IO's messages are events")
            if ack:
                raise invalid("ack", "plain messages have none")

        def one(number: int) -> Any:
            body = {"client": client, "seq": number, "pad": "x" * pad}
            if name is None:
                return found.plain().send(json.dumps({"op": "msg", **body}), **options)
            room = found.listen("/")
            if not ack:
                return room.emit(name, body, **options)
            return room.emit_with_ack(name, body, timeout=_seconds(timeout_ms), retries=retries or 0, **options)

        if name is not None:
            found.socketio()
        return self._burst(found, one, range(first, first + count), (every_ms or 0) / 1000)

    async def _burst(self, client: Client, one: Any, numbers: range, every: float) -> Dict[str, int]:
        accepted, refused = [], 0
        for number in numbers:
            try:
                accepted.append(one(number))
            except rejoin.RejoinError:
                refused += 1
            if every:
                await asyncio.sleep(every)
        client.start(_count_ends(client, accepted))
        return {"accepted": len(accepted), "refused": refused}

    def op_swarm(self, count: int, protocol: str, url: str, config: Any = None) -> None:
        options = read(config or {}, protocol)
        if options.pop("credentials", False):
            raise invalid("credentials", "a swarm has no callback")
        kind = rejoin.Client if protocol == "websocket" else rejoin.SocketIOClient
        for _ in range(count):
            member = kind(url, **options)
            self.swarm.append(member)
            task = asyncio.ensure_future(member.connect())
            self.tasks.add(task)
            task.add_done_callback(lambda done: done.cancelled() or done.exception())

    def op_stats(self, client: Any = None) -> Dict[str, Any]:
        if client is not None:
            return self.client(client).stats()
        with open("/proc/self/status") as status:
            resident = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS:"))
        connected = sum(isinstance(member.state, rejoin.Connected) for member in self.swarm)
        return {"swarm": len(self.swarm), "connected": connected, "rss_bytes": resident}


async def _count_ends(client: Client, pending: list[Any]) -> None:
    for one in pending:
        if isinstance(one, rejoin.Receipt):
            client.counting.ended(await one)
            continue
        try:
            await one
        except rejoin.RejoinError:
            pass
        client.counting.ended(one.outcome)


def _seconds(milliseconds: Any) -> Any:
    return None if milliseconds is None else milliseconds / 1000


async def _fail() -> None:
    raise RuntimeError("the callback fails, as it was told")


async def main() -> None:
    agent, loop = Agent(), asyncio.get_running_loop()
    lines: asyncio.Queue[Optional[bytes]] = asyncio.Queue()

    def read_lines() -> None:
        for line in sys.stdin.buffer:
            loop.call_soon_threadsafe(lines.put_nowait, line)
        loop.call_soon_threadsafe(lines.put_nowait, None)

    threading.Thread(target=read_lines, daemon=True).start()
    while (line := await lines.get()) is not None:
        agent.handle(line)
        # Lets what was started take its first step, so that operations keep their order.
        await asyncio.sleep(0)


asyncio.run(main())
