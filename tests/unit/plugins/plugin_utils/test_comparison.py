# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""New, known and gone: what a look over a host comes to beside the registry."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.claw.pilot.plugins.filter.discovery import FilterModule, registry_entries
from ansible_collections.claw.pilot.plugins.plugin_utils.comparison import compare, entries, why_not

from tests import attacks

HOME = "/home/ann"


def found(slug: str, state_dir: str | None = None, home: str = HOME) -> dict[str, Any]:
    state_dir = f"{home}/.openclaw-{slug}" if state_dir is None else state_dir
    return {
        "slug": slug,
        "openclaw_home": home,
        "state_dir": state_dir,
        "source": "directory",
        "agents": [{}, {}],
        "port": 18789,
    }


def row(slug: str, state_dir: str | None = None, home: str = HOME, manager: str = "systemd") -> Any:
    return {**found(slug, state_dir, home), "service_manager": manager}


def seen(*instances: Any, homes: tuple[str, ...] = (HOME,), blind: tuple[str, ...] = ()) -> Any:
    return {
        "instances": list(instances),
        "homes": list(homes),
        "warnings": [{"code": "X", "path": path, "message": "x"} for path in blind],
    }


def names(comparison: dict[str, Any]) -> dict[str, list[str]]:
    return {word: [item["slug"] for item in items] for word, items in comparison.items()}


def test_new_known_and_gone() -> None:
    compared = compare(seen(found("a"), found("b")), [row("b"), row("c")])
    assert names(compared) == {"new": ["a"], "known": ["b"], "gone": ["c"]}
    assert names(compare(seen(), [])) == {"new": [], "known": [], "gone": []}


def test_an_instance_is_known_by_its_directory_and_has_the_name_of_its_row() -> None:
    compared = compare(seen(found("other", f"{HOME}/.openclaw-a")), [row("a")])
    assert names(compared) == {"new": [], "known": ["a"], "gone": []}
    assert compared["known"][0]["source"] == "directory"


def test_without_a_directory_it_is_known_by_its_home_and_name() -> None:
    instances = [found("a", ""), found("a", "", "/home/bob")]
    compared = compare(seen(*instances), [row("a", "")])
    assert [i["openclaw_home"] for i in compared["new"]] == ["/home/bob"]
    assert names(compared)["known"] == ["a"]


def test_the_same_name_in_two_homes_is_two_instances() -> None:
    compared = compare(seen(found("a"), found("a", home="/home/bob")), [row("a")])
    assert [i["openclaw_home"] for i in compared["new"]] == ["/home/bob"]


@pytest.mark.parametrize(
    ("known", "homes", "blind", "gone"),
    [
        (row("a"), (HOME,), (), True),
        (row("a"), (), (), False),
        (row("a"), (HOME,), (HOME,), False),
        (row("a"), (HOME,), (f"{HOME}/.openclaw-a",), False),
        (row("a"), (HOME,), (f"{HOME}/.openclaw-b", "docker"), True),
        (row("a", manager="docker"), (HOME,), (), True),
        (row("a", manager="docker"), (HOME,), ("docker",), False),
        (row("a", manager="docker"), (HOME,), ("podman",), False),
        # Its directory is elsewhere: only what runs it tells of it.
        (row("a", "/srv/a"), (HOME,), (), True),
        (row("a", "/srv/a"), (HOME,), ("/run/user/1000/bus",), False),
        (row("a", "/srv/a"), ("/srv",), (), True),
        (row("a", ""), (HOME,), (), True),
        (row("a", ""), (HOME,), ("/proc/4711",), False),
    ],
)
def test_what_could_not_be_looked_at_is_not_gone(
    known: Any, homes: tuple[str, ...], blind: tuple[str, ...], gone: bool
) -> None:
    compared = compare(seen(homes=homes, blind=blind), [known])
    assert bool(compared["gone"]) is gone


def events(made: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(entry["event"], entry["instance"]["slug"]) for entry in made]


COMPARED = compare(seen(found("a"), found("b"), found("k")), [row("k"), row("g")])


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({}, [("observed", "k")]),
        ({"adopt": True}, [("adopted", "a"), ("adopted", "b"), ("observed", "k")]),
        ({"adopt": True, "only": ["b", "x"]}, [("adopted", "b"), ("observed", "k")]),
        ({"only": ["b"]}, [("observed", "k")]),
        ({"prune": True}, [("pruned", "g"), ("observed", "k")]),
    ],
)
def test_the_entries_of_a_report(options: dict[str, Any], wanted: list[tuple[str, str]]) -> None:
    made = entries(COMPARED, **options)
    assert events(made) == wanted
    assert all(e["detail"] for e in made if e["event"] != "observed")


def test_a_row_whose_name_is_adopted_anew_goes_before() -> None:
    compared = compare(seen(found("a", "/srv/new")), [row("a", "/srv/old"), row("b")])
    assert events(entries(compared, adopt=True)) == [("pruned", "a"), ("adopted", "a")]


def test_what_nobody_owns_cannot_be_adopted() -> None:
    compared = compare(seen(found("gateway-1", "", "")), [])
    assert names(compared)["new"] == ["gateway-1"]
    assert entries(compared, adopt=True) == []


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({"adopt": "true", "only": "b, x"}, [("adopted", "b"), ("observed", "k")]),
        ({"adopt": "yes", "only": "bb"}, [("observed", "k")]),
        (
            {"adopt": "true", "only": ""},
            [("adopted", "a"), ("adopted", "b"), ("observed", "k")],
        ),
        ({"adopt": "false", "prune": "false"}, [("observed", "k")]),
        ({"prune": "true"}, [("pruned", "g"), ("observed", "k")]),
    ],
)
def test_the_filter_understands_what_a_command_line_gives(
    options: dict[str, Any], wanted: list[tuple[str, str]]
) -> None:
    assert events(FilterModule().filters()["registry_entries"](COMPARED, **options)) == wanted


def test_the_filter_refuses_what_is_neither_true_nor_false() -> None:
    with pytest.raises(AnsibleFilterError, match="registry_entries"):
        registry_entries(COMPARED, prune="perhaps")


NAMES = [attack.value for attack in attacks.texts(attacks.TEMPLATE, attacks.TERMINAL)]


@pytest.mark.parametrize(
    "more",
    [
        *({"openclaw_home": f"/tmp/{name}"} for name in NAMES),
        *({"openclaw_user": name} for name in (*NAMES, "-oProxyCommand=x")),
        *({"state_dir": f"/tmp/{name}/.openclaw"} for name in NAMES),
        {"service": {"name": "-Hevil"}},
        {"config_path": "relative"},
    ],
)
def test_what_has_a_hostile_name_is_never_adopted(more: dict[str, Any]) -> None:
    there = compare(seen({**found("acme"), **more}, found("beta")), [])
    adopted = [e["instance"]["slug"] for e in entries(there, adopt=True)]
    assert adopted == ["beta"]
    assert entries(there, adopt=True, only=["acme"]) == []
    why = why_not(there["new"][0])
    assert why.startswith("It is left alone, for its ") and not attacks.hurts_terminal(why)
    assert FilterModule().filters()["why_not_adoptable"](found("acme")) == ""
