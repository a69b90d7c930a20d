# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes and sockets, from folders that look like /proc and from the real one."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _procfs
from ansible_collections.claw.pilot.plugins.module_utils._procfs import (
    UNNAMED,
    ProcessTable,
    gateways,
    holders,
    sockets_of,
    unit_of,
)

from tests.unit.a_host import NODE, World, world

__all__ = ["world"]
ID = "6fb49b9890352e7f20259e25ac6e890d8048aae5da4599b39e98eb204f7c1190"
# Of a user unit in a container with systemd 252 and control groups of both versions.
MIXED = f"""\
13:hugetlb:/
9:name=systemd:/docker/{ID}/user.slice/user-1000.slice/user@1000.service/app.slice/claw@one.service
8:pids:/docker/{ID}/user.slice/user-1000.slice/user@1000.service
0::/docker/{ID}/user.slice/user-1000.slice/user@1000.service/app.slice/claw@one.service
"""


def found() -> dict[int, _procfs.Process]:
    return {process.pid: process for process in gateways(ProcessTable())}


def test_our_own_process_is_told_as_it_is() -> None:
    table = ProcessTable()
    me = table.process(os.getpid(), _procfs.arguments(os.getpid()))
    assert me.uid == os.geteuid() and me.environment is not None
    assert 0 < me.memory_bytes < 1 << 36 and me.cpu_seconds > 0
    assert 0 <= me.uptime_seconds < 10**6 and me.cwd == os.getcwd()
    assert table.alive(me.pid, me.started, os.getuid()) and table.is_whole
    # A number that has come to another process is not that process.
    assert not table.alive(me.pid, me.started - 1, os.getuid())
    assert not table.alive(me.pid, me.started, os.getuid() + 1)
    assert not table.alive(1 << 30, 0, 0)
    assert os.getpid() in table.family(table.parent(os.getpid()))


def test_a_process_with_an_odd_name_is_read(world: World) -> None:
    world.process(50, NODE, {"OPENCLAW_STATE_DIR": "/a"}, started=500)
    process = found()[50]
    assert process.memory_bytes == 10 * os.sysconf("SC_PAGE_SIZE")
    assert process.cpu_seconds == 200 / os.sysconf("SC_CLK_TCK")
    assert process.uptime_seconds == int(10000 - 500 / os.sysconf("SC_CLK_TCK"))


def test_a_launcher_is_not_the_gateway(world: World) -> None:
    world.process(50, ("sudo", "openclaw", "gateway"), {})
    world.process(51, ("sudo", "openclaw", "gateway"), {}, parent=50)
    world.process(52, NODE, {}, parent=51)
    world.process(53, ("openclaw-gateway",), {}, parent=52)
    world.process(54, ("/usr/bin/chrome",), {}, parent=53)
    processes = found()
    assert set(processes) == {53}
    assert processes[53].memory_bytes == 20 * os.sysconf("SC_PAGE_SIZE")  # with its browser


def test_a_gateway_that_a_gateway_has_started_is_a_second_one(world: World) -> None:
    world.process(50, NODE, {"OPENCLAW_STATE_DIR": "/a"})
    world.process(51, NODE, {"OPENCLAW_STATE_DIR": "/b"}, parent=50)
    assert set(found()) == {50, 51}


def test_a_process_that_ends_meanwhile_is_passed_over(world: World) -> None:
    for pid in (50, 51, 52):
        world.process(pid, NODE, {})
    (world.proc / "50/stat").write_text("50 (x) Z 1 2\n")
    (world.proc / "51/stat").unlink()
    table = ProcessTable()
    (world.proc / "52/cmdline").unlink()
    assert gateways(table) == []


def test_an_environment_that_may_not_be_read_is_none(world: World) -> None:
    world.process(50, ("openclaw-gateway",))
    process = found()[50]
    assert process.environment is None


def test_only_those_in_other_containers_are_in_one(world: World) -> None:
    """In a container of our own, every process is in one as far as the control groups say."""
    (world.proc / "self/cgroup").write_text(f"0::/docker/{ID}/init.scope\n")
    world.process(50, NODE, {}, cgroup=MIXED)
    world.process(51, NODE, {}, cgroup=f"0::/system.slice/docker-{'b' * 64}.scope\n")
    world.process(52, NODE, {}, cgroup=f"0::/machine.slice/libpod-{'c' * 64}.scope/container\n")
    world.process(53, NODE, {}, namespaces="53\t7")
    world.process(54, NODE, {}, cgroup="0::/user.slice/docker.service\n")
    processes = found()
    assert {pid: p.container for pid, p in processes.items()} == {
        50: "",
        51: "b" * 64,
        52: "c" * 64,
        53: UNNAMED,
        54: "",
    }
    assert (processes[50].unit, processes[50].scope) == ("claw@one.service", "user")


@pytest.mark.parametrize(
    ("cgroup", "expected"),
    [
        ("0::/system.slice/openclaw-sys.service\n", ("openclaw-sys.service", "system")),
        ("0::/system.slice/system-claw.slice/claw@a.service\n", ("claw@a.service", "system")),
        ("0::/user.slice/user-0.slice/session-1.scope\n", ("", "")),
        ("0::/user.slice/user-0.slice/user@0.service/init.scope\n", ("", "")),
        ("", ("", "")),
    ],
)
def test_the_unit_is_read_from_the_control_group(cgroup: str, expected: tuple[str, str]) -> None:
    assert unit_of(cgroup) == expected


def test_listeners_and_their_holders_are_found_for_real() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        (listener,) = [one for one in _procfs.listeners() if one.port == port]
        assert (listener.address, listener.uid) == ("127.0.0.1", os.getuid())
        assert listener.inode in (sockets_of([os.getpid()]) or ())
        assert holders([listener.inode], ProcessTable()) == {listener.inode: os.getpid()}


def test_where_nothing_may_be_seen_nothing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_procfs, "PROC", str(tmp_path / "nowhere"))
    table = ProcessTable()
    assert gateways(table) == [] and not table.is_whole and _procfs.listeners() == []
    assert sockets_of([1]) is None and _procfs.pids() == []
