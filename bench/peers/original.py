"""The original design: FastAPI on uvicorn with websockets, and a row in SQLite for each client. Where its authors could
choose, it is given the faster: WAL mode, one encoding of a tick for all, no log of each connect."""
import asyncio
import os
import socket
import sqlite3
import time

import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

PHASE = int(os.environ.get("PHASE_MS", "0")) / 1000

table = sqlite3.connect(os.environ["DB"], isolation_level=None)
table.execute("PRAGMA journal_mode = WAL")
table.execute("PRAGMA synchronous = NORMAL")
table.execute("CREATE TABLE connected_users (client_id TEXT PRIMARY KEY, connected_at TEXT NOT NULL)")

app = FastAPI()
clients: dict[str, WebSocket] = {}
count = 0


def fibonacci(n: int) -> int:
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


async def tell_time() -> None:
    following = int(time.time() - PHASE) + 1 + PHASE
    while True:
        await asyncio.sleep(max(0, following - time.time()))
        text = '{"type":"time","time":"%s"}' % time.strftime("%H:%M:%S", time.localtime(following))
        following += 1
        for client in list(clients.values()):
            try:
                await client.send_text(text)
            except Exception:
                pass  # it left meanwhile


@app.on_event("startup")
async def start() -> None:
    app.state.clock = asyncio.create_task(tell_time())


@app.websocket("/ws")
async def serve(client: WebSocket) -> None:
    global count
    await client.accept()
    count += 1
    name = f"user_{count}"
    clients[name] = client
    table.execute("INSERT INTO connected_users VALUES (?, ?)", (name, time.strftime("%FT%TZ", time.gmtime())))
    await client.send_json({"type": "welcome", "message": f"Você é o usuário {name}", "client_id": name})
    try:
        while True:
            request = await client.receive_json()
            n = request["input"]
            result = fibonacci(n)
            await client.send_json({"type": "fibonacci", "input": n, "result": result if n <= 78 else str(result)})
    except WebSocketDisconnect:
        pass
    finally:
        del clients[name]
        table.execute("DELETE FROM connected_users WHERE client_id = ?", (name,))


if __name__ == "__main__":
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    print(f"listening {listener.getsockname()[1]}", flush=True)
    uvicorn.Server(uvicorn.Config(app, ws="websockets", log_level="warning")).run(sockets=[listener])
