# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts of the inventory and of the registry: how each is reached."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from ansible_collections.claw.pilot.plugins.plugin_utils.registry import Registry
from ansible_collections.claw.pilot.webapp import playbook
from ansible_collections.claw.pilot.webapp.fleet import Fleet, HostPlace, Reach
from ansible_collections.claw.pilot.webapp.places import Listed, listed, places, registered

from tests import attacks

OWN = os.path.expanduser("~")
INVENTORY = """
all:
  hosts:
    box:
      ansible_connection: community.docker.docker
      ansible_host: box-container
      ansible_user: root
      ansible_python_interpreter: /usr/bin/python3.12
    stage:
      ansible_connection: local
      openclaw_home: /srv/stage
  children:
    servers:
      hosts:
        web1: {ansible_host: 192.0.2.1, ansible_user: deploy}
"""


def record(path: Path, hostname: str, home: str, **server: Any) -> None:
    entry = {
        "event": "created",
        "instance": {"slug": "acme", "openclaw_home": home, "state": "running", "port": 18789},
    }
    with Registry(path) as registry:
        registry.record([{"server": {"hostname": hostname, **server}, "entries": [entry]}])


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    path = tmp_path / "fleet.yml"
    path.write_text(INVENTORY)
    return path


def by_name(fleet: Fleet) -> dict[str, HostPlace]:
    return {place.name: place for place in fleet.hosts()}


def test_without_an_inventory_there_is_this_machine_and_what_the_registry_knows(
    tmp_path: Path,
) -> None:
    path = tmp_path / "registry.db"
    fleet = Fleet(path)
    (alone,) = fleet.hosts()
    assert (alone.name, alone.argv, alone.homes, alone.python) == (
        "localhost",
        (),
        None,
        sys.executable,
    )
    assert not path.exists(), "looking makes no registry"
    record(path, "localhost", "/srv/here", connection="local")
    record(path, "web1", "/opt/openclaw", connection="ssh", ip="192.0.2.1", ssh_user="deploy")
    record(path, "stage", "/srv/stage", connection="local")
    hosts = by_name(fleet)
    assert sorted(hosts) == ["localhost", "stage", "web1"]
    assert hosts["localhost"].more_homes == ("/srv/here",)
    assert (hosts["stage"].homes, hosts["stage"].argv) == (("/srv/stage",), ())
    assert (hosts["web1"].address, hosts["web1"].user) == ("192.0.2.1", "deploy")
    assert hosts["web1"].argv is None and "ssh" in hosts["web1"].why
    assert [row["slug"] for row in fleet.rows()] == ["acme"] * 3


def test_an_inventory_says_how_its_hosts_are_reached(inventory: Path, tmp_path: Path) -> None:
    fleet = Fleet(tmp_path / "registry.db", str(inventory))
    hosts = by_name(fleet)
    assert sorted(hosts) == ["box", "stage", "web1"], "localhost is not in it"
    box = hosts["box"]
    assert box.argv == ("docker", "exec", "--interactive", "--user=root", "--", "box-container")
    assert (box.connection, box.python) == ("docker", "/usr/bin/python3.12")
    assert hosts["stage"].homes == ("/srv/stage",)
    assert hosts["web1"].groups == ("servers",) and hosts["web1"].argv is None
    assert fleet.problem == ""


def test_a_changed_inventory_is_read_again_and_a_broken_one_changes_nothing(
    inventory: Path, tmp_path: Path
) -> None:
    fleet = Fleet(tmp_path / "registry.db", str(inventory))
    assert len(fleet.hosts()) == 3
    inventory.write_text(INVENTORY.replace("    box:", "    crate:"))
    assert "crate" in by_name(fleet)
    inventory.unlink()
    assert "crate" in by_name(fleet)
    assert str(inventory) in fleet.problem


def test_an_inventory_may_be_a_program_so_it_is_asked_again_after_a_minute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, asked = [0.0], []

    def ask(inventory: str) -> dict[str, Any]:
        asked.append(inventory)
        return {"all": {"hosts": [f"host{len(asked)}"]}}

    monkeypatch.setattr("ansible_collections.claw.pilot.webapp.fleet._list", ask)
    fleet = Fleet(tmp_path / "registry.db", "made.by.a.program", lambda: now[0])
    assert [place.name for place in fleet.hosts()] == ["host1"]
    now[0] += 59
    assert [place.name for place in fleet.hosts()] == ["host1"]
    now[0] += 2
    assert [place.name for place in fleet.hosts()] == ["host2"]


def test_a_host_that_nobody_knows_is_said(tmp_path: Path) -> None:
    with pytest.raises(ClawPilotError) as caught:
        Fleet(tmp_path / "registry.db").host("nowhere")
    assert caught.value.code == "HOST_NOT_FOUND"


