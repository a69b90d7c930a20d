# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose word an instance is: root sees of what a user tells just what that user may see."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _adopted, _health, _state_files
from ansible_collections.claw.pilot.plugins.module_utils._gateway_token import gateway_token
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from ansible_collections.claw.pilot.plugins.module_utils._predecessor import _definition

from tests.unit.a_host import INDEX, NODE, World, locked, world

__all__ = ["world"]
MALLORY, BOB = 54321, 54322
TOKEN = "canary-7c1e-0123456789abcdef"
START = f"ExecStart=/usr/bin/node {INDEX} gateway --port 23998"
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can read for others")
Tell = Callable[[World, Path, dict[str, str]], None]


def given(path: Path, uid: int) -> Path:
    """The path and all below it as that user's."""
    for one in (path, *path.rglob("*")):
        os.chown(one, uid, uid, follow_symlinks=False)
    return path


def with_token(token: str = TOKEN) -> dict[str, Any]:
    auth = {"mode": "token", "token": token}
    return {"gateway": {"mode": "local", "auth": auth}, "agents": {"list": [{"id": "canary"}]}}


@pytest.fixture
def mallory(world: World) -> Path:
    for folder in (world.root, *list(world.root.parents)[:-2]):
        folder.chmod(folder.stat().st_mode | 0o011)
    return given(world.make_home("mallory", MALLORY), MALLORY)


@pytest.fixture
def victim(world: World) -> Path:
    """A folder of root's with a config, as no other user may see."""
    folder = world.root / "priv"
    folder.mkdir(mode=0o700)
    for name in ("openclaw.json", "secret.json"):
        (folder / name).write_text(json.dumps(with_token()))
        (folder / name).chmod(0o600)
    (folder / ".env").write_text(f"OPENCLAW_GATEWAY_TOKEN={TOKEN}\n")
    return folder


def by_process(world: World, home: Path, told: dict[str, str]) -> None:
    world.process(50, NODE, {"HOME": str(home), **told})
    given(world.proc / "50", MALLORY)


def by_unit(world: World, home: Path, told: dict[str, str]) -> None:
    pairs = " ".join(f"{name}={value}" for name, value in told.items())
    folder = home / ".config/systemd/user"
    world.unit("openclaw-gateway.service", f"{START}\nEnvironment={pairs}", folder)
    given(home, MALLORY)


def by_environment_file(world: World, home: Path, told: dict[str, str]) -> None:
    """A unit of root's that leaves it to a file of hers."""
    file = home / "environment"
    file.write_text("".join(f"{name}={value}\n" for name, value in told.items()))
    given(home, MALLORY)
    lines = f"User=mallory\n{START}\nEnvironmentFile={file}"
    world.unit("openclaw-sys.service", lines, world.system)


def program(home: Path, told: dict[str, str], more: str = "") -> None:
    pairs = ",".join(f'{name}="{value}"' for name, value in told.items())
    folder = home / ".local/state/claw-pilot/supervisor.d"
    folder.mkdir(parents=True)
    text = f"[program:x]\ncommand=/usr/bin/node {INDEX} gateway\nenvironment={pairs}\n{more}"
    (folder / "x.ini").write_text(text)
    given(home, MALLORY)


def by_program(_world: World, home: Path, told: dict[str, str]) -> None:
    program(home, told)


def in_a_folder_of_all(world: World, home: Path, told: dict[str, str]) -> None:
    """A home that is root's, and where everybody may write."""
    shared = world.root / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    program(shared, told)
    os.chown(shared, 0, 0)
    by_process(world, shared, {"OPENCLAW_STATE_DIR": str(home / "own")})


WAYS = (by_process, by_unit, by_environment_file, by_program, in_a_folder_of_all)


@pytest.fixture(params=["nowhere", "priv", "home/mallory/nowhere", "home/mallory", "/etc"])
def place(world: World, request: pytest.FixtureRequest) -> str:
    """What is told to be the state directory."""
    return str(world.root / request.param)


@pytest.mark.parametrize("tell", WAYS)
def test_a_config_of_roots_is_no_users_whoever_names_it(
    world: World, mallory: Path, victim: Path, place: str, tell: Tell
) -> None:
    told = {"OPENCLAW_STATE_DIR": place, "OPENCLAW_CONFIG_PATH": str(victim / "secret.json")}
    tell(world, mallory, told)
    seen = world.observe()["instances"]
    assert seen and "canary" not in json.dumps(seen)
    for one in seen:
        assert _state_files.config_of(one).value is None
        assert not gateway_token({**one, "auth": {"mode": "token"}})


@pytest.mark.parametrize("tell", WAYS)
def test_a_state_directory_of_roots_is_no_users_whoever_names_it(
    world: World, mallory: Path, victim: Path, tell: Tell
) -> None:
    tell(world, mallory, {"OPENCLAW_STATE_DIR": str(victim)})
    seen = world.observe()["instances"]
    assert seen and "canary" not in json.dumps(seen)
    for one in seen:
        assert not gateway_token({**one, "auth": {"mode": "token"}})


