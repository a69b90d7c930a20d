# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One long-lived process on one host that says what it sees there; begun anew when it ends.

Everything here runs in the loop of the monitor. What comes from a host is not trusted: a line that
cannot be understood ends the process, and nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from ...plugins.module_utils._model import ClawPilotError
from ...plugins.module_utils._secrets import redact
from ..places import HostPlace
from .bundle import bundle, command

MAX_LINE = 16 * 1024 * 1024
FIRST_SECONDS = 60.0  # until the first word; a busy host starts Python slowly
STEADY_SECONDS = 30.0  # a process that has lasted so long begins the waiting anew
LONGEST_WAIT = 30.0
GRACE_SECONDS = 2.0
TURN_SECONDS = 5.0
MAX_TAILS = 64
Data = dict[str, Any]
OnLines = Callable[[list[Data]], None]


class Process(Protocol):
    """What a session uses of asyncio's process; tests have others."""

    stdin: Any
    stdout: Any
    stderr: Any

    @property
    def returncode(self) -> int | None: ...
    def send_signal(self, signal: int) -> None: ...
    async def wait(self) -> int: ...


@dataclass(frozen=True)
class Ways:
    """How a session starts a process, and by which chance and sleep it waits."""

    start: Callable[[HostPlace], Awaitable[Process]]
    gate: asyncio.Semaphore
    chance: Callable[[], float] = random.random


class Listener(Protocol):
    """Who is told what a session hears."""

    def heard(self, host: str, message: Data) -> None: ...
    def lost(self, host: str, reason: str) -> None: ...


