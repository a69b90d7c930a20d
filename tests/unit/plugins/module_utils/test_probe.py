# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every way in which an instance shows itself, and what is said of it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _sight

from tests.unit.a_host import CONFIG, INDEX, NODE, World, at, codes, kinds, locked, serving, world

__all__ = ["world"]
START = f"ExecStart=/usr/bin/node {INDEX} gateway"
MARKER = json.dumps({"slug": "acme", "project_dir": "/p/acme", "openclaw_version": "2026.9.6"})
KEYS = set(
    "slug display_name state reason managed openclaw_user openclaw_home state_dir config_path port"
    " bind url openclaw_version default_model providers agents telegram mem0 auth health service"
    " process log_path console_log_path project_dir source evidence confidence files locks"
    " problems told_by".split()
)


def test_a_stopped_instance_is_known_by_its_directory(world: World) -> None:
    state = world.instance("acme")
    found = world.instances()["acme"]
    assert found.keys() == KEYS
    assert (found["state"], found["source"], found["confidence"]) == (
        "stopped",
        "directory",
        "medium",
    )
    assert (found["state_dir"], found["config_path"]) == (str(state), f"{state}/openclaw.json")
    assert (found["openclaw_home"], found["openclaw_user"]) == (str(world.home), "claw")
    assert (found["port"], found["url"]) == (18790, "http://127.0.0.1:18790/")
    assert found["service"]["manager"] == "none" and not found["managed"]
    assert world.host.commands == []


def test_the_legacy_directory_is_called_default(world: World) -> None:
    world.instance("default")
    found = world.instances()["default"]
    assert (found["source"], kinds(found)) == ("legacy", ["legacy"])


@pytest.mark.parametrize(
    ("config", "files"),
    [
        (None, {}),
        (None, {"notes.txt": "x"}),
        ({"name": "my-app"}, {}),
        ({}, {}),
    ],
)
def test_empty_and_stray_folders_are_no_instances(
    world: World, config: Any, files: dict[str, str]
) -> None:
    for slug in ("default", "acme"):
        world.instance(slug, config, **files)
    (world.home / ".openclaw-file").write_text("{}")
    (world.home / ".openclawrc").write_text("{}")
    (world.home / "openclaw-x").mkdir()
    assert world.instances() == {}


def test_our_marker_makes_it_ours(world: World) -> None:
    state = world.instance("acme")
    (state / ".claw-pilot.json").write_text(MARKER)
    found = world.instances()["acme"]
    assert (found["managed"], found["confidence"]) == (True, "certain")
    assert (found["project_dir"], found["openclaw_version"]) == ("/p/acme", "2026.9.6")
    assert found["console_log_path"].endswith("/openclaw-acme.log")


@pytest.mark.parametrize("junk", [5, ["x"], {"a": "b"}, None])
def test_a_marker_with_nonsense_in_it_is_read_as_far_as_it_goes(world: World, junk: Any) -> None:
    state = world.instance("acme")
    for marker in (
        {"slug": "acme", "spec": {"display_name": junk}, "project_dir": junk},
        {"slug": "acme", "spec": junk, "openclaw_version": junk},
    ):
        (state / ".claw-pilot.json").write_text(json.dumps(marker))
        found = world.instances()["acme"]
        assert (found["managed"], found["display_name"]) == (True, "Acme")
        assert (found["project_dir"], found["openclaw_version"]) == ("", "")


def test_a_copy_of_a_directory_is_not_the_original(world: World) -> None:
    """Neither its marker nor its lock, nor the process that this names."""
    state = world.instance("acme")
    (state / ".claw-pilot.json").write_text(MARKER)
    with serving() as port:
        (state / "openclaw.json").write_text(json.dumps(at(port)))
        locked(state, 50)
        world.process(50, NODE, {"OPENCLAW_STATE_DIR": str(state)}, sockets=(7,))
        world.listen(port, 7)
        shutil.copytree(state, world.home / ".openclaw-acme.bak")
        found = world.instances()
    assert set(found) == {"acme", "acme-bak"}
    copy = found["acme-bak"]
    assert found["acme"]["state"] == "running" and found["acme"]["locks"][0]["stale"] is False
    assert (copy["state"], copy["process"]["pid"], copy["managed"]) == ("stopped", 0, False)
    assert copy["locks"][0]["stale"] is True and codes(copy["problems"]) == ["PORT_TAKEN"]


