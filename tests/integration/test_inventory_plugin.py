# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin under Ansible's own commands, on a registry file that Registry made."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.plugin_utils.registry import Registry

BIN = Path(sys.executable).parent
LITERAL = "Acme {{ 6 * 7 }}"
CONFIG = "plugin: claw.pilot.registry\n"
CACHED = "cache: true\ncache_plugin: ansible.builtin.jsonfile\ncache_connection: cache\n"
SLUG = "slug={{ openclaw_instance.slug }}"


def instance(slug: str, home: str, port: int, **more: Any) -> dict[str, Any]:
    return {
        "slug": slug,
        "display_name": slug.capitalize(),
        "state": "running",
        "openclaw_home": home,
        "state_dir": f"{home}/.openclaw-{slug}",
        "config_path": f"{home}/.openclaw-{slug}/openclaw.json",
        "port": port,
        "openclaw_version": "2026.9.6",
        "default_model": "anthropic/claude-sonnet-4-6",
        "agents": [],
        **more,
    }


def reports(home: str) -> list[dict[str, Any]]:
    """A server with three instances, two of one slug, and this machine with one."""
    web = {"hostname": "web1.example.org", "ip": "192.0.2.7", "connection": "ssh"}
    there = [
        instance("acme", "/opt/openclaw", 18789, display_name=LITERAL, openclaw_user="openclaw"),
        instance("acme", "/home/me", 18909, state="stopped"),
        instance("demo", "/opt/openclaw", 19029, openclaw_version="2026.8.1"),
    ]
    here = instance("mine", home, 18789, default_model="")
    return [
        {
            "server": {**web, "ssh_user": "admin", "ssh_port": 2222},
            "entries": [{"event": "created", "instance": one} for one in there],
        },
        {
            "server": {"hostname": "localhost", "connection": "local"},
            "entries": [{"event": "adopted", "instance": here}],
        },
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a registry and a config for each mode."""
    with Registry(tmp_path / "registry.db", actor="test", origin="test") as registry:
        done = registry.record(reports(str(tmp_path)))
    assert done["warnings"] == []
    (tmp_path / "hosts.claw_pilot.yml").write_text(CONFIG)
    (tmp_path / "instances.claw_pilot.yml").write_text(CONFIG + "mode: instance\n")
    return tmp_path


def run(folder: Path, command: str, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    base = {"HOME": str(folder), "CLAW_PILOT_REGISTRY": str(folder / "registry.db")}
    return subprocess.run(
        [str(BIN / command), *words],
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1", **base, **env},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def listed(folder: Path, name: str, **env: str) -> dict[str, Any]:
    done = run(folder, "ansible-inventory", "-i", name, "--list", **env)
    assert done.returncode == 0, done.stderr
    # Ansible marks every string that is no template of its own.
    found: dict[str, Any] = json.loads(
        done.stdout, object_hook=lambda value: value.get("__ansible_unsafe", value)
    )
    return found


def test_the_graph_has_the_hosts_in_their_groups(folder: Path) -> None:
    done = run(folder, "ansible-inventory", "-i", "hosts.claw_pilot.yml", "--graph")
    assert done.returncode == 0, done.stderr
    for lines in (
        "  |--@host_web1_example_org:\n  |  |--web1.example.org\n",
        "  |--@state_stopped:\n  |  |--web1.example.org\n",
        "  |--@version_2026_8_1:\n  |  |--web1.example.org\n",
        "  |--@host_localhost:\n  |  |--localhost\n",
    ):
        assert lines in done.stdout
    assert "WARNING" not in done.stderr


def test_the_list_has_connections_and_instances(folder: Path) -> None:
    found = listed(folder, "hosts.claw_pilot.yml")
    web = found["_meta"]["hostvars"]["web1.example.org"]
    assert (web["ansible_host"], web["ansible_port"]) == ("192.0.2.7", 2222)
    assert (web["ansible_user"], web["ansible_connection"]) == ("admin", "ssh")
    assert [(one["slug"], one["port"]) for one in web["openclaw_instances"]] == [
        ("acme", 18909),
        ("acme", 18789),
        ("demo", 19029),
    ]
    here = found["_meta"]["hostvars"]["localhost"]
    assert here["ansible_connection"] == "local"
    assert here["openclaw_instances"][0]["discovered"] is True


def test_every_instance_is_a_host_that_playbooks_can_work_on(folder: Path) -> None:
    found = listed(folder, "instances.claw_pilot.yml")
    names = {
        "acme@web1.example.org+home-me",
        "acme@web1.example.org+opt-openclaw",
        "demo@web1.example.org",
        "mine@localhost",
    }
    assert set(found["_meta"]["hostvars"]) == names
    acme = found["_meta"]["hostvars"]["acme@web1.example.org+opt-openclaw"]
    assert (acme["slug"], acme["openclaw_home"]) == ("acme", "/opt/openclaw")
    assert (acme["openclaw_user"], acme["ansible_host"]) == ("openclaw", "192.0.2.7")
    assert found["state_stopped"]["hosts"] == ["acme@web1.example.org+home-me"]
    assert set(found["model_anthropic_claude_sonnet_4_6"]["hosts"]) == names - {"mine@localhost"}


@pytest.mark.parametrize("pattern", ["acme@web1.example.org+home-me", "state_stopped"])
def test_one_instance_can_be_named_in_a_pattern(folder: Path, pattern: str) -> None:
    words = ("-i", "instances.claw_pilot.yml", "all", "--list-hosts", "--limit", pattern)
    done = run(folder, "ansible", *words)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["hosts", "(1):", "acme@web1.example.org+home-me"]


def test_a_playbook_takes_the_slug_of_each_instance(folder: Path) -> None:
    words = ("claw.pilot.stop_instance", "-e", "target=mine*", "-e", SLUG)
    done = run(
        folder,
        "ansible-playbook",
        "-i",
        "instances.claw_pilot.yml",
        *words,
        ANSIBLE_STDOUT_CALLBACK="claw.pilot.result",
    )
    [failure] = json.loads(done.stdout)["failures"]
    assert (failure["host"], failure["code"]) == ("mine@localhost", "INSTANCE_NOT_FOUND")
    assert "'mine'" in failure["message"]
    assert "reserved name" not in done.stderr


def test_what_the_registry_holds_is_no_template(folder: Path) -> None:
    """A title that could be one is not even kept."""
    (folder / "play.yml").write_text(
        "- hosts: acme*\n  gather_facts: false\n  connection: local\n  tasks:\n"
        '    - ansible.builtin.set_stats: {data: {name: "{{ openclaw_instance.display_name }}"}}\n'
        "      run_once: true\n      delegate_to: localhost\n"
    )
    limit = "acme@web1.example.org+opt-openclaw"
    words = ("-i", "instances.claw_pilot.yml", "play.yml", "--limit", limit)
    done = run(folder, "ansible-playbook", *words, ANSIBLE_STDOUT_CALLBACK="claw.pilot.result")
    assert json.loads(done.stdout)["result"] == {"name": ""}


def test_a_local_host_runs_the_python_of_ansible(folder: Path) -> None:
    words = ("-i", "hosts.claw_pilot.yml", "localhost", "-m", "ansible.builtin.debug")
    done = run(folder, "ansible", *words, "-a", "var=ansible_python_interpreter")
    assert sys.executable in done.stdout, done.stdout + done.stderr


def test_a_full_cache_does_not_open_the_registry(folder: Path) -> None:
    config = folder / "hosts.claw_pilot.yml"
    config.write_text(CONFIG + CACHED)
    first = listed(folder, config.name)
    for file in folder.glob("registry.db*"):
        file.unlink()
    (folder / "registry.db").write_text("no database")
    assert listed(folder, config.name) == first
    done = run(folder, "ansible-inventory", "-i", config.name, "--list", "--flush-cache")
    assert "is not a registry of Claw Pilot" in done.stderr


def test_reading_leaves_the_registry_as_it_is(folder: Path) -> None:
    file = folder / "registry.db"
    before = (file.read_bytes(), file.stat().st_mtime_ns)
    listed(folder, "hosts.claw_pilot.yml")
    assert (file.read_bytes(), file.stat().st_mtime_ns) == before


def test_groups_and_variables_of_the_config_are_composed(folder: Path) -> None:
    (folder / "more.claw_pilot.yml").write_text(
        CONFIG + "mode: instance\nstrict: true\n"
        "compose:\n  url: \"'http://127.0.0.1:' ~ openclaw_instance.port\"\n"
        "groups:\n  adopted: openclaw_instance.discovered\n"
        "keyed_groups:\n  - key: openclaw_instance.slug\n    separator: ''\n    prefix: of_\n"
    )
    found = listed(folder, "more.claw_pilot.yml")
    assert found["adopted"]["hosts"] == ["mine@localhost"]
    assert len(found["of_acme"]["hosts"]) == 2
    assert found["_meta"]["hostvars"]["mine@localhost"]["url"] == "http://127.0.0.1:18789"


def test_no_registry_is_an_empty_inventory_with_a_warning(folder: Path) -> None:
    missing = str(folder / "nowhere" / "registry.db")
    words = ("ansible-inventory", "-i", "hosts.claw_pilot.yml", "--list")
    done = run(folder, *words, CLAW_PILOT_REGISTRY=missing)
    assert json.loads(done.stdout)["_meta"]["hostvars"] == {}
    assert f"There is no registry at {missing}" in " ".join(done.stderr.split())
    assert not (folder / "nowhere").exists()


def test_the_example_is_a_config_of_the_plugin(folder: Path) -> None:
    example = Path(__file__).parents[2] / "inventory" / "example" / "registry.claw_pilot.yml"
    assert "web1.example.org" in listed(folder, str(example))["_meta"]["hostvars"]


def test_both_plugins_have_documentation(folder: Path) -> None:
    for kind, name, word in (("inventory", "registry", "mode"), ("callback", "result", "failures")):
        done = run(folder, "ansible-doc", "-t", kind, f"claw.pilot.{name}")
        assert done.returncode == 0, done.stderr
        assert word in done.stdout
