# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How often a host is looked at, by who looks at it."""

from __future__ import annotations

import pytest
from ansible_collections.claw.pilot.webapp.monitor.looks import EXPIRES_SECONDS, Looks


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def looks(clock: Clock) -> Looks:
    return Looks(10.0, clock)


def test_with_nobody_there_only_states_are_told_at_the_slow_pace(looks: Looks) -> None:
    orders = looks.orders("one", 3)
    assert orders == {"interval": 10.0, "metrics": False, "pending": 300.0, "near": {}}


def test_all_of_a_few_hosts_are_near_and_all_of_many_are_not(looks: Looks) -> None:
    looks.look("a")
    assert looks.orders("one", 12)["interval"] == 2.0
    many = looks.orders("one", 13)
    assert (many["interval"], many["metrics"], many["pending"]) == (10.0, True, 10.0)


def test_a_host_that_is_looked_at_is_near_and_others_are_not(looks: Looks) -> None:
    looks.look("a", "one")
    assert looks.orders("one", 100)["interval"] == 2.0
    assert looks.orders("one", 100)["pending"] == 5.0
    assert looks.orders("two", 100)["metrics"] is False


def test_an_instance_is_asked_who_waits_more_often_than_its_neighbours(looks: Looks) -> None:
    looks.look("a", "one", "/x")
    looks.look("b", "one", "/y")
    orders = looks.orders("one", 100)
    assert orders["near"] == {"/x": 5.0, "/y": 5.0} and orders["pending"] == 10.0
    assert orders["interval"] == 2.0


def test_who_leaves_or_does_not_renew_is_forgotten(looks: Looks, clock: Clock) -> None:
    looks.look("a", "one")
    looks.look("b", "two")
    looks.look_away("a")
    looks.look_away("nobody")
    assert looks.orders("one", 100)["metrics"] is False
    clock.now += EXPIRES_SECONDS - 1
    looks.look("b", "two")
    clock.now += 2
    looks.expire()
    assert looks.orders("two", 100)["metrics"] is True
    clock.now += EXPIRES_SECONDS
    looks.expire()
    assert looks.orders("two", 100)["metrics"] is False


def test_an_interval_that_is_shorter_already_stays(clock: Clock) -> None:
    looks = Looks(1.0, clock)
    looks.look("a", "one")
    assert looks.orders("one", 1)["interval"] == 1.0
