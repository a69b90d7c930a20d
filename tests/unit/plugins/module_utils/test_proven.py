# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was waited for is what is returned, though the last look gets no answer in time."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import (
    _adopted,
    _attribution,
    _plugins,
    _probe,
    _states,
)
from ansible_collections.claw.pilot.plugins.module_utils._arguments import INSTANCE_ARGUMENTS
from ansible_collections.claw.pilot.plugins.module_utils._config import render
from ansible_collections.claw.pilot.plugins.module_utils._host import Host
from ansible_collections.claw.pilot.plugins.module_utils._instance import Instance
from ansible_collections.claw.pilot.plugins.module_utils._model import (
    InstanceSpec,
    Layout,
    to_plain,
)
from ansible_collections.claw.pilot.plugins.module_utils._sightings import ServiceState
from ansible_collections.claw.pilot.plugins.module_utils._state_words import Health, standing
from ansible_collections.claw.pilot.plugins.module_utils._unit import Runtime

from tests.unit.a_host import HEALTHY, serving

STARTING = ("startup-sidecars",)
READY = Health(True, True)


class Answers(dict[str, tuple[int, Any]]):
    """Of a gateway that is well; once busy, it is not heard for longer than anybody waits."""

    busy = False

    def get(self, path: str, default: Any = None) -> Any:
        if self.busy:
            time.sleep(1)
        return super().get(path, default)


class World:
    """An instance of ours whose gateway is this process, and a service of words."""

    def __init__(self, home: Path, port: int, answers: Answers) -> None:
        self.answers = answers
        self.pid = os.getpid()
        self.active = True
        self.kind, self.name, self.stop_timeout = "supervisor", "openclaw-acme", 1
        self.layout = Layout(str(home), "acme")
        self.definition_path = str(home / "openclaw-acme.conf")
        spec = InstanceSpec("acme")
        rendered = render(spec, self.layout, port)
        os.makedirs(self.layout.state_dir)
        Path(self.layout.config_path).write_text(json.dumps(rendered))
        Path(self.layout.env_path).write_text("OPENCLAW_GW_AUTH_TOKEN=canary-token\n")
        marker = {
            "slug": "acme",
            "port": port,
            "project_dir": self.layout.project_dir,
            "spec": to_plain(spec),
            "rendered": rendered,
        }
        Path(self.layout.marker_path).write_text(json.dumps(marker))

    def state(self) -> ServiceState:
        return ServiceState(True, self.active, self.active, pid=self.pid if self.active else 0)

    def definition(self) -> None:
        return None

    def start(self) -> None:
        self.active = True

    def stop(self) -> None:
        self.active = False

    def run(self, state: str, **more: Any) -> dict[str, Any]:
        """The instance as the module returns it."""
        params = {key: one.get("default") for key, one in INSTANCE_ARGUMENTS.items()}
        params.update(slug="acme", openclaw_home=self.layout.home, state=state, **more)
        result: dict[str, Any] = _states.bring_to_state(params, False)["instance"]
        return result


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Its gateway gets busy as soon as it has proven its token."""
    answers = Answers(HEALTHY)
    monkeypatch.setattr(_attribution, "ASK_SECONDS", 0.05)
    monkeypatch.setattr(_attribution, "ANSWERS", 1)
    monkeypatch.setattr(_states, "find", lambda *_: Runtime("/n", "24", "2026.9.6", "/o"))
    with serving(answers) as port:
        made = World(tmp_path, port, answers)
        monkeypatch.setattr(_states, "manager_of", lambda *_: made)

        def prove(*_: object) -> None:
            answers.busy = True

        monkeypatch.setattr(Instance, "prove_token", prove)
        yield made


@pytest.mark.parametrize("state", ["started", "restarted"])
def test_a_start_returns_what_it_has_waited_for(world: World, state: str) -> None:
    found = world.run(state)
    assert (found["state"], found["reason"], found["problems"]) == ("running", "", [])
    assert found["health"] == {"live": True, "ready": True, "failing": []}


def test_waiting_for_live_alone_proves_no_more_than_that(world: World) -> None:
    world.answers["/readyz"] = (503, {"ready": False, "failing": [*STARTING]})
    found = world.run("started", wait="live")
    assert found["health"] == {"live": True, "ready": False, "failing": [*STARTING]}
    assert found["state"] == "starting"


def test_a_wait_whose_last_word_comes_late_has_still_proven_what_it_saw(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whose the port is was asked after the gateway had said that it is ready."""
    owns = Host.owns_listener

    def owns_then_busy(self: Host, pid: int, port: int) -> bool | None:
        world.answers.busy = True
        return owns(self, pid, port)

    monkeypatch.setattr(Host, "owns_listener", owns_then_busy)
    assert world.run("started", start_timeout=5)["state"] == "running"


