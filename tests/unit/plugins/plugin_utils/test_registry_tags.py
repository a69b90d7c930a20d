# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tags of instances in the registry, and events by what one wants to see of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from ansible_collections.claw.pilot.plugins.plugin_utils.registry import Registry


def entry(slug: str, event: str = "created", home: str = "/o", **more: Any) -> dict[str, Any]:
    return {"event": event, "instance": {"slug": slug, "openclaw_home": home, **more}}


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    with Registry(tmp_path / "registry.db", actor="ann", origin="dashboard") as opened:
        for host, slugs in (("h1", ("acme", "beta")), ("h2", ("acme",))):
            report = {"server": {"hostname": host}, "entries": [entry(slug) for slug in slugs]}
            opened.record([report])
        yield opened


@pytest.mark.parametrize(
    "tags", [["Two words"], ["-x"], ["x" * 33], ["ü"], ["a,b"], [f"t{n}" for n in range(21)]]
)
def test_a_tag_that_cannot_be_used_changes_nothing(registry: Registry, tags: list[str]) -> None:
    registry.set_tags("beta", ["kept"])
    with pytest.raises(ClawPilotError) as caught:
        registry.set_tags("beta", tags)
    assert caught.value.code == "INVALID_TAG"
    assert registry.instance("beta")["tags"] == ["kept"]


def test_tags_of_an_instance_that_is_nowhere_or_in_several_places(registry: Registry) -> None:
    for slug, code in (("nobody", "INSTANCE_NOT_FOUND"), ("acme", "INSTANCE_AMBIGUOUS")):
        with pytest.raises(ClawPilotError) as caught:
            registry.set_tags(slug, ["x"])
        assert caught.value.code == code
    assert [row["tags"] for row in registry.instances()] == [[], [], []]


def test_tags_are_kept_in_order_and_each_once_and_an_event_tells_of_them(
    registry: Registry,
) -> None:
    assert registry.set_tags("acme", [" Web", "client", "web", ""], "h2", "/o") == ["client", "web"]
    assert registry.set_tags("acme", ["web", "client"], "h2") == ["client", "web"]
    assert [(row["hostname"], row["slug"], row["tags"]) for row in registry.instances()] == [
        ("h1", "acme", []),
        ("h1", "beta", []),
        ("h2", "acme", ["client", "web"]),
    ]
    told = registry.events(event_type="tagged")
    assert [(e["hostname"], e["instance_slug"], e["detail"], e["actor"]) for e in told] == [
        ("h2", "acme", "client, web", "ann")
    ]


def test_tags_outlive_what_hosts_report_later(registry: Registry) -> None:
    registry.set_tags("beta", ["family"])
    changed = entry("beta", "changed", port=18909, display_name="Beta")
    registry.record([{"server": {"hostname": "h1"}, "entries": [changed]}])
    assert registry.instance("beta")["tags"] == ["family"]
    assert registry.instance("beta")["port"] == 18909


def test_events_are_filtered_by_every_word_and_gone_through_in_pages(registry: Registry) -> None:
    registry.set_tags("beta", ["family"])
    ids = [event["id"] for event in registry.events()]
    assert ids == sorted(ids, reverse=True)
    assert [event["id"] for event in registry.events(2)] == ids[:2]
    assert [event["id"] for event in registry.events(2, before=ids[1])] == ids[2:4]
    assert len(registry.events(hostname="h1", slug="acme")) == 1
    assert len(registry.events(event_type="created", openclaw_home="/o")) == 3
    assert len(registry.events(actor="ann", origin="dashboard")) == 4
    assert registry.events(actor="bob") == []
    assert [event["event_type"] for event in registry.events(text="FAMI")] == ["tagged"]
    assert registry.events(since="2999-01-01T00:00:00Z") == []
    assert len(registry.events(until="2999-01-01T00:00:00Z")) == 4


def test_a_filter_that_does_not_exist_is_a_mistake(registry: Registry) -> None:
    with pytest.raises(TypeError, match="colour"):
        registry.events(colour="red")


def test_the_words_that_events_can_be_filtered_by(registry: Registry) -> None:
    registry.set_tags("beta", ["family"])
    assert registry.event_words() == {
        "hostname": ["h1", "h2"],
        "event_type": ["created", "tagged"],
        "actor": ["ann"],
        "origin": ["dashboard"],
    }
