# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The watch as it is sent to a host: a real process, over homes that the tests make."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.webapp.monitor import bundle

Data = dict[str, Any]


def pythons() -> list[str]:
    """Our own interpreter, which gets code, and another that gets sources, if there is one."""
    for name in ("python3.9", "python3.13", "python3.12", "python3"):
        asked = [name, "-c", "import sys; print(sys.executable)"]
        done = subprocess.run(asked, capture_output=True, text=True, check=False)
        if done.returncode == 0 and done.stdout.strip() != sys.executable:
            return [sys.executable, done.stdout.strip()]
    return [sys.executable]


class Watch:
    """A watch over one home."""

    def __init__(self, home: Path, python: str = sys.executable, **orders: Any) -> None:
        self.process = subprocess.Popen(
            bundle.command(python),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "HOME": str(home), "PATH": "/usr/bin:/bin"},
        )
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(bundle.bundle(python))
        self.tell(do="look", **{"homes": [str(home)], "interval": 0.05, "metrics": False, **orders})

    def tell(self, **order: Any) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(order).encode() + b"\n")
        self.process.stdin.flush()

    def hear(self, *keys: str) -> Data:
        """The next message with one of these keys, whatever comes before it."""
        assert self.process.stdout and self.process.stderr
        while line := self.process.stdout.readline():
            message: Data = json.loads(line)
            if not keys or message.keys() & set(keys):
                return message
        raise AssertionError(self.process.stderr.read().decode())

    def ask(self, question: str, folder: Path, **more: Any) -> Data:
        self.tell(do="ask", n=7, question={"ask": question, "state_dir": str(folder), **more})
        return self.hear("n")

    def end(self) -> int:
        self.process.communicate()
        return self.process.returncode


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with the instance acme, which does not run."""
    state = tmp_path / ".openclaw-acme"
    state.mkdir()
    auth = {"mode": "token", "token": "a-very-secret-token"}
    log = {"file": str(state / "gateway.log")}
    config = {"gateway": {"mode": "local", "port": 45123, "auth": auth}, "logging": log}
    (state / "openclaw.json").write_text(json.dumps(config))
    return tmp_path


@pytest.fixture
def watch(home: Path) -> Iterator[Watch]:
    made = Watch(home)
    yield made
    made.end()


def test_the_bundle_holds_what_the_watch_needs_and_no_more() -> None:
    needed = set(bundle._needed(bundle.FIRST))
    assert {"_watch", "_answers", "_probe", "_delta", "_drift", "_rpc", "_pairing"} <= needed
    assert not needed & {"_apply", "_remove", "_takeover_run", "_bootstrap"}


@pytest.mark.parametrize(
    "python", pythons(), ids=lambda path: "own" if path == sys.executable else "other"
)
def test_it_begins_with_all_and_goes_on_with_what_is_new(home: Path, python: str) -> None:
    watch = Watch(home, python)
    (acme,) = watch.hear("part")["part"]
    assert (acme["slug"], acme["state"]) == ("acme", "stopped")
    full = watch.hear("full")["full"]
    assert full["homes"] == [str(home)] and full["host"]["booted_at"] > 0
    assert "beat" in watch.hear("beat")
    path = home / ".openclaw-acme" / "openclaw.json"
    config = json.loads(path.read_text())
    config["gateway"]["port"] = 45124
    path.write_text(json.dumps(config))
    (name,) = (delta := watch.hear("delta")["delta"])["instances"]
    assert delta["instances"][name] == {"port": 45124, "url": "http://127.0.0.1:45124/"}
    shutil.rmtree(home / ".openclaw-acme")
    assert watch.hear("delta")["delta"]["removed"] == [name]
    assert watch.end() == 0
    assert list(home.iterdir()) == [], "nothing is left behind"


def test_it_ends_with_its_input_and_with_a_signal(home: Path) -> None:
    for ending in ("close", "terminate"):
        watch = Watch(home)
        watch.hear("full")
        if ending == "terminate":
            watch.process.terminate()
            assert watch.process.wait(10) == 0
        assert watch.end() == 0


def test_an_interval_that_becomes_shorter_counts_at_once(home: Path) -> None:
    watch = Watch(home, interval=3600)
    watch.hear("full")
    begun = time.monotonic()
    watch.tell(do="look", interval=1800)
    watch.hear("beat", "delta")
    watch.tell(do="now")
    watch.hear("beat", "delta")
    assert time.monotonic() - begun < 30
    assert watch.end() == 0


def test_questions_are_answered_without_secrets(watch: Watch, home: Path) -> None:
    watch.hear("full")
    folder = home / ".openclaw-acme"
    assert watch.ask("instance", folder)["answer"]["slug"] == "acme"
    config = watch.ask("config", folder)["answer"]
    assert json.loads(config["text"])["gateway"]["auth"]["token"] == "********"
    assert config["drift"] == [], "what others made is not measured by us"
    assert watch.ask("devices", folder)["error"]["code"] == "GATEWAY_UNREACHABLE"
    assert watch.ask("control_ui", folder)["error"]["code"] == "GATEWAY_UNREACHABLE"
    assert watch.ask("pairings", folder)["answer"] == {"pending": []}
    assert watch.ask("logs", folder, lines=3)["error"]["code"] == "LOG_NOT_FOUND"
    assert watch.ask("nonsense", folder)["error"]["code"] == "UNKNOWN_QUESTION"
    assert watch.ask("instance", home / "nowhere")["error"]["code"] == "INSTANCE_NOT_FOUND"


def test_a_log_is_followed_from_before_it_is_there(watch: Watch, home: Path) -> None:
    watch.hear("full")
    folder = home / ".openclaw-acme"
    watch.tell(do="tail", n=3, question={"ask": "logs", "state_dir": str(folder), "lines": 1})
    assert watch.hear("n")["error"]["code"] == "LOG_NOT_FOUND"
    meta = {"_meta": {"logLevelName": "WARN"}, "time": "2026-11-21T07:00:00Z"}
    log = folder / "gateway.log"
    text = json.dumps({**meta, "message": "the token is a-very-secret-token"})
    log.write_text(f"{json.dumps({**meta, 'message': 'before'})}\n{text}\n")
    (line,) = watch.hear("lines")["lines"]
    assert line == {
        "time": "2026-11-21T07:00:00Z",
        "level": "warn",
        "text": "the token is ********",
        "source": "",
    }
    with log.open("a") as stream:
        stream.write(json.dumps({**meta, "message": "after"}) + "\n")
    assert [one["text"] for one in watch.hear("lines")["lines"]] == ["after"]
    watch.tell(do="stop", n=3)
    assert watch.ask("logs", folder, lines=2)["answer"][-1]["text"] == "after"


def test_folders_that_may_not_be_read_are_named(home: Path) -> None:
    from ansible_collections.claw.pilot.plugins.module_utils import _watch

    gone, seen = str(home / "gone"), str(home / ".openclaw-acme")
    assert _watch.hidden([gone, seen], [{"state_dir": seen}]) == []
    if os.geteuid() != 0:  # root may read everything
        os.chmod(home / ".openclaw-acme", 0)
        assert _watch.hidden([seen], []) == [seen]
        os.chmod(home / ".openclaw-acme", 0o700)


@pytest.mark.parametrize("jump", [-18_000.0, 18_000.0])
def test_cpu_is_told_of_the_time_that_has_passed_whatever_the_clock_says(jump: float) -> None:
    from ansible_collections.claw.pilot.plugins.module_utils._watch import Eyes

    eyes, now = Eyes(), 1_795_262_400.0
    process = {"pid": 7, "uptime_seconds": 60, "memory_bytes": 1 << 28, "cpu_seconds": 10.0}
    eyes.instances["a"] = eyes._settled("a", {"process": process}, now, 100.0, True)
    later = {**process, "uptime_seconds": 70, "cpu_seconds": 15.0}
    found = eyes._settled("a", {"process": later}, now + 10 + jump, 110.0, True)
    assert found["process"]["cpu_percent"] == 50.0


def test_a_python_that_is_too_old_says_so() -> None:
    old = "import sys; sys.version_info = (3, 6, 8)\n" + bundle.LOADER
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", old], input=b"", capture_output=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.strip() == b"Python 3.9 or later is needed there, this is 3.6"


def test_an_input_that_ends_before_the_bundle_is_a_quiet_end() -> None:
    done = subprocess.run(
        bundle.command(sys.executable), input=b"00000", capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
