# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which traces belong together, what the instance is called, and how sure we are."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._commands import GatewayCommand
from ansible_collections.claw.pilot.plugins.module_utils._discovery import (
    Group,
    confidence,
    distinct,
    is_instance,
    is_marked,
    merge,
    name_of_state_dir,
    slug_of,
    slugify,
)
from ansible_collections.claw.pilot.plugins.module_utils._model import check_slug
from ansible_collections.claw.pilot.plugins.module_utils._sightings import (
    Process,
    Service,
    ServiceState,
    Sighting,
)

COMMAND = GatewayCommand("/h", "", "")


def process(pid: int, unit: str = "", scope: str = "", **environment: str) -> Process:
    return Process(pid, 1000, ("openclaw-gateway",), environment, "/", 1, 1, 1, 1.0, unit, scope)


def service(name: str = "x.service", manager: str = "systemd", **state: Any) -> Service:
    return Service(manager, "user", name, "/x", "claw", COMMAND, ServiceState(True, **state))


def directory(path: str = "/h/.openclaw-a", kind: str = "directory", **more: Any) -> Sighting:
    return Sighting(kind, path, path, **more)


def test_traces_of_one_directory_are_one_instance() -> None:
    (group,) = merge(
        [
            Sighting("process", "p", "/h/.openclaw-a", process=process(5)),
            Sighting("service", "s", "/h/.openclaw-a", service=service()),
            directory(),
        ]
    )
    assert [s.kind for s in group.sightings] == ["directory", "service", "process"]
    assert group.process and group.service


def test_a_process_that_hides_its_directory_belongs_to_its_unit() -> None:
    unit = Sighting("service", "s", "/h/.openclaw-a", user="claw", service=service())
    hidden = Sighting("process", "p", user="claw", process=process(5, "x.service", "user"))
    other = Sighting("process", "q", user="else", process=process(6, "x.service", "user"))
    groups = merge([unit, directory(), hidden, other])
    assert sorted(len(g.sightings) for g in groups) == [1, 3]


def test_a_gateway_that_an_agent_starts_is_not_that_of_the_agent() -> None:
    unit = Sighting("service", "s", "/h/.openclaw-a", user="claw", service=service())
    started = Sighting("process", "p", "/b", user="claw", process=process(5, "x.service", "user"))
    assert len(merge([unit, started])) == 2


def test_units_of_the_same_name_in_two_scopes_are_two() -> None:
    own = Sighting("service", "s", "/a", user="claw", service=service())
    other = Sighting("service", "s", "/b", user="ops", service=service())
    assert len(merge([own, other])) == 2


def test_the_service_that_is_up_counts() -> None:
    group = Group(
        tuple(
            Sighting("service", name, "/a", service=service(name, **state))
            for name, state in (("off", {}), ("on", {"enabled": True}), ("up", {"active": True}))
        )
    )
    assert group.service and group.service.name == "up"


def test_the_config_is_where_the_service_says() -> None:
    told = Sighting("service", "s", "/a", config_path="/etc/claw.json", service=service())
    assert Group((directory("/a"), told)).config_path == "/etc/claw.json"
    assert Group((directory("/a"),)).config_path == "/a/openclaw.json"
    assert Group((Sighting("listener", "x"),)).config_path == ""


@pytest.mark.parametrize(
    ("kind", "config", "problem", "data", "managed", "expected"),
    [
        ("directory", {"gateway": {}}, False, False, False, True),
        ("directory", {"agents": {"list": []}}, False, False, False, True),
        ("directory", {"name": "x", "gateway": 5}, False, False, False, False),
        ("directory", {}, False, False, False, False),
        ("directory", {}, False, True, False, True),
        ("directory", None, True, False, False, True),
        ("directory", None, False, True, False, True),
        ("directory", None, False, False, False, False),
        ("directory", None, False, False, True, True),
        ("legacy", None, False, True, False, False),
        ("legacy", {}, False, True, False, False),
        ("legacy", None, True, False, False, True),
        ("service", None, False, False, False, True),
        ("container", None, False, False, False, True),
    ],
)
def test_a_stray_folder_is_no_instance(
    kind: str, config: Any, problem: bool, data: bool, managed: bool, expected: bool
) -> None:
    group = Group((Sighting(kind, "x", "/a"),))
    assert is_instance(group, config, problem, data, managed) is expected


