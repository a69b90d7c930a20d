# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What travels of an observation: news, and no noise."""

from __future__ import annotations

from typing import Any

from ansible_collections.claw.pilot.plugins.module_utils import _delta, _drift
from ansible_collections.claw.pilot.plugins.module_utils._config import render
from ansible_collections.claw.pilot.plugins.module_utils._model import (
    Layout,
    spec_from,
    to_plain,
)
from hypothesis import given
from hypothesis import strategies as st

from .seen_hosts import host, instance

NOW = 1_795_262_400.0
plain = st.dictionaries(st.sampled_from("abcde"), st.integers() | st.lists(st.text()), max_size=4)


@given(plain, plain)
def test_a_difference_makes_the_one_of_the_other(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    delta = _delta.difference(before, after)
    made = _delta.patched(before, delta)
    assert {key: value for key, value in made.items() if value is not None} == after
    assert _delta.difference(after, after) == {}


def test_new_instances_travel_whole_and_others_by_what_is_new() -> None:
    old, new = instance("acme"), instance("acme", "error")
    found = _delta.instances_delta({"a": old, "b": old, "c": old}, {"a": new, "b": old, "d": new})
    assert set(found["instances"]) == {"a", "d"}
    assert set(found["instances"]["a"]) == {"state"}
    assert found["instances"]["d"] == new
    assert found["removed"] == ["c"]
    assert _delta.instances_delta({"a": old}, {"a": old}) == {}


def settled(before: dict[str, Any] | None, now: float, metrics: bool, **process: Any) -> Any:
    given = instance("acme")
    given["process"].update(process)
    return _delta.settled_instance(given, before, now, metrics)


def test_a_process_travels_with_its_start_which_does_not_move() -> None:
    first = settled(None, NOW, True, uptime_seconds=60)
    assert first["process"]["started_at"] == NOW - 60
    assert "uptime_seconds" not in first["process"]
    later = settled(first, NOW + 10.9, True, uptime_seconds=70)
    assert later == first
    again = settled(first, NOW + 100, True, uptime_seconds=5)
    assert again["process"]["started_at"] == NOW + 95, "the same pid, another process"


def test_metrics_stay_as_they_were_told_while_nobody_looks() -> None:
    first = settled(None, NOW, True)
    quiet = settled(first, NOW + 60, False, memory_bytes=1, cpu_seconds=99.0, uptime_seconds=120)
    assert quiet == first
    other = settled(first, NOW + 60, False, memory_bytes=1, pid=5, uptime_seconds=1)
    assert other["process"]["memory_bytes"] == 1, "another process is always told"


def test_cpu_is_counted_since_it_was_told_last_and_noise_is_left_out() -> None:
    old = settled(None, NOW, True)["process"]
    busy = _delta.with_cpu({**old, "cpu_seconds": 15.0}, old, 10.0)
    assert busy["cpu_percent"] == 50.0
    idle = _delta.with_cpu({**old, "cpu_seconds": 10.05, "memory_bytes": 905_000_000}, old, 10.0)
    assert idle == old, "less than two percent of memory, less than a point of CPU"
    grown = _delta.with_cpu({**old, "memory_bytes": 950_000_000}, old, 10.0)
    assert grown["memory_bytes"] == 950_000_000
    other = {**old, "pid": 5, "cpu_seconds": 900.0}
    assert _delta.with_cpu(other, old, 10.0) == other


def test_the_noise_of_a_host_is_left_out() -> None:
    first = _delta.settled_host(host(), None, NOW, True)
    assert first["booted_at"] == NOW - 3600
    moved = host(uptime_seconds=3610, load=[0.6, 0.4, 0.3], cpu_percent=10.5)
    moved["memory"] = {**moved["memory"], "available_bytes": 3_990_000_000}
    assert _delta.settled_host(moved, first, NOW + 10, True) == first
    busy = host(uptime_seconds=3610, cpu_percent=80.0)
    assert _delta.settled_host(busy, first, NOW + 10, True)["cpu_percent"] == 80.0
    assert _delta.settled_host(busy, first, NOW + 10, False) == first
    booted = _delta.settled_host(host(uptime_seconds=5), first, NOW + 10, False)
    assert booted["booted_at"] == NOW + 5


def test_drift_is_what_the_next_run_would_change_without_secrets() -> None:
    spec, layout = spec_from({"slug": "acme"}), Layout("/opt/openclaw", "acme")
    rendered = render(spec, layout, 18789)
    marker = {"spec": to_plain(spec), "port": 18789, "rendered": rendered}
    assert _drift.drift(marker, rendered, layout, True) == []
    theirs = {**rendered, "theirs": {"x": 1}}
    assert _drift.drift(marker, theirs, layout, True) == [], "what only others wrote stays"
    gateway = {**rendered["gateway"], "port": 1, "auth": {"mode": "token", "token": "geheim"}}
    found = _drift.drift(marker, {**rendered, "gateway": gateway}, layout, True)
    assert {"path": "gateway.port", "now": 1, "wanted": 18789} in found
    assert "geheim" not in str(found)
    assert any(one["path"] == "gateway.auth.token" for one in found)
    del gateway["port"]
    found = _drift.drift(marker, {**rendered, "gateway": gateway}, layout, True)
    assert {"path": "gateway.port", "now": None, "wanted": 18789} in found
