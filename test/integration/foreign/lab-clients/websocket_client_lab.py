"""Python's websocket-client: websocket_client_lab.py URL MS. Prints what its program sees."""
import json
import sys
import time

import websocket

url, ms = sys.argv[1], float(sys.argv[2])
seen = {"opened": False, "messages": 0, "error": "", "code": 0, "reason": ""}
started = time.monotonic()
until = started + ms / 1000
socket = None
try:
    socket = websocket.create_connection(url, timeout=ms / 1000)
    seen["opened"] = True
    socket.send("hello")
    while time.monotonic() < until:
        socket.settimeout(max(0.01, until - time.monotonic()))
        # Without control frames it would wait on for as long as pings come.
        opcode, data = socket.recv_data(control_frame=True)
        if opcode in (websocket.ABNF.OPCODE_PING, websocket.ABNF.OPCODE_PONG):
            continue
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            seen["code"] = int.from_bytes(data[:2], "big") if len(data) >= 2 else 1005
            seen["reason"] = data[2:].decode("utf-8", "replace")
            break
        seen["messages"] += 1
        if seen["messages"] == 1:
            socket.send("again")
except websocket.WebSocketTimeoutException as error:
    if not seen["opened"]:
        seen["error"] = f"{type(error).__name__}: {error}"
except Exception as error:
    seen["error"] = f"{type(error).__name__}: {error}"
if socket and not seen["error"] and not seen["code"]:
    seen["closes"] = True
    socket.close(timeout=1)
seen["ms"] = round((time.monotonic() - started) * 1000)
print(json.dumps(seen))
