# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways to a gateway's port: a socket of the loopback, or a process' standard input and output.

A gateway never leaves its loopback. On another host, or in a container, a process that starts
there carries the bytes: `ssh -W 127.0.0.1:PORT HOST`, `docker exec -i NAME nc 127.0.0.1 PORT`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
from asyncio.subprocess import Process as Child
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from ...plugins.module_utils._rpc import ADDRESSES

TERMINATE_SECONDS = 2.0  # for a process to end by itself, then it is killed
LONGEST_WORDS = 300  # characters of a process' last words in a message


class Link:
    """An open way to a gateway. stream: the socket; authority: what a URL calls its end."""

    def __init__(self, stream: socket.socket, authority: str) -> None:
        self.stream = stream
        self.authority = authority

    def last_words(self) -> str:
        """What the way itself says about its end, on one line; empty when nothing."""
        return ""

    async def close(self) -> None:
        """Take down what carried the bytes, once. Whoever uses the stream closes it, too."""
        self.stream.close()


class Transport(Protocol):
    """How to get to a gateway, again and again. str(): the place, in words."""

    async def open(self) -> Link:
        """A new way; raises OSError where there is none."""


@dataclass(frozen=True)
class Loopback:
    """A gateway on this host, on 127.0.0.1 or on ::1."""

    port: int

    def __str__(self) -> str:
        return f"port {self.port}"

    async def open(self) -> Link:
        for address in ADDRESSES:
            with contextlib.suppress(OSError, OverflowError):
                host = f"[{address}]" if ":" in address else address
                return Link(await _dial(address, self.port), f"{host}:{self.port}")
        raise ConnectionRefusedError("nothing listens there")


@dataclass(frozen=True)
class Process:
    """A gateway at the other end of a process; argv: the command, never with a secret in it."""

    argv: tuple[str, ...]

    def __str__(self) -> str:
        return f"the other end of {self.argv[0]}"

    async def open(self) -> Link:
        ours, theirs = socket.socketpair()
        words, their_words = os.pipe()
        try:
            # One socket is both its input and its output: no pump, and the kernel's own limits.
            # A session of its own keeps a Ctrl-C of the terminal away from it.
            child = await asyncio.create_subprocess_exec(
                *self.argv,
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=their_words,
                start_new_session=True,
            )
        except BaseException:
            ours.close()
            os.close(words)
            raise
        finally:
            theirs.close()
            os.close(their_words)
        ours.setblocking(False)
        return _ProcessLink(ours, child, words)


class _ProcessLink(Link):
    """The process ends with the link, and leaves no zombie."""

    def __init__(self, stream: socket.socket, child: Child, words: int) -> None:
        super().__init__(stream, "127.0.0.1")
        self._child = child
        self._words = words
        self._said = b""
        os.set_blocking(words, False)
        asyncio.get_running_loop().add_reader(words, self._listen)

    def _listen(self) -> None:
        """Keep the end of its standard error: it must not block there, nor fill the memory."""
        with contextlib.suppress(BlockingIOError):
            data = os.read(self._words, 65536)
            self._said = (self._said + data)[-4 * LONGEST_WORDS :]
            if not data:
                asyncio.get_running_loop().remove_reader(self._words)

    def last_words(self) -> str:
        text = " ".join(self._said.decode("utf-8", "replace").split())
        return text[-LONGEST_WORDS:].rstrip(".")

    async def close(self) -> None:
        if self._words < 0:
            return
        self.stream.close()
        try:
            await self._end()
        finally:
            if self._words >= 0:
                self._listen()  # its last words have come with its end
                asyncio.get_running_loop().remove_reader(self._words)
                os.close(self._words)
                self._words = -1

    async def _end(self) -> None:
        """Ask it to end, then make it end. A cancelled close makes it end at once."""
        try:
            self._signal(signal.SIGTERM)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TERMINATE_SECONDS):
                    await self._child.wait()
        finally:
            self._signal(signal.SIGKILL)
            await self._child.wait()

    def _signal(self, number: int) -> None:
        """To its whole group, while its id is surely its own."""
        if self._child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._child.pid, number)


async def _dial(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with _closed_on_error(socket.socket(family)) as stream:
        stream.setblocking(False)
        await asyncio.get_running_loop().sock_connect(stream, (address, port))
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return stream


@contextlib.contextmanager
def _closed_on_error(stream: socket.socket) -> Iterator[socket.socket]:
    try:
        yield stream
    except BaseException:
        stream.close()
        raise