def test_another_process_has_proven_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """It went down since, and its service manager starts it anew."""

    def goes_down(*_: object) -> None:
        world.answers.busy = True
        world.pid = os.getppid()

    monkeypatch.setattr(Instance, "prove_token", goes_down)
    assert world.run("started")["state"] == "starting"


def test_what_is_gone_since_has_not_proven_that_it_runs(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Instance, "prove_token", lambda *_: world.stop())
    found = world.run("started")
    assert found["service"]["active"] is False and found["state"] != "running"


def test_a_stop_returns_stopped(world: World) -> None:
    world.answers.busy = True
    assert world.run("stopped")["state"] == "stopped"


def test_an_unchanged_create_returns_what_it_has_waited_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_states, "_planned", planned(world))
    monkeypatch.setattr(_states, "_warnings", lambda *_: [])
    assert world.run("present")["state"] == "running"


def planned(world: World) -> Callable[..., Any]:
    """A plan without a step, so that only the wait after it is left."""

    def plan(_params: Any, _check: bool, host: Host, layout: Layout) -> Any:
        instance = Instance(host, layout, world, None)  # type: ignore[arg-type]
        marker = instance.marker or {}
        nothing = SimpleNamespace(steps=(), changed=False, before={}, after={})
        target = SimpleNamespace(plan=nothing, port=marker["port"], marker=marker)
        return SimpleNamespace(instance=instance, target=target, apply=lambda: None, warnings=[])

    return plan


def test_an_adopted_one_returns_what_it_has_waited_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(world.layout.marker_path).unlink()
    monkeypatch.setattr(_probe, "containers", lambda _host: ([], []))
    service = SimpleNamespace(state=world.state, start=world.start, stop_timeout=1)
    service.check_startable = lambda: None
    monkeypatch.setattr(_adopted, "_service", lambda *_: service)
    lock = {"pid": world.pid, "stateDir": world.layout.state_dir}
    folder = Path(world.layout.state_dir, "tmp", f"openclaw-{os.getuid()}")
    folder.mkdir(parents=True)
    (folder / "gateway.state.lock").write_text(json.dumps(lock))
    wait = _adopted._await

    def wait_then_busy(*given: Any) -> Any:
        proof = wait(*given)
        world.answers.busy = True
        return proof

    monkeypatch.setattr(_adopted, "_await", wait_then_busy)
    params = {
        "slug": "acme",
        "state": "started",
        "wait": "ready",
        "start_timeout": 20,
        "adopted": {"state_dir": world.layout.state_dir},
    }
    found = _adopted.run_state(params, False, Host())["instance"]
    assert (found["state"], found["problems"]) == ("running", [])


def test_a_plugins_gateway_is_as_it_has_proven_to_be(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_plugins, "find", lambda *_: Runtime("/n", "24", "2026.9.6", "/o"))
    monkeypatch.setattr(_plugins, "manager_of", lambda *_: world)
    options: dict[str, Any] = {key: None for key in _plugins.PLUGIN_ARGUMENTS}
    options.update(openclaw_home=world.layout.home, slug="acme", name="some-plugin")
    options.update(state="absent", environment={}, timeout=9, start_timeout=9)
    change = _plugins.Change(options, Host(), world.layout)
    change._start_only()
    world.answers.busy = True
    assert change._result((), False, None)["instance"]["state"] == "running"


@pytest.mark.parametrize(
    ("proven", "seen", "stands"),
    [
        (READY, Health(), READY),
        (READY, Health(True), READY),  # /healthz was answered in time, /readyz was not
        (READY, Health(True, False, STARTING), READY),
        (READY, Health(True, False, ("telegram",)), Health(True, False, ("telegram",))),
        (READY, Health(True, False, ("gateway-draining",)), ...),
        (READY, Health(True, True, (), "2026.9.6"), ...),
        (READY, Health(True, False, (), "2026.9.6"), Health(True, True, (), "2026.9.6")),
        (Health(True), Health(), Health(True)),
        (Health(True, False, STARTING), Health(True, False), ...),
        (Health(True, False, STARTING), READY, READY),
    ],
)
def test_what_was_proven_stands_until_the_gateway_says_otherwise(
    proven: Health, seen: Health, stands: Any
) -> None:
    assert standing(proven, seen) == (seen if stands is ... else stands)
