"""Python's websockets: websockets_lab.py URL MS. Prints what its program sees."""
import asyncio
import json
import sys
import time

import websockets

url, ms = sys.argv[1], float(sys.argv[2])
seen = {"opened": False, "messages": 0, "error": "", "code": 0, "reason": ""}
started = time.monotonic()


async def main():
    async with websockets.connect(url, open_timeout=ms / 1000, close_timeout=1.5) as socket:
        seen["opened"] = True
        await socket.send("hello")
        until = started + ms / 1000
        try:
            while time.monotonic() < until:
                await asyncio.wait_for(socket.recv(), until - time.monotonic())
                seen["messages"] += 1
                if seen["messages"] == 1:
                    await socket.send("again")
        except asyncio.TimeoutError:
            pass
        except websockets.ConnectionClosed as closed:
            seen["error"] = str(closed)
            seen["code"], seen["reason"] = socket.close_code, socket.close_reason
            return
        seen["closes"] = True
    seen["code"], seen["reason"] = socket.close_code, socket.close_reason


try:
    asyncio.run(main())
except Exception as error:
    seen["error"] = f"{type(error).__name__}: {error}".rstrip(": ")
seen["ms"] = round((time.monotonic() - started) * 1000)
print(json.dumps(seen))
