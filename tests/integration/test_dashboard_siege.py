# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients that hold connections, against the real server: who is logged in does not notice."""

from __future__ import annotations

import json
import re
import socket
import statistics
import struct
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest
from ansible_collections.claw.pilot.webapp.live.hub import MOST_OF_ONE
from ansible_collections.claw.pilot.webapp.worker import MOST_CLIENTS
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.integration.dashboard_program import Program

MANY = 300
BROWSERS = 50
HOST = b"Host: 127.0.0.1\r\nOrigin: http://127.0.0.1\r\n"
LARGE = b"GET /static/vendor/xterm/xterm.mjs HTTP/1.1\r\n" + HOST + b"\r\n"
# Without its kind a form is not read at all.
LOGIN = b"POST /login HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n" + HOST
# What each client sends, and then nothing more; none has a login.
HELD = {
    "nothing": b"",
    "half a line": b"GET / HT",
    "half a head": b"GET / HTTP/1.1\r\n" + HOST + b"X-More: ",
    "a large half head": b"GET / HTTP/1.1\r\n" + HOST + b"X-More: " + b"x" * 7000,
    "a login without its body": LOGIN + b"Content-Length: 90\r\n\r\ntok",
    "a login whose length has zeros": LOGIN + b"Content-Length: 00000000000000015000\r\n\r\ntok",
    "a login of endless length": LOGIN + b"Content-Length: 99999999999999999999\r\n\r\ntok",
    "a large login": LOGIN + b"Content-Length: 900000\r\n\r\ntoken=",
    "a login in chunks": LOGIN + b"Transfer-Encoding: chunked\r\n\r\n9\r\ntok",
    "a login that expects": LOGIN + b"Expect: 100-continue\r\nContent-Length: 90\r\n\r\n",
    "a body that nobody wants": b"POST /api/registry/report HTTP/1.1\r\n"
    b"Content-Length: 30000000\r\n" + HOST + b"\r\n{",
    "a body for a page": b"GET /login HTTP/1.1\r\nContent-Length: 30000000\r\n" + HOST + b"\r\n{",
    "answers that nobody reads": LARGE * 40,
    "a live connection of nobody": b"GET /ws HTTP/1.1\r\nConnection: Upgrade\r\n"
    b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n" + HOST + b"\r\n",
}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    made = Program(tmp_path_factory.mktemp("siege"))
    made.start()
    yield made
    made.end()


def browser(stack: ExitStack, program: Program, token: str = "") -> ClientConnection:
    made = stack.enter_context(
        connect(
            f"ws://127.0.0.1:{program.port}/ws",
            additional_headers={"Authorization": f"Bearer {token or program.token}"},
            proxy=None,
        )
    )
    made.send('{"type": "subscribe", "payload": {"channel": "fleet"}}')
    assert json.loads(made.recv(20))["type"] == "snapshot"
    return made


def client(program: Program, data: bytes, buffer: int = 0) -> socket.socket:
    made = socket.socket()
    if buffer:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    made.settimeout(5)
    made.connect(("127.0.0.1", program.port))
    made.sendall(data)
    return made


def seconds_for_pages(program: Program) -> float:
    """How long a page usually takes for who is logged in; none takes long."""
    spent = []
    for path in ("/", "/jobs", "/api/instances", "/hosts", "/"):
        began = time.monotonic()
        status, _headers, _text = program.ask("GET", path, Authorization=f"Bearer {program.token}")
        assert status == 200
        spent.append(time.monotonic() - began)
    assert max(spent) < 10
    return statistics.median(spent)


@pytest.mark.parametrize("kind", HELD)
def test_clients_that_hold_connections_hold_nobody_up(program: Program, kind: str) -> None:
    with ExitStack() as stack:
        watching = [browser(stack, program) for _turn in range(3)]
        for _turn in range(MANY):
            stack.enter_context(closing(client(program, HELD[kind], buffer=2048)))
        assert seconds_for_pages(program) < 1
        watching.append(browser(stack, program))
        for one in watching:
            assert one.ping().wait(10)


def test_who_sends_byte_by_byte_holds_nobody_up_and_is_ended(program: Program) -> None:
    with ExitStack() as stack:
        held = [
            stack.enter_context(closing(client(program, b"GET / HTTP/1.1\r\nX: ")))
            for _turn in range(MANY)
        ]
        began = time.monotonic()
        while any(map(is_open, held)):
            assert time.monotonic() - began < 30
            assert seconds_for_pages(program) < 1
            for one in held:
                if is_open(one):
                    one.send(b"x", socket.MSG_NOSIGNAL)
            time.sleep(1)


