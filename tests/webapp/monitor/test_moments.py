# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host whose clock is wrong, or is put right while we watch it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.webapp.monitor.moments import by_our_clock
from ansible_collections.claw.pilot.webapp.monitor.seen import text_of

from .seen_hosts import host, instance, observation

NOW = 1_795_262_400.0
SKEWS = pytest.mark.parametrize("skew", [-18_000, 18_000, 94_608_000])


def seen(skew: int) -> dict[str, Any]:
    """One that runs for a minute on a host that was booted an hour ago, by the host's clock."""
    process = {"pid": 7, "started_at": int(NOW) + skew - 60}
    machine = host(booted_at=int(NOW) + skew - 3600)
    stopped = instance("off", "stopped", process={"pid": 0, "started_at": 0})
    made = observation(instance("acme", process=process), stopped, at=text_of(NOW + skew))
    return {**made, "host": machine}


@SKEWS
def test_moments_are_those_of_our_clock(skew: int) -> None:
    found = by_our_clock({"full": seen(skew)}, NOW)["full"]
    assert found["observed_at"] == text_of(NOW)
    assert found["host"]["booted_at"] == NOW - 3600
    acme, off = found["instances"]
    assert acme["process"] == {"pid": 7, "started_at": NOW - 60}
    assert off["process"]["started_at"] == 0
    assert acme["slug"] == "acme" and found["homes"] == seen(0)["homes"]


@SKEWS
def test_so_are_those_of_a_difference_and_of_a_sign_of_life(skew: int) -> None:
    whole = seen(skew)
    delta = {"observed_at": whole["observed_at"], "instances": {"a": whole["instances"][0]}}
    found = by_our_clock({"delta": delta}, NOW)["delta"]
    assert found["instances"]["a"]["process"]["started_at"] == NOW - 60
    assert "host" not in found
    assert by_our_clock({"beat": text_of(NOW + skew)}, NOW) == {"beat": text_of(NOW)}


@pytest.mark.parametrize("skew", [-9, 0, 9])
def test_clocks_that_are_near_are_the_same(skew: int) -> None:
    message = {"full": seen(skew)}
    assert by_our_clock(message, NOW) == message
    assert by_our_clock({"beat": text_of(NOW + skew)}, NOW) == {"beat": text_of(NOW + skew)}


@pytest.mark.parametrize("message", [{"pending": {"/x": 1}}, {"beat": "noon"}, {}])
def test_the_rest_stays_as_it_is(message: dict[str, Any]) -> None:
    assert by_our_clock(message, NOW) == message


def test_the_monitor_shows_them_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ansible_collections.claw.pilot.webapp.monitor import monitor
    from ansible_collections.claw.pilot.webapp.monitor.live import Live

    live = Live()
    watched = monitor.Monitor.__new__(monitor.Monitor)
    watched.live = live
    got: list[dict[str, Any]] = []
    monkeypatch.setattr(live, "beat", lambda _host, at: got.append({"at": at}))
    monkeypatch.setattr(monitor.time, "time", lambda: NOW)
    watched.heard("server1", {"beat": text_of(NOW - 18_000)})
    assert got == [{"at": text_of(NOW)}]
