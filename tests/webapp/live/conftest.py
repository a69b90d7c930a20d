# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A dashboard on a real port, and browsers with real sockets."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from flask import Flask
from websockets.sync.client import ClientConnection, connect
from werkzeug.serving import make_server

Data = dict[str, Any]
SECONDS = 20.0  # that a message may take on a busy machine


class Browser:
    """A connection to /ws."""

    def __init__(self, ws: ClientConnection) -> None:
        self.ws = ws
        self.got: list[Data] = []

    def send(self, type_: str, **payload: Any) -> None:
        self.ws.send(json.dumps({"type": type_, "payload": payload}))

    def subscribe(self, channel: str, **payload: Any) -> None:
        self.send("subscribe", channel=channel, **payload)

    def next(self, *types: str, seconds: float = SECONDS) -> Data:
        """The next message, of one of these types; pings are answered and not counted."""
        end = time.monotonic() + seconds
        while True:
            message: Data = json.loads(self.ws.recv(timeout=max(0.01, end - time.monotonic())))
            if message["type"] == "ping" and "ping" not in types:
                self.send("pong")
                continue
            self.got.append(message)
            assert not types or message["type"] in types, message
            return message

    def payload(self, *types: str) -> Data:
        found: Data = self.next(*types)["payload"]
        return found

    def is_quiet(self, seconds: float = 0.4) -> bool:
        """Whether nothing comes for so long."""
        try:
            message = self.ws.recv(timeout=seconds)
        except TimeoutError:
            return True
        raise AssertionError(message)


class Place:
    """Where the dashboard is, and a way in."""

    def __init__(self, port: int, token: str) -> None:
        self.port = port
        self.token = token
        self._open = ExitStack()

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ws"

    def browser(self, headers: dict[str, str] | None = None, **options: Any) -> Browser:
        """Connected with a token, or with these headers instead."""
        given = {"Authorization": f"Bearer {self.token}"} if headers is None else headers
        made = connect(self.url, additional_headers=given, proxy=None, **options)
        return Browser(self._open.enter_context(made))

    def stalled(self) -> socket.socket:
        """A browser that has asked for everything and then reads nothing at all."""
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.connect(("127.0.0.1", self.port))
        sock.sendall(
            f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nConnection: Upgrade\r\n"
            f"Upgrade: websocket\r\nAuthorization: Bearer {self.token}\r\n"
            "Sec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        assert b" 101 " in sock.recv(200)
        asks = json.dumps(
            {"type": "subscribe", "payload": {"channel": "fleet", "view": "row"}}
        ).encode()
        mask = bytes(4)  # of zeros: the text stays as it is
        assert len(asks) < 126
        sock.sendall(bytes([0x81, 0x80 | len(asks)]) + mask + asks)
        return sock

    def close(self) -> None:
        self._open.close()


@pytest.fixture
def place(app: Flask, services: Any, token: str) -> Iterator[Place]:
    """The app under werkzeug, a thread for every connection."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    made = Place(server.server_port, token)
    yield made
    services.hub.stop()
    made.close()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], None]:
    """Wait until something holds."""

    def wait(holds: Callable[[], bool]) -> None:
        end = time.monotonic() + SECONDS
        while not holds():
            assert time.monotonic() < end, "it did not come to that"
            time.sleep(0.02)

    return wait
