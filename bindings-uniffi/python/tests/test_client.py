import asyncio
import logging
import os

import pytest

import rejoin
from rejoin import Backoff, NetworkHint, Outbox, Outcome

FAST = {"backoff": Backoff(initial=0.005, max=0.02)}


async def test_echo_text_and_binary(server):
    async with rejoin.Client(server.ws) as client:
        messages = client.messages()
        client.send("hello")
        client.send(b"\x00\xff")
        assert await messages.__anext__() == "hello"
        assert await messages.__anext__() == b"\x00\xff"
        assert isinstance(client.state, rejoin.Connected)
        assert client.stats.frames_sent == 2
    assert client.state.reason.code == "client_disconnect"
    assert [message async for message in messages] == []


async def test_the_on_connect_step_comes_before_what_waits(server):
    async def log_in(session):
        answers = session.messages()
        session.send("first")
        assert await answers.__anext__() == "first"

    client = rejoin.Client(server.ws, on_connect=log_in)
    messages = client.messages()
    client.send("second")
    await client.connect()
    assert [await messages.__anext__() for _ in range(2)] == ["first", "second"]
    await client.close()


async def test_an_on_connect_step_that_fails_is_a_failed_attempt(server):
    def step(session):
        raise KeyError("no room")

    client = rejoin.Client(server.ws, on_connect=step, backoff=Backoff(max_attempts=1))
    with pytest.raises(rejoin.RejoinError) as caught:
        await client.connect()
    assert "rejoin_failed" in caught.value.message and "no room" in caught.value.message
    await client.close()


async def test_a_text_heartbeat_takes_the_place_of_pings(server):
    heartbeat = rejoin.TextHeartbeat("are you there?")
    options = {"heartbeat": rejoin.Heartbeat(interval=0.02)}
    async with rejoin.Client(server.ws, text_heartbeat=heartbeat, **options) as client:
        assert await client.messages().__anext__() == "are you there?"


async def test_every_consumer_gets_every_message(server):
    async with rejoin.Client(server.ws) as client:
        consumers = [client.messages() for _ in range(3)]
        for number in range(10):
            client.send(str(number))
        for consumer in consumers:
            assert [await consumer.__anext__() for _ in range(10)] == [str(number) for number in range(10)]


async def test_receipts_tell_what_became_of_a_message(server):
    client = rejoin.Client(server.ws)
    waiting = client.send("sent later")
    withdrawn = client.send("taken back")
    assert withdrawn.withdraw() and not withdrawn.withdraw()
    assert await withdrawn == Outcome.WITHDRAWN
    assert await client.send("now or never", volatile=True) == Outcome.DROPPED
    assert await client.send("short", ttl=0.001) == Outcome.EXPIRED
    await client.connect()
    assert await waiting == Outcome.SENT
    assert await waiting == Outcome.SENT
    await client.close()


async def test_a_receipt_survives_a_cancelled_wait(server):
    client = rejoin.Client(server.ws)
    receipt = client.send("later")
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(receipt, 0.01)
    await client.connect()
    assert await receipt == Outcome.SENT
    await client.close()


async def test_a_newer_message_of_the_same_key_replaces_the_older(server):
    client = rejoin.Client(server.ws)
    messages = client.messages()
    older, _ = client.send("1", key="position"), client.send("2", key="position")
    assert await older == Outcome.DROPPED
    await client.connect()
    assert await messages.__anext__() == "2"
    await client.close()


async def test_a_full_outbox_refuses_with_a_code_and_a_remedy(server):
    client = rejoin.Client(server.ws, outbox=Outbox(max_messages=1))
    client.send("fits")
    with pytest.raises(rejoin.RejoinError) as caught:
        client.send("does not")
    assert caught.value.code == "queue_full"
    assert caught.value.retryable and "outbox" in caught.value.remedy
    await client.close()


async def test_it_reconnects_and_loses_nothing(server):
    async with rejoin.Client(server.ws, **FAST) as client:
        states, messages = client.states(), client.messages()
        server.fault(fault="reset")
        while not isinstance(await states.__anext__(), rejoin.Waiting):
            pass
        client.send("after the reset")
        assert await messages.__anext__() == "after the reset"
        assert client.stats.connects == 2


async def test_a_restart_is_spread_over_the_window_of_the_options(server):
    # Of a delay of up to eleven days the first twenty seconds, the longest of any other delay, are no part to speak of.
    async with rejoin.Client(server.ws, backoff=Backoff(restart_window=1e6)) as client:
        states = client.states()
        server.fault(fault="close", code=1012, reason="restart")
        while not isinstance(state := await states.__anext__(), rejoin.Waiting):
            pass
        assert state.retry_in > 20 and state.cause.close_code == 1012


async def test_credentials_are_asked_for_anew_and_may_wait(guarded):
    asked = []

    async def credentials(reason):
        await asyncio.sleep(0)
        asked.append(reason)
        return "stale" if len(asked) == 1 else rejoin.Token("good")

    async with rejoin.Client(guarded.ws, credentials=credentials):
        assert asked == [rejoin.CredentialsReason.CONNECT, rejoin.CredentialsReason.REFUSED]


