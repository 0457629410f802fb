"""A client of the original contract, with Python's websockets: it knows only the four messages."""
import asyncio
import json
import sys

import websockets


async def main(url):
    async with websockets.connect(url) as ws:
        welcome = json.loads(await ws.recv())
        assert list(welcome) == ["type", "message", "client_id"], welcome
        await ws.send(json.dumps({"type": "fibonacci", "input": 10}))
        times, answer = [], None
        while len(times) < 2 or answer is None:
            message = json.loads(await ws.recv())
            if message["type"] == "time":
                assert list(message) == ["type", "time"], message
                times.append(message["time"])
            elif message["type"] == "fibonacci":
                assert list(message) == ["type", "input", "result"], message
                answer = message["result"]
            else:
                raise AssertionError(f"not of the contract: {message}")
        await ws.send("nonsense")
        while (error := json.loads(await ws.recv()))["type"] == "time":
            pass
        pong = await ws.ping()
        await asyncio.wait_for(pong, 10)
    print(json.dumps({"welcome": welcome, "times": times, "answer": answer, "error": error, "code": ws.close_code}))


asyncio.run(main(sys.argv[1]))
