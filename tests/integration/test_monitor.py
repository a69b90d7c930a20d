# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The monitor over this machine, with a real gateway that starts, is killed and stops."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _dotenv
from ansible_collections.claw.pilot.plugins.module_utils._model import (
    GATEWAY_TOKEN_VARIABLE,
    ClawPilotError,
)
from ansible_collections.claw.pilot.webapp.fleet import Fleet, HostPlace
from ansible_collections.claw.pilot.webapp.monitor import Monitor

from .conftest import Home

INTERVAL = 1.0
Data = dict[str, Any]


class Here(Fleet):
    """This machine, as far as one home goes."""

    home = ""

    def hosts(self) -> list[HostPlace]:
        return [HostPlace(p.name, python=p.python, homes=(self.home,)) for p in super().hosts()]


class Watched:
    """A monitor over a home, and every state that it has shown of each instance."""

    def __init__(self, home: Home, folder: Path) -> None:
        fleet = Here(folder / "registry.db")
        fleet.home = str(home.path)
        self.monitor = Monitor(
            fleet,
            registry=folder / "registry.db",
            history=folder / "history.db",
            interval=INTERVAL,
        )
        self.seen: list[tuple[str, str]] = []
        self.monitor.live.subscribe(self._note)

    def _note(self) -> None:
        for line in self.monitor.live.lines():
            one = (line["slug"], line["state"])
            if one not in self.seen[-1:]:
                self.seen.append(one)

    def until(self, there: Callable[[], Any], seconds: float = 120) -> Any:
        deadline = time.monotonic() + seconds
        while not (found := there()):
            assert time.monotonic() < deadline, self.seen
            time.sleep(0.02)
        return found

    def state(self, slug: str) -> str:
        return next((s["state"] for s in self.monitor.live.lines() if s["slug"] == slug), "")

    def host(self) -> Data:
        (line,) = self.monitor.live.hosts()
        return line

    def ask(self, question: str, slug: str, **more: Any) -> Any:
        folder = self.monitor.live.find(slug)["state_dir"]
        given = {"ask": question, "state_dir": folder, **more}
        return self.monitor.ask("localhost", given, 30)


@pytest.fixture
def watched(home: Home, tmp_path: Path) -> Iterator[Watched]:
    made = Watched(home, tmp_path)
    made.monitor.start()
    yield made
    made.monitor.stop()
    assert probes() == []
    assert not [thread for thread in threading.enumerate() if thread.name == "monitor"]


def probes() -> list[int]:
    """Processes of ours that watch."""
    found = []
    for folder in Path(f"/proc/{os.getpid()}/task").iterdir():
        found += [int(pid) for pid in (folder / "children").read_text().split()]
    return [pid for pid in found if b"bootstrap" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def test_an_instance_comes_alive_is_asked_is_killed_and_stops(watched: Watched, home: Home) -> None:
    watched.until(lambda: watched.host()["state"] == "connected")
    assert watched.monitor.live.lines() == []
    home.instance("acme", providers=[{"name": "anthropic", "api_key": "sk-ant-none"}])
    watched.until(lambda: watched.state("acme") == "running")
    states = [state for slug, state in watched.seen if slug == "acme"]
    assert "starting" in states and "stopped" not in states[states.index("starting") :]
    token = _dotenv.parse((home.state_dir("acme") / ".env").read_text())[GATEWAY_TOKEN_VARIABLE]
    ask_everything(watched, token)
    follow_the_log(watched, home)
    see_a_kill(watched)
    home.instance("acme", state="stopped")
    watched.until(lambda: watched.state("acme") == "stopped")
    line = watched.monitor.live.find("acme")
    with pytest.raises(ClawPilotError) as caught:
        watched.ask("devices", "acme")
    assert caught.value.code == "GATEWAY_UNREACHABLE"
    shown = json.dumps([watched.monitor.live.facts(line["id"]), watched.monitor.live.lines()])
    assert token not in shown
    assert watched.monitor.history.beats(line["id"])[1] is not None


def ask_everything(watched: Watched, token: str) -> None:
    devices = watched.ask("devices", "acme")
    assert set(devices) == {"pending", "paired"}
    assert watched.ask("pairings", "acme") == {"pending": []}
    config = watched.ask("config", "acme")
    assert json.loads(config["text"])["gateway"]["mode"] == "local"
    assert config["drift"] == [] and token not in config["text"]
    shown = watched.ask("control_ui", "acme")
    line = watched.monitor.live.find("acme")
    assert shown == {"url": line["url"], "token": token}
    lines = watched.ask("logs", "acme", lines=5)
    assert 0 < len(lines) <= 5 and set(lines[0]) == {"time", "level", "text", "source"}
    assert watched.ask("instance", "acme")["health"]["ready"] is True


def follow_the_log(watched: Watched, home: Home) -> None:
    got: list[Data] = []
    folder = watched.monitor.live.find("acme")["state_dir"]
    question = {"ask": "logs", "state_dir": folder, "lines": 3}
    end = watched.monitor.tail("localhost", question, got.extend)
    watched.until(lambda: len(got) == 3)
    log = Path(watched.ask("instance", "acme")["log_path"])
    with log.open("a") as stream:
        stream.write(json.dumps({"message": "a line of this test"}) + "\n")
    watched.until(lambda: [one for one in got if one["text"] == "a line of this test"], 10)
    end()


def see_a_kill(watched: Watched) -> None:
    """A gateway that is killed is not running any more within the interval and half a second."""
    pid = watched.ask("instance", "acme")["process"]["pid"]
    watched.seen.clear()
    os.kill(pid, signal.SIGKILL)
    watched.until(lambda: watched.state("acme") != "running", 30)
    watched.until(lambda: watched.state("acme") == "running")  # supervisor starts it again
    assert watched.ask("instance", "acme")["process"]["pid"] != pid


def test_a_probe_that_is_killed_is_a_lost_host_and_comes_back(watched: Watched) -> None:
    watched.until(lambda: watched.host()["state"] == "connected")
    (pid,) = probes()
    os.kill(pid, signal.SIGKILL)
    watched.until(lambda: watched.host()["state"] == "unreachable")
    assert watched.host()["reason"] == "Its process ended with code -9."
    watched.until(lambda: watched.host()["state"] == "connected")
    assert probes() != [pid]


def test_a_python_that_is_not_there_is_the_reason(home: Home, tmp_path: Path) -> None:
    watched = Watched(home, tmp_path)
    place = HostPlace("localhost", python="/nowhere/python3")
    watched.monitor._fleet.hosts = lambda: [place]  # type: ignore[method-assign]
    watched.monitor.start()
    watched.until(lambda: watched.host()["state"] == "unreachable")
    assert "/nowhere/python3" in watched.host()["reason"]
    watched.monitor.stop()


def test_a_stop_while_it_begins_leaves_nothing(home: Home, tmp_path: Path) -> None:
    for _turn in range(3):
        watched = Watched(home, tmp_path)
        watched.monitor.start()
        watched.monitor.stop()
        assert probes() == []
