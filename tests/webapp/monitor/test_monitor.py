# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The monitor over a small fleet of processes that follow a script, in its own thread."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from ansible_collections.claw.pilot.plugins.plugin_utils.registry import Registry
from ansible_collections.claw.pilot.webapp.fleet import Fleet, HostPlace
from ansible_collections.claw.pilot.webapp.monitor import Monitor
from ansible_collections.claw.pilot.webapp.monitor import monitor as module
from ansible_collections.claw.pilot.webapp.monitor.session import Ways

from .seen_hosts import HOME, instance, observation
from .test_fleet import record
from .test_session import FakeProcess

Data = dict[str, Any]


class Hosts(Fleet):
    """A fleet of two containers and one host by ssh, over a real registry."""

    def __init__(self, registry: Path) -> None:
        super().__init__(registry)
        self.places = [
            HostPlace("one", "docker", argv=("one",)),
            HostPlace("two", "docker", argv=("two",)),
            HostPlace("far", "ssh", argv=None, why="Not yet."),
        ]

    def hosts(self) -> list[HostPlace]:
        return list(self.places)


class World:
    """processes: the last one of each host."""

    def __init__(self, folder: Path) -> None:
        self.registry = folder / "registry.db"
        self.fleet = Hosts(self.registry)
        self.processes: dict[str, FakeProcess] = {}
        self.starts: list[str] = []
        self.loop: asyncio.AbstractEventLoop | None = None
        self.monitor = Monitor(
            self.fleet,
            registry=self.registry,
            history=folder / "history.db",
            interval=10.0,
            ways=lambda: Ways(self.start, asyncio.Semaphore(4)),
        )

    async def start(self, place: HostPlace) -> FakeProcess:
        self.loop = asyncio.get_running_loop()
        self.starts.append(place.name)
        self.processes[place.name] = FakeProcess()
        return self.processes[place.name]

    def until(self, there: Callable[[], Any]) -> Any:
        deadline = time.monotonic() + 10
        while not (found := there()):
            assert time.monotonic() < deadline
            time.sleep(0.005)
        return found

    def do(self, host: str, work: Callable[[FakeProcess], None]) -> None:
        """In the loop, as what a process does comes from there."""
        process = self.until(lambda: self.processes.get(host))
        self.until(lambda: process.told)
        assert self.loop is not None
        self.loop.call_soon_threadsafe(work, process)

    def shows(self, host: str, *instances: Data) -> None:
        given = observation(*instances)
        parts = given.pop("instances")
        self.do(host, lambda process: process.say({"part": parts}, {"full": given}))
        self.until(lambda: self.state(host) == "connected")

    def state(self, host: str) -> str:
        line = self.monitor.live.host(host)
        return str(line["state"]) if line else ""

    def told(self, host: str) -> list[Data]:
        return self.processes[host].told


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("CLAW_PILOT_HOME", str(tmp_path))
    monkeypatch.setattr(module, "FLEET_SECONDS", 0.05)
    made = World(tmp_path)
    yield made
    made.monitor.stop()
    assert not [t for t in threading.enumerate() if t.name == "monitor"]
    assert all(process.returncode is not None for process in made.processes.values())


def test_hosts_come_alive_and_an_unwatched_one_says_why(world: World) -> None:
    world.monitor.start()
    world.monitor.start()
    assert {h["name"]: h["state"] for h in world.monitor.live.hosts()} == {
        "one": "connecting",
        "two": "connecting",
        "far": "unwatched",
    }
    world.shows("one", instance("acme"))
    assert world.monitor.live.find("acme")["state"] == "running"
    assert sorted(world.starts) == ["one", "two"]


def test_a_lost_host_is_shown_so_and_the_others_go_on(world: World) -> None:
    world.monitor.start()
    world.shows("one", instance("acme"))
    world.shows("two", instance("beta"))
    world.do("one", lambda process: process.end(255, "Connection refused"))
    world.until(lambda: world.state("one") == "unreachable")
    line = world.monitor.live.find("acme")
    assert (line["state"], line["reason"]) == (
        "unknown",
        "Connection refused. It was last running.",
    )
    assert world.monitor.live.find("beta")["state"] == "running"


def test_sessions_follow_the_fleet(world: World) -> None:
    world.monitor.start()
    world.shows("one", instance("acme"))
    first = world.processes["one"]
    world.fleet.places = [HostPlace("three", "docker", argv=("three",))]
    world.until(lambda: "three" in world.processes)
    world.until(lambda: first.returncode is not None)
    assert world.monitor.live.lines() == []
    assert [host["name"] for host in world.monitor.live.hosts()] == ["three"]


