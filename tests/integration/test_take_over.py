# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Instances of others become ours: with their data, port and token, or not at all."""

from __future__ import annotations

import json
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _rpc

from .conftest import Home, ModuleFailed
from .foreign import (
    API_KEY,
    SLACK,
    TOKEN,
    Foreign,
    config_of,
    snapshot,
)

STEPS = ("env", "start", "retire_predecessor")  # all of them: test_take_over_crash.py
RECORD = ".claw-pilot-take-over.json"


@pytest.fixture
def theirs(home: Home) -> Iterator[Foreign]:
    """A gateway of others that runs, with a literal token."""
    made = Foreign(home, "acme")
    yield made
    made.stop()


def take_over(theirs: Foreign, *flags: str, **more: Any) -> dict[str, Any]:
    return theirs.home.instance(theirs.slug, *flags, take_over=True, adopted=theirs.adopted, **more)


def paired(port: int, token: str = TOKEN) -> list[str]:
    """Connecting proves the token; ids of the devices that are paired."""
    answer = _rpc.call(port, token, "device.pair.list")
    return sorted(device["deviceId"] for device in answer["paired"])


def session(port: int) -> list[str]:
    answer = _rpc.call(port, TOKEN, "sessions.list", {"limit": 10})
    return sorted(one["key"] for one in answer["sessions"])


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {".npm"}  # which OpenClaw makes in any home


def february(theirs: Foreign) -> dict[str, Any]:
    config = config_of(theirs.home.path, theirs.port)
    config["agents"]["list"] = [
        {"id": "main", "name": "Boss", "default": True, "identity": {"name": "Boss"}},
        {"id": "dev", "name": "Developer", "workspace": str(theirs.home.path / "dev-work")},
    ]
    config["env"] = {"MY_OWN_KEY": "my-own-secret-0123"}
    return config


def test_without_take_over_it_is_refused(theirs: Foreign) -> None:
    theirs.make()
    with pytest.raises(ModuleFailed) as failure:
        theirs.home.instance("acme")
    assert failure.value.code == "INSTANCE_EXISTS"
    with pytest.raises(ModuleFailed) as failure:
        theirs.home.instance("acme", adopted=theirs.adopted)
    assert failure.value.code == "INSTANCE_ADOPTED"


def test_check_mode_shows_what_changes_and_changes_nothing(theirs: Foreign) -> None:
    theirs.make().start(SLACK_TOKEN=SLACK)
    before = snapshot(theirs.config_path.parent)["openclaw.json"]
    result = take_over(theirs, "--check")
    assert result["changed"] is True
    assert "retire_predecessor" in result["steps"]
    text = json.dumps(result)
    for secret in (TOKEN, API_KEY, SLACK):
        assert secret not in text
    assert result["diff"]["after"]["config"]["gateway"]["auth"]["token"].startswith("${")
    after = snapshot(theirs.state_dir)
    assert after["openclaw.json"] == before
    assert not [name for name in after if "claw-pilot" in name or name == ".env"]
    assert stat.S_IMODE(theirs.state_dir.stat().st_mode) == 0o755
    assert theirs.runs


def test_it_becomes_ours_and_stays_itself(theirs: Foreign) -> None:
    config = config_of(theirs.home.path, theirs.port, channels={"slack": {"enabled": False}})
    theirs.make(config).start(SLACK_TOKEN=SLACK)
    _rpc.call(theirs.port, TOKEN, "sessions.create", {"key": "agent:main:kept"})
    devices, sessions = paired(theirs.port), session(theirs.port)
    original = theirs.config_path.read_text()

    result = take_over(theirs)
    assert result["changed"] is True
    instance = result["instance"]
    assert (instance["state"], instance["managed"]) == ("running", True)
    assert instance["port"] == theirs.port
    assert not theirs.runs
    assert paired(theirs.port) == devices
    assert session(theirs.port) == sessions
    assert "agent:main:kept" in " ".join(sessions)

    text = theirs.config_path.read_text()
    marker = (theirs.state_dir / ".claw-pilot.json").read_text()
    env = (theirs.state_dir / ".env").read_text()
    for secret in (TOKEN, API_KEY):
        assert secret not in text + marker + json.dumps(result)
        assert secret in env
    assert f"SLACK_TOKEN={SLACK}" in env  # its process had it
    before = theirs.state_dir / "openclaw.json.before-claw-pilot"
    assert before.exists()
    assert json.loads(before.read_text())["gateway"]["auth"]["token"] == TOKEN
    assert json.loads(original)["agents"] == json.loads(before.read_text())["agents"]
    private = (theirs.config_path, theirs.state_dir / ".env", before)
    assert [stat.S_IMODE(path.stat().st_mode) for path in private] == [0o600] * 3
    assert stat.S_IMODE(theirs.state_dir.stat().st_mode) == 0o700
    assert not (theirs.state_dir / RECORD).exists()
    assert theirs.config["agents"]["entries"]["main"]["workspace"].endswith("/their-work")
    anthropic = theirs.config["models"]["providers"]["anthropic"]
    assert [model["id"] for model in anthropic["models"]] == ["claude-sonnet-4-5"]

    assert take_over(theirs)["changed"] is False
    assert theirs.home.instance("acme", adopted=theirs.adopted)["changed"] is False
    again = theirs.home.instance("acme", display_name="Acme Ltd")
    assert again["instance"]["display_name"] == "Acme Ltd"
    assert theirs.config["agents"]["entries"]["main"]["workspace"].endswith("/their-work")
    assert paired(theirs.port) == devices


