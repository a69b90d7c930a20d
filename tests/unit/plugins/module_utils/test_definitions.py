# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Units and supervisor programs as text, as OpenClaw, systemd, we and people write them."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._definitions import (
    Definition,
    included_files,
    programs,
    supervisor_socket,
    unit,
)
from ansible_collections.claw.pilot.plugins.module_utils._unit import (
    Launch,
    supervisor_program,
    systemd_unit,
)

from tests.unit.a_host import INDEX

FIXTURES = Path(__file__).parents[2] / "fixtures" / "probe"
START = f"ExecStart=/usr/bin/node {INDEX} gateway"


def service(*lines: str, name: str = "claw.service", **more: object) -> Definition:
    return unit(name, ["[Service]\n" + "\n".join(lines)], {"h": "/home/u"}, **more)  # type: ignore[arg-type]


def fixture(name: str) -> Definition:
    return unit(name, [(FIXTURES / name).read_text()], {})


def test_the_unit_that_openclaw_installs_is_a_gateway() -> None:
    found = fixture("openclaw-gateway-acme.service")
    assert found.is_gateway
    assert found.argv[-2:] == ("--port", "18790")
    assert found.environment["OPENCLAW_STATE_DIR"] == "/home/u/.openclaw-acme"
    assert found.environment["OPENCLAW_WINDOWS_TASK_NAME"] == "OpenClaw Gateway (acme)"
    assert found.working_dir == "/home/u/.openclaw-acme"


def test_a_transient_unit_as_systemd_writes_it_is_a_gateway() -> None:
    found = fixture("openclaw-transient.service")
    assert found.is_gateway
    assert found.argv == ("/home/ops/bin/node", INDEX, "gateway", "--port", "19000")


ODD_HOMES = ["/home/u", "/home/a b", "/home/50%", "/home/$x", '/home/"q"', "/home/back\\slash"]


@pytest.mark.parametrize("home", [*ODD_HOMES, "/home/it's", "/home/ünï"])
def test_our_own_units_are_read_as_they_were_meant(home: str) -> None:
    state_dir = f"{home}/.openclaw-acme"
    command = (f"{home}/node", f"{home}/openclaw/dist/index.js", "gateway", "--port", "18790")
    launch = Launch(
        "openclaw-acme", "x", command, (("OPENCLAW_STATE_DIR", state_dir),), home, "/log", 30
    )
    found = unit("openclaw-acme.service", [systemd_unit(launch)], {})
    assert found.argv == command
    assert found.environment["OPENCLAW_STATE_DIR"] == state_dir
    assert found.working_dir == home
    if '"' not in home:  # supervisor itself cannot take one
        (program,) = programs(supervisor_program(launch), "/etc")
        assert program.environment["OPENCLAW_STATE_DIR"] == state_dir
        assert program.is_gateway


def test_specifiers_stand_for_what_they_say() -> None:
    found = unit(
        "claw-team@acme.service",
        [f"[Service]\n{START} --profile %i\nEnvironment=A=%h/%n B=%p/%j C=%N D=100%% E=%z"],
        {"h": "/home/u"},
    )
    assert found.argv[-1] == "acme"
    assert found.environment == {
        "A": "/home/u/claw-team@acme.service",
        "B": "claw-team/team",
        "C": "claw-team@acme",
        "D": "100%",
        "E": "%z",
    }


def test_a_drop_in_adds_and_an_empty_assignment_begins_anew() -> None:
    found = unit(
        "claw.service",
        [
            "[Service]\nExecStart=/bin/false\nEnvironment=A=1\nEnvironment=B=2",
            f"[Service]\nExecStart=\n{START}\nEnvironment=A=3",
            "[Unit]\nDescription=x\n[Service]\nEnvironment=\nEnvironment=C=4",
        ],
        {},
    )
    assert found.argv[0] == "/usr/bin/node"
    assert found.environment == {"C": "4"}


def test_an_environment_file_wins_and_is_used_in_the_command() -> None:
    files = {"/etc/claw.env": {"PORT": "18791", "WORDS": "a b", "GONE": "x"}}
    found = service(
        "Environment=PORT=18790 ENTRY=" + INDEX,
        "EnvironmentFile=-/etc/%N.env",
        "UnsetEnvironment=GONE",
        "ExecStart=-/usr/bin/node ${ENTRY} gateway --port ${PORT} $WORDS x$PORT $$5 ${NO}",
        read=lambda path: files[path],
    )
    assert found.argv[3:] == ("--port", "18791", "a", "b", "x$PORT", "$5", "")
    assert found.is_gateway
    assert "GONE" not in found.environment


