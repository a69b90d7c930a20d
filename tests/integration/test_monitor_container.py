# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The monitor over `docker exec`: a container of this machine's engine is a host of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.webapp.fleet import Fleet
from ansible_collections.claw.pilot.webapp.monitor import Monitor

from .test_discovery_container import docker, image, pytestmark

__all__ = ["image", "pytestmark"]
HOME = "/srv/openclaw"
CONFIG = json.dumps({"gateway": {"mode": "local", "port": 45123}})


@pytest.fixture
def container(image: str, tmp_path: Path) -> Iterator[str]:  # noqa: F811
    """A container that runs nothing, with this machine's Python and an instance in a home."""
    name = f"claw-pilot-monitor-{uuid.uuid4().hex[:8]}"
    state = tmp_path / "home" / ".openclaw-acme"
    state.mkdir(parents=True)
    (state / "openclaw.json").write_text(CONFIG)
    mounts = [f"{path}:{path}:ro" for path in sorted({"/usr", sys.base_prefix})]
    docker(
        *("run", "--detach", "--name", name, f"--volume={tmp_path / 'home'}:{HOME}"),
        *(f"--volume={mount}" for mount in mounts),
        *(image, os.path.realpath(sys.executable), "-c", "import time; time.sleep(3600)"),
    )
    begin = sorted(docker("diff", name).splitlines())
    yield name
    end = sorted(docker("diff", name).splitlines())
    docker("rm", "--force", name)
    assert end == begin, "nothing was written there"


@pytest.fixture
def monitor(container: str, tmp_path: Path) -> Iterator[Monitor]:
    inventory = tmp_path / "fleet.json"
    variables = {
        "ansible_connection": "community.docker.docker",
        "ansible_host": container,
        "ansible_python_interpreter": os.path.realpath(sys.executable),
        "openclaw_home": HOME,
    }
    inventory.write_text(json.dumps({"all": {"hosts": {"box": variables}}}))
    fleet = Fleet(tmp_path / "registry.db", str(inventory))
    made = Monitor(
        fleet, registry=tmp_path / "registry.db", history=tmp_path / "history.db", interval=1.0
    )
    made.start()
    yield made
    made.stop()


def host(monitor: Monitor, state: str) -> dict[str, Any]:
    """The host's line, as soon as it is in that state."""
    deadline = time.monotonic() + 60
    while True:
        (line,) = monitor.live.hosts()
        if line["state"] == state:
            return line
        assert time.monotonic() < deadline, line
        time.sleep(0.05)


def processes(container: str) -> list[str]:
    return docker("top", container, "-o", "pid,args").splitlines()[1:]


def alone(container: str) -> bool:
    """Whether only the container's own process is left, soon."""
    for _turn in range(600):
        if len(processes(container)) == 1:
            return True
        time.sleep(0.05)
    return False


def test_a_container_is_watched_asked_and_left_as_it_was(monitor: Monitor, container: str) -> None:
    line = host(monitor, "connected")
    assert (line["connection"], line["hostname"]) == (
        "docker",
        docker("inspect", "--format", "{{.Config.Hostname}}", container),
    )
    acme = monitor.live.find("acme")
    assert (acme["host"], acme["state"], acme["openclaw_home"]) == ("box", "stopped", HOME)
    config = monitor.ask("box", {"ask": "config", "state_dir": acme["state_dir"]}, 30)
    assert json.loads(config["text"]) == json.loads(CONFIG)
    assert len(processes(container)) == 2
    monitor.stop()
    assert alone(container)


def test_whoever_watches_may_be_killed_and_nothing_stays(monitor: Monitor, container: str) -> None:
    host(monitor, "connected")
    assert monitor._loop is not None
    (session, _task) = monitor._sessions["box"]
    assert session._process is not None
    docker_client: Any = session._process
    os.kill(docker_client.pid, 9)
    host(monitor, "unreachable")
    assert alone(container) or host(monitor, "connected")
    host(monitor, "connected")
    monitor.stop()
    assert alone(container)


def test_a_container_that_stops_is_a_lost_host_with_a_reason_and_comes_back(
    monitor: Monitor, container: str
) -> None:
    host(monitor, "connected")
    subprocess.run(("docker", "kill", container), check=True, capture_output=True)
    line = host(monitor, "unreachable")
    assert line["reason"] and line["since"]
    acme = monitor.live.find("acme")
    assert acme["state"] == "unknown" and acme["reason"].endswith("It was last stopped.")
    docker("start", container)
    monitor.refresh("box")
    host(monitor, "connected")
    assert monitor.live.find("acme")["state"] == "stopped"
