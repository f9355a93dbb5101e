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