@pytest.mark.parametrize(
    "lines",
    [
        ("ExecStart=/usr/local/bin/start-claw", "Environment=OPENCLAW_SERVICE_KIND=gateway"),
        ("ExecStart=/srv/run.sh", "Environment=OPENCLAW_STATE_DIR=/a OPENCLAW_GATEWAY_PORT=1"),
        ("ExecStart=/srv/run.sh gateway", "Environment=OPENCLAW_CONFIG_PATH=/a/openclaw.json"),
        ("ExecStart=/bin/bash -lc 'exec openclaw gateway --port 18790'",),
        ("ExecStart=/usr/bin/node \\", "# in between", f"  {INDEX} gateway"),
    ],
)
def test_a_gateway_is_known_by_its_command_or_its_environment(lines: tuple[str, ...]) -> None:
    assert service(*lines).is_gateway


@pytest.mark.parametrize(
    "lines",
    [
        (),
        ("Environment=OPENCLAW_STATE_DIR=/a OPENCLAW_GATEWAY_PORT=1",),
        ("ExecStart=/usr/local/bin/backup", "Environment=OPENCLAW_STATE_DIR=/a"),
        (START, "Type=oneshot"),
        ("ExecStart=/usr/bin/openclaw node run", "Environment=OPENCLAW_STATE_DIR=/a"),
        ("ExecStart=/usr/bin/x gateway", "Environment=OPENCLAW_SERVICE_KIND=node"),
        ("ExecStart=/usr/bin/docker run openclaw/openclaw gateway",),
        ("ExecStart=/usr/bin/ssh host openclaw gateway",),
    ],
)
def test_what_only_has_to_do_with_openclaw_is_no_gateway(lines: tuple[str, ...]) -> None:
    assert not service(*lines).is_gateway


@pytest.mark.parametrize(
    "text",
    ["", "[Service", "\0\0", "ExecStart=x", "[Service]\nExecStart='open", "[Service]\n=\n\\"],
)
def test_broken_units_are_read_as_far_as_they_go(text: str) -> None:
    assert not unit("claw.service", [text], {}).is_gateway


def test_a_line_with_a_nul_byte_is_none() -> None:
    found = service(START, "Environment=OPENCLAW_STATE_DIR=/a\0b")
    assert found.environment == {}


def test_a_supervisor_file_is_read_as_supervisor_reads_it() -> None:
    text = f"""
[supervisord]
logfile=/x
[program:%(odd)s]
[program: acme ]
command=/usr/bin/node {INDEX} gateway ; a comment
directory=%(here)s/work
user=claw
environment=A="1,2",B='x y',OPENCLAW_STATE_DIR="%(here)s/100%%/%(program_name)s",
  C=plain,D="%(ENV_HOME)s/x"
[eventlistener:x]
command=openclaw gateway
"""
    found = {program.name: program for program in programs(text, "/etc/sup")}
    assert set(found) == {"acme", "%(odd)s"}
    acme = found["acme"]
    assert acme.is_gateway and not found["%(odd)s"].is_gateway
    assert (acme.user, acme.working_dir) == ("claw", "/etc/sup/work")
    state_dir = "/etc/sup/100%/acme"
    assert acme.environment == {
        "A": "1,2",
        "B": "x y",
        "OPENCLAW_STATE_DIR": state_dir,
        "C": "plain",
    }


@pytest.mark.parametrize("text", ["", "no section", "[program:a\ncommand=x", "\0", "[a]\nb"])
def test_broken_supervisor_files_have_no_programs(text: str) -> None:
    assert [p for p in programs(text, "/etc") if p.is_gateway] == []
    assert included_files(text) == [] and supervisor_socket(text) == ""


def test_the_main_file_tells_socket_and_further_files() -> None:
    text = "[unix_http_server]\nfile=/run/s.sock ; here\n[include]\nfiles = a/*.conf b/*.ini\n"
    assert supervisor_socket(text) == "/run/s.sock"
    assert included_files(text) == ["a/*.conf", "b/*.ini"]