@pytest.mark.parametrize("tell", [by_process, by_unit, by_environment_file, by_program])
def test_what_is_theirs_is_seen_wherever_it_lies(world: World, mallory: Path, tell: Tell) -> None:
    state = world.root / "srv/claw"
    state.mkdir(parents=True)
    config = state / "elsewhere.json"
    config.write_text(json.dumps(with_token()))
    config.chmod(0o600)
    given(state, MALLORY)
    tell(world, mallory, {"OPENCLAW_STATE_DIR": str(state), "OPENCLAW_CONFIG_PATH": str(config)})
    (one,) = world.observe()["instances"]
    assert (one["state_dir"], one["openclaw_user"]) == (str(state), "mallory")
    assert gateway_token(one) == TOKEN


def test_what_root_runs_is_seen_wherever_it_lies(world: World, victim: Path) -> None:
    lines = f"{START}\nEnvironment=OPENCLAW_STATE_DIR={victim}"
    world.unit("openclaw-sys.service", lines, world.system)
    (one,) = world.observe()["instances"]
    assert (one["state_dir"], gateway_token(one)) == (str(victim), TOKEN)


@pytest.mark.parametrize("tell", [by_unit, by_program])
def test_a_users_service_is_that_of_no_other(world: World, mallory: Path, tell: Tell) -> None:
    bob = world.make_home("bob", BOB)
    state = world.instance("acme", home=bob)
    given(bob, BOB)
    tell(world, mallory, {"OPENCLAW_STATE_DIR": str(state)})
    found = {one["openclaw_user"]: one for one in world.observe()["instances"]}
    assert found["bob"]["service"]["manager"] == "none"
    assert found["mallory"]["state_dir"] == ""


def test_a_program_in_a_home_is_of_its_account_whomever_it_names(
    world: World, mallory: Path
) -> None:
    bob = world.make_home("bob", BOB)
    (bob / "Documents").mkdir()
    given(bob, BOB)
    program(mallory, {"OPENCLAW_STATE_DIR": str(bob / "Documents")}, "user=bob\n")
    (one,) = world.observe()["instances"]
    assert (one["openclaw_user"], one["state_dir"]) == ("mallory", "")


def test_a_users_systemd_does_not_say_whose_process_is_its_own(world: World, mallory: Path) -> None:
    bob = world.make_home("bob", BOB)
    state = world.instance("acme", home=bob)
    given(bob, BOB)
    world.process(50, NODE, {"HOME": str(bob), "OPENCLAW_STATE_DIR": str(state)})
    given(world.proc / "50", BOB)
    by_unit(world, mallory, {"OPENCLAW_STATE_DIR": str(mallory / "own")})
    world.loaded("openclaw-gateway.service", "mallory", MainPID="50")
    found = {one["openclaw_user"]: one for one in world.observe()["instances"]}
    assert (found["bob"]["service"]["manager"], found["bob"]["process"]["pid"]) == ("none", 50)
    assert (found["mallory"]["process"]["pid"], found["mallory"]["service"]["pid"]) == (0, 0)


def test_a_lock_does_not_make_the_process_of_somebody_else_ones_own(
    world: World, mallory: Path
) -> None:
    """Its variables would be what a token of Mallory's stands for, and go to her gateway."""
    world.process(50, ("/bin/sh",), {"API_KEY": TOKEN})
    locked(world.instance("acme", with_token("${API_KEY}"), mallory), 50)
    given(mallory, MALLORY)
    (one,) = world.observe()["instances"]
    assert one["process"]["pid"] == 0 and gateway_token(one) == ""


@pytest.fixture
def quoted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What is quoted of a log while a gateway is waited for."""
    lines: list[str] = []
    monkeypatch.setattr(_health, "wait", lambda *arguments: lines.extend(arguments[4]()))
    yield lines


def test_who_waits_for_a_gateway_quotes_no_log_that_its_owner_may_not_read(
    world: World, mallory: Path, victim: Path, quoted: list[str]
) -> None:
    own = mallory / "gateway.log"
    own.write_text("mine\n")
    given(mallory, MALLORY)
    params = {"wait": "ready", "start_timeout": 1}
    for log in (victim / ".env", own):
        one = {"log_path": str(log), "state_dir": str(mallory), "told_by": MALLORY, "port": 1}
        _adopted._await(world.host, None, one, params)  # type: ignore[arg-type]
    assert quoted == ["mine"]


def test_who_takes_over_reads_no_environment_file_that_its_owner_may_not(
    world: World, mallory: Path, victim: Path
) -> None:
    (mallory / "own").write_text("MINE=1\n")
    files = "\n".join(f"EnvironmentFile={path}" for path in (victim / ".env", mallory / "own"))
    folder = mallory / ".config/systemd/user"
    unit = world.unit("openclaw-gateway.service", f"{START}\n{files}", folder)
    state = world.instance("acme", home=mallory)
    given(mallory, MALLORY)
    service = {"name": "openclaw-gateway", "manager": "systemd", "definition_path": str(unit)}
    whose = {"openclaw_home": str(mallory), "openclaw_user": "mallory", "told_by": 0}
    one = {**whose, "service": service, "state_dir": str(state)}
    with pytest.raises(ClawPilotError) as raised:
        _definition(world.host, one)
    assert raised.value.code == "FILE_UNREADABLE"
    (victim / ".env").unlink()
    assert _definition(world.host, one).environment == {"MINE": "1"}
