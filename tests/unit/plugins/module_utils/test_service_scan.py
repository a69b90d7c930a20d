# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""systemd units on disk, and what a real systemd 252 said of such units."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._host import Host, Result
from ansible_collections.claw.pilot.plugins.module_utils._service_scan import (
    SystemdScan,
    home_of_user,
    template_of,
)
from ansible_collections.claw.pilot.plugins.module_utils._sightings import Account, Service

from tests.unit.a_host import INDEX, World, world

__all__ = ["world"]
FIXTURES = Path(__file__).parents[2] / "fixtures" / "probe"
START = f"ExecStart=/usr/bin/node {INDEX} gateway"


def scan(world: World, account: str = "claw") -> tuple[dict[str, Service], list[str]]:
    home = world.root / "home" / account
    entry = Account(account, os.getuid(), os.getgid(), str(home))
    services, warnings = SystemdScan(world.host).user_units(entry)
    assert len({s.name for s in services}) == len(services)
    return {service.name: service for service in services}, [w["message"] for w in warnings]


def system(world: World) -> dict[str, Service]:
    return {service.name: service for service in SystemdScan(world.host).system_units()[0]}


def recorded(world: World, name: str) -> None:
    """What a real systemd answered for the units below, of user or system."""
    key = "claw" if name == "user" else ""
    world.host.listed[key] = (FIXTURES / f"systemctl_{name}_list_units.txt").read_text()
    world.host.shown[key] = (FIXTURES / f"systemctl_{name}_show.txt").read_text()


def test_what_a_real_systemd_says_is_understood(world: World) -> None:
    recorded(world, "user")
    world.unit("openclaw-gateway-acme.service", f"{START} --port 18790")
    world.unit("openclaw-gateway-beta.service", START)
    template = world.unit("claw@.service", f"{START} --profile %i")
    wants = template.parent / "default.target.wants"
    wants.mkdir()
    (wants / "claw@one.service").symlink_to(template)
    (wants / "claw@three.service").symlink_to(template)
    transient = world.root / "run/user" / str(os.getuid()) / "systemd/transient"
    transient.mkdir(parents=True)
    shutil.copy(FIXTURES / "openclaw-transient.service", transient)
    found, warnings = scan(world)
    states = {
        n: (s.state.active, s.state.enabled, s.state.failed, s.state.pid) for n, s in found.items()
    }
    assert states == {
        "openclaw-gateway-acme.service": (True, True, False, 172),
        "openclaw-gateway-beta.service": (False, False, True, 0),
        "claw@one.service": (True, True, False, 171),
        "claw@two.service": (True, False, False, 175),
        "claw@three.service": (False, True, False, 0),
        "openclaw-transient.service": (True, False, False, 178),
    }
    assert found["openclaw-gateway-beta.service"].state.exit_code == 78
    assert found["claw@two.service"].command.profile == "two"
    assert found["openclaw-transient.service"].command.state_dir == "/home/ops/.openclaw-tr"
    assert all(service.asked for service in found.values()) and not warnings
    assert len(world.host.commands) == 2


def test_system_units_know_their_user(world: World) -> None:
    recorded(world, "system")
    world.unit("openclaw-sys.service", f"User=claw\n{START} --profile sys", world.system)
    world.unit("openclaw-root.service", START, world.system)
    world.unit("openclaw-gone.service", f"User=nobody-here\n{START}", world.system)
    found = system(world)
    assert found["openclaw-sys.service"].state.pid > 0
    assert found["openclaw-sys.service"].command.state_dir == f"{world.home}/.openclaw-sys"
    assert (found["openclaw-sys.service"].user, found["openclaw-root.service"].user) == (
        "claw",
        "root",
    )
    # Nobody knows the home of an account that is not there.
    assert found["openclaw-gone.service"].command.state_dir == ""


