"""Messages received per second from a source: `flood.py URL COUNT ROUNDS`, run by `cargo xtask bench ffi python`."""

import asyncio
import sys
import time

import rejoin


async def flood(url: str, count: int) -> float:
    client = rejoin.Client(url)
    messages = client.messages()
    start = time.perf_counter()
    await client.connect()
    received = 0
    async for message in messages:
        received += 1
        if received == count:
            break
    rate = count / (time.perf_counter() - start)
    if f'"seq":{count},' not in message:
        raise SystemExit(f"the last message is not number {count}: {message}")
    await client.close()
    return rate


if __name__ == "__main__":
    _, url, count, rounds = sys.argv
    for _ in range(int(rounds)):
        print(asyncio.run(flood(url, int(count))))