async def test_a_callback_that_throws_stops_nothing(guarded, caplog):
    failures = iter([RuntimeError("no token yet"), KeyError("token")])

    def credentials(reason):
        for failure in failures:
            raise failure
        return "good"

    with caplog.at_level(logging.WARNING, logger="rejoin"):
        async with rejoin.Client(guarded.ws, credentials=credentials, **FAST) as client:
            assert client.stats.attempts == 3
    assert "no token yet" in caplog.text


async def test_a_callback_that_hangs_is_given_up(guarded):
    answers = [asyncio.Event().wait()]

    async def credentials(reason):
        for answer in answers[:]:
            answers.clear()
            await answer
        return "good"

    async with rejoin.Client(guarded.ws, credentials=credentials, credentials_timeout=0.05, **FAST) as client:
        assert client.stats.attempts == 2


async def test_a_wrong_token_ends_with_auth(guarded):
    client = rejoin.Client(guarded.ws, credentials=lambda reason: "secret-token-1")
    with pytest.raises(rejoin.RejoinError) as caught:
        await client.connect()
    error = caught.value
    assert (error.code, error.retryable, error.status) == ("auth", False, 401)
    assert "secret-token-1" not in f"{error!r} {client!r} {error.remedy}"
    await client.close()


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"connect_timeout": 0}, "connect_timeout"),
        ({"connect_timeout": -1}, "connect_timeout"),
        ({"connect_timeout": float("nan")}, "connect_timeout"),
        ({"backoff": Backoff(factor=0.5)}, "backoff.factor"),
        ({"backoff": Backoff(max_attempts=2**40)}, "backoff.max_attempts"),
        ({"outbox": Outbox(max_messages=0)}, "outbox.max_messages"),
        ({"outbox": Outbox(overflow="drop")}, "outbox.overflow"),
        ({"inbound": rejoin.Inbound(max_messages=0)}, "inbound.max_messages"),
        ({"headers": {"host": "x"}}, "headers"),
        ({"subprotocols": ["a b"]}, "subprotocols"),
        ({"proxy": rejoin.Proxy("ftp://x")}, "proxy"),
    ],
)
def test_a_wrong_option_is_named(options, field):
    with pytest.raises(rejoin.RejoinError) as caught:
        rejoin.Client("ws://127.0.0.1:1/", **options)
    assert caught.value.code == "invalid_argument"
    assert field in caught.value.message and caught.value.remedy


@pytest.mark.parametrize("url", ["", "http://x", "ws://", "nonsense", "ws://user:hunter2@x/"])
def test_a_wrong_url_is_refused(url):
    with pytest.raises(rejoin.RejoinError) as caught:
        rejoin.Client(url)
    assert caught.value.code == "invalid_argument" and "hunter2" not in str(caught.value)


@pytest.mark.parametrize("message", [None, 5, "\ud800", ["x"]])
def test_a_wrong_message_is_refused(server, message):
    with pytest.raises(rejoin.RejoinError) as caught:
        rejoin.Client(server.ws).send(message)
    assert caught.value.code == "invalid_argument"


async def test_hints_and_states(server):
    client = rejoin.Client(server.ws)
    states = client.states()
    client.network(NetworkHint.OFFLINE)
    connecting = asyncio.ensure_future(client.connect())
    state = await states.__anext__()
    assert not isinstance(state, rejoin.Connected)
    client.network(NetworkHint.ONLINE)
    await connecting
    for hint in NetworkHint:
        client.network(hint)
    with pytest.raises(rejoin.RejoinError):
        client.network("online")
    await client.close()


async def test_after_close_every_call_is_an_error_or_nothing(server):
    client = rejoin.Client(server.ws)
    unsent = client.send("never")
    await client.close()
    await client.close()
    await client.disconnect()
    assert await unsent in (Outcome.UNCONFIRMED, Outcome.DROPPED, Outcome.WITHDRAWN)
    for call in (client.connect, lambda: asyncio.sleep(0, client.send("x"))):
        with pytest.raises(rejoin.RejoinError) as caught:
            await call()
        assert caught.value.code == "client_closed"
    assert [message async for message in client.messages()] == []


async def test_dropping_the_client_closes_it(server):
    client = rejoin.Client(server.ws)
    await client.connect()
    messages = client.messages()
    del client
    assert [message async for message in messages] == []


async def test_a_client_belongs_to_one_loop(server):
    client = rejoin.Client(server.ws)
    await client.connect()

    async def elsewhere():
        with pytest.raises(rejoin.RejoinError) as caught:
            await client.connect()
        assert "loop" in caught.value.message

    await asyncio.get_running_loop().run_in_executor(None, asyncio.run, elsewhere())
    await client.close()


def test_a_fork_has_no_client(server):
    client = rejoin.Client(server.ws)
    child = os.fork()
    if child == 0:
        try:
            client.send("x")
            os._exit(1)
        except rejoin.RejoinError as error:
            os._exit(0 if error.code == "client_closed" else 2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
