"""A chat for the terminal: python chat.py http://127.0.0.1:PORT NAME

It speaks to any Socket.IO server that sends `broadcast` back to everyone, such as this project's test server. Stop the
server while you type: what you said meanwhile arrives when it is back.
"""

import asyncio
import sys

import rejoin


async def show_states(client: rejoin.SocketIOClient) -> None:
    async for state in client.states():
        if isinstance(state, rejoin.Waiting):
            print(f"-- {state.cause.message}; next attempt in {state.retry_in:.1f} s")
        elif isinstance(state, rejoin.Connected):
            print("-- connected")


async def show_messages(client: rejoin.SocketIOClient) -> None:
    async for event in client.events("broadcast"):
        who, text = event.args
        print(f"{who}: {text}")


async def say(client: rejoin.SocketIOClient, name: str) -> None:
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        try:
            client.emit("broadcast", name, line.rstrip("\n"), ttl=60)
        except rejoin.RejoinError as error:
            print(f"-- {error.message}. {error.remedy}")


async def main(url: str, name: str) -> None:
    client = rejoin.SocketIOClient(url)
    shows = [asyncio.create_task(show_states(client)), asyncio.create_task(show_messages(client))]
    async with client:
        await say(client, name)
        await client.disconnect()  # after what was said is sent
    await asyncio.gather(*shows)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    asyncio.run(main(*sys.argv[1:]))
