# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A session with a process that follows a script: what it takes, how it ends, what comes after."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from ansible_collections.claw.pilot.webapp.monitor import session as module
from ansible_collections.claw.pilot.webapp.monitor.session import Session, Ways, wait_seconds
from ansible_collections.claw.pilot.webapp.places import HostPlace

from .seen_hosts import instance, observation

ORDERS = {"interval": 10.0, "metrics": False}
FULL = {"full": {key: value for key, value in observation().items() if key != "instances"}}
Data = dict[str, Any]


class FakeProcess:
    """A process whose ends are in our hands. stubborn: it ends by force only."""

    def __init__(self, stubborn: bool = False) -> None:
        self.stdout, self.stderr = asyncio.StreamReader(), asyncio.StreamReader()
        self.stdin = self
        self.returncode: int | None = None
        self.signals: list[int] = []
        self.told: list[Data] = []
        self.closed = False
        self._stubborn = stubborn
        self._ended = asyncio.Event()

    def write(self, data: bytes) -> None:
        self.told += [json.loads(line) for line in data.splitlines()]

    def close(self) -> None:
        self.closed = True
        if not self._stubborn:
            self.end(0)

    def send_signal(self, number: int) -> None:
        self.signals.append(number)
        if number == signal.SIGKILL:
            self.end(-9)

    def say(self, *messages: Any) -> None:
        for message in messages:
            text = message if isinstance(message, str) else json.dumps(message)
            self.stdout.feed_data(text.encode() + b"\n")

    def end(self, code: int, words: str = "") -> None:
        if self.returncode is None:
            self.returncode = code
            self.stderr.feed_data(words.encode())
            self.stderr.feed_eof()
            self.stdout.feed_eof()
            self._ended.set()

    async def wait(self) -> int:
        await self._ended.wait()
        return self.returncode or 0


class World:
    """Processes as they are started, and what the listener of the session heard."""

    def __init__(self) -> None:
        self.processes: list[FakeProcess] = []
        self.heard_: list[Data] = []
        self.lost_: list[str] = []
        self.failures: list[OSError] = []
        self.stubborn = False
        self.session = Session(
            HostPlace("server1"), self, Ways(self.start, asyncio.Semaphore(1), lambda: 0.0), ORDERS
        )

    async def start(self, place: HostPlace) -> FakeProcess:
        for failure in self.failures:
            raise failure
        self.processes.append(FakeProcess(self.stubborn))
        return self.processes[-1]

    def heard(self, host: str, message: Data) -> None:
        self.heard_.append(message)

    def lost(self, host: str, reason: str) -> None:
        self.lost_.append(reason)

    async def until(self, there: Callable[[], Any]) -> None:
        async with asyncio.timeout(5):
            while not there():
                await asyncio.sleep(0)

    async def connected(self) -> FakeProcess:
        await self.until(lambda: self.processes and self.processes[-1].told)
        self.processes[-1].say(FULL)
        await self.until(lambda: self.heard_)
        return self.processes[-1]


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "wait_seconds", lambda failures, chance: 0.0)
    monkeypatch.setattr(module, "GRACE_SECONDS", 0.01)


def play(scene: Callable[[World], Awaitable[None]]) -> World:
    """Run a scene beside its session, which is ended then. No task is left."""

    async def run() -> World:
        world = World()
        task = asyncio.ensure_future(world.session.run())
        try:
            await scene(world)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert all(process.returncode is not None for process in world.processes)
        return world

    return asyncio.run(run())


def test_waiting_doubles_to_half_a_minute_a_quarter_more_or_less() -> None:
    assert [wait_seconds(n, 0.5) for n in (1, 2, 3, 4, 5, 6, 99)] == [1, 2, 4, 8, 16, 30, 30]
    assert (wait_seconds(1, 0.0), wait_seconds(9, 1.0)) == (0.75, 37.5)


