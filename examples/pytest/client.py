"""The client under test: it reconnects and drops a silent server. Put your own in its place."""
import asyncio

import websockets


async def follow(url, received, opened=None, retry=0.05, ping_interval=1):
    """Keeps a connection open, and calls `received` with each message; `opened` with each connection."""
    while True:
        try:
            async with websockets.connect(
                url, ping_interval=ping_interval, ping_timeout=ping_interval, close_timeout=0.5, open_timeout=5
            ) as socket:
                if opened:
                    await opened(socket)
                async for message in socket:
                    received(message)
        except websockets.InvalidStatusCode as refused:
            await asyncio.sleep(float(refused.headers.get("Retry-After", 0)))
        except (OSError, websockets.WebSocketException, asyncio.TimeoutError):
            pass
        await asyncio.sleep(retry)
