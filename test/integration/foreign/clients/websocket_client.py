"""Python's websocket-client: websocket_client.py BASE, such as ws://127.0.0.1:8000/. Prints what it sees, as clients.ts describes."""
import json
import sys
import time

import websocket
from websocket import ABNF

BASE = sys.argv[1]
MIB = 1024 * 1024


def say(did, **seen):
    print(json.dumps({"did": did, **seen}), flush=True)


def connect(path):
    return websocket.create_connection(f"{BASE}{path}", timeout=20)


def answer_to(ws, n):
    ws.send(json.dumps({"type": "fibonacci", "input": n}))
    while (message := json.loads(ws.recv()))["type"] == "time":
        pass
    assert list(message) == ["type", "input", "result"] and message["input"] == n, message
    return message["result"]


def close_code(ws):
    """What its program sees at the end: a code, or only an error."""
    try:
        while True:
            opcode, data = ws.recv_data()
            if opcode == ABNF.OPCODE_CLOSE:
                return {"code": int.from_bytes(data[:2], "big")}
    except websocket.WebSocketException as error:
        return {"code": None, "error": f"{type(error).__name__}: {error}"}


def contract():
    ws = connect("ws")
    welcome = json.loads(ws.recv())
    times = []
    while len(times) < 2:
        message = json.loads(ws.recv())
        assert list(message) == ["type", "time"], message
        times.append(message["time"])
    ws.send("nonsense")
    while (error := json.loads(ws.recv()))["type"] == "time":
        pass
    results = [answer_to(ws, n) for n in (10, 78, 100)]
    say("contract", welcome=welcome, times=times, error=error["code"], results=results)
    say("large", result=answer_to(ws, 100_000))
    ws.send_close(1000)
    say("close", **close_code(ws))


def echo():
    ws = connect("echo")
    text, data = "é" * (MIB // 2), bytes(range(256)) * (MIB // 256)
    ws.send(text)
    same_text = ws.recv() == text
    ws.send_binary(data)
    say("echo", text=same_text, binary=ws.recv() == data)
    ws.send_binary(bytes(MIB + 1))
    say("too long", **close_code(ws))
    ws = connect("echo")
    ws.send(b"caf\xe9", ABNF.OPCODE_TEXT)
    say("bad text", **close_code(ws))


def connect_again():
    while True:
        try:
            return connect("ws")
        except (OSError, websocket.WebSocketException):
            time.sleep(0.1)


def restarts():
    for _ in range(2):
        ws = connect_again()
        say("online", id=json.loads(ws.recv())["client_id"])
        say("lost", **close_code(ws))
    ws = connect_again()
    say("online", id=json.loads(ws.recv())["client_id"])
    ws.close()


say("start", client=f"websocket-client {websocket.__version__}")
contract()
echo()
restarts()