def test_it_is_told_what_to_look_at_and_what_it_says_is_handed_on() -> None:
    async def scene(world: World) -> None:
        process = await world.connected()
        process.say({"beat": "2026-11-21T07:00:10Z"}, {"pending": {"/x": 1}})
        await world.until(lambda: len(world.heard_) == 3)
        assert process.told == [{"do": "look", **ORDERS}]
        world.session.order({**ORDERS, "metrics": True})
        world.session.order({**ORDERS, "metrics": True})
        world.session.refresh()
        assert process.told[1:] == [
            {"do": "look", "interval": 10.0, "metrics": True},
            {"do": "now"},
        ]

    world = play(scene)
    assert world.processes[0].closed and world.processes[0].signals == []
    assert world.heard_[0]["full"]["instances"] == []
    assert world.lost_ == [], "an end that was wanted is no loss"


def test_a_large_host_speaks_in_parts() -> None:
    async def scene(world: World) -> None:
        await world.until(lambda: world.processes)
        one, two = instance("a"), instance("b")
        world.processes[0].say({"part": [one]}, {"part": [two]}, FULL)
        await world.until(lambda: world.heard_)
        assert world.heard_[0]["full"]["instances"] == [one, two]

    play(scene)


@pytest.mark.usefixtures("no_waiting")
def test_after_its_end_the_last_words_are_told_and_another_is_started() -> None:
    async def scene(world: World) -> None:
        process = await world.connected()
        process.end(1, "Traceback\nKeyError: token=abcdefghijklmnopqrstuvwxyz0123456789\n\n")
        await world.until(lambda: len(world.processes) == 2)
        await world.connected()

    world = play(scene)
    assert world.lost_ == ["KeyError: token=********."]


@pytest.mark.usefixtures("no_waiting")
@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("no json", "It said what cannot be understood (JSONDecodeError)."),
        ("[1]", "It said what cannot be understood (AttributeError)."),
        ('{"n": 1}', None),
        ('{"full": 3}', "It said what cannot be understood (TypeError)."),
        ("[" * 60_000, "It said what cannot be understood (RecursionError)."),
        ("x" * 70_000, "It said a line that is too long."),
    ],
    ids="text list answer shape depth length".split(),
)
def test_a_host_that_talks_nonsense_is_lost_and_nothing_else(said: str, reason: str | None) -> None:
    async def scene(world: World) -> None:
        process = await world.connected()
        process.say(said)
        if reason is None:  # an answer that nobody asked for
            process.say({"beat": "x"})
            await world.until(lambda: len(world.heard_) == 2)
            return
        await world.until(lambda: len(world.processes) == 2)

    world = play(scene)
    assert world.lost_ == ([reason] if reason else [])


