import asyncio

import pytest

import rejoin
from rejoin import Outcome


async def test_acknowledgements_with_binary_at_any_depth(server):
    async with rejoin.SocketIOClient(server.http) as client:
        args = [1, "two", {"deep": [b"\x00\x01", None]}, b""]
        ack = client.emit_with_ack("ack", *args)
        assert await ack == args
        assert ack.outcome == Outcome.ACKNOWLEDGED
        assert await client.emit_with_ack("ack") == []


async def test_events_of_one_name_and_of_all(server):
    async with rejoin.SocketIOClient(server.http) as client:
        every, echoes = client.events(), client.events("echo")
        assert await client.emit("echo", "hello", {"n": 1}) == Outcome.SENT
        for consumer in (every, echoes):
            event = await consumer.__anext__()
            assert (event.namespace, event.name, event.args) == ("/", "echo", ["hello", {"n": 1}])
            assert not event.wants_ack


async def test_the_server_asks_and_is_answered(server):
    async with rejoin.SocketIOClient(server.http) as client:
        events = client.events()
        client.emit("ask", "how many?")
        question = await events.__anext__()
        assert question.wants_ack and question.args == ["how many?"]
        question.ack(42, b"bytes")
        assert (await events.__anext__()).args == [42, b"bytes"]


async def test_namespaces_and_a_refusal(guarded):
    async with rejoin.SocketIOClient(guarded.http) as client:
        changes, private = client.namespaces(), client.namespace("/private")
        with pytest.raises(rejoin.RejoinError) as caught:
            await private.connect({"token": "bad"})
        assert caught.value.code == "namespace_refused" and not private.connected
        await private.connect({"token": "good"})
        assert private.connected and private.sid and not private.recovered
        assert await private.emit_with_ack("ack", "in private") == ["in private"]
        assert not (await changes.__anext__()).connected
        assert (await changes.__anext__()).connected
        private.disconnect()
        assert private.sid is None
        with pytest.raises(rejoin.RejoinError) as caught:
            private.emit("x")
        assert caught.value.code == "namespace_closed"


async def test_an_acknowledgement_that_does_not_come(server):
    async with rejoin.SocketIOClient(server.http) as client:
        ack = client.emit_with_ack("nobody listens", timeout=0.05)
        with pytest.raises(rejoin.RejoinError) as caught:
            await ack
        assert caught.value.code == "ack_timeout" and ack.outcome == Outcome.UNCONFIRMED
        offline = rejoin.SocketIOClient(server.http)
        waiting = offline.emit_with_ack("ack")
        assert waiting.withdraw()
        with pytest.raises(rejoin.RejoinError) as caught:
            await waiting
        assert caught.value.code == "withdrawn"


@pytest.mark.parametrize("value", [float("nan"), object(), {1: {2, 3}}])
async def test_arguments_that_are_no_json(server, value):
    client = rejoin.SocketIOClient(server.http)
    with pytest.raises(rejoin.RejoinError) as caught:
        client.emit("x", value)
    assert caught.value.code == "invalid_argument"


async def test_a_reserved_name_and_a_wrong_namespace(server):
    client = rejoin.SocketIOClient(server.http)
    with pytest.raises(rejoin.RejoinError) as caught:
        client.emit("connect")
    assert caught.value.code == "invalid_argument"
    with pytest.raises(rejoin.RejoinError) as caught:
        await client.namespace("no slash").connect()
    assert caught.value.code == "invalid_argument"


async def test_cancelling_the_wait_for_an_acknowledgement(server):
    async with rejoin.SocketIOClient(server.http) as client:
        ack = client.emit_with_ack("ack", 1)
        wait = asyncio.ensure_future(asyncio.wait_for(ack, 60))
        await asyncio.sleep(0)
        wait.cancel()
        assert await ack == [1]


async def test_the_on_connect_step_comes_before_what_waits(server):
    async def join(session):
        assert await session.emit_with_ack("ack", "in the step") == ["in the step"]
        session.emit("echo", "first")

    client = rejoin.SocketIOClient(server.http, on_connect=join)
    events, outgoing = client.events(), client.namespace("/").outgoing_events()
    client.emit("echo", "second")
    assert (await outgoing.__anext__()).args == ["second"]
    await client.connect()
    assert [(await events.__anext__()).args for _ in range(2)] == [["first"], ["second"]]
    await client.close()


async def test_polling_carries_what_a_websocket_carries(server):
    for transports in [[rejoin.Transport.POLLING], list(rejoin.Transport)]:
        async with rejoin.SocketIOClient(server.http, transports=transports) as client:
            assert await client.emit_with_ack("ack", b"\x01") == [b"\x01"]


async def test_wrong_limits_and_parsers_are_named(server):
    with pytest.raises(rejoin.RejoinError, match="limits.max_depth"):
        rejoin.SocketIOClient(server.http, limits=rejoin.Limits(max_depth=1000))
    with pytest.raises(rejoin.RejoinError, match="parser"):
        rejoin.SocketIOClient(server.http, parser="json")
