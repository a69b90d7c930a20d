# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a gateway is asked who waits for it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._answers import Pending

ORDERS = {"pending": 10.0, "near": {"/near": 5.0}}


def due(pending: Pending, now: float) -> list[str]:
    return [one["state_dir"] for one in pending._due(ORDERS, now)]


def watching(said: list[Any], **ready: bool | None) -> Any:
    """Instances by the name of their folder; ready: None for one that is not live."""
    instances = {
        name: {"state_dir": f"/{name}", "health": {"live": how is not None, "ready": bool(how)}}
        for name, how in ready.items()
    }
    return SimpleNamespace(eyes=SimpleNamespace(instances=instances), say=said.append)


def test_one_that_starts_is_left_alone_until_it_is_ready() -> None:
    pending = Pending(watching([], starts=False, runs=True))
    assert due(pending, 0.0) == ["/runs"]


def test_one_that_ended_has_nobody_waiting() -> None:
    said: list[Any] = []
    pending = Pending(watching(said, gone=None))
    pending._counts["/gone"] = 2
    assert due(pending, 0.0) == []
    assert said == [{"pending": {"/gone": 0}}]


@pytest.mark.parametrize(("folder", "again"), [("near", 5.0), ("far", 10.0)])
def test_one_that_is_looked_at_is_asked_more_often(folder: str, again: float) -> None:
    pending = Pending(watching([], **{folder: True}))
    pending._asked[f"/{folder}"] = 100.0
    assert due(pending, 100.0 + again - 0.1) == []
    assert due(pending, 100.0 + again) == [f"/{folder}"]