def test_a_gateway_whose_token_nothing_sets_is_degraded_however_live_it_is(world: World) -> None:
    with serving() as port:
        gateway = {"port": port, "auth": {"mode": "token", "token": "${OPENCLAW_GW_AUTH_TOKEN}"}}
        state = world.instance("acme", {"gateway": gateway})
        world.process(50, NODE, {"OPENCLAW_STATE_DIR": str(state)}, sockets=(7,))
        world.listen(port, 7)
        found = world.instances()["acme"]
        assert (found["state"], found["health"]["ready"]) == ("degraded", True)
        assert "variable that nothing sets" in found["reason"]
        (state / ".env").write_text("OPENCLAW_GW_AUTH_TOKEN=0123456789abcdef0123\n")
        assert world.instances()["acme"]["state"] == "running"


def test_a_running_instance_is_told_whole(world: World) -> None:
    with serving() as port:
        state = world.instance("acme", at(port))
        name = "openclaw-gateway-acme.service"
        world.unit(name, f"{START} --port {port}\nEnvironment=OPENCLAW_STATE_DIR={state}")
        world.loaded(name, MainPID="50", NRestarts="1", UnitFileState="enabled")
        world.process(50, ("openclaw-gateway",), {"OPENCLAW_STATE_DIR": str(state)}, sockets=(7,))
        world.listen(port, 7)
        found = world.instances()["acme"]
    assert (found["state"], found["reason"], found["problems"]) == ("running", "", [])
    assert found["health"] == {"live": True, "ready": True, "failing": []}
    assert found["openclaw_version"] == "2026.9.6"
    assert found["service"] == {
        "manager": "systemd",
        "scope": "user",
        "name": "openclaw-gateway-acme",
        "definition_path": f"{world.home}/.config/systemd/user/{name}",
        "active": True,
        "enabled": True,
        "failed": False,
        "pid": 50,
        "restarts": 1,
    }
    assert found["process"]["pid"] == 50 and found["process"]["memory_bytes"] > 0
    assert kinds(found) == ["directory", "service", "process", "listener"]
    assert found["confidence"] == "certain"


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        ({}, "starting"),
        ({"/healthz": (200, {"status": "live"})}, "degraded"),
        (
            {
                "/healthz": (200, {"status": "live"}),
                "/readyz": (503, {"ready": False, "failing": ["startup-sidecars"]}),
            },
            "starting",
        ),
        (
            {
                "/healthz": (200, {"status": "live"}),
                "/readyz": (503, {"ready": False, "failing": ["telegram"]}),
            },
            "degraded",
        ),
    ],
)
def test_health_makes_the_state(world: World, answers: Any, state: str) -> None:
    with serving(answers) as port:
        folder = world.instance("acme", at(port))
        world.process(50, NODE, {"OPENCLAW_STATE_DIR": str(folder)}, sockets=(7,))
        world.listen(port, 7)
        found = world.instances()["acme"]
    assert found["state"] == state
    assert ("telegram" in found["reason"]) == ("telegram" in found["health"]["failing"])


def test_a_failed_service_is_an_error(world: World) -> None:
    state = world.instance()
    world.unit("openclaw-acme.service", f"{START}\nEnvironment=OPENCLAW_STATE_DIR={state}")
    world.loaded("openclaw-acme.service", ActiveState="failed", ExecMainStatus="78", NRestarts="3")
    found = world.instances()["acme"]
    assert found["state"] == "error"
    assert found["reason"] == "Its service has failed with exit code 78 after 3 restarts."


