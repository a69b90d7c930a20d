# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a gateway is tried again: the pauses, their chance, and what makes them begin anew."""

from __future__ import annotations

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._gateway_error import GatewayError
from ansible_collections.claw.pilot.webapp.gateway import Pace


@pytest.mark.parametrize(("chance", "pause"), [(0.0, 0.75), (1.0, 1.25)])
def test_a_pause_is_up_to_a_quarter_off(chance: float, pause: float) -> None:
    error = GatewayError("GATEWAY_UNREACHABLE", "x")
    assert Pace(chance=lambda: chance).wait(error, 1) == pause
    assert Pace(chance=lambda: chance).wait(error, 10**6) == 30 * pause


def test_a_connection_that_lasted_makes_the_pauses_begin_anew() -> None:
    error = GatewayError("GATEWAY_UNREACHABLE", "x")
    assert Pace().failures(error, 5, lasted=29) == 6
    assert Pace().failures(error, 5, lasted=30) == 1
    assert Pace().failures(GatewayError("PAIRING_REQUIRED", "x"), 5, lasted=0) == 0
