# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a client says of the length of its request, and how long a thread waits for the rest."""

from __future__ import annotations

import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from unittest.mock import Mock

import pytest
from ansible_collections.claw.pilot.webapp.client import Client
from ansible_collections.claw.pilot.webapp.worker import BODY_SECONDS, Worker
from gunicorn.config import Config

Make = Callable[[bytes], Client]
HEAD = b"POST /login HTTP/1.1\r\nHost: x\r\n"
# Of all these the server's loop gathers the body, or gunicorn refuses, or nobody waits for more.
ODD = [
    b"Content-Length: " + b"0" * 23 + b"15000\r\n",
    b"Content-Length: " + b"0" * 4000 + b"15000\r\n",
    b"content-LENGTH:\t15000 \r\n",
    b"Content-Length: " + b"9" * 19 + b"\r\n",
    b"Content-Length: " + b"9" * 5000 + b"\r\n",
    b"Content-Length: +15000\r\n",
    b"Content-Length: 15_000\r\n",
    b"Content-Length: 1 5000\r\n",
    b"Content-Length: 0x15\r\n",
    b"Content-Length: 15000, 15000\r\n",
    "Content-Length: ١٥\r\n".encode(),
    "Content-Length: ²\r\n".encode("latin-1"),
    b"Content-Length : 15000\r\n",
    b"Content_Length: 15000\r\n",
    b"Content-Length:\r\n 15000\r\n",
    b"Content-Length:\x0b15000\r\n",
    b"Content-Length: 15000\n",
    b"Content-Length: 0\r\nContent-Length: 15000\r\n",
    b"Content-Length: 15000\r\nContent-Length: 0\r\n",
    b"Content-Length: 900000\r\n",
    b"X: 1\nContent-Length: 15000\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding:\tChunKed\r\n",
    b"Transfer-Encoding: identity, chunked\r\n",
    b"Transfer-Encoding : chunked\r\n",
    b"Transfer_Encoding: chunked\r\n",
    b"Transfer-Encoding:\r\n chunked\r\n",
    b"Transfer-Encoding: identity\r\nContent-Length: 15000\r\n",
    b"Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n",
]


@pytest.fixture
def make() -> Iterator[Make]:
    """A client that has sent something."""
    with ExitStack() as stack:

        def made(data: bytes) -> Client:
            ours, theirs = socket.socketpair()
            stack.enter_context(closing(theirs))
            client = Client(Config(), ours, ("127.0.0.1", 1), ("127.0.0.1", 2), "127.0.0.1")
            stack.enter_context(closing(client.sock))
            client.head += data
            return client

        yield made


def hand_over(client: Client) -> None:
    """As the server's loop gives a request to a thread."""
    loop = Mock(places=Counter())
    Worker.enqueue_req(loop, client)


def seconds_of_reading(client: Client) -> float:
    """How long it takes to read all that comes."""
    began = time.monotonic()
    with suppress(Exception):  # what gunicorn thinks of it is not the question
        next(client.parser).body.read()
    return time.monotonic() - began


@pytest.mark.parametrize("header", ODD)
def test_no_thread_waits_for_who_is_not_known(make: Make, header: bytes) -> None:
    client = make(HEAD + header + b"\r\ntok")
    if not client.is_whole:
        return  # the loop has it, with its time limit
    hand_over(client)
    assert client.sock.until is not None and client.sock.until <= time.monotonic()
    assert seconds_of_reading(client) < 5


def test_a_length_with_zeros_is_a_length(make: Make) -> None:
    head = HEAD + b"Content-Length: " + b"0" * 30 + b"15000\r\n\r\n"
    client = make(head + b"x" * 14_999)
    assert not client.is_whole
    client.head += b"x"
    assert client.is_whole


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (b"Content-Length: 900000\r\n", BODY_SECONDS),
        (b"Transfer-Encoding: chunked\r\n", BODY_SECONDS),
        (b"Content-Length: 0\r\n", 0.0),
        (b"Content-Length: +15000\r\n", 0.0),
        (b"", 0.0),
    ],
)
def test_only_a_large_body_of_who_may_send_it_is_waited_for(
    make: Make, header: bytes, seconds: float
) -> None:
    client = make(HEAD + header + b"\r\n")
    assert client.is_whole
    hand_over(client)
    client.sock.allow()
    assert client.sock.until == pytest.approx(time.monotonic() + seconds, abs=5)


def test_a_live_connection_waits_once_it_is_let_in(make: Make) -> None:
    client = make(b"GET /ws HTTP/1.1\r\nHost: x\r\n\r\n")
    assert client.is_whole
    hand_over(client)
    assert client.sock.until == 0.0
    client.sock.allow()
    assert client.sock.until is None