def test_a_config_of_february_is_taken_over(theirs: Foreign) -> None:
    theirs.make(february(theirs))
    result = take_over(theirs)
    assert result["instance"]["state"] == "running"
    entries = theirs.config["agents"]["entries"]
    assert entries["main"]["identity"]["name"] == "Boss"
    assert entries["main"]["workspace"].endswith("/their-work")
    assert entries["dev"]["workspace"].endswith("/dev-work")
    assert "MY_OWN_KEY=my-own-secret-0123" in (theirs.state_dir / ".env").read_text()
    assert "my-own-secret" not in theirs.config_path.read_text()
    paired(theirs.port)
    assert take_over(theirs)["changed"] is False


def test_the_legacy_instance_is_taken_over_as_default(home: Home) -> None:
    legacy = Foreign(home, "default")
    legacy.make()
    result = take_over(legacy)
    assert result["instance"]["state"] == "running"
    assert result["instance"]["state_dir"] == str(home.path / ".openclaw")
    paired(legacy.port)
    home.instance("default", state="absent")
    assert not legacy.state_dir.exists()


def test_a_config_that_ours_refuses_stops_nothing(theirs: Foreign) -> None:
    theirs.make().start()
    config = {**theirs.config, "telemetry": {"no such key": True}}
    theirs.config_path.write_text(json.dumps(config))
    before = theirs.config_path.read_bytes()
    with pytest.raises(ModuleFailed) as failure:
        take_over(theirs)
    assert failure.value.code == "CONFIG_REFUSED"
    assert theirs.config_path.read_bytes() == before
    assert not (theirs.state_dir / RECORD).exists()
    assert theirs.runs


def test_what_does_not_come_up_is_put_back(theirs: Foreign) -> None:
    theirs.make().start()
    (theirs.state_dir / ".env").write_text("MINE=1\n")
    files = ("openclaw.json", ".env")
    before = {name: snapshot(theirs.state_dir)[name] for name in files}
    around = names(theirs.home.path)
    with pytest.raises(ModuleFailed) as failure:
        take_over(theirs, start_timeout=1)
    assert "start it again as you did" in str(failure.value)
    found = snapshot(theirs.state_dir)
    assert {name: found[name] for name in files} == before
    assert stat.S_IMODE(theirs.state_dir.stat().st_mode) == 0o755
    assert not [name for name in found if "claw-pilot" in name]
    assert names(theirs.home.path) == around
    assert not theirs.runs
    theirs.start()  # as its owner would
    paired(theirs.port)


def test_a_stranger_on_its_port_is_told_of_first(theirs: Foreign) -> None:
    theirs.make()
    before = snapshot(theirs.state_dir)
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", theirs.port))
        stranger.listen()
        with pytest.raises(ModuleFailed) as failure:
            take_over(theirs)
    assert failure.value.code in ("PORT_CONFLICT", "TAKE_OVER_REFUSED")
    assert snapshot(theirs.state_dir) == before


@pytest.mark.parametrize("step", STEPS)
def test_killed_after_a_step_it_goes_on(theirs: Foreign, step: str) -> None:
    theirs.make().start(SLACK_TOKEN=SLACK)
    with pytest.raises(ModuleFailed) as killed:
        take_over(theirs, "--kill-after-step", step)
    assert killed.value.result == {}
    result = take_over(theirs)
    assert result["instance"]["state"] == "running"
    assert result["instance"]["port"] == theirs.port
    paired(theirs.port)
    env = (theirs.state_dir / ".env").read_text()
    assert TOKEN in env
    assert API_KEY in env
    assert SLACK in env
    assert not (theirs.state_dir / RECORD).exists()
    before = json.loads((theirs.state_dir / "openclaw.json.before-claw-pilot").read_text())
    assert before["gateway"]["auth"]["token"] == TOKEN
    assert take_over(theirs)["changed"] is False


def test_a_newer_state_is_refused(theirs: Foreign) -> None:
    config = config_of(theirs.home.path, theirs.port, meta={"lastTouchedVersion": "2099.1.1"})
    theirs.make(config)
    before = snapshot(theirs.state_dir)
    with pytest.raises(ModuleFailed) as failure:
        take_over(theirs)
    assert failure.value.code == "STATE_TOO_NEW"
    assert snapshot(theirs.state_dir) == before


def test_elsewhere_and_strays_are_refused(theirs: Foreign, tmp_path: Path) -> None:
    theirs.state_dir.mkdir()
    (theirs.state_dir / "notes.txt").write_text("mine")
    for adopted in (theirs.adopted, {"state_dir": str(tmp_path)}):
        with pytest.raises(ModuleFailed) as failure:
            theirs.home.instance("acme", take_over=True, adopted=adopted)
        assert failure.value.code == "TAKE_OVER_REFUSED"
    assert list(theirs.state_dir.iterdir()) == [theirs.state_dir / "notes.txt"]