def is_open(one: socket.socket) -> bool:
    try:
        return one.recv(1, socket.MSG_DONTWAIT | socket.MSG_PEEK) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


def test_more_clients_than_there_is_room_for_leave_room(program: Program) -> None:
    with ExitStack() as stack:
        watching = [browser(stack, program) for _turn in range(BROWSERS)]
        held = [
            stack.enter_context(closing(client(program, HELD["half a head"])))
            for _turn in range(MOST_CLIENTS + 100)
        ]
        assert seconds_for_pages(program) < 1
        assert len([one for one in held if is_open(one)]) <= MOST_CLIENTS - BROWSERS
        for one in watching:
            assert one.ping().wait(10)


def test_one_token_has_so_many_live_connections_and_pages_go_on(program: Program) -> None:
    status, _headers, text = program.ask(
        "POST",
        "/api/tokens",
        '{"name": "greedy", "scope": "read"}',
        Authorization=f"Bearer {program.token}",
        Content_Type="application/json",
    )
    assert status == 201
    token = json.loads(text)["token"]
    with ExitStack() as stack:
        for _turn in range(MOST_OF_ONE):
            browser(stack, program, token)
        for _turn in range(30):
            with pytest.raises((InvalidStatus, ConnectionClosed)):
                browser(stack, program, token)
        other = browser(stack, program)  # of another login
        assert other.ping().wait(10)
        assert seconds_for_pages(program) < 1


@pytest.mark.parametrize("path", ["/%77s", "http://127.0.0.1/ws", "/./ws"])
def test_a_live_connection_by_another_spelling_gets_no_thread_of_pages(
    program: Program, path: str
) -> None:
    head = HELD["a live connection of nobody"].replace(b"/ws", path.encode(), 1)
    token = f"Authorization: Bearer {program.token}\r\n\r\n".encode()
    with closing(client(program, head[:-2] + token)) as one:
        assert int(one.recv(4096).split()[1]) >= 400


@pytest.mark.parametrize(
    ("path", "size", "most"),
    [
        ("/api/jobs", 1_500_000, "1,000,000"),
        ("/api/jobs", 20_000_000, "1,000,000"),
        ("/api/registry/report", 40_000_000, "32,000,000"),
    ],
)
@pytest.mark.parametrize("chunked", [False, True])
def test_who_sends_too_much_reads_why(
    program: Program, path: str, size: int, most: str, chunked: bool
) -> None:
    head = f"POST {path} HTTP/1.1\r\nContent-Type: application/json\r\n".encode() + HOST
    head += f"Authorization: Bearer {program.token}\r\n".encode()
    if chunked:
        head += b"Transfer-Encoding: chunked\r\n\r\n"
        body = b"%x\r\n%b\r\n0\r\n\r\n" % (size, b"x" * size)
    else:
        head += b"Content-Length: %d\r\n\r\n" % size
        body = b"x" * size
    with closing(client(program, head)) as one:
        one.settimeout(30)
        one.sendall(body)  # all of it before it looks, as most programs do
        answer = b""
        while data := one.recv(65536):
            answer += data
    assert answer.startswith(b"HTTP/1.1 413 ")
    error = json.loads(answer.partition(b"\r\n\r\n")[2])["error"]
    assert error["code"] == "BODY_TOO_LARGE"
    assert most in error["message"]