def test_a_playbook_is_told_where_to_go(inventory: Path, tmp_path: Path) -> None:
    registry = tmp_path / "registry.db"
    here = Fleet(registry)
    assert here.reach("localhost", None, None) == Reach()
    own = {"openclaw_home": OWN, "openclaw_user": ""}
    assert here.reach("localhost", None, own) == Reach()
    theirs = {"openclaw_home": "/srv/x", "openclaw_user": "someone"}
    assert here.reach("localhost", None, theirs).variables == {
        "openclaw_home": "/srv/x",
        "openclaw_user": "someone",
    }
    record(registry, "web1", "/opt/openclaw", connection="ssh", ssh_user="deploy")
    (row,) = here.rows()
    assert here.reach("web1", {**row, "openclaw_user": "openclaw"}, None) == Reach(
        {"target": "web1", "openclaw_home": "/opt/openclaw", "openclaw_user": "openclaw"},
        "",
        str(registry),
    )
    assert here.reach("web1", None, None) == Reach({"target": "web1"}, "", str(registry))
    given = Fleet(registry, str(inventory))
    assert given.reach("box", None, None) == Reach({"target": "box"}, str(inventory))
    reach = given.reach("stage", None, {"openclaw_home": "/srv/stage"})
    assert (reach.variables["target"], reach.inventory) == ("stage", str(inventory))
    with pytest.raises(ClawPilotError):
        given.reach("nowhere", None, None)


def test_a_host_that_is_called_like_a_group_is_not_gone_to(tmp_path: Path) -> None:
    inventory, registry = tmp_path / "fleet.ini", tmp_path / "registry.db"
    inventory.write_text("[prod]\nweb1\n[other]\nprod\n")
    record(registry, "prod", "/opt/openclaw", connection="ssh")
    fleet = Fleet(registry, str(inventory))
    for row in (None, *fleet.rows()):
        with pytest.raises(ClawPilotError) as caught:
            fleet.reach("prod", row, None)
        assert caught.value.code == "HOST_AMBIGUOUS"
    # A host of the registry alone is in an inventory without groups.
    inventory.write_text("[prod]\nweb1\n")
    alone = Fleet(registry, str(inventory)).reach("prod", None, None)
    assert alone == Reach({"target": "prod"}, "", str(registry))
    assert playbook.registry_inventory(alone.registry)["grouped"] is False


def test_groups_hold_their_childrens_hosts_and_templates_are_nothing() -> None:
    found = listed(
        {
            "_meta": {"hostvars": {"a": {"x": 1}}},
            "all": {"children": ["outer", "ungrouped"]},
            "outer": {"children": ["inner", "outer"]},
            "inner": {"hosts": ["a"]},
            "ungrouped": {"hosts": ["b"]},
        }
    )
    assert {name: one.groups for name, one in found.items()} == {"a": ("inner", "outer"), "b": ()}
    variables = {
        "ansible_connection": "local",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        "openclaw_home": "{{ base }}/x",
    }
    (place,) = places({"localhost": Listed(variables)}, {})
    assert (place.python, place.more_homes, place.homes) == (sys.executable, (), None)


def test_of_several_names_for_all_of_this_machine_one_is_watched() -> None:
    local = Listed({"ansible_connection": "local"})
    found = {p.name: p for p in places({"controller": local, "localhost": local}, {})}
    assert found["localhost"].argv == ()
    assert found["controller"].argv is None and "watched as localhost" in found["controller"].why


def test_connections_that_nobody_can_watch_say_so() -> None:
    (place,) = places({"pod": Listed({"ansible_connection": "kubernetes.core.kubectl"})}, {})
    assert place.argv is None and "kubectl" in place.why
    assert registered([]) == {}


@pytest.mark.parametrize("attack", attacks.texts(attacks.OPTION), ids=lambda attack: attack.name)
def test_an_address_is_no_option_of_the_program_that_goes_there(attack: attacks.Attack) -> None:
    variables = {
        "ansible_connection": "docker",
        "ansible_host": attack.value,
        "ansible_user": attack.value,
    }
    (place,) = places({"box": Listed(variables)}, {})
    assert place.argv is not None
    before, after = place.argv[: place.argv.index("--")], place.argv[place.argv.index("--") :]
    assert before == ("docker", "exec", "--interactive", f"--user={attack.value}")
    assert after == ("--", attack.value)


def test_an_inventory_of_the_registry_says_how_its_hosts_are_reached(tmp_path: Path) -> None:
    """What it says is marked as no template, which is not a part of it."""
    record(tmp_path / "other.db", "web1", "/opt/x", ip="192.0.2.7", ssh_user="admin")
    record(tmp_path / "other.db", "here", "/opt/x", connection="local")
    path = tmp_path / "fleet.claw_pilot.yml"
    path.write_text(f"plugin: claw.pilot.registry\nregistry: {tmp_path / 'other.db'}\n")
    fleet = Fleet(tmp_path / "registry.db", str(path))
    found = by_name(fleet)
    assert fleet.problem == ""
    assert (found["web1"].connection, found["web1"].address) == ("ssh", "192.0.2.7")
    assert found["web1"].user == "admin"
    assert (found["here"].connection, found["here"].python) == ("local", sys.executable)


def test_a_variable_that_is_no_text_is_nothing() -> None:
    vaulted = {"ansible_user": {"__ansible_vault": "x"}, "ansible_host": ["a"]}
    (place,) = places({"web1": Listed({"ansible_connection": "ssh", **vaulted})}, {})
    assert (place.user, place.address) == ("", "web1")