@pytest.mark.usefixtures("no_waiting")
def test_a_host_that_falls_silent_is_started_anew_by_force(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(world: World) -> None:
        world.stubborn = True
        await world.connected()
        world.stubborn = False
        await world.until(lambda: len(world.processes) == 2)

    assert module.quiet_seconds(10.0, 0.0) == 40.0 and module.quiet_seconds(2.0, 20.0) == 70.0
    monkeypatch.setattr(module, "quiet_seconds", lambda interval, told: 0.01)
    world = play(scene)
    assert world.lost_[0] == "It said nothing for 0 s."
    assert world.processes[0].signals == [signal.SIGTERM, signal.SIGKILL]


@pytest.mark.usefixtures("no_waiting")
def test_a_program_that_is_not_there_is_a_reason() -> None:
    async def scene(world: World) -> None:
        world.failures = [FileNotFoundError(2, "No such file or directory: 'docker'")]
        await world.until(lambda: len(world.lost_) > 2)

    world = play(scene)
    assert "No such file or directory: 'docker'" in world.lost_[0]


def test_whoever_wants_it_now_need_not_wait_for_the_next_try() -> None:
    async def scene(world: World) -> None:
        process = await world.connected()
        process.end(1)
        await world.until(lambda: world.lost_)
        await asyncio.sleep(0)
        assert len(world.processes) == 1
        world.session.refresh()
        await world.until(lambda: len(world.processes) == 2)

    assert play(scene).lost_ == ["Its process ended with code 1."]


def test_answers_find_their_question_and_errors_are_raised() -> None:
    async def scene(world: World) -> None:
        process = await world.connected()
        asked = [asyncio.ensure_future(world.session.ask({"ask": n}, 5)) for n in ("a", "b")]
        await world.until(lambda: len(process.told) == 3)
        first, second = (order["n"] for order in process.told[1:])
        error = {"code": "NO_TOKEN", "message": "None.", "hint": "Look.", "more": 1}
        process.say({"n": second, "error": error}, {"n": first, "answer": {"x": 1}})
        assert await asked[0] == {"x": 1}
        with pytest.raises(ClawPilotError) as caught:
            await asked[1]
        assert caught.value.as_dict() == {"code": "NO_TOKEN", "message": "None.", "hint": "Look."}

    play(scene)


@pytest.mark.usefixtures("no_waiting")
def test_a_question_ends_with_its_time_or_with_the_process() -> None:
    async def scene(world: World) -> None:
        with pytest.raises(ClawPilotError) as early:
            await world.session.ask({"ask": "a"}, 5)
        assert early.value.code == "HOST_UNREACHABLE"
        process = await world.connected()
        with pytest.raises(ClawPilotError) as late:
            await world.session.ask({"ask": "a"}, 0.01)
        assert late.value.code == "HOST_SILENT"
        asked = asyncio.ensure_future(world.session.ask({"ask": "a"}, 5))
        await world.until(lambda: len(process.told) == 3)
        process.end(1)
        with pytest.raises(ClawPilotError) as lost:
            await asked
        assert lost.value.code == "HOST_UNREACHABLE"

    play(scene)


@pytest.mark.usefixtures("no_waiting")
def test_a_tail_goes_on_over_a_loss_without_the_old_lines() -> None:
    got: list[Data] = []

    async def scene(world: World) -> None:
        process = await world.connected()
        end = world.session.tail({"ask": "logs", "lines": 100}, got.extend)
        number = process.told[-1]["n"]
        process.say({"n": number, "lines": [{"text": "one"}]})
        error = {"code": "LOG_NOT_FOUND", "message": "No log yet.", "hint": ""}
        process.say({"n": number, "error": error})
        await world.until(lambda: len(got) == 2)
        process.end(1)
        await world.until(lambda: len(world.processes) == 2)
        again = world.processes[1]
        await world.until(lambda: len(again.told) == 2)
        assert again.told[1] == {
            "do": "tail",
            "n": number,
            "question": {"ask": "logs", "lines": 0},
        }
        again.say(FULL, {"n": number, "lines": [{"text": "two"}]})
        await world.until(lambda: len(got) == 3)
        end()
        end()
        assert again.told[2:] == [{"do": "stop", "n": number}]
        again.say({"n": number, "lines": [{"text": "three"}]}, {"beat": "x"})
        await world.until(lambda: "beat" in world.heard_[-1])

    play(scene)
    assert [one["text"] for one in got] == ["one", "No log yet.", "two"]
    assert got[1]["source"] == "claw-pilot"


def test_there_is_an_end_to_how_many_logs_are_followed() -> None:
    async def scene(world: World) -> None:
        await world.connected()
        for _turn in range(module.MAX_TAILS):
            world.session.tail({"ask": "logs"}, lambda lines: None)
        with pytest.raises(ClawPilotError) as caught:
            world.session.tail({"ask": "logs"}, lambda lines: None)
        assert caught.value.code == "TOO_MANY_TAILS"

    play(scene)


def test_who_takes_long_to_start_lets_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TURN_SECONDS", 0.01)

    async def scene(world: World) -> None:
        await world.until(lambda: world.processes)
        gate = world.session._ways.gate
        assert gate.locked()
        await world.until(lambda: not gate.locked())
        await world.connected()
        assert gate._value == 1, "given back once"

    play(scene)