def test_who_looks_changes_the_pace_and_refresh_looks_now(world: World) -> None:
    world.monitor.start()
    world.shows("one", instance("acme"))
    world.shows("two")
    line = world.monitor.live.find("acme")
    assert world.told("one")[0]["interval"] == 10.0 and not world.told("one")[0]["metrics"]
    world.monitor.look("viewer", id=line["id"])
    world.until(lambda: len(world.told("one")) == 2)
    order = world.told("one")[1]
    assert (order["interval"], order["metrics"]) == (2.0, True)
    assert order["near"] == {line["state_dir"]: 5.0}
    world.monitor.look_away("viewer")
    world.until(lambda: len(world.told("one")) == 3)
    world.monitor.refresh("one")
    world.until(lambda: {"do": "now"} in world.told("one"))
    assert {"do": "now"} not in world.told("two")


def test_state_changes_become_events_of_the_registry(world: World) -> None:
    record(world.registry, "one", HOME, connection="docker")
    world.monitor.start()
    world.shows("one", instance("acme", "stopped"), instance("stranger"))

    def events() -> list[Data]:
        with Registry(world.registry, dry=True) as registry:
            return [e for e in registry.events() if e["event_type"] == "state_changed"]

    (event,) = world.until(events)
    assert (event["instance_slug"], event["detail"]) == ("acme", "running -> stopped")
    assert (event["origin"], event["actor"]) == ("dashboard", "dashboard")
    world.until(lambda: world.fleet.rows()[0]["state"] == "stopped")
    world.do("one", lambda process: process.end(1))
    world.until(lambda: world.state("one") == "unreachable")
    world.monitor.refresh()
    world.until(lambda: world.starts.count("one") == 2)
    world.shows("one", instance("acme", "stopped"), instance("stranger"))
    assert len(events()) == 1, "a host that was away is no event of its instances"


def test_a_new_row_of_the_registry_is_seen_and_its_home_is_looked_at(world: World) -> None:
    world.monitor.start()
    world.shows("one", instance("acme"))
    assert world.monitor.live.find("acme")["registry"] == "none"
    record(world.registry, "one", HOME, connection="docker")
    world.until(lambda: world.monitor.live.find("acme")["registry"] == "created")


def test_questions_are_answered_from_any_thread(world: World) -> None:
    world.monitor.start()
    with pytest.raises(ClawPilotError) as early:
        world.monitor.ask("far", {"ask": "logs"})
    assert (early.value.code, early.value.message) == ("HOST_UNREACHABLE", "Not yet.")
    with pytest.raises(ClawPilotError) as nobody:
        world.monitor.ask("nobody", {"ask": "logs"})
    assert nobody.value.code == "HOST_NOT_FOUND"
    world.shows("one", instance("acme"))
    got: list[Data] = []

    def ask() -> None:
        got.append(world.monitor.ask("one", {"ask": "devices", "state_dir": "/x"}, 5))

    thread = threading.Thread(target=ask)
    thread.start()
    order = world.until(lambda: [o for o in world.told("one") if o["do"] == "ask"])[0]
    assert order["question"] == {"ask": "devices", "state_dir": "/x"}
    world.do("one", lambda process: process.say({"n": order["n"], "answer": {"pending": []}}))
    thread.join(5)
    assert got == [{"pending": []}]


def test_a_log_is_followed_until_it_is_left(world: World) -> None:
    world.monitor.start()
    world.shows("one", instance("acme"))
    got: list[Data] = []
    end = world.monitor.tail("one", {"ask": "logs", "state_dir": "/x"}, got.extend)
    number = world.told("one")[-1]["n"]
    world.do("one", lambda process: process.say({"n": number, "lines": [{"text": "hello"}]}))
    world.until(lambda: got)
    end()
    world.until(lambda: {"do": "stop", "n": number} in world.told("one"))
    assert got == [{"text": "hello"}]


def test_before_and_after_its_time_it_answers_nobody_and_does_no_harm(world: World) -> None:
    world.monitor.look("viewer")
    world.monitor.refresh()
    with pytest.raises(ClawPilotError) as caught:
        world.monitor.ask("one", {"ask": "logs"})
    assert caught.value.code == "HOST_UNREACHABLE"
    world.monitor.start()
    world.shows("one", instance("acme"))
    world.monitor.stop()
    world.monitor.stop()
    world.monitor.refresh()
    with pytest.raises(ClawPilotError):
        world.monitor.tail("one", {"ask": "logs"}, lambda lines: None)


def test_the_history_is_counted_and_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.monitor._interval = 0.02
    world.monitor.start()
    world.shows("one", instance("acme"))
    line = world.monitor.live.find("acme")
    world.until(lambda: (world.monitor.live.line(line["id"]) or line)["beats"][-1] == "u")
    world.monitor.stop()
    assert world.monitor.history.series(line["id"])[-1]["state"] == "running"