@pytest.mark.parametrize(
    ("kinds", "live", "managed", "readable", "data", "word"),
    [
        (("directory",), True, False, False, False, "certain"),
        (("directory",), False, True, False, False, "certain"),
        (("directory", "service"), False, False, True, False, "high"),
        (("directory",), False, False, True, True, "high"),
        (("directory",), False, False, True, False, "medium"),
        (("service",), False, False, False, False, "medium"),
        (("directory",), False, False, False, False, "low"),
        (("listener",), True, False, False, False, "medium"),
    ],
)
def test_the_more_there_is_the_surer_we_are(
    kinds: tuple[str, ...], live: bool, managed: bool, readable: bool, data: bool, word: str
) -> None:
    group = Group(tuple(Sighting(kind, "x", "/a") for kind in kinds))
    assert confidence(group, live, managed, readable, data) == word


@pytest.mark.parametrize(
    ("sightings", "marker", "slug"),
    [
        ([directory("/h/.openclaw-Team_One")], {}, "team-one"),
        ([directory("/h/.openclaw")], {}, "default"),
        ([directory("/data/x", slug="acme")], {}, "acme"),
        ([directory("/data/x", slug="acme")], {"slug": "beta"}, "beta"),
        ([directory("/h/.openclaw-a1")], {"slug": ["x"]}, "a1"),
        (
            [Sighting("service", "s", "/srv/x", service=service("openclaw-team.service"))],
            {},
            "team",
        ),
        (
            [Sighting("service", "s", "/srv/x", service=service("openclaw-gateway-b2.service"))],
            {},
            "b2",
        ),
        (
            [Sighting("service", "s", "/srv/Claw!", service=service("openclaw-gateway.service"))],
            {},
            "claw",
        ),
        ([Sighting("process", "p", process=process(7, OPENCLAW_PROFILE="dev"))], {}, "dev"),
        ([Sighting("process", "p", process=process(7))], {}, "gateway-7"),
        ([Sighting("listener", "l", port=18790)], {}, "gateway-18790"),
    ],
)
def test_an_instance_is_called_by_what_names_it_best(
    sightings: list[Sighting], marker: dict[str, Any], slug: str
) -> None:
    assert slug_of(Group(tuple(sightings)), marker) == slug


@pytest.mark.parametrize("name", ["A", "9lives", "--x--", "Ünïcode x", "a" * 99, "é", "a.b_c"])
def test_a_slug_is_usable_or_empty(name: str) -> None:
    slug = slugify(name)
    assert slug == "" or check_slug(slug) == slug
    assert bool(slug) == any("a" <= c <= "z" or c.isdigit() for c in name.lower())


def test_the_usual_place_keeps_its_name() -> None:
    found = distinct(
        [
            ("/h", "acme", "/srv/acme"),
            ("/h", "acme", "/h/.openclaw-acme"),
            ("/other", "acme", "/other/.openclaw-acme"),
            ("/h", "acme", "/a/acme"),
            ("/h", "a" * 30, "/x"),
            ("/h", "a" * 30, "/y"),
        ]
    )
    assert found[:4] == ["acme-3", "acme", "acme", "acme-2"]
    assert found[4:] == ["a" * 30, "a" * 28 + "-2"]


def test_a_marker_that_came_with_a_copy_does_not_count() -> None:
    assert is_marked(Group((directory("/h/.openclaw-acme"),)), {"slug": "acme"})
    assert is_marked(Group((directory("/data/7", slug="acme"),)), {"slug": "acme"})
    assert not is_marked(Group((directory("/h/.openclaw-acme.bak"),)), {"slug": "acme"})
    assert not is_marked(Group((directory("/h/.openclaw-acme"),)), {})


@pytest.mark.parametrize(
    ("path", "name"),
    [("/h/.openclaw-a.b", "a.b"), ("/h/.openclaw", "default"), ("/h/.openclaw-", ""), ("/x", "")],
)
def test_a_state_directory_has_a_name(path: str, name: str) -> None:
    assert name_of_state_dir(path) == name
