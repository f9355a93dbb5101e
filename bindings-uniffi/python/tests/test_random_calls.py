"""Whatever is called whenever, nothing crashes, hangs or leaks."""

import asyncio
import logging
import os
import random
import time
from pathlib import Path

import pytest

import rejoin
from rejoin import Backoff, NetworkHint

SEEDS = [int(os.environ["REJOIN_SEED"])] if "REJOIN_SEED" in os.environ else range(10 if "REJOIN_LONG" in os.environ else 2)
"""10,000 calls each. ``REJOIN_SEED`` replays one."""
CLIENTS = 200
CALLS = 50
GROWTH = 24 * 1024 * 1024
"""Bytes that may stay after thousands of clients."""

STATES = {"Disconnected", "Connecting", "Connected", "Waiting", "Disconnecting"}
KNOWN = (rejoin.RejoinError, asyncio.CancelledError, StopAsyncIteration)

resident = []
closed_in = set()


@pytest.mark.parametrize("seed", SEEDS)
async def test_random_calls_neither_hang_nor_crash_nor_leak(server, caplog, seed):
    dice = random.Random(seed)
    # What pytest keeps of the log would look like a leak.
    caplog.set_level(logging.CRITICAL, "rejoin")
    for _ in range(CLIENTS):
        await one_client(server, dice)
    resident.append(resident_bytes())
    # The first seed has warmed up what is kept for reuse.
    assert resident[-1] - resident[0] < GROWTH, resident


def test_clients_were_closed_in_every_state():
    assert closed_in == STATES


async def one_client(server, dice):
    tasks = []

    def spawn(coroutine):
        tasks.append(asyncio.ensure_future(coroutine))

    def close():
        closed_in.add(type(client.state).__name__)
        spawn(client.close())

    async def misbehave(again):
        """What an application may do in a callback: fail, block, wait, or call the client that waits for it."""
        what = dice.randrange(8)
        if what == 0:
            raise RuntimeError("no credentials")
        if what == 1:
            time.sleep(0.0005)
        if what == 2:
            await asyncio.sleep(0.001)
        if what == 3:
            again()
            client.send("from a callback")
        if what == 4:
            spawn(dice.choice([client.connect, client.disconnect, client.close])())

    async def credentials(reason):
        await misbehave(lambda: client.state)

    async def on_connect(session):
        await misbehave(lambda: session.send("first"))

    client = rejoin.Client(
        server.ws, credentials=credentials, on_connect=on_connect, backoff=Backoff(initial=0.001, max=0.002)
    )
    messages = client.messages()
    calls = {
        lambda: spawn(client.connect()): 6,
        lambda: spawn(client.disconnect()): 2,
        lambda: spawn(messages.__anext__()): 3,
        lambda: client.send("x" * dice.randrange(100), volatile=dice.random() < 0.5): 9,
        lambda: client.send(b"y").withdraw(): 9,
        lambda: spawn(outcome(client.send("z"))): 3,
        lambda: client.network(dice.choice(list(NetworkHint))): 4,
        lambda: (client.state, client.stats, client.states().drain(), messages.drain(), repr(client)): 4,
        lambda: tasks and dice.choice(tasks).cancel(): 3,
    }
    closing = dice.randrange(2 * CALLS)
    for step in range(CALLS):
        try:
            close() if step == closing else dice.choices(list(calls), list(calls.values()))[0]()
        except rejoin.RejoinError as error:
            assert error.code in ("client_closed", "queue_full")
        if dice.random() < 0.3:
            await asyncio.sleep(0.001 * dice.random() if dice.random() < 0.3 else 0)
    if dice.random() < 0.02:
        server.fault(fault="reset")
    close()
    # A callback may have called while the others ended.
    while tasks:
        ends = await asyncio.gather(*(tasks.pop() for _ in range(len(tasks))), return_exceptions=True)
        assert all(not isinstance(end, BaseException) or isinstance(end, KNOWN) for end in ends), ends


async def outcome(receipt):
    return await receipt


def resident_bytes():
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) * 1024
