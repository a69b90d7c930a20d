# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Instances that others made and that stay theirs: stopped, started and removed, no more."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tarfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _adopted, _supervisor_scan
from ansible_collections.claw.pilot.plugins.module_utils._foreign_services import (
    ForeignContainer,
    ForeignProgram,
)
from ansible_collections.claw.pilot.plugins.module_utils._host import Host

from .conftest import Home, ModuleFailed, call, manifest
from .foreign import Foreign, snapshot


@pytest.fixture(scope="module")
def made(real_prefix: Path) -> Iterator[Foreign]:
    """Two gateways of others in one home; the tests of this file build on each other, in order."""
    from .conftest import new_home

    home = new_home(real_prefix)
    theirs, other = Foreign(home, "acme").make(), Foreign(home, "other").make()
    theirs.other = other  # type: ignore[attr-defined]
    for one in (theirs, other):
        one.start()
    yield theirs
    for one in (theirs, other):
        one.stop()
    shutil.rmtree(home.path)


def act(made: Foreign, *flags: str, **more: Any) -> dict[str, Any]:
    base = {"openclaw_home": str(made.home.path), "slug": made.slug, "adopted": made.adopted}
    return call("openclaw_instance", {**base, **more}, *flags)


def quiet(made: Foreign) -> dict[str, Any]:
    """The state directory but for what a gateway writes by itself."""
    own = ("sqlite", "cache", "tmp", "logs")
    found = snapshot(made.state_dir)
    return {name: value for name, value in found.items() if not any(w in name for w in own)}


def test_1_it_is_found_with_its_gateway(made: Foreign) -> None:
    found = call("openclaw_facts", {"openclaw_home": str(made.home.path)})
    listed = {one["slug"]: one for one in found["ansible_facts"]["openclaw"]["instances"]}
    assert set(listed) == {"acme", "other"}
    assert listed["acme"]["state"] == "running"
    assert listed["acme"]["process"]["pid"] == made.process.pid  # type: ignore[union-attr]


def test_2_what_would_change_it_is_refused(made: Foreign) -> None:
    before = quiet(made)
    with pytest.raises(ModuleFailed) as failure:
        act(made, state="present")
    assert failure.value.code == "INSTANCE_ADOPTED"
    with pytest.raises(ModuleFailed) as failure:
        act(made, state="absent")
    assert failure.value.code == "NOT_CONFIRMED"
    with pytest.raises(ModuleFailed) as failure:
        act(made, state="restarted")
    assert failure.value.code == "NO_SERVICE"
    assert act(made, state="started")["changed"] is False
    assert act(made, "--check", state="stopped")["changed"] is True
    assert quiet(made) == before
    assert made.runs


def test_3_it_is_stopped_by_sigterm_and_only_it(made: Foreign) -> None:
    result = act(made, state="stopped", stop_timeout=60)
    assert result["changed"] is True
    assert result["instance"]["state"] == "stopped"
    assert made.process is not None
    assert made.process.wait(5) in (0, -signal.SIGTERM, 128 + signal.SIGTERM)
    assert made.other.runs  # type: ignore[attr-defined]
    assert act(made, state="stopped")["changed"] is False
    with pytest.raises(ModuleFailed) as failure:
        act(made, state="started")
    assert failure.value.code == "NO_SERVICE"


def test_4_without_confirmation_nothing_goes(made: Foreign) -> None:
    before = snapshot(made.state_dir)
    with pytest.raises(ModuleFailed):
        act(made, state="absent", confirm="other", backup_dir=str(made.home.path / "backup"))
    assert act(made, "--check", state="absent")["removal"]["paths"][0] == str(made.state_dir)
    assert snapshot(made.state_dir) == before


def test_5_confirmed_it_is_archived_and_goes_alone(made: Foreign) -> None:
    other = quiet(made.other)  # type: ignore[attr-defined]
    around = {path.name for path in made.home.path.iterdir()}
    folder = made.home.path / "backup"
    result = act(made, state="absent", confirm="acme", backup_dir=str(folder))
    assert not made.state_dir.exists()
    assert {p.name for p in made.home.path.iterdir()} == around - {".openclaw-acme"} | {"backup"}
    with tarfile.open(result["backup"]) as archive:
        assert ".openclaw-acme/openclaw.json" in archive.getnames()
    assert quiet(made.other) == other  # type: ignore[attr-defined]
    assert made.other.runs  # type: ignore[attr-defined]
    again = act(made, state="absent", confirm="acme")
    assert (again["changed"], again["removal"]["paths"]) == (False, [])


