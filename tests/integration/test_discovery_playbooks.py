# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""discover, status and doctor on two hosts with homes of their own: found, adopted, gone."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pexpect
import pytest
from ansible_collections.claw.pilot.plugins.plugin_utils.registry import Registry

from .controller import Controller

CANARY = "canary-0123456789abcdef"


@pytest.fixture
def controller(tmp_path: Path) -> Controller:
    """Two hosts, nothing on them."""
    hosts: dict[str, dict[str, Any]] = {}
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        hosts[name] = {"openclaw_home": str(tmp_path / name)}
    return Controller(tmp_path, hosts)


def make(controller: Controller, host: str, slug: str, port: int) -> Path:
    """An instance that others have made, and its directory."""
    folder = controller.folder / host / f".openclaw-{slug}"
    (folder / "agents" / "main").mkdir(parents=True)
    auth = {"mode": "token", "token": CANARY}
    config = {"gateway": {"mode": "local", "port": port, "auth": auth}}
    (folder / "openclaw.json").write_text(f"// theirs\n{json.dumps(config)}")
    (folder / ".env").write_text(f"TELEGRAM_BOT_TOKEN={CANARY}\n")
    return folder


def traces(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Mode, time of the last change and content of everything below, the folder as well."""
    found = {}
    for path in (folder, *folder.rglob("*")):
        status = path.lstat()
        content = path.read_bytes() if path.is_file() else b""
        found[str(path)] = (status.st_mode, status.st_mtime_ns, content)
    return found


def slugs(found: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return sorted((item["host"], item["slug"]) for item in found)


def test_where_nothing_is_it_says_so_and_makes_no_registry(controller: Controller) -> None:
    shown = controller.play("discover")
    assert [host for host in ("one", "two") if f"{host:<16} no instance" in shown] == ["one", "two"]
    assert "There is no instance." in controller.play("status")
    assert "There is no instance 'acme'." in controller.play("status", slug="acme")
    found = controller.document("discover", adopt=True, prune=True)
    assert found["result"] == {"instances": [], "new": [], "gone": []}
    assert not controller.registry_path.exists()


def test_what_is_new_is_adopted_only_when_told_and_no_file_is_touched(
    controller: Controller,
) -> None:
    make(controller, "one", "acme", 18789)
    make(controller, "two", "acme", 18789)
    make(controller, "two", "beta", 18909)
    homes = [controller.folder / name for name in controller.hosts]
    before = [traces(home) for home in homes]
    for variables in ({}, {"adopt": False}, {"adopt": "false"}):
        found = controller.document("discover", **variables)
        assert slugs(found["result"]["new"]) == [("one", "acme"), ("two", "acme"), ("two", "beta")]
        assert found["changed"] is False
    checked = controller.document("discover", "--check", "--diff", adopt=True)
    assert (checked["ok"], checked["changed"]) == (True, True)
    assert not controller.registry_path.exists()
    controller.play("discover", "-vvv", "--diff", adopt="true")
    assert controller.rows() == [("one", "acme", 1), ("two", "acme", 1), ("two", "beta", 1)]
    assert controller.events() == [
        ("one", "acme", "adopted"),
        ("two", "acme", "adopted"),
        ("two", "beta", "adopted"),
    ]
    again = controller.document("discover", adopt=True)
    assert again["changed"] is False
    assert again["result"]["new"] == again["result"]["gone"] == []
    assert len(again["result"]["instances"]) == 3
    assert [traces(home) for home in homes] == before


def test_no_secret_is_in_the_output_or_in_the_registry(controller: Controller) -> None:
    make(controller, "one", "acme", 18789)
    log = controller.folder / "ansible.log"
    env = {"ANSIBLE_LOG_PATH": str(log)}
    for playbook in ("discover", "status", "doctor"):
        done = controller.run(playbook, "-vvvv", "--diff", env=env, adopt=True)
        assert done.returncode == 0, done.stdout + done.stderr
        assert CANARY not in done.stdout + done.stderr
    assert "acme" in log.read_text()
    assert CANARY not in log.read_text()
    files = [path.read_bytes() for path in controller.registry_path.parent.iterdir()]
    assert files and not any(CANARY.encode() in content for content in files)


@pytest.mark.parametrize("only", ["beta,gamma", ["beta", "gamma"]])
def test_only_names_what_is_adopted(controller: Controller, only: Any) -> None:
    for number, slug in enumerate(("acme", "beta", "gamma", "bet")):
        make(controller, "one", slug, 18789 + 120 * number)
    controller.play("discover", adopt=True, only=only)
    assert controller.rows() == [("one", "beta", 1), ("one", "gamma", 1)]


@pytest.mark.parametrize(("answer", "adopted"), [("y", True), ("n", False), ("", False)])
def test_at_a_terminal_it_asks_once_for_all_hosts(
    controller: Controller, answer: str, adopted: bool
) -> None:
    make(controller, "one", "acme", 18789)
    make(controller, "two", "beta", 18789)
    terminal = controller.terminal("discover")
    terminal.expect(r"new +one +acme")
    terminal.expect(r"Adopt 2 new instance\(s\)\? Their files stay as they are. \[y/N\]")
    terminal.sendline(answer)
    terminal.expect("PLAY RECAP")
    assert "Adopt" not in terminal.before
    terminal.expect(pexpect.EOF)
    assert terminal.wait() == 0
    known = controller.registry_path.exists() and controller.rows()
    assert known == ([("one", "acme", 1), ("two", "beta", 1)] if adopted else False)


@pytest.mark.parametrize(
    ("env", "variables"),
    [({"AWX_ISOLATED_DATA_DIR": "/runner"}, {}), ({"CLAW_PILOT_REGISTRY": "none"}, {})],
)
def test_nobody_is_asked_where_nobody_sits_or_nothing_can_be_recorded(
    controller: Controller, env: dict[str, str], variables: dict[str, Any]
) -> None:
    make(controller, "one", "acme", 18789)
    terminal = controller.terminal("discover", env=env, **variables)
    terminal.expect(pexpect.EOF)
    assert terminal.wait() == 0
    assert "Adopt 1" not in terminal.before
    assert not controller.registry_path.exists()


def test_what_is_gone_stays_until_it_is_pruned(controller: Controller) -> None:
    folder = make(controller, "one", "acme", 18789)
    make(controller, "two", "beta", 18789)
    controller.play("discover", adopt=True)
    shutil.rmtree(folder)
    shown = controller.play("discover", prune="false")
    assert re.search(rf"gone +one +acme +18789 +stopped +- +- +{folder}\n", shown)
    seen = controller.document("status")["result"]
    assert (slugs(seen["gone"]), slugs(seen["instances"])) == ([("one", "acme")], [("two", "beta")])
    assert f"{folder} is no longer there." in controller.play("status", slug="acme")
    checked = controller.document("discover", "--check", prune=True)
    assert (checked["changed"], slugs(checked["result"]["gone"])) == (True, [("one", "acme")])
    assert len(controller.rows()) == 2
    assert controller.document("discover", prune=True)["changed"] is True
    assert controller.rows() == [("two", "beta", 1)]
    assert controller.events()[-1] == ("one", "acme", "pruned")


def test_an_instance_that_took_the_port_of_one_that_is_gone_is_adopted(
    controller: Controller,
) -> None:
    folder = make(controller, "one", "acme", 18789)
    controller.play("discover", adopt=True)
    shutil.rmtree(folder)
    make(controller, "one", "beta", 18789)
    found = controller.document("discover", adopt=True, prune=True)
    assert found["warnings"] == []
    assert controller.rows() == [("one", "beta", 1)]


def test_homes_that_only_the_registry_knows_are_looked_at(controller: Controller) -> None:
    slug = "remembered"  # all of this machine is looked at, where another test may have an acme
    make(controller, "one", slug, 18789).chmod(0o755)
    controller.play("discover", adopt=True)
    del controller.hosts["one"]["openclaw_home"], controller.hosts["two"]
    seen = controller.document("status", slug=slug)["result"]
    assert slugs(seen["instances"]) == [("one", slug)]
    found = controller.document("doctor", slug=slug, examine=False)["result"]["findings"]
    assert ("one", slug, "modes") in {(f["host"], f["slug"], f["check"]) for f in found}
    (failure,) = controller.document("doctor", slug=slug, registry="none")["failures"]
    assert failure["code"] == "INSTANCE_NOT_FOUND"
    shutil.rmtree(controller.folder / "one")
    found = controller.document("discover", adopt=False, prune=True)
    assert ("one", slug) in slugs(found["result"]["gone"])
    assert controller.rows() == []


def test_a_host_that_fails_does_not_keep_the_others_from_being_recorded(
    controller: Controller,
) -> None:
    make(controller, "two", "acme", 18789)
    controller.hosts["one"]["openclaw_home"] = str(controller.folder / "nowhere")
    for playbook in ("discover", "status"):
        found = controller.document(playbook, adopt=True)
        assert [(f["host"], f["code"]) for f in found["failures"]] == [("one", "HOME_NOT_FOUND")]
        assert slugs(found["result"]["instances"]) == [("two", "acme")]
        assert controller.rows() == [("two", "acme", 1)]


def test_without_a_registry_it_looks_and_does_not_adopt(controller: Controller) -> None:
    make(controller, "one", "acme", 18789)
    for playbook in ("discover", "status"):
        found = controller.document(playbook, registry="none")
        assert slugs(found["result"]["instances"]) == [("one", "acme")]
    refused = controller.document("discover", registry="none", adopt=True)
    assert {failure["message"] for failure in refused["failures"]} == {
        "Nothing was adopted: adopting writes into the registry, and registry is none."
    }
    assert not controller.registry_path.exists()


def test_the_registry_may_be_elsewhere(controller: Controller) -> None:
    make(controller, "one", "acme", 18789)
    path = controller.folder / "elsewhere.db"
    controller.play("discover", adopt=True, registry=str(path))
    with Registry(path) as registry:
        assert [row["slug"] for row in registry.instances()] == ["acme"]
    assert not controller.registry_path.exists()


def test_status_tells_the_registry_what_it_saw(controller: Controller) -> None:
    folder = make(controller, "one", "acme", 18789)
    controller.play("discover", adopt=True)
    config = (folder / "openclaw.json").read_text()
    (folder / "openclaw.json").write_text(config.replace("18789", "18999"))
    controller.play("status", "--check")
    with controller.registry() as registry:
        assert registry.ports("one") == {18789: "acme"}
    found = controller.document("status")
    assert found["result"]["instances"][0]["port"] == 18999
    with controller.registry() as registry:
        assert registry.ports("one") == {18999: "acme"}


def test_findings_of_all_hosts_are_one_list(controller: Controller) -> None:
    for host in controller.hosts:
        make(controller, host, "acme", 18789).chmod(0o755)
    findings = controller.document("doctor", examine=False)["result"]["findings"]
    modes = {f["host"] for f in findings if f["check"] == "modes" and "directory" in f["message"]}
    assert modes == {"one", "two"}
