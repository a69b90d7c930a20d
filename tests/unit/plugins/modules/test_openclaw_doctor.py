# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""openclaw_doctor: which instances are examined, and which findings are handed back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _probe
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from ansible_collections.claw.pilot.plugins.modules import openclaw_doctor

from tests.unit.a_host import World, world
from tests.unit.observed import HOST

__all__ = ["world"]


@pytest.fixture
def examined(world: World, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The slugs that were examined, on a host with one instance and another in nobody's home."""
    found: list[str] = []

    def examine(_host: Any, instances: Sequence[dict[str, Any]]) -> dict[str, Any]:
        found.extend(instance["slug"] for instance in instances)
        return {}

    monkeypatch.setattr(openclaw_doctor, "examine", examine)
    monkeypatch.setattr(_probe, "Host", lambda: world.host)
    monkeypatch.setattr(_probe, "host_facts", lambda *_: HOST)
    far(world).mkdir(parents=True)
    for home, slug in ((world.home, "near"), (far(world), "far")):
        world.instance(slug, home=home).chmod(0o755)
    return found


def far(world: World) -> Path:
    return world.root / "srv/claws"


def diagnose(**more: Any) -> dict[str, Any]:
    options = {"openclaw_home": None, "openclaw_user": None, "more_homes": [], "slug": None}
    return openclaw_doctor.diagnose({**options, "examine": True, **more}, "root")


def open_folders(result: dict[str, Any]) -> list[str]:
    """Whose state directory others can enter."""
    found = [f for f in result["findings"] if f["check"] == "modes" and "0755" in f["evidence"]]
    return sorted(f["slug"] for f in found)


def test_an_instance_in_a_home_of_no_account_is_examined_when_that_is_named_besides(
    world: World, examined: list[str]
) -> None:
    result = diagnose()
    assert (open_folders(result), examined) == (["near"], ["near"])
    assert result["summary"]["instances"] == 1
    examined.clear()
    result = diagnose(more_homes=[str(far(world)), str(world.home), "/nowhere/at/all"])
    assert (open_folders(result), sorted(examined)) == (["far", "near"], ["far", "near"])
    assert result["summary"]["instances"] == 2
    assert result["changed"] is False


def test_a_home_that_is_named_is_the_only_one(world: World, examined: list[str]) -> None:
    named, other = str(world.home), str(far(world))
    assert open_folders(diagnose(openclaw_home=named, more_homes=[other])) == ["near"]
    assert open_folders(diagnose(openclaw_home=other, more_homes=[named])) == ["far"]
    assert open_folders(diagnose(openclaw_user="claw", more_homes=[other])) == ["near"]
    assert examined == ["near", "far", "near"]
    with pytest.raises(ClawPilotError) as failed:
        diagnose(openclaw_home="/nowhere/at/all")
    assert failed.value.code == "HOME_NOT_FOUND"


def test_one_instance_is_examined_alone_wherever_it_is(world: World, examined: list[str]) -> None:
    result = diagnose(slug="far", more_homes=[str(far(world))])
    assert {f["slug"] for f in result["findings"]} <= {"", "far"}
    assert (open_folders(result), examined) == (["far"], ["far"])
    with pytest.raises(ClawPilotError, match="no instance 'far'") as failed:
        diagnose(slug="far")
    assert failed.value.code == "INSTANCE_NOT_FOUND"


def test_without_examine_no_gateway_is_asked(world: World, examined: list[str]) -> None:
    assert open_folders(diagnose(examine=False, more_homes=[str(far(world))])) == ["far", "near"]
    assert examined == []
