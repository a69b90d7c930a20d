# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a report may call things, and what of a row that others wrote is used."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ansible.inventory.manager import split_host_pattern
from ansible_collections.claw.pilot.plugins.module_utils._hostile import CONNECTIONS
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from ansible_collections.claw.pilot.plugins.plugin_utils import registry_door
from ansible_collections.claw.pilot.plugins.plugin_utils.registry import Registry
from ansible_collections.claw.pilot.plugins.plugin_utils.registry_report import read_reports
from ansible_collections.claw.pilot.plugins.plugin_utils.registry_words import LABELS, NAMES
from ansible_collections.claw.pilot.webapp import playbook
from sqlite_utils import Database

from tests import attacks

INSTANCE = {
    "slug": "acme",
    "openclaw_home": "/home/ann",
    "openclaw_user": "ann",
    "state": "running",
    "state_dir": "/home/ann/.openclaw-acme",
    "config_path": "/home/ann/.openclaw-acme/openclaw.json",
    "service": {"manager": "systemd", "scope": "user", "name": "openclaw-acme"},
    "agents": [{"id": "main", "name": "Main", "model": "a/b", "workspace": "/w"}],
}
SERVER = {"hostname": "web1", "ip": "192.0.2.1", "ssh_user": "ann", "connection": "ssh"}
# Where a report says each column.
OF_SERVER = ("ip", "ssh_user", "connection", "openclaw_bin", "os")
OF_SERVICE = {"service_manager": "manager", "service_scope": "scope", "systemd_unit": "name"}
PATHS = ("openclaw_home", "state_dir", "config_path", "openclaw_bin")
HOSTILE = attacks.texts(
    attacks.TEMPLATE, attacks.OPTION, attacks.LINE, attacks.TERMINAL, attacks.SIZE
)
# What only this kind of name must not be.
BLANK = [f"a{letter}b" for letter in "\u3164\u115f\u1160\u034f\ufe0f\u2800\U000e0100\uffa0"]
MORE = {
    "hostname": [
        *(attack.value for attack in attacks.of(attacks.PATH)),
        *("db1 db2", "x all", "a -x", "a\tb", "a\u00a0b", "fe80::1%eth0", "_meta", "a\\b", "."),
        *("ALL", "Ungrouped", "\uff41ll", "web1.yml", "web1.JSON", "a..b", "web1/2", "\u3164x"),
        *BLANK,
    ],
    "openclaw_user": [".", "..", *BLANK],
    "ssh_user": [".", "..", *BLANK],
    "systemd_unit": ["a*", "a?", "a[0-9]*", "a]", *BLANK],
}
TO_PEOPLE = [one for one in HOSTILE if one.kind != attacks.OPTION]


def report(column: str, value: str) -> dict[str, Any]:
    """A report in which that column has that value."""
    instance: dict[str, Any] = {**INSTANCE, "service": dict(INSTANCE["service"])}  # type: ignore[call-overload]
    server = dict(SERVER)
    if column in (*OF_SERVER, "hostname"):
        server[column] = value
    elif column in OF_SERVICE:
        instance["service"][OF_SERVICE[column]] = value
    elif column == "telegram_bot":
        instance["telegram"] = {"enabled": True, "bot": value}
    elif column in ("name", "model", "workspace_path"):
        key = column.removesuffix("_path")
        instance["agents"] = [{"id": "main", key: value}]
    else:
        instance[column] = value
    return {"server": server, "entries": [{"event": "created", "instance": instance}]}


@pytest.mark.parametrize("column", NAMES)
def test_a_hostile_name_does_not_get_in(column: str, tmp_path: Path) -> None:
    values = [attack.value for attack in HOSTILE]
    if column in PATHS:
        more = [one.value for one in HOSTILE if one.kind != attacks.OPTION]
        values += [f"/home/{value}/x" for value in more]
        values += ["/", "//", "/..", "/home/../etc", "/home/./ann", "/home/a\ufe0f"]
    values += MORE.get(column, [])
    with Registry(tmp_path / "registry.db") as registry:
        for value in values:
            if column == "hostname":  # without its host the whole report is none
                with pytest.raises(ClawPilotError) as raised:
                    registry.record([report(column, value)])
                said = [raised.value.message]
            else:
                said = read_reports([report(column, value)])[0].refused
            assert len(said) == 1 and len(said[0]) < 1000, value
            assert not attacks.hurts_terminal(said[0])
        if column != "hostname":
            result = registry.record([report(column, value) for value in values])
            assert result["events"] == [] and len(result["warnings"]) == len(values)
        assert registry.servers() == [] and registry.instances() == []