CHUNKED = (
    b"POST /api/jobs HTTP/1.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
)
LONG = b"POST /api/jobs HTTP/1.1\r\nContent-Type: application/json\r\n"
GET = b"GET /api/jobs HTTP/1.1\r\n"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (CHUNKED, b"zz\r\n{}\r\n0\r\n\r\n"),
        (CHUNKED, b"-1\r\n{}\r\n0\r\n\r\n"),
        (CHUNKED, b"2\r\n{}XX0\r\n\r\n"),
        (CHUNKED, b"f" * 5000 + b"\r\n"),
        (CHUNKED, b"2;\x00=\r\n{}\r\n0\r\n\r\n"),
        (CHUNKED, b"2\r\n{}\r\n0\r\nBad Trailer\r\n\r\n"),
        (CHUNKED, b"2\r\n{}\r\n0\r\nHost: x\r\n\r\n"),
        (CHUNKED, "²\r\n{}\r\n0\r\n\r\n".encode()),
        (CHUNKED, b"ffff\r\n{}"),  # and then it says that nothing more comes
        (CHUNKED + b"Content-Length: 2\r\n", b"2\r\n{}\r\n0\r\n\r\n"),
        (LONG + b"Transfer-Encoding: gzip\r\n", b"{}"),
        (LONG + b"Transfer-Encoding: chunked, chunked\r\n", b"2\r\n{}\r\n0\r\n\r\n"),
        (LONG + b"Content-Length: -1\r\n", b"{}"),
        (LONG + "Content-Length: ²\r\n".encode(), b"{}"),
        (LONG + b"Content-Length: +2\r\n", b"{}"),
        (LONG + b"Content-Length: 2, 2\r\n", b"{}"),
        (LONG + b"Content-Length: 2\r\nContent-Length: 3\r\n", b"{}"),
        (LONG + b"Content-Length: " + b"9" * 400 + b"\r\n", b"{}"),
        (LONG + b"Content-Length: 50\r\n", b"{}"),  # and no more
        (LONG + b"Content-Length: 500000\r\n", b"{}"),
        (LONG + b"Expect: nothing\r\nContent-Length: 2\r\n", b"{}"),
        (GET + b"SCRIPT_NAME: /other\r\n", b""),
        (GET + b"Bad Header: 1\r\n", b""),
        (GET + b"X: \x00\r\n", b""),
        (GET + b"NoColon\r\n", b""),
        (GET + b" folded: 1\r\n", b""),
        (GET + b"Host: other\r\n", b""),
        (GET + b"X-A: 1\r\n" * 200, b""),
        (GET + b"X-A: " + b"a" * 9000 + b"\r\n", b""),
        (GET + b"X-A: " + b"a" * 60_000 + b"\r\n", b""),
        (b"GET /api/jobs?" + b"a" * 5000 + b" HTTP/1.1\r\n", b""),
        (b"GET /api/jobs HTTP/9.9\r\n", b""),
        (b"get /api/jobs HTTP/1.1\r\n", b""),
        (b"GET /api/j\xffobs HTTP/1.1\r\n", b""),
        (b"GET /api/jobs?before=\xc2\xb2 HTTP/1.1\r\n", b""),
        (b"GET /api/jobs?before=%C2%B2 HTTP/1.1\r\n", b""),
        (b"GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n", b""),
        (HELD["a live connection of nobody"].partition(b"\r\nSec-WebSocket-Key")[0] + b"\r\n", b""),
        (LONG + b"Content-Length: " + b"5".zfill(30) + b"\r\n", b"{}"),  # and no more
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n", b""),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n", b""),  # TLS
    ],
)
def test_what_is_no_request_is_told_so(program: Program, head: bytes, body: bytes) -> None:
    own = f"Authorization: Bearer {program.token}\r\n\r\n".encode()
    with closing(client(program, b"")) as one:
        one.sendall(head + HOST + own + body)
        one.shutdown(socket.SHUT_WR)
        answer = b""
        while data := one.recv(65536):
            answer += data
    status = int(answer.split()[1])
    assert 400 <= status < 500 or status == 501 or b"SCRIPT_NAME" in head, answer
    if b"SCRIPT_NAME" in head:
        assert status == 200  # it is no header of ours
    else:
        error = json.loads(answer.partition(b"\r\n\r\n")[2])["error"]
        assert error["code"].isupper() and error["message"].endswith(".")
    assert "Traceback" not in (program.home / "errors").read_text()


def test_requests_that_come_together_are_answered_in_order(program: Program) -> None:
    own = f"Authorization: Bearer {program.token}\r\n".encode()
    post = b"POST /api/jobs HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
    first = GET + HOST + own + b"\r\n"
    with closing(client(program, b"")) as one:
        one.sendall(b"\r\n" + first + post + HOST + own + b"\r\n{}" + first[:-30])
        time.sleep(0.3)
        one.sendall(first[-30:-4] + b"\r\nConnection: close\r\n\r\n")
        answer = b""
        while data := one.recv(65536):
            answer += data
    assert re.findall(rb"HTTP/1.1 (\d+) ", answer) == [b"200", b"400", b"200"]


def test_who_resets_connections_leaves_nothing_behind(program: Program) -> None:
    for _turn in range(100):
        one = client(program, LARGE * 5)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        one.close()
    assert seconds_for_pages(program) < 1
    assert "Traceback" not in (program.home / "errors").read_text()
