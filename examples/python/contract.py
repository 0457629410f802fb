"""The original contract with Python's websockets: greets, watches the clock for three seconds, and asks for a number.

Run it: python3 contract.py ws://localhost:8000/ws
"""
import asyncio
import json
import sys

import websockets


async def main(url):
    async with websockets.connect(url) as ws:
        welcome = json.loads(await ws.recv())
        print(welcome["message"])
        await ws.send(json.dumps({"type": "fibonacci", "input": 10}))
        seconds = 0
        while seconds < 3:
            message = json.loads(await ws.recv())
            if message["type"] == "time":
                print(message["time"])
                seconds += 1
            elif message["type"] == "fibonacci":
                # Above F(78) the result is a text of digits, and int() reads it exactly.
                print(f"F({message['input']}) = {int(message['result'])}")
            elif message["type"] == "error":
                print(f"error: {message['message']}")


asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "ws://localhost:8000/ws"))