@pytest.mark.parametrize("column", sorted(LABELS))
def test_a_hostile_title_is_left_out_and_the_rest_is_recorded(column: str) -> None:
    # What makes an emoji of a sign is sound in a text.
    blank = [value for value in BLANK if value not in ("a\ufe0fb", "a\U000e0100b")]
    for text in [*(attack.value for attack in TO_PEOPLE), *blank]:
        (read,) = read_reports([report(column, text)])
        (entry,) = read.entries
        assert (entry.slug, read.refused) == ("acme", ())
        (agent,) = entry.agents or ()
        values = {**agent, **read.server, **entry.values}
        assert values.get(column) in (None, "", "main"), text


def test_an_agent_whose_id_is_hostile_is_left_out(tmp_path: Path) -> None:
    agents = [{"id": attack.value} for attack in TO_PEOPLE] + [{"id": "main"}]
    entry = {"event": "created", "instance": {**INSTANCE, "agents": agents}}
    with Registry(tmp_path / "registry.db") as registry:
        registry.record([{"server": SERVER, "entries": [entry]}])
        rows = registry.agents(registry.instances()[0]["id"])
    assert [row["agent_id"] for row in rows] == ["main"]


def test_an_event_and_who_did_it_are_kept_as_one_line_that_steers_nothing(tmp_path: Path) -> None:
    said = "".join(attack.value[:50] for attack in attacks.texts(attacks.TERMINAL, attacks.LINE))
    entry = {"event": "created", "detail": said, "instance": INSTANCE}
    with Registry(tmp_path / "registry.db", actor=said, origin=said) as registry:
        registry.record([{"server": SERVER, "entries": [entry]}])
        (event,) = registry.events()
    for word in ("detail", "actor", "origin"):
        assert event[word] and not attacks.hurts_terminal(event[word])
        assert "\n" not in event[word]


@pytest.mark.parametrize("connection", sorted(CONNECTIONS))
def test_the_ways_that_the_product_goes_are_kept(connection: str, tmp_path: Path) -> None:
    with Registry(tmp_path / "registry.db") as registry:
        assert registry.record([report("connection", connection)])["warnings"] == []
        assert registry.instances()[0]["connection"] == connection


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("hostname", "web-1.ü"),
        ("hostname", "localhost"),
        ("hostname", "host_1"),
        ("hostname", "acme@web1+opt-openclaw"),
        ("hostname", "fe80::1"),
        ("hostname", "db-1.example.org"),
        ("ip", "[2001:db8::1]"),
        ("ip", "fe80::1%eth0"),
        ("ssh_user", "CORP\\ann"),
        ("openclaw_user", "ann.b@corp"),
        ("openclaw_user", "svc$"),
        ("openclaw_user", "1001"),
        ("openclaw_home", "/home/Ann Müller; x"),
        ("systemd_unit", "openclaw@acme"),
        ("display_name", "I \u2764\ufe0f it"),
        ("display_name", "שלום עולם, 東京 👩‍💻"),
        ("openclaw_version", "2026.9.6-beta.1+x"),
    ],
)
def test_what_people_really_call_things_is_kept(column: str, value: str, tmp_path: Path) -> None:
    with Registry(tmp_path / "registry.db") as registry:
        assert registry.record([report(column, value)])["warnings"] == []
        (row,) = registry.instances()
    assert row[column] == value


@pytest.mark.parametrize(
    "name", ["all", "ungrouped", "web*", "web1:web2", "!web1", "web1,web2", "~x"]
)
def test_no_host_is_called_as_if_it_were_others(name: str) -> None:
    with pytest.raises(ClawPilotError) as raised:
        read_reports([report("hostname", name)])
    assert raised.value.code == "REPORT_INVALID"


@pytest.mark.parametrize("name", ["web-1.ü", "host_1", "a@b+c-d", "fe80::1", "::ffff:1.2.3.4", "9"])
def test_every_name_of_a_host_means_that_host_to_ansible(name: str) -> None:
    assert NAMES["hostname"](name) == ""
    assert split_host_pattern(name) == [name]


