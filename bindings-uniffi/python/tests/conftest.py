"""The test server, as a program of its own: `cargo xtask test --only python` names it in REJOIN_TEST_SERVER."""

import asyncio
import json
import os
import subprocess
import urllib.request
from pathlib import Path

import pytest

LIMIT = 60


class Server:
    def __init__(self, *arguments):
        program = os.environ["REJOIN_TEST_SERVER"]
        self.process = subprocess.Popen([program, *arguments], stdout=subprocess.PIPE)
        ready = json.loads(self.process.stdout.readline())
        self.ws, self.http = f"ws://{ready['listening']}/ws", f"http://{ready['listening']}"
        self._control = ready["control"].rstrip("/")

    def fault(self, **fault):
        body = json.dumps(fault).encode()
        headers = {"content-type": "application/json"}
        request = urllib.request.Request(f"{self._control}/fault", body, headers)
        urllib.request.urlopen(request).close()

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture(scope="session")
def server():
    server = Server()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def guarded(tmp_path_factory):
    """A server whose /ws wants the token `good`."""
    tokens = Path(tmp_path_factory.mktemp("tokens")) / "tokens"
    tokens.write_text("good\n")
    server = Server("--bearer-tokens", str(tokens), "--socketio-tokens", str(tokens))
    yield server
    server.stop()


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """Runs `async def` tests, each in a loop of its own and under a time limit."""
    if not asyncio.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    asyncio.run(asyncio.wait_for(pyfuncitem.obj(**arguments), LIMIT))
    return True
