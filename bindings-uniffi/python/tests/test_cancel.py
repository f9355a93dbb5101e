import asyncio
import random

import rejoin

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


async def test_tasks_that_share_a_stream_end_and_go_on_each_for_itself(server):
    async with rejoin.Client(server.ws) as client:
        messages = client.messages()
        for _ in range(200):
            cancelled = [asyncio.ensure_future(messages.__anext__()) for _ in range(3)]
            await asyncio.sleep(0)
            for wait in cancelled:
                wait.cancel()
            assert all(isinstance(end, asyncio.CancelledError) for end in await gather(cancelled))
            waits = [asyncio.ensure_future(messages.__anext__()) for _ in range(2)]
            await asyncio.sleep(0)
            client.send("a")
            client.send("b")
            assert sorted(await gather(waits)) == ["a", "b"]


async def gather(waits):
    return await asyncio.wait_for(asyncio.gather(*waits, return_exceptions=True), timeout=20)