def test_a_unit_whose_directory_is_elsewhere_is_found(world: World) -> None:
    elsewhere = world.root / "srv/claw"
    elsewhere.mkdir(parents=True)
    (elsewhere / "openclaw.json").write_text(json.dumps(at(19999)))
    world.unit("bot.service", f"{START}\nEnvironment=OPENCLAW_STATE_DIR={elsewhere}")
    world.loaded("bot.service", ActiveState="inactive")
    found = world.instances()["bot"] if "bot" in world.instances() else world.instances()["claw"]
    assert (found["source"], found["state_dir"], found["port"]) == (
        "service",
        str(elsewhere),
        19999,
    )
    assert found["openclaw_home"] == str(world.home)


def test_a_system_unit_is_found(world: World) -> None:
    state = world.instance("sys")
    unit = world.unit("claw.service", f"User=claw\n{START} --profile sys", world.system)
    wants = world.system / "multi-user.target.wants"
    wants.mkdir()
    (wants / unit.name).symlink_to(unit)
    world.loaded("claw.service", user="", ActiveState="inactive")
    found = world.instances()["sys"]
    assert (found["service"]["scope"], found["service"]["enabled"]) == ("system", True)
    assert found["state_dir"] == str(state)


def test_a_unit_without_a_directory_that_can_be_told_is_still_an_instance(world: World) -> None:
    world.unit("openclaw-lost.service", f"User=gone\n{START}", world.system)
    world.loaded("openclaw-lost.service", user="", ActiveState="inactive")
    found = world.instances()["lost"]
    assert (found["state_dir"], found["config_path"], found["state"]) == ("", "", "stopped")
    assert found["problems"] == []


def test_a_unit_whose_directory_is_gone_is_an_instance_with_a_problem(world: World) -> None:
    world.unit("openclaw-acme.service", f"{START} --profile acme")
    found = world.instances()["acme"]
    assert codes(found["problems"]) == ["FILE_UNREADABLE"]
    assert "No such file" in found["reason"]


def test_a_process_says_where_it_runs_though_its_unit_has_changed_since(world: World) -> None:
    old, new = world.instance("old"), world.instance("new", at(18791))
    world.unit("openclaw-x.service", f"{START}\nEnvironment=OPENCLAW_STATE_DIR={new}")
    world.loaded("openclaw-x.service", MainPID="50")
    world.process(50, NODE, {"OPENCLAW_STATE_DIR": str(old)})
    found = world.instances()
    assert (found["old"]["service"]["pid"], found["old"]["process"]["pid"]) == (50, 50)
    assert (found["new"]["state"], found["new"]["service"]["manager"]) == ("stopped", "none")


def test_two_services_of_one_directory_are_a_problem_when_both_would_run(world: World) -> None:
    state = world.instance()
    for name in ("openclaw-acme.service", "openclaw-gateway-acme.service"):
        world.unit(name, f"{START}\nEnvironment=OPENCLAW_STATE_DIR={state}")
        world.loaded(name, ActiveState="inactive", UnitFileState="disabled")
    assert world.instances()["acme"]["problems"] == []
    for name in ("openclaw-acme.service", "openclaw-gateway-acme.service"):
        world.loaded(name, ActiveState="active")
    (problem,) = world.instances()["acme"]["problems"]
    assert (
        problem["code"] == "TWO_SERVICES" and "openclaw-gateway-acme.service" in problem["message"]
    )


def test_a_supervisor_program_of_ours_is_found(world: World) -> None:
    state = world.instance()
    folder = world.home / ".local/state/claw-pilot/supervisor.d"
    folder.mkdir(parents=True)
    (folder / "openclaw-acme.ini.off").write_text(
        f"[program:openclaw-acme]\ncommand=/usr/bin/node {INDEX} gateway\n"
        f'environment=OPENCLAW_STATE_DIR="{state}"\n'
    )
    found = world.instances()["acme"]
    assert kinds(found) == ["directory", "service"]
    assert (found["service"]["manager"], found["service"]["enabled"]) == ("supervisor", False)


def test_the_same_slug_in_two_homes_is_two_instances(world: World) -> None:
    other = world.make_home("other", 4000)
    for home in (world.home, other):
        world.instance("acme", home=home)
    found = world.observe()["instances"]
    assert [(i["slug"], i["openclaw_home"]) for i in found] == [
        ("acme", str(world.home)),
        ("acme", str(other)),
    ]
    assert [i["openclaw_home"] for i in world.observe(other)["instances"]] == [str(other)]
    assert world.observe(other)["homes"] == [str(other)]