PROGRAMS = """\
[unix_http_server]
file={here}/s.sock
[supervisord]
logfile={here}/log
pidfile={here}/pid
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[include]
files = {here}/conf.d/*.conf
"""


@pytest.fixture
def supervised(
    stub_home: Home, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[ForeignProgram, dict[str, Any]]]:
    """A program of a supervisord that others have set up."""
    here = stub_home.path / "sup"
    (here / "conf.d").mkdir(parents=True)
    config, program = here / "supervisord.conf", here / "conf.d" / "claw.conf"
    config.write_text(PROGRAMS.format(here=here))
    runtime = manifest(stub_home.prefix)
    program.write_text(
        f"[program:claw]\ncommand={runtime['node']} {runtime['entry']} gateway --port 1\n"
        "process_name=claw_%(process_num)02d\nnumprocs=1\nautostart=false\nstartsecs=0\n"
        f'environment=HOME="{stub_home.path}",OPENCLAW_STATE_DIR="{here}/.openclaw-x"\n'
    )
    monkeypatch.setattr(_supervisor_scan, "_SYSTEM_CONFIGS", (str(config),))
    python = runtime["supervisor_python"]
    command = [python, "-m", "supervisor.supervisord", "-n", "-c", str(config)]
    with open(here / "out", "wb") as out:
        daemon = subprocess.Popen(command, stdout=out, stderr=out)
    deadline = time.monotonic() + 20
    while not (here / "s.sock").exists():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    shown = {"name": "claw", "definition_path": str(program), "scope": "system"}
    instance = {"slug": "x", "service": shown, "process": {"pid": 0}, "openclaw_user": "root"}
    yield ForeignProgram(Host(), instance), instance
    daemon.terminate()
    daemon.wait(20)


def test_a_program_of_a_real_supervisord_is_started_stopped_and_forgotten(
    supervised: tuple[ForeignProgram, dict[str, Any]],
) -> None:
    service, _instance = supervised
    scanned, warnings = _supervisor_scan.system_programs()
    assert ([one.name for one in scanned], warnings) == (["claw"], [])
    assert service.state().active is False
    service.start()
    assert service.state().pid > 0
    service.stop()
    assert service.state().active is False
    assert _adopted._is_alone(service) is True
    service.disable()
    assert service.state().defined is True
    assert service._info() is None


@pytest.fixture
def container() -> Iterator[str]:
    """A container that sleeps, where a container engine answers."""
    name = f"claw-pilot-test-{uuid.uuid4().hex[:8]}"
    if shutil.which("docker") is None or os.system("docker info >/dev/null 2>&1"):  # noqa: S605,S607
        pytest.skip("no container engine answers")
    images = subprocess.run(
        ["docker", "images", "--format", "{{.Repository}}:{{.Tag}}"],  # noqa: S607
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    image = next((one for one in images if one.startswith(("busybox", "claw-pilot-systemd"))), "")
    if not image:
        pytest.skip("no image is here that has a sleep")
    words = ["docker", "create", "--name", name, "--entrypoint", "sleep", image, "600"]
    subprocess.run(words, check=True, capture_output=True)
    yield name
    subprocess.run(["docker", "rm", "-f", name], check=False, capture_output=True)  # noqa: S607


def test_a_real_container_is_started_stopped_and_removed(container: str) -> None:
    shown = {"name": container, "definition_path": "", "scope": "", "manager": "docker"}
    service = ForeignContainer(Host(), {"slug": "x", "service": shown, "process": {"pid": 0}})
    service.stop_timeout = 1
    assert service.state().active is False
    service.start()
    state = service.state()
    assert state.active is True
    assert state.pid > 0
    service.stop()
    assert service.state().active is False
    service.remove()
    with pytest.raises(Exception, match=container):
        service.state()
