# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Instances that are known by what runs: processes, their locks, and who listens."""

from __future__ import annotations

import os
import shutil

import pytest

from tests.unit.a_host import NODE, World, at, codes, kinds, locked, serving, world

__all__ = ["world"]


def test_a_bare_process_is_an_instance(world: World) -> None:
    state = world.root / "srv/bare"
    world.process(50, NODE, {"OPENCLAW_STATE_DIR": str(state), "OPENCLAW_GATEWAY_PORT": "18795"})
    (found,) = world.observe()["instances"]
    assert (found["slug"], found["source"], found["port"]) == ("bare", "process", 18795)
    assert found["state"] == "starting" and found["service"]["pid"] == 50


@pytest.mark.parametrize("way", ["lock", "port", "default"])
def test_a_title_alone_is_matched_by_lock_port_or_default(world: World, way: str) -> None:
    """`openclaw --profile acme gateway` by hand: neither title nor environment name a directory."""
    with serving() as port:
        acme = world.instance("acme", at(port if way == "port" else 18791))
        world.instance("default", at(18792))
        if way == "lock":
            locked(acme, 50)
        world.process(50, ("openclaw-gateway   ",), {}, sockets=(7,))
        world.listen(port if way == "port" else 18999, 7)
        found = world.instances()
    expected = "default" if way == "default" else "acme"
    assert {slug: i["process"]["pid"] for slug, i in found.items()} == {
        "acme": 0,
        "default": 0,
        expected: 50,
    }


def test_a_process_whose_environment_is_hidden_is_matched_by_port_and_user(world: World) -> None:
    uid = os.getuid()
    with serving() as port:
        world.instance("acme", at(port))
        world.instance("beta", at(18791))
        world.process(50, ("openclaw-gateway",), sockets=(7,))
        world.listen(port, 7, uid)
        for homes in ((), (world.home,)):
            found = world.instances(*homes)
            assert found["acme"]["process"]["pid"] == 50 and found["acme"]["state"] == "running"
            assert len(found) == 2


def test_a_process_that_fits_nothing_is_an_instance_of_its_own(world: World) -> None:
    world.instance("acme")
    world.process(50, ("openclaw-gateway",))
    found = world.instances()
    assert set(found) == {"acme", "gateway-50"}
    assert found["gateway-50"]["state_dir"] == ""
    assert set(world.instances(world.home)) == {"acme"}


def test_a_lock_whose_number_another_process_has_now_is_stale(world: World) -> None:
    state = world.instance()
    locked(state, 50, started=499)
    world.process(50, NODE, {"OPENCLAW_STATE_DIR": "/srv/other"})
    found = world.instances()["acme"]
    assert found["locks"][0]["stale"] is True and found["state"] == "stopped"


def test_a_lock_is_not_called_stale_where_processes_are_hidden(world: World) -> None:
    locked(world.instance(), 50)
    shutil.rmtree(world.proc / "1")
    found = world.instances()["acme"]
    assert found["locks"][0]["stale"] is False and found["state"] == "unknown"
    assert found["reason"] == "Whether it runs could not be asked."


def test_a_listener_leads_to_its_process_and_that_to_its_config(world: World) -> None:
    """A wrapper of somebody's: neither its name nor a unit tells."""
    with serving() as port:
        state = world.instance("acme", at(18795))
        wrapper = ("/opt/bin/assistant",)
        world.process(50, wrapper, {"OPENCLAW_STATE_DIR": str(state)}, sockets=(7,))
        world.listen(port, 7)
        (found,) = world.observe()["instances"]
    assert (found["slug"], found["state"], found["port"]) == ("acme", "running", port)
    assert kinds(found) == ["directory", "process", "listener"]


def test_a_gateway_that_only_listens_is_found(world: World) -> None:
    with serving() as port:
        world.listen(port, 7)
        (found,) = world.observe()["instances"]
        assert world.observe(world.home)["instances"] == []
    assert (found["slug"], found["source"]) == (f"gateway-{port}", "listener")
    assert (found["state"], found["confidence"]) == ("running", "medium")


@pytest.mark.parametrize(
    ("program", "count"), [("/usr/bin/ssh", 0), ("nginx:", 0), ("docker-proxy", 1), ("node", 1)]
)
def test_a_program_that_only_passes_answers_on_is_no_gateway(
    world: World, program: str, count: int
) -> None:
    with serving() as port:
        world.process(50, (program, "-L", "x"), {}, sockets=(7,))
        world.listen(port, 7)
        assert len(world.observe()["instances"]) == count


def test_two_configs_on_one_port_are_both_there(world: World) -> None:
    with serving() as port:
        first = world.instance("first", at(port))
        world.instance("second", at(port))
        world.process(50, NODE, {"OPENCLAW_STATE_DIR": str(first)}, sockets=(7,))
        world.listen(port, 7)
        found = world.instances()
    assert (found["first"]["state"], found["second"]["state"]) == ("running", "stopped")
    assert codes(found["second"]["problems"]) == ["PORT_TAKEN"]
    assert found["second"]["reason"] == f"Somebody else listens on its port {port}."
