"""A client's behaviour when the server misbehaves."""
import asyncio

import pytest
import websockets
from client import follow


def play(wsdemo, case, plan, attempts, endpoint="echo", say=None):
    """Runs the client until it has tried so often; returns what it received, and what the server saw."""
    received = []

    async def opened(socket):
        if say:
            await socket.send(say)

    async def run():
        task = asyncio.ensure_future(follow(wsdemo.socket(case, plan, endpoint), received.append, opened))
        try:
            for _ in range(100):
                await asyncio.sleep(0.1)
                seen = wsdemo.attempts(case)
                if len(seen) >= attempts and (say is None or received):
                    return seen
            raise AssertionError(f"the client tried {len(seen)} times")
        finally:
            task.cancel()

    return received, asyncio.run(run())


def test_waits_as_long_as_a_503_says(wsdemo):
    _, (first, second, *_) = play(wsdemo, "py-busy", "status:503:1/ok", 2)
    assert first["status"] == 503
    assert second["at_ms"] >= 990


def test_connects_again_after_a_restart(wsdemo):
    _, (first, *_) = play(wsdemo, "py-restart", "close:1012@200ms/ok", 2)
    assert first["client"]["close"]["code"] == 1012


def test_drops_a_server_that_answers_no_pings(wsdemo):
    _, (first, *_) = play(wsdemo, "py-no-pong", "pong:off/ok", 2)
    assert first["client"]["pings"] >= 1


def test_drops_a_half_open_connection(wsdemo):
    _, (first, *_) = play(wsdemo, "py-half", "half@200ms/ok", 2, endpoint="ws")
    assert first["end"]["by"] == "client"


def test_closes_with_1007_when_a_text_is_not_utf8(wsdemo):
    _, (first, *_) = play(wsdemo, "py-utf8", "utf8@200ms/ok", 2)
    assert first["client"]["close"]["code"] == 1007


def test_reads_a_message_that_arrives_byte_by_byte(wsdemo):
    received, attempts = play(wsdemo, "py-drip", "drip:1:10ms", 1, say="hello, world")
    assert received == ["hello, world"]
    assert len(attempts) == 1


def test_raises_the_close_code_and_reason(wsdemo):
    async def run():
        async with websockets.connect(wsdemo.socket("py-close", "close:1011:bye@c1")) as socket:
            await socket.send("x")
            with pytest.raises(websockets.ConnectionClosedError) as error:
                await socket.recv()
            return error.value.rcvd

    closed = asyncio.run(run())
    assert (closed.code, closed.reason) == (1011, "bye")