def test_a_home_of_ours_that_is_no_accounts_home_has_its_units_in_the_account(world: World) -> None:
    claws = world.root / "srv/claws"
    claws.mkdir(parents=True)
    state = world.instance("acme", home=claws)
    name = "openclaw-acme.service"
    world.unit(name, f"{START}\nEnvironment=HOME={claws} OPENCLAW_STATE_DIR={state}")
    world.loaded(name, ActiveState="inactive")
    world.instance("beside", home=claws)
    for homes in ((), (claws,)):
        found, beside = world.observe(*homes)["instances"]
        assert beside["slug"] == "beside"
        assert (found["openclaw_home"], kinds(found)) == (str(claws), ["directory", "service"])


def test_a_state_directory_that_is_a_link_is_one_instance(world: World) -> None:
    data = world.instance("data")
    moved = data.rename(world.root / "moved")
    for name in (".openclaw-acme", ".openclaw-second"):
        (world.home / name).symlink_to(moved)
    (found,) = world.observe()["instances"]
    assert (found["slug"], found["state_dir"]) == ("acme", str(moved))
    assert len(found["evidence"]) == 2


def test_fleet_cells_are_instances(world: World) -> None:
    state = world.instance("default")
    cell = state / "fleet/cells/tenant-a"
    cell.mkdir(parents=True)
    (cell / "openclaw.json").write_text(json.dumps(CONFIG))
    (state / "fleet/cells/empty").mkdir()
    found = world.instances()
    assert set(found) == {"default", "tenant-a"}
    assert found["tenant-a"]["state_dir"] == str(cell)


def container(state: Path | str, **more: Any) -> dict[str, Any]:
    facts = {"id": "c" * 64, "name": "openclaw-cell-a", "image": "openclaw:1", "running": True}
    places = {"state_dir_host": str(state), "state_dir_inside": "/home/node/.openclaw"}
    return {**facts, **places, "slug": "a", "published_port": 0, "pid": 0, "restarts": 0, **more}


def test_a_container_and_its_directory_are_one_instance(world: World) -> None:
    state = world.instance("default", at(18789))
    locked(state, 7, stateDir="/home/node/.openclaw")
    with serving() as port:
        world.containers.append(container(state, published_port=port, version="2026.9.6"))
        for homes in ((), (world.home,)):
            found = world.instances(*homes)["default"]
            assert (found["port"], found["state"]) == (port, "running")
    assert found["service"]["manager"] == "docker" and found["source"] == "legacy"
    assert found["locks"][0]["stale"] is False  # its process has another number there


def test_a_port_inside_of_a_container_is_none_of_the_hosts(world: World) -> None:
    inside, outside = world.instance("in", at(18790)), world.instance("out", at(18790))
    world.containers.append(container(inside, running=False))
    found = world.instances()
    assert (found["in"]["port"], found["in"]["url"], found["in"]["problems"]) == (0, "", [])
    assert found["out"]["port"] == 18790 and outside


def test_a_gateway_in_a_container_that_no_engine_tells_of_is_mentioned(world: World) -> None:
    engine = {"code": "DOCKER_UNANSWERED", "path": "docker", "message": "x"}
    world.engine_warnings.append(engine)
    for pid in (50, 60):
        world.process(pid, NODE, {}, cgroup=f"0::/system.slice/docker-{'d' * 64}.scope\n")
    observation = world.observe()
    assert observation["instances"] == []
    assert codes(observation["warnings"]) == ["DOCKER_UNANSWERED", "GATEWAY_IN_CONTAINER"]


def test_every_home_of_an_account_is_looked_at_but_those_of_the_system(world: World) -> None:
    world.make_home("other", 4000)
    for home in ("/usr/sbin", "/", "/nonexistent", "/proc", str(world.root / "nowhere")):
        world.account("x", 4001, home)
    assert world.observe()["homes"] == [str(world.home), str(world.root / "home/other")]
    assert not _sight._is_system("/usr/local/openclaw") and not _sight._is_system("/runner")
