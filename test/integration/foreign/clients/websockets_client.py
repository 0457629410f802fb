"""Python's websockets: websockets_client.py BASE, such as ws://127.0.0.1:8000/. Prints what it sees, as clients.ts describes."""
import asyncio
import json
import sys

import websockets

BASE = sys.argv[1]
MIB = 1024 * 1024


def say(did, **seen):
    print(json.dumps({"did": did, **seen}), flush=True)


async def answer_to(ws, n):
    await ws.send(json.dumps({"type": "fibonacci", "input": n}))
    while (message := json.loads(await ws.recv()))["type"] == "time":
        pass
    assert list(message) == ["type", "input", "result"] and message["input"] == n, message
    return message["result"]


async def contract():
    async with websockets.connect(f"{BASE}ws") as ws:
        welcome = json.loads(await ws.recv())
        assert list(welcome) == ["type", "message", "client_id"], welcome
        times = []
        while len(times) < 2:
            message = json.loads(await ws.recv())
            assert list(message) == ["type", "time"], message
            times.append(message["time"])
        await ws.send("nonsense")
        while (error := json.loads(await ws.recv()))["type"] == "time":
            pass
        results = [await answer_to(ws, n) for n in (10, 78, 100)]
        await asyncio.wait_for(await ws.ping(), 10)
        say("contract", welcome=welcome, times=times, error=error["code"], results=results)
        say("large", result=await answer_to(ws, 100_000))
        await ws.close(1000)
        say("close", code=ws.close_code)


async def echo():
    async with websockets.connect(f"{BASE}echo") as ws:
        text, data = "é" * (MIB // 2), bytes(range(256)) * (MIB // 256)
        await ws.send(text)
        same_text = await ws.recv() == text
        await ws.send(data)
        say("echo", text=same_text, binary=await ws.recv() == data)
        say("too long", code=await code_after(ws, bytes(MIB + 1)))


async def code_after(ws, message):
    try:
        await ws.send(message)
        await ws.recv()
    except websockets.ConnectionClosed:
        return ws.close_code


async def connect_again():
    while True:
        try:
            return await websockets.connect(f"{BASE}ws")
        except (OSError, websockets.WebSocketException):
            await asyncio.sleep(0.1)


async def restarts():
    for _ in range(2):
        ws = await connect_again()
        say("online", id=json.loads(await ws.recv())["client_id"])
        try:
            while True:
                await ws.recv()
        except websockets.ConnectionClosed:
            say("lost", code=ws.close_code)
    ws = await connect_again()
    say("online", id=json.loads(await ws.recv())["client_id"])
    await ws.close()


async def main():
    say("start", client=f"websockets {websockets.__version__}")
    await contract()
    await echo()
    say("bad text", code=None)  # it encodes texts itself
    await restarts()


asyncio.run(main())
