import threading

import pytest

import rejoin
import rejoin.sync


def test_blocking_echo(server):
    with rejoin.sync.Client(server.ws) as client:
        messages = client.messages()
        assert client.send("hello").result(timeout=10) == rejoin.Outcome.SENT
        assert next(messages) == "hello"
        with pytest.raises(TimeoutError):
            messages.get(timeout=0.01)
        client.send("again")
        assert messages.get(timeout=10) == "again"
    assert list(messages) == []


def test_several_threads(server):
    with rejoin.sync.Client(server.ws) as client:
        messages = client.messages()
        threads = [threading.Thread(target=client.send, args=(str(number),)) for number in range(20)]
        for thread in threads:
            thread.start()
        assert sorted(int(next(messages)) for _ in range(20)) == list(range(20))
        for thread in threads:
            thread.join()


def test_blocking_acknowledgement(server):
    with rejoin.sync.SocketIOClient(server.http) as client:
        assert client.emit_with_ack("ack", b"x") == [b"x"]
        with pytest.raises(rejoin.RejoinError):
            client.emit_with_ack("nobody", timeout=0.05)
