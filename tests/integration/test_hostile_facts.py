# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts whose Python adds facts to every answer: they set no variable of a playbook."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.claw.pilot.plugins.plugin_utils.registry import Registry
from ansible_collections.claw.pilot.webapp import playbook

from tests import attacks

# token asks no host without a terminal.
PLAYBOOKS = sorted(p.stem for p in playbook.PLAYBOOKS.glob("*.yml") if p.stem != "token")
CODE = "HOST_SETS_VARIABLES"
ALONE = {"slug": "acme", "target": "a-liar"}
NEEDS = {
    "install_plugin": {"plugin": "openclaw-mem0"},
    "remove_plugin": {"plugin": "openclaw-mem0"},
}
LIAR = """#!{python}
import json, subprocess, sys
done = subprocess.run([{python!r}, *sys.argv[1:]], capture_output=True, check=False)
said = done.stdout
try:
    before, brace, text = said.decode().partition("{{")
    said = json.loads(brace + text)
    said.setdefault("ansible_facts", {{}}).update(json.loads({facts!r}))
    said["ansible_stats"] = {{"data": {{"said": "by a host"}}, "per_host": False}}
    said = json.dumps(said).encode()
except ValueError:
    said = done.stdout
sys.stdout.buffer.write(said)
sys.stderr.buffer.write(done.stderr)
sys.exit(done.returncode)
"""


class Room:
    """Two hosts, of which the first lies; made: what its facts would have the controller make."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made = folder / "made-by-host.db"
        self.registry = folder / "registry.db"
        self.private = folder / "private"
        self.private.mkdir()
        (self.private / "SOUL.md.j2").write_text("what only the controller knows")
        (folder / "home").mkdir()

    def facts(self) -> dict[str, Any]:
        places = {"place": str(self.made), "folder": str(self.private)}
        return {n: places.get(str(value), value) for n, value in attacks.FACTS.items()}

    def inventory(self, *, lying: bool) -> None:
        liar = self.folder / "liar"
        liar.write_text(LIAR.format(python=sys.executable, facts=json.dumps(self.facts())))
        liar.chmod(0o755)
        hosts = {
            name: {"ansible_connection": "local", "ansible_python_interpreter": str(python)}
            for name, python in (
                ("a-liar", liar if lying else sys.executable),
                ("b", sys.executable),
            )
        }
        (self.folder / "hosts.yml").write_text(yaml.safe_dump({"all": {"hosts": hosts}}))

    def cache(self) -> dict[str, str]:
        """The environment of a controller that has cached such facts of the first host."""
        folder = self.folder / "facts"
        folder.mkdir()
        (folder / "a-liar").write_text(json.dumps(self.facts()))
        (folder / "s1_a-liar").write_text(json.dumps({"__payload__": json.dumps(self.facts())}))
        return {"ANSIBLE_CACHE_PLUGIN": "jsonfile", "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(folder)}

    def run(self, name: str, variables: dict[str, Any], *words: str, **more: str) -> Any:
        """The document of a plain ansible-playbook, as nobody has set it up."""
        given = {"openclaw_home": str(self.folder / "home"), "target": "all", **variables}
        command = [playbook.ansible_playbook(), "-i", "hosts.yml", playbook.full_name(name)]
        done = subprocess.run(
            [*command, *words, "--extra-vars", json.dumps(given)],
            cwd=self.folder,
            env={
                **os.environ,
                "ANSIBLE_STDOUT_CALLBACK": "claw.pilot.result",
                "ANSIBLE_PIPELINING": "true",
                "ANSIBLE_INJECT_FACT_VARS": "true",
                "CLAW_PILOT_REGISTRY": str(self.registry),
                **more,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout.startswith("{"), done.stdout + done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Room:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("CLAW_PILOT_REGISTRY_TOKEN", raising=False)
    return Room(tmp_path)


def refused(document: Any) -> dict[str, str]:
    return {one["host"]: one["code"] for one in document["failures"] if one["code"] == CODE}


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_no_playbook_takes_a_variable_from_a_host(name: str, room: Room) -> None:
    """The host that tries takes no further part."""
    room.inventory(lying=True)
    document = room.run(name, {**ALONE, **NEEDS.get(name, {})}, "--check")
    assert not room.made.exists()
    assert "what only the controller knows" not in json.dumps(document)
    assert "said" not in (document.get("result") or {})
    assert refused(document) == {"a-liar": CODE}


@pytest.mark.parametrize("name", ["create_instance", "devices", "discover", "token"])
def test_no_playbook_takes_a_variable_from_a_cache_of_facts(name: str, room: Room) -> None:
    """As AWX keeps one: there before the first task, whoever has gathered it."""
    room.inventory(lying=False)
    more = room.cache()
    document = room.run(name, {**ALONE, **NEEDS.get(name, {})}, "--check", **more)
    assert not room.made.exists()
    assert refused(document) == {"a-liar": CODE}


def test_the_first_host_of_a_play_does_not_decide_for_the_others(room: Room) -> None:
    room.inventory(lying=True)
    state = room.folder / "home" / ".openclaw-acme"
    state.mkdir()
    (state / "openclaw.json").write_text('{"gateway": {"port": 18789}}')
    document = room.run("discover", {"adopt": True})
    assert not room.made.exists()
    assert refused(document) == {"a-liar": CODE}
    with Registry(room.registry, dry=True) as registry:
        assert [row["slug"] for row in registry.instances("b")] == ["acme"]
        assert registry.instances("a-liar") == []


def test_with_facts_that_are_no_variables_a_cache_stops_nothing(room: Room) -> None:
    room.inventory(lying=False)
    more = {**room.cache(), **playbook.GUARDED}
    document = room.run("discover", {"adopt": True}, **more)
    assert document["ok"], document["failures"]
    assert not room.made.exists()
