"""A client of the original contract, with Python's websocket-client: it knows only the four messages."""
import json
import sys

import websocket

ws = websocket.create_connection(sys.argv[1], timeout=20)
welcome = json.loads(ws.recv())
ws.send(json.dumps({"type": "fibonacci", "input": 10}))
times, answer = [], None
while len(times) < 2 or answer is None:
    message = json.loads(ws.recv())
    if message["type"] == "time":
        times.append(message["time"])
    elif message["type"] == "fibonacci":
        assert list(message) == ["type", "input", "result"], message
        answer = message["result"]
    else:
        raise AssertionError(f"not of the contract: {message}")
ws.send("nonsense")
while (error := json.loads(ws.recv()))["type"] == "time":
    pass
ws.close()
print(json.dumps({"welcome": welcome, "times": times, "answer": answer, "error": error, "code": 1000}))