def played(folder: Path, inventory: str) -> None:
    """A play on all hosts of the inventory that looks at a variable of each."""
    (folder / "play").mkdir(exist_ok=True)
    look = {"ansible.builtin.debug": {"var": "planted"}}
    play = {"hosts": "all", "connection": "local", "gather_facts": False, "tasks": [look]}
    (folder / "play" / "look.yml").write_text(json.dumps([play]))
    command = [playbook.ansible_playbook(), "-i", inventory, str(folder / "play" / "look.yml")]
    subprocess.run(command, capture_output=True, check=False, timeout=120)


def test_no_name_of_a_host_is_a_path_that_ansible_reads(tmp_path: Path) -> None:
    canary, folder = tmp_path / "canary", tmp_path / "inventory"
    (folder / "host_vars" / "web1").mkdir(parents=True)
    run = {"planted": attacks.aimed("{{ " + attacks.RUN + " }}", str(canary))}
    (tmp_path / "evil.yml").write_text(json.dumps(run))
    registry = tmp_path / "registry.db"
    source = {**playbook.registry_inventory(str(registry)), "grouped": True}
    (folder / "fleet.claw_pilot.yml").write_text(json.dumps(source))
    for name in ("web1/../../../evil", str(tmp_path / "evil"), "../../evil"):
        planted(registry, "hostname", name)
        played(tmp_path, str(folder / "fleet.claw_pilot.yml"))
        assert not canary.exists(), name
        registry.unlink()
    # And the file does run where a name leads to it.
    (tmp_path / "evil.yml").rename(folder / "host_vars" / "web1" / "main.yml")
    planted(registry, "ip", "192.0.2.1")
    played(tmp_path, str(folder / "fleet.claw_pilot.yml"))
    assert canary.exists()


def planted(path: Path, column: str, value: str) -> None:
    """A row as another program may have written it."""
    with Registry(path) as registry:
        beta = report("slug", "beta")
        beta["entries"][0]["instance"]["state_dir"] = "/home/ann/.openclaw-beta"
        registry.record([report("slug", "acme"), beta])
    table = "servers" if column in (*OF_SERVER, "hostname", "openclaw_home") else "instances"
    db = Database(path)
    which = "hostname = 'web1'" if table == "servers" else "slug = 'acme'"
    with db.conn:
        db.conn.execute(f"UPDATE {table} SET {column} = ? WHERE {which}", [value])
    db.conn.close()


BACK = [c for c in NAMES if c not in ("hostname", "openclaw_bin")]


@pytest.mark.parametrize("column", BACK)
def test_a_planted_name_is_not_used(column: str, tmp_path: Path) -> None:
    path = tmp_path / "registry.db"
    for attack in (attacks.TEMPLATES[0], attacks.OPTIONS[0], attacks.TERMINALS[-1]):
        planted(path, column, attack.value)
        with Registry(path, dry=True) as registry:
            slugs = [row["slug"] for row in registry.instances()]
            servers = registry.servers()
            assert attack.value not in str([*registry.instances(), *servers])
            assert registry.warnings
            assert not any(map(attacks.hurts_terminal, registry.warnings))
        # One instance, or the host with all that is on it.
        assert slugs == ([] if column in (*OF_SERVER, "openclaw_home") else ["beta"]), attack.name
        path.unlink()


def test_the_door_says_which_rows_are_not_used(tmp_path: Path) -> None:
    path = tmp_path / "registry.db"
    planted(path, "ip", "-oProxyCommand=touch /tmp/x")
    seen = registry_door.Door(str(path)).host("web1")
    assert seen["instances"] == [] and "-oProxyCommand" in seen["warnings"][0]


def test_what_another_dashboard_answers_is_no_more_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"id": 1, "hostname": "web1", "slug": "acme", "port": 1, "openclaw_home": "/o"}
    bad = {**row, "id": 2, "slug": "beta", "openclaw_user": "{{ lookup('pipe', 'x') }}"}
    answer = {"instances": [row, bad], "config": {"openclaw_user": "-x", "port_step": "a"}}
    monkeypatch.setattr(registry_door.Client, "host", lambda _client, _name: answer)
    seen = registry_door.Door("https://claw.example.org").host("web1")
    assert [one["slug"] for one in seen["instances"]] == ["acme"]
    assert (seen["config"]["openclaw_user"], seen["config"]["port_step"]) == ("openclaw", "120")
    assert len(seen["warnings"]) == 1
