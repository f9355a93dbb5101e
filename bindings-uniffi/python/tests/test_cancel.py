import asyncio
import random

import rejoin
from rejoin import Backoff, NetworkHint

WAITS = 3000


async def test_cancelled_waits_lose_nothing(server):
    """Each message is waited for, and most waits are cancelled around the moment at which it arrives."""
    dice = random.Random(1)
    async with rejoin.Client(server.ws) as client:
        messages = client.messages()
        got, cancelled, sent = [], 0, 0
        while cancelled < WAITS or len(got) < sent:
            if cancelled < WAITS:
                client.send(str(sent))
                sent += 1
            wait = asyncio.ensure_future(messages.__anext__())
            for _ in range(dice.randrange(4)):
                await asyncio.sleep(0)
            if cancelled < WAITS and wait.cancel():
                cancelled += 1
            try:
                got.append(await wait)
            except asyncio.CancelledError:
                pass
        assert got == [str(number) for number in range(sent)]


async def test_random_calls_never_hang_or_crash(server):
    dice = random.Random(7)

    def credentials(reason):
        if dice.random() < 0.2:
            raise RuntimeError("no credentials")
        return None

    for _ in range(60):
        client = rejoin.Client(server.ws, credentials=credentials, backoff=Backoff(initial=0.001, max=0.002))
        messages, tasks = client.messages(), []
        calls = [
            lambda: tasks.append(asyncio.ensure_future(client.connect())),
            lambda: tasks.append(asyncio.ensure_future(client.disconnect())),
            lambda: tasks.append(asyncio.ensure_future(messages.__anext__())),
            lambda: client.send("x" * dice.randrange(100), volatile=dice.random() < 0.5),
            lambda: client.send(b"y").withdraw(),
            lambda: client.network(dice.choice(list(NetworkHint))),
            lambda: (client.state, client.stats, client.states().drain(), repr(client)),
            lambda: tasks and dice.choice(tasks).cancel(),
            lambda: server.fault(fault="reset"),
        ]
        weights = [3, 2, 3, 9, 9, 4, 4, 3, 0.2]
        for step in range(50):
            if step == dice.randrange(50):
                tasks.append(asyncio.ensure_future(client.close()))
            try:
                dice.choices(calls, weights)[0]()
            except rejoin.RejoinError as error:
                assert error.code in ("client_closed", "queue_full")
            if dice.random() < 0.3:
                await asyncio.sleep(0.001 * dice.random())
        await client.close()
        for end in await asyncio.gather(*tasks, return_exceptions=True):
            known = (rejoin.RejoinError, asyncio.CancelledError, StopAsyncIteration)
            assert not isinstance(end, BaseException) or isinstance(end, known), end