async def start_process(place: HostPlace) -> Process:
    """The watch on a host, in a session of its own, so that Ctrl-C is not for it."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CLAW_PILOT_")}
    process = await asyncio.create_subprocess_exec(
        *(place.argv or ()),
        *command(place.python),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=MAX_LINE,
        env={**environment, "MALLOC_ARENA_MAX": "2"},
        start_new_session=True,
    )
    assert process.stdin is not None
    process.stdin.write(bundle(place.python))
    return process


def wait_seconds(failures: int, chance: float) -> float:
    """1, 2, 4 ... 30 s, a quarter more or less; failures: in a row, this one included."""
    return min(LONGEST_WAIT, float(2 ** min(failures - 1, 16))) * (0.75 + chance / 2)


def quiet_seconds(interval: float, told: float) -> float:
    """So long a silence is the end; told: seconds until its next word, where it has said so."""
    return 3 * max(interval, told) + 10


class Session:
    """The session of one host. orders: what it is told to look at, and how often."""

    def __init__(self, place: HostPlace, listener: Listener, ways: Ways, orders: Data) -> None:
        self.place = place
        self.reason = "It has not answered yet."
        self._listener = listener
        self._ways = ways
        self._orders = orders
        self._process: Process | None = None
        self._errors: asyncio.Future[None] | None = None
        self._ready = False
        self._wake = asyncio.Event()
        self._number = 0
        self._asked: dict[int, asyncio.Future[Data]] = {}
        self._tails: dict[int, tuple[Data, OnLines]] = {}
        self._parts: list[Data] = []
        self._next = 0.0
        self._words: list[str] = []

    # --- what it is told

    def order(self, orders: Data) -> None:
        """Look so often, at these places."""
        if orders != self._orders:
            self._orders = orders
            self._send({"do": "look", **orders})

    def refresh(self) -> None:
        """Look now; where there is no process, try now to have one."""
        self._wake.set()
        self._send({"do": "now"})

    async def ask(self, question: Mapping[str, Any], timeout: float) -> Data:
        """The answer to a question.

        Raises HOST_UNREACHABLE, HOST_SILENT, and what the host says is wrong.
        """
        if not self._ready:
            raise unreachable(self.place.name, self.reason)
        number = self._new_number()
        future: asyncio.Future[Data] = asyncio.get_running_loop().create_future()
        self._asked[number] = future
        self._send({"do": "ask", "n": number, "question": dict(question)})
        try:
            async with asyncio.timeout(timeout):
                return await future
        except TimeoutError:
            raise ClawPilotError(
                "HOST_SILENT",
                f"{self.place.name} did not answer within {timeout:g} s.",
                "It may be busy: try again in a moment.",
            ) from None
        finally:
            self._asked.pop(number, None)

    def tail(self, question: Mapping[str, Any], on_lines: OnLines) -> Callable[[], None]:
        """Hand on what is added to a log, also over a loss of the connection; returns the end."""
        if len(self._tails) >= MAX_TAILS:
            raise ClawPilotError(
                "TOO_MANY_TAILS",
                f"{MAX_TAILS} logs of {self.place.name} are followed already.",
                "Close one of them.",
            )
        number = self._new_number()
        self._tails[number] = dict(question), on_lines
        self._send({"do": "tail", "n": number, "question": dict(question)})

        def end() -> None:
            if self._tails.pop(number, None):
                self._send({"do": "stop", "n": number})

        return end

    def _new_number(self) -> int:
        self._number += 1
        return self._number

    def _send(self, order: Data) -> None:
        if self._process is not None and self._ready:
            with contextlib.suppress(OSError, RuntimeError):  # its end is noticed by who reads
                self._process.stdin.write(json.dumps(order).encode() + b"\n")

    # --- its life

    async def run(self) -> None:
        """Until it is cancelled; then no process is left."""
        failures = 0
        while True:
            begun = asyncio.get_running_loop().time()
            try:
                await self._live()
            except ClawPilotError as error:
                self.reason = error.message
            finally:
                await self._end()
            lasted = asyncio.get_running_loop().time() - begun
            failures = 1 if lasted >= STEADY_SECONDS else failures + 1
            self._listener.lost(self.place.name, self.reason)
            self._wake.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_seconds(failures, self._ways.chance())):
                    await self._wake.wait()

    async def _live(self) -> None:
        """From the start of a process to its end, which is always an error."""
        async with self._turn():
            try:
                self._process = await self._ways.start(self.place)
            except OSError as error:
                raise unreachable(self.place.name, f"{error}.") from None
            self._begin()
            self._errors = asyncio.ensure_future(self._listen_to_errors(self._process))
            await self._hear(FIRST_SECONDS)
        while True:
            quiet = quiet_seconds(float(self._orders["interval"]), self._next)
            await self._hear(FIRST_SECONDS if self._parts else quiet)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Our turn to start: not all at once, as each start costs this machine too. Who takes long
        lets others go on.
        """
        released = False

        def release() -> None:
            nonlocal released
            if not released:
                released = True
                self._ways.gate.release()

        await self._ways.gate.acquire()
        late = asyncio.get_running_loop().call_later(TURN_SECONDS, release)
        try:
            yield
        finally:
            late.cancel()
            release()

    def _begin(self) -> None:
        self._ready, self._words, self._parts, self._next = True, [], [], 0.0
        self._send({"do": "look", **self._orders})
        for number, (question, _on_lines) in self._tails.items():
            self._send({"do": "tail", "n": number, "question": {**question, "lines": 0}})

    async def _hear(self, seconds: float) -> None:
        """The next line. Raises HOST_UNREACHABLE for its end, for silence and for nonsense."""
        process = self._process
        assert process is not None
        try:
            # Not wait_for: before Python 3.12 it may swallow the end of this session.
            async with asyncio.timeout(seconds):
                line = await process.stdout.readline()
        except TimeoutError:
            raise unreachable(self.place.name, f"It said nothing for {seconds:.0f} s.") from None
        except (ValueError, OSError):
            raise unreachable(self.place.name, "It said a line that is too long.") from None
        if not line:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(GRACE_SECONDS):
                    await self._ended(process)
            raise unreachable(self.place.name, self._last_words(process.returncode))
        try:
            self._take(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            said = f"It said what cannot be understood ({type(error).__name__})."
            raise unreachable(self.place.name, said) from None

    def _take(self, message: Data) -> None:
        self._next = float(message.get("next") or 0)
        if "part" in message:
            self._parts += message["part"]
        elif "n" in message:
            self._answered(message)
        else:
            if "full" in message:
                message["full"]["instances"], self._parts = self._parts, []
            self._listener.heard(self.place.name, message)

    def _answered(self, message: Data) -> None:
        number = message["n"]
        future = self._asked.get(number)
        if future is not None and not future.done():
            if "error" in message:
                future.set_exception(ClawPilotError(*_texts(message["error"]).values()))
            else:
                future.set_result(message["answer"])
        elif number in self._tails:
            self._tails[number][1](message.get("lines") or [_as_line(message["error"])])

    async def _listen_to_errors(self, process: Process) -> None:
        """Keep what it says on standard error: the last of it is why it ended."""
        with contextlib.suppress(ValueError, OSError):
            while line := await process.stderr.readline():
                text = line.decode("utf-8", "replace").strip()
                self._words = [*self._words[-4:], text[:500]] if text else self._words

    async def _ended(self, process: Process) -> None:
        """Wait until it has ended and said why."""
        if self._errors is not None:
            await self._errors
        await process.wait()

    def _last_words(self, code: int | None) -> str:
        if self._words:
            return f"{redact(self._words[-1]).rstrip('.')}."
        return f"Its process ended with code {code}." if code else "Its connection ended."

    async def _end(self) -> None:
        """End the process: by the end of its input, by a signal, by force."""
        process, self._process, self._ready = self._process, None, False
        errors, self._errors = self._errors, None
        for future in self._asked.values():
            if not future.done():
                future.set_exception(unreachable(self.place.name, self.reason))
        if process is None:
            return
        with contextlib.suppress(OSError, RuntimeError):
            process.stdin.close()
        for number in (None, signal.SIGTERM, signal.SIGKILL):
            if process.returncode is not None:
                break
            with contextlib.suppress(ProcessLookupError):
                if number:
                    process.send_signal(number)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(GRACE_SECONDS):
                    await process.wait()
        if errors is not None:
            errors.cancel()


def _texts(error: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(error.get(key) or "") for key in ("code", "message", "hint")}


def _as_line(error: Mapping[str, Any]) -> Data:
    """What is wrong with a log, as a line of it."""
    return {"time": "", "level": "warn", "text": _texts(error)["message"], "source": "claw-pilot"}


def unreachable(host: str, reason: str) -> ClawPilotError:
    return ClawPilotError(
        "HOST_UNREACHABLE", reason, f"See that {host} is up and can be connected to from here."
    )
