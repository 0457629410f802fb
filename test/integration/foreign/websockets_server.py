"""A server of the original contract, with Python's websockets: it sends results of any size as JSON numbers."""
import asyncio
import json
import time

import websockets


def fibonacci(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


async def send_time(ws):
    while True:
        await ws.send(json.dumps({"type": "time", "time": time.strftime("%H:%M:%S")}))
        await asyncio.sleep(1)


async def serve(ws, path):
    await ws.send(json.dumps({"type": "welcome", "message": "Você é o usuário user_1", "client_id": "user_1"}))
    clock = asyncio.create_task(send_time(ws))
    async for text in ws:
        n = json.loads(text)["input"]
        await ws.send(json.dumps({"type": "fibonacci", "input": n, "result": fibonacci(n)}))
    clock.cancel()


async def main():
    async with websockets.serve(serve, "127.0.0.1", 0) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Future()


asyncio.run(main())
