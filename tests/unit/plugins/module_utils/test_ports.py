# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports: listeners from /proc, and a choice that never meets what is taken."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _ports
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from ansible_collections.claw.pilot.plugins.module_utils._ports import PortRange, choose_port
from hypothesis import given
from hypothesis import strategies as st

FIXTURES = Path(__file__).parents[2] / "fixtures"
NOBODY: Mapping[int, str] = {}
FREE: frozenset[int] = frozenset()


@pytest.mark.parametrize(
    ("fixture", "ports"),
    [
        ("proc_net_tcp.txt", {18789, 22, 44405, 60803}),
        ("proc_net_tcp6.txt", {18789, 41113}),
    ],
)
def test_only_listeners_are_read_from_captured_tables(fixture: str, ports: set[int]) -> None:
    assert _ports.parse_listeners((FIXTURES / fixture).read_text()) == ports


@pytest.mark.parametrize("text", ["", "  sl  local_address rem_address   st\n", "header\n\nodd\n"])
def test_an_empty_or_odd_table_has_no_listeners(text: str) -> None:
    assert _ports.parse_listeners(text) == frozenset()


@pytest.mark.parametrize("port", [-1, 0, 80, 1023, 65536, 70000])
def test_a_port_out_of_range_is_refused(port: int) -> None:
    with pytest.raises(ClawPilotError) as caught:
        choose_port(port, PortRange(), FREE, NOBODY)
    assert caught.value.code == "INVALID_PORT"
    assert str(port) in caught.value.message


@pytest.mark.parametrize(
    ("listening", "claimed", "reserved", "who"),
    [
        ({18789}, {18789: "acme"}, (), "'acme'"),
        ({18789}, {}, (), "listener"),
        (set(), {}, (18789,), "registry"),
    ],
)
def test_a_wanted_port_that_is_taken_is_refused_and_says_by_whom(
    listening: set[int], claimed: dict[int, str], reserved: tuple[int, ...], who: str
) -> None:
    with pytest.raises(ClawPilotError) as caught:
        choose_port(18789, PortRange(), frozenset(listening), claimed, reserved)
    assert caught.value.code == "PORT_CONFLICT"
    assert "18789" in caught.value.message
    assert who in caught.value.message
    assert caught.value.message.endswith(".")
    assert caught.value.hint


def test_a_range_without_a_free_port_is_refused_with_its_bounds() -> None:
    with pytest.raises(ClawPilotError) as caught:
        choose_port(None, PortRange(20000, 20240, 120), frozenset({20000, 20120, 20240}), NOBODY)
    assert caught.value.code == "PORT_CONFLICT"
    assert "20000" in caught.value.message
    assert "20240" in caught.value.message


@pytest.mark.parametrize(
    "ports",
    [
        PortRange(80, 65000, 120),
        PortRange(65500, 70000, 120),
        PortRange(18789, 65000, 0),
        PortRange(18789, 65000, -1),
    ],
    ids=["begins too low", "ends too high", "no step", "step back"],
)
def test_a_range_that_cannot_be_used_is_refused_or_never_leads_out_of_the_valid_ports(
    ports: PortRange,
) -> None:
    listening = frozenset({65500})
    try:
        port = choose_port(None, ports, listening, NOBODY)
    except ClawPilotError:
        return
    assert _ports.LOWEST <= port <= _ports.HIGHEST


@pytest.mark.parametrize(
    ("listening", "claimed", "reserved", "chosen"),
    [
        (set(), {}, (), 18789),
        ({18789}, {}, (), 18909),
        (set(), {18789: "a", 18909: "b"}, (), 19029),
        (set(), {}, (18789, 18909), 19029),
        (set(), {18790: "a"}, (), 19029),
        ({18909}, {18789: "a"}, (19029,), 19149),
    ],
)
def test_the_first_free_port_of_the_range_is_chosen(
    listening: set[int], claimed: dict[int, str], reserved: tuple[int, ...], chosen: int
) -> None:
    assert choose_port(None, PortRange(), frozenset(listening), claimed, reserved) == chosen


def test_a_wanted_port_that_is_free_is_taken_also_outside_of_the_range() -> None:
    assert choose_port(2000, PortRange(), frozenset({18789}), {18909: "a"}) == 2000


ports_in_use = st.integers(18700, 20500)


@given(
    st.frozensets(ports_in_use, max_size=20),
    st.dictionaries(ports_in_use, st.just("other"), max_size=6),
    st.frozensets(ports_in_use, max_size=6),
    st.integers(1, 150),
)
def test_a_chosen_port_is_free_in_range_and_a_step_away_from_every_claim(
    listening: frozenset[int], claimed: dict[int, str], reserved: frozenset[int], step: int
) -> None:
    ports = PortRange(18789, 20400, step)
    try:
        port = choose_port(None, ports, listening, claimed, reserved)
    except ClawPilotError as error:
        assert error.code == "PORT_CONFLICT"
        return
    assert port in ports.candidates()
    assert port not in listening | set(claimed) | reserved
    assert all(abs(port - other) >= step for other in claimed)


@given(st.integers(1, 20))
def test_instances_that_are_made_one_after_the_other_get_different_ports(number: int) -> None:
    claimed: dict[int, str] = {}
    for index in range(number):
        claimed[choose_port(None, PortRange(), FREE, claimed)] = f"s{index}"
    assert sorted(claimed) == [18789 + 120 * index for index in range(number)]
