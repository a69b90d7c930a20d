# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is broken, hidden or hostile: a result or a warning, no neighbour lost, no secret."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _reading

from tests.bench.generate import generate
from tests.unit.a_host import CONFIG, INDEX, NODE, World, at, codes, kinds, locked, serving, world

__all__ = ["world"]
START = f"ExecStart=/usr/bin/node {INDEX} gateway"
CANARY = "canary-7c1e"


def tree(root: Path) -> dict[str, Any]:
    """Everything below a folder: kind, bytes or target, mode, time of change."""
    found = {}
    for path in [root, *root.rglob("*")]:
        status = path.lstat()
        what: Any = None
        if path.is_symlink():
            what = os.readlink(path)
        elif path.is_file():
            what = path.read_bytes()
        found[str(path)] = (what, status.st_mode, status.st_mtime_ns, status.st_ctime_ns)
    return found


def loop(folder: Path) -> None:
    (folder / "openclaw.json").symlink_to(folder / "openclaw.json")


def deep(folder: Path) -> None:
    (folder / "openclaw.json").write_text('{"agents":' * 5000)


def huge(folder: Path) -> None:
    (folder / "openclaw.json").touch()
    os.truncate(folder / "openclaw.json", 1 << 40)


BROKEN: dict[str, Callable[[Path], object]] = {
    "malformed": lambda f: (f / "openclaw.json").write_text("{gateway: {port: }"),
    "half": lambda f: (f / "openclaw.json").write_text(json.dumps(CONFIG)[:20]),
    "empty": lambda f: (f / "openclaw.json").write_text(""),
    "list": lambda f: (f / "openclaw.json").write_text("[1]"),
    "nul": lambda f: (f / "openclaw.json").write_bytes(b"\0" * 5000),
    "utf-16": lambda f: (f / "openclaw.json").write_bytes(json.dumps(CONFIG).encode("utf-16")),
    "fifo": lambda f: os.mkfifo(f / "openclaw.json"),
    "folder": lambda f: (f / "openclaw.json").mkdir(),
    "gone": lambda f: (f / "openclaw.json").symlink_to(f / "nowhere"),
    "device": lambda f: (f / "openclaw.json").symlink_to("/dev/zero"),
    "loop": loop,
    "deep": deep,
    "huge": huge,
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_config_is_told_and_its_neighbour_is_not_lost(world: World, kind: str) -> None:
    world.instance("good")
    alone = world.instances()["good"]
    BROKEN[kind](world.instance("bad", None))
    found = world.instances()
    assert found["good"] == alone
    bad = found["bad"]
    (problem,) = bad["problems"]
    assert problem["code"] in ("FILE_MALFORMED", "FILE_UNREADABLE", "NOT_A_FILE", "FILE_TOO_LARGE")
    assert str(world.home / ".openclaw-bad") in problem["message"]
    assert (bad["state"], bad["reason"], bad["port"]) == ("stopped", problem["message"], 0)
    assert (bad["confidence"], bad["agents"][0]["id"]) == ("low", "main")


@pytest.mark.parametrize("name", [".env", ".claw-pilot.json", "tmp", "state", "npm"])
@pytest.mark.parametrize("kind", ["fifo", "loop", "file", "folder"])
def test_whatever_else_is_in_a_state_directory_harms_nobody(
    world: World, name: str, kind: str
) -> None:
    state = world.instance("acme", {**CONFIG, "plugins": {"slots": {"memory": "openclaw-mem0"}}})
    place = state / name
    if kind == "fifo":
        os.mkfifo(place)
    elif kind == "loop":
        place.symlink_to(place)
    elif kind == "file":
        place.write_bytes(b"\xff\0={[")
    else:
        place.mkdir()
    found = world.instances()["acme"]
    assert (found["port"], found["problems"], found["managed"]) == (18790, [], False)
    assert not found["mem0"]["installed"]


def test_names_that_are_no_text_do_not_spoil_the_result(world: World) -> None:
    raw = os.fsencode(world.home) + b"/.openclaw-caf\xe9"
    os.mkdir(raw)
    Path(os.fsdecode(raw), "openclaw.json").write_text(json.dumps(CONFIG))
    world.instance(
        "odd", '{"gateway": {"bind": "\\ud800"}, "models": {"providers": {"\\udfff": {}}}}'
    )
    observation = world.observe()
    json.dumps(observation, ensure_ascii=False).encode()
    assert [i["slug"] for i in observation["instances"]] == ["caf", "odd"]
    assert observation["instances"][1]["bind"] == "?"


def test_a_link_in_circles_for_a_state_directory_is_warned_of(world: World) -> None:
    world.instance("good")
    (world.home / ".openclaw-loop").symlink_to(world.home / ".openclaw-loop")
    observation = world.observe()
    assert [i["slug"] for i in observation["instances"]] == ["good"]
    (warning,) = observation["warnings"]
    assert warning["code"] == "STATE_DIR_UNREADABLE"
    assert warning["path"] == str(world.home / ".openclaw-loop")


def test_a_home_that_is_not_there_is_warned_of(world: World) -> None:
    observation = world.observe(world.root / "nowhere")
    assert codes(observation["warnings"]) == ["HOME_UNREADABLE"]
    assert observation["instances"] == []


def refuse(monkeypatch: pytest.MonkeyPatch, *paths: Path) -> None:
    """Let the listing of these folders be refused, and the files in them."""
    listdir, opened, status = os.listdir, os.open, os.stat
    regular = _reading.open_regular

    def regular_(path: str, named_by: int = 0) -> int:
        if hidden(path):
            raise _reading.unreadable(path, PermissionError(13, "Permission denied"))
        return regular(path, named_by)

    def hidden(path: Any) -> bool:
        text = os.fspath(path) if isinstance(path, (str, os.PathLike)) else ""
        return any(text.startswith(f"{p}/") for p in paths)

    def list_(path: Any = ".") -> list[str]:
        if hidden(f"{path}/"):
            raise PermissionError(13, "Permission denied", path)
        return listdir(path)

    def open_(path: Any, *more: Any, **options: Any) -> int:
        if hidden(path):
            raise PermissionError(13, "Permission denied", path)
        return opened(path, *more, **options)

    def stat_(path: Any, **options: Any) -> os.stat_result:
        if hidden(path):
            raise PermissionError(13, "Permission denied", path)
        return status(path, **options)

    monkeypatch.setattr(os, "listdir", list_)
    monkeypatch.setattr(os, "open", open_)
    monkeypatch.setattr(_reading, "open_regular", regular_)
    monkeypatch.setattr(os, "stat", stat_)


def test_what_may_not_be_read_is_found_and_said(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.instance("good")
    hidden, legacy = world.instance("hidden"), world.instance("default")
    other = world.make_home("other", 4000)
    refuse(monkeypatch, hidden, legacy, other)
    observation = world.observe()
    found = {i["slug"]: i for i in observation["instances"]}
    assert set(found) == {"good", "hidden"}
    assert codes(found["hidden"]["problems"]) == ["FILE_UNREADABLE"]
    assert found["hidden"]["confidence"] == "low"
    assert sorted((w["code"], w["path"]) for w in observation["warnings"]) == [
        ("HOME_UNREADABLE", str(other)),
        ("STATE_DIR_UNREADABLE", str(legacy)),
        ("STATE_DIR_UNREADABLE", str(hidden)),
    ]
    assert all("Permission denied" in w["message"] for w in observation["warnings"])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_somebody_without_rights_sees_what_there_is_to_see(world: World) -> None:
    """For real: a child of this process that is nobody."""
    state = world.instance("closed")
    world.instance("open")
    state.chmod(0o700)
    for path in (world.root, *world.root.parents):
        if path.stat().st_uid == 0 and not path.stat().st_mode & 0o1:
            path.chmod(path.stat().st_mode | 0o1)
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setresgid(65534, 65534, 65534)
            os.setresuid(65534, 65534, 65534)
            os.write(write, json.dumps(world.observe(world.home)).encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as stream:
        text = stream.read()
    os.waitpid(child, 0)
    observation = json.loads(text)
    found = {i["slug"]: i for i in observation["instances"]}
    assert set(found) == {"closed", "open"} and found["open"]["problems"] == []
    assert codes(found["closed"]["problems"]) == ["FILE_UNREADABLE"]
    assert codes(observation["warnings"]) == ["STATE_DIR_UNREADABLE"]


def test_without_a_bus_an_instance_is_found_and_what_was_not_asked_is_said(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = world.instance()
    world.unit("openclaw-acme.service", f"{START}\nEnvironment=OPENCLAW_STATE_DIR={state}")
    world.host.units["claw"] = None
    observation = world.observe()
    (found,) = observation["instances"]
    assert kinds(found) == ["directory", "service"]
    assert codes(observation["warnings"]) == ["SYSTEMD_UNANSWERED"]
    assert found["state"] == "stopped"  # all processes can be seen, and none is its
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    assert world.instances()["acme"]["state"] == "unknown"


def test_nothing_is_written_and_nothing_but_systemctl_is_started(world: World) -> None:
    state = world.instance("acme", at(18790), _env="A=b\n")
    (state / ".env").write_text("A=b\n")
    locked(state, 50)
    world.unit("openclaw-acme.service", f"{START}\nEnvironment=OPENCLAW_STATE_DIR={state}")
    world.loaded("openclaw-acme.service", MainPID="50")
    world.process(50, NODE, {"OPENCLAW_STATE_DIR": str(state)})
    for name, spoil in BROKEN.items():
        if name != "huge":
            spoil(world.instance(f"b-{name}", None))
    before = tree(world.root)
    world.observe()
    world.observe(world.home)
    assert tree(world.root) == before
    assert {command[0] for command in world.host.commands} == {"systemctl"}
    assert {word for command in world.host.commands for word in command} & {
        "start", "stop", "enable", "daemon-reload", "edit", "set-property",
    } == set()  # fmt: skip


def test_no_secret_gets_out(world: World) -> None:
    secret = {"token": CANARY, "password": CANARY}
    config = {
        "gateway": {"auth": {"mode": "token", **secret}, "remote": {"token": CANARY}},
        "channels": {
            "telegram": {"botToken": CANARY, "webhookSecret": CANARY, "accounts": {"a": secret}},
            "slack": {"appToken": CANARY},
        },
        "models": {"providers": {"x": {"apiKey": CANARY, "headers": {"Authorization": CANARY}}}},
        "env": {"vars": {"KEY": CANARY}, "OTHER": CANARY},
        "plugins": {"entries": {"openclaw-mem0": {"enabled": True, "config": {"apiKey": CANARY}}}},
        "agents": {"entries": {"main": {"memory": {"apiKey": CANARY}}}},
    }
    with serving() as port:
        config["gateway"]["port"] = port
        state = world.instance("acme", config)
        (state / ".env").write_text(f"A={CANARY}\nexport B='{CANARY}'\n")
        marker = {"slug": "acme", "rendered": {"token": CANARY}, "spec": {"secret": CANARY}}
        (state / ".claw-pilot.json").write_text(json.dumps(marker))
        (world.home / "claw.env").write_text(f"TOKEN={CANARY}\nOPENCLAW_GATEWAY_TOKEN={CANARY}\n")
        where = f"Environment=OPENCLAW_STATE_DIR={state} TOKEN={CANARY}"
        world.unit("a.service", f"{START} --token {CANARY}\n{where}\nEnvironmentFile=%h/claw.env")
        world.loaded("a.service", MainPID="50")
        folder = world.home / ".local/state/claw-pilot/supervisor.d"
        folder.mkdir(parents=True)
        (folder / "b.ini").write_text(
            f"[program:b]\ncommand=openclaw gateway --token {CANARY}\n"
            f'environment=TOKEN="{CANARY}",OPENCLAW_STATE_DIR="{state}"\n'
        )
        environment = {"OPENCLAW_STATE_DIR": str(state), "OPENAI_API_KEY": CANARY}
        world.process(50, (*NODE, "--token", CANARY), environment, sockets=(7,))
        world.process(51, (*NODE, "--password", CANARY), {"API_KEY": CANARY})
        world.listen(port, 7)
        world.instance("broken", "{'token': '" + CANARY)
        world.instance("split", json.dumps({"gateway": {"$include": "x.json5"}}))
        (world.home / ".openclaw-split/x.json5").write_text("{token: " + CANARY)
        observation = world.observe()
    found = {i["slug"]: i for i in observation["instances"]}
    assert found["acme"]["auth"] == {"mode": "token", "secret": "weak"}
    assert len(kinds(found["acme"])) == 5 and len(found) == 4
    assert CANARY not in json.dumps(observation)


def test_a_reference_is_not_resolved(world: World) -> None:
    reference = "${OPENCLAW_GW_AUTH_TOKEN}"
    state = world.instance("acme", {"gateway": {"auth": {"token": reference}, "bind": reference}})
    assert world.instances()["acme"]["auth"]["secret"] == "unset"
    (state / ".env").write_text(f"OPENCLAW_GW_AUTH_TOKEN={CANARY}\n")
    found = world.instances()["acme"]
    assert found["auth"]["secret"] == "reference" and found["bind"] == reference
    (state / ".env").unlink()
    (state / ".env").mkdir()  # there may be anything in it
    assert world.instances()["acme"]["auth"]["secret"] == "reference"


def test_a_thousand_instances_need_two_questions_to_systemd(world: World) -> None:
    slugs = [f"i{number}" for number in range(1000)]
    for number, slug in enumerate(slugs):
        state = world.instance(slug, at(20000 + number))
        world.unit(f"openclaw-{slug}.service", f"{START}\nEnvironment=OPENCLAW_STATE_DIR={state}")
    world.loaded("openclaw-i0.service")
    found = world.instances(world.home)
    assert set(found) == set(slugs)
    assert {i["service"]["manager"] for i in found.values()} == {"systemd"}
    assert [slug for slug, i in found.items() if i["state"] != "stopped"] == ["i0"]
    assert len(world.host.commands) == 2


def test_instances_of_all_shapes_are_found_without_a_problem(world: World) -> None:
    slugs = generate(world.home, 40)
    found = world.instances(world.home)
    assert set(found) == set(slugs)
    assert {i["service"]["name"].endswith(slug) for slug, i in found.items()} == {True}
    assert [slug for slug, i in found.items() if i["managed"]] == sorted(slugs[::2])
    assert not [i for i in found.values() if i["problems"]]
    assert all(len(i["agents"]) > 1 and i["default_model"] for i in found.values())
    assert all(os.path.isdir(a["workspace"]) for i in found.values() for a in i["agents"])
    assert {i["auth"]["secret"] for i in found.values()} == {"reference", "literal"}