def test_drop_ins_change_a_unit(world: World) -> None:
    unit = world.unit("openclaw-acme.service", "ExecStart=/usr/bin/false")
    folder = unit.parent
    for name, text in {
        "openclaw-acme.service.d/20-state.conf": "Environment=OPENCLAW_STATE_DIR=/srv/late",
        "openclaw-acme.service.d/10-start.conf": f"ExecStart=\n{START}",
        "openclaw-acme.service.d/ignored.txt": "Environment=OPENCLAW_STATE_DIR=/no",
        # A file of the same name for the unit itself counts more, whatever the order.
        "openclaw-.service.d/20-state.conf": "Environment=OPENCLAW_STATE_DIR=/srv/no",
        "openclaw-.service.d/30-port.conf": "Environment=OPENCLAW_GATEWAY_PORT=18799",
        "service.d/40-all.conf": "Environment=OPENCLAW_PROFILE=all",
    }.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"[Service]\n{text}\n")
    command = scan(world)[0]["openclaw-acme.service"].command
    assert (command.state_dir, command.port, command.profile) == ("/srv/late", 18799, "all")


def test_a_masked_drop_in_hides_those_of_its_name(world: World) -> None:
    world.unit("openclaw-acme.service", START)
    own = world.home / ".config/systemd/user/openclaw-acme.service.d"
    admin = world.root / "etc/systemd/user/openclaw-acme.service.d"
    for folder in (own, admin):
        folder.mkdir(parents=True)
    (own / "state.conf").symlink_to(os.devnull)
    (admin / "state.conf").write_text("[Service]\nEnvironment=OPENCLAW_STATE_DIR=/srv/x\n")
    command = scan(world)[0]["openclaw-acme.service"].command
    assert command.state_dir == f"{world.home}/.openclaw"


def test_a_unit_that_only_a_drop_in_makes_a_gateway_is_found(world: World) -> None:
    unit = world.unit("bot.service", "ExecStart=/srv/bot/run")
    drop_in = unit.parent / "bot.service.d" / "claw.conf"
    drop_in.parent.mkdir()
    drop_in.write_text("[Service]\nEnvironment=OPENCLAW_STATE_DIR=/srv/b OPENCLAW_GATEWAY_PORT=1\n")
    assert scan(world)[0]["bot.service"].command.state_dir == "/srv/b"


def test_an_environment_file_tells_where(world: World) -> None:
    (world.home / "claw.env").write_text(
        'OPENCLAW_STATE_DIR="/srv/acme"\nOPENCLAW_GATEWAY_PORT=18791\nTOKEN=canary\n'
    )
    files = "EnvironmentFile=-%h/claw.env\nEnvironmentFile=-/gone"
    start = f"{START} --port ${{OPENCLAW_GATEWAY_PORT}}"
    world.unit("openclaw-acme.service", f"{start}\n{files}")
    service = scan(world)[0]["openclaw-acme.service"]
    assert (service.command.state_dir, service.command.port) == ("/srv/acme", 18791)
    assert "TOKEN" in service.command.variables and "canary" not in repr(service)


@pytest.mark.parametrize("mask", ["link", "empty"])
def test_a_masked_unit_is_none_and_hides_those_of_its_name(world: World, mask: str) -> None:
    world.unit("openclaw-acme.service", START, world.root / "etc/systemd/user")
    assert scan(world)[0]
    own = world.home / ".config/systemd/user/openclaw-acme.service"
    own.parent.mkdir(parents=True)
    own.symlink_to(os.devnull) if mask == "link" else own.write_text("")
    assert scan(world)[0] == {}


def test_a_unit_of_the_user_hides_that_of_all_users(world: World) -> None:
    world.unit("claw.service", START, world.root / "usr/lib/systemd/user")
    assert set(scan(world)[0]) == {"claw.service"}
    world.unit("claw.service", "ExecStart=/usr/bin/true")
    assert scan(world)[0] == {}


def test_an_alias_is_no_second_service(world: World) -> None:
    unit = world.unit("openclaw-gateway.service", START)
    (unit.parent / "claw.service").symlink_to(unit)
    outside = world.unit("linked.service", f"{START} --profile l", world.root / "srv")
    (unit.parent / "linked.service").symlink_to(outside)
    assert set(scan(world)[0]) == {"openclaw-gateway.service", "linked.service"}


