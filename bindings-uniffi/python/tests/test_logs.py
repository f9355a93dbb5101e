import asyncio
import logging
import queue
import subprocess
import sys

import pytest

import rejoin
from rejoin import Backoff

ONCE = {"backoff": Backoff(initial=0.005, max=0.02, max_attempts=1)}


@pytest.fixture
def records():
    """What is logged: it comes from a thread of its own."""
    seen = queue.SimpleQueue()
    handler = logging.Handler()
    handler.emit = seen.put
    logger = logging.getLogger("rejoin")
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield seen
    logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)


async def until(records, host, text):
    """The records that name a host, up to one with that text."""
    seen = []
    while not seen or text not in seen[-1].getMessage():
        record = await asyncio.to_thread(records.get, True, 10)
        if record.getMessage().startswith(f"{host}: "):
            seen.append(record)
    return seen


async def test_states_are_logged_without_secrets(guarded, records):
    host = guarded.ws.split("/")[2]
    client = rejoin.Client(f"{guarded.ws}?key=hidden-query", credentials=lambda reason: "good")
    await client.connect()
    await client.close()
    seen = await until(records, host, "disconnected")
    assert [record.levelno for record in seen if "connected" in record.getMessage()] == [logging.INFO, logging.INFO]
    assert any(record.levelno == logging.DEBUG and "connecting" in record.getMessage() for record in seen)
    assert not any(secret in record.getMessage() for record in seen for secret in ("hidden", "good", "/ws"))


async def test_what_fails_is_logged_without_secrets(guarded, records):
    host = guarded.ws.split("/")[2]
    url = f"ws://{host}/hidden-path?key=hidden-query"
    client = rejoin.Client(url, credentials=lambda reason: "hidden-token", **ONCE)
    with pytest.raises(rejoin.RejoinError):
        await client.connect()
    await client.close()
    seen = await until(records, host, "disconnected")
    assert seen[-1].levelno == logging.WARNING
    assert not any("hidden" in record.getMessage() for record in seen)


def test_user_info_is_refused_without_being_shown():
    with pytest.raises(rejoin.RejoinError) as caught:
        rejoin.Client("ws://hidden-user:hidden-password@localhost/")
    assert caught.value.code == "invalid_argument" and "hidden" not in str(caught.value)


def test_a_program_that_just_ends_writes_what_is_there(server):
    program = f"""
import asyncio, logging, rejoin
logging.basicConfig(level=logging.DEBUG)
async def main():
    client = rejoin.Client("{server.ws}")
    await client.connect()
asyncio.run(main())
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr
    assert ": connected" in ended.stderr