def test_units_that_are_none_are_passed_over(world: World) -> None:
    folder = world.unit("openclaw-node.service", "ExecStart=/usr/bin/openclaw node run").parent
    (folder / "openclaw-folder.service").mkdir()
    os.mkfifo(folder / "openclaw-fifo.service")
    (folder / "openclaw-loop.service").symlink_to(folder / "openclaw-loop.service")
    (folder / "openclaw-bytes.service").write_bytes(b"\xff\0[Service]\nopenclaw")
    (folder / "openclaw-huge.service").write_text("#openclaw\n" * 40_000)
    assert scan(world)[0] == {}
    assert world.host.commands == []


def test_without_a_bus_units_are_found_and_a_sentence_says_so(world: World) -> None:
    unit = world.unit("openclaw-acme.service", START)
    world.unit("claw@.service", START)
    wants = unit.parent / "default.target.wants"
    wants.mkdir()
    (wants / unit.name).symlink_to(unit)
    (wants / "claw@one.service").symlink_to(unit.parent / "claw@.service")
    world.host.units["claw"] = None
    found, warnings = scan(world)
    assert {name: s.state.enabled for name, s in found.items()} == {
        unit.name: True,
        "claw@one.service": True,
    }
    assert not any(service.asked for service in found.values())
    assert warnings == [
        "The systemd of claw did not answer: Failed to connect to bus: No such file or directory."
    ]


def test_a_template_without_instances_is_nothing(world: World) -> None:
    world.unit("claw@.service", START)
    world.host.units["claw"] = None
    assert scan(world) == ({}, [])


def test_the_list_counts_where_systemd_says_no_more(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.unit("openclaw-acme.service", START)
    world.loaded("openclaw-acme.service")
    answer = world.host.run

    def run(argv: tuple[str, ...], **options: object) -> Result:
        return Result(1, "", "lost") if "show" in argv else answer(argv, **options)

    monkeypatch.setattr(world.host, "run", lambda argv, *_a, **k: run(argv, **k))
    service = scan(world)[0]["openclaw-acme.service"]
    assert service.state.active and service.state.pid == 0


def test_folders_of_all_users_are_read_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: (read.append(path), scandir(path))[1])
    systemd = SystemdScan(world.host)
    for uid in range(50):
        systemd.user_units(Account(str(uid), uid, uid, f"/h/{uid}"))
    assert read.count(str(world.root / "etc/systemd/user")) == 1


def test_names_of_units_and_users() -> None:
    assert template_of("a@b.service") == template_of("a@.b.service") == "a@.service"
    assert template_of("a.service") == template_of("a@.service") == ""
    assert home_of_user("no such account") == home_of_user("99999999999999999999") == ""
    assert home_of_user("0") == home_of_user("root") != ""


def test_a_unit_whose_name_is_an_option_of_systemctl_is_a_unit(tmp_path: Path) -> None:
    """-H and a host would have systemctl run ssh."""
    name = "-Hevil.service"
    folder = tmp_path / ".config" / "systemd" / "user"
    folder.mkdir(parents=True)
    for one in (name, "a*.service", "a[0-9]?.service"):  # to systemctl, these are others
        (folder / one).write_text("[Service]\nExecStart=/usr/bin/openclaw gateway\n")
    asked: list[tuple[str, ...]] = []

    class Systemd(Host):
        def run(self, argv: Sequence[str], *_more: Any, **_options: Any) -> Result:
            asked.append(tuple(argv))
            names = (name, "a*.service", "a[0-9]?.service")
            listed = "".join(f"{one} loaded active running x\n" for one in names)
            return Result(0, listed if "list-units" in argv else f"Id={name}\n", "")

    SystemdScan(Systemd()).user_units(Account("ann", os.geteuid(), os.getegid(), str(tmp_path)))
    (show,) = [argv for argv in asked if "show" in argv]
    assert show[show.index("--") :] == ("--", name)
