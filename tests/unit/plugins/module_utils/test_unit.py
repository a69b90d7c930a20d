# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a gateway is launched: the texts, what a service manager makes of them, and no secret."""

from __future__ import annotations

import configparser
import shlex
from collections.abc import Mapping
from dataclasses import replace

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _unit
from ansible_collections.claw.pilot.plugins.module_utils._model import (
    ClawPilotError,
    InstanceSpec,
    Layout,
    ProviderSpec,
    TelegramSpec,
    spec_from,
)
from ansible_collections.claw.pilot.plugins.module_utils._unit import Launch, Runtime
from supervisor.datatypes import dict_of_key_value_pairs

SPEC = InstanceSpec("acme", display_name="Acme 100%", heap_limit_mb=384)
LAYOUT = Layout("/opt/openclaw", "acme")
RUNTIME = Runtime("/opt/n/bin/node", "24.19.0", "2026.9.6", "/opt/oc/dist/index.js")
ODD_HOMES = {
    "space": "/srv/open claw",
    "percent": "/srv/100%/n",
    "dollar": "/srv/$HOME",
    "backslash": "/srv/a\\b",
    "apostrophe": "/srv/it's",
    "all": "/srv/a 50% $b's",
}

UNIT = """\
# Made by Claw Pilot; changes are overwritten at the next run of create_instance.
[Unit]
Description=OpenClaw Gateway - Instance acme (Acme 100%%)
After=network-online.target
Wants=network-online.target
StartLimitBurst=10
StartLimitIntervalSec=300

[Service]
ExecStart=/opt/n/bin/node \
--env-file-if-exists=/opt/openclaw/.local/state/claw-pilot/openclaw-acme.env \
--max-old-space-size=384 /opt/oc/dist/index.js gateway --port 18789
Restart=always
RestartSec=5
RestartPreventExitStatus=78
SuccessExitStatus=0 143
KillMode=mixed
TimeoutStopSec=30
OOMPolicy=continue
WorkingDirectory=/opt/openclaw
StandardOutput=append:/opt/openclaw/.local/state/claw-pilot/openclaw-acme.log
StandardError=append:/opt/openclaw/.local/state/claw-pilot/openclaw-acme.log
Environment=HOME=/opt/openclaw
Environment=PATH=/opt/n/bin:/opt/openclaw/.local/bin:/usr/local/bin:/usr/bin:/bin
Environment=LANG=C.UTF-8
Environment=NO_COLOR=1
Environment=OPENCLAW_PROFILE=acme
Environment=OPENCLAW_STATE_DIR=/opt/openclaw/.openclaw-acme
Environment=OPENCLAW_CONFIG_PATH=/opt/openclaw/.openclaw-acme/openclaw.json
Environment=OPENCLAW_GATEWAY_PORT=18789
Environment=OPENCLAW_NO_AUTO_UPDATE=1
Environment=OPENCLAW_DISABLE_BONJOUR=1
Environment=XDG_CACHE_HOME=/opt/openclaw/.openclaw-acme/cache
Environment=npm_config_cache=/opt/openclaw/.openclaw-acme/cache/npm
Environment=OPENCLAW_SYSTEMD_UNIT=openclaw-acme.service
Environment=OPENCLAW_SERVICE_MARKER=openclaw
Environment=OPENCLAW_SERVICE_KIND=gateway
UMask=0077
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
SystemCallArchitectures=native

[Install]
WantedBy=default.target
"""

PROGRAM = """\
; Made by Claw Pilot; changes are overwritten at the next run of create_instance.
; OpenClaw Gateway - Instance acme (Acme 100%)
[program:openclaw-acme]
command=/opt/n/bin/node \
--env-file-if-exists=/opt/openclaw/.local/state/claw-pilot/openclaw-acme.env \
--max-old-space-size=384 /opt/oc/dist/index.js gateway --port 18789
directory=/opt/openclaw
environment=HOME="/opt/openclaw",\
PATH="/opt/n/bin:/opt/openclaw/.local/bin:/usr/local/bin:/usr/bin:/bin",\
LANG="C.UTF-8",NO_COLOR="1",OPENCLAW_PROFILE="acme",\
OPENCLAW_STATE_DIR="/opt/openclaw/.openclaw-acme",\
OPENCLAW_CONFIG_PATH="/opt/openclaw/.openclaw-acme/openclaw.json",\
OPENCLAW_GATEWAY_PORT="18789",OPENCLAW_NO_AUTO_UPDATE="1",OPENCLAW_DISABLE_BONJOUR="1",\
XDG_CACHE_HOME="/opt/openclaw/.openclaw-acme/cache",\
npm_config_cache="/opt/openclaw/.openclaw-acme/cache/npm",\
OPENCLAW_NO_RESPAWN="1"
umask=077
autostart=true
autorestart=unexpected
exitcodes=78
startsecs=1
startretries=10
stopsignal=TERM
stopwaitsecs=30
killasgroup=true
redirect_stderr=true
stdout_logfile=/opt/openclaw/.local/state/claw-pilot/openclaw-acme.log
stdout_logfile_maxbytes=1MB
stdout_logfile_backups=1
"""


def launched(manager: str, home: str = "/opt/openclaw", spec: InstanceSpec = SPEC) -> Launch:
    runtime = RUNTIME if home == "/opt/openclaw" else replace(RUNTIME, node=home + "/n/node")
    return _unit.launch(spec, Layout(home, spec.slug), runtime, 18789, manager)


def as_supervisor_reads(text: str) -> configparser.SectionProxy:
    """The program's section, read with the settings of supervisor's own parser."""
    parser = configparser.RawConfigParser(inline_comment_prefixes=(";", "#"), strict=False)
    parser.read_string(text)
    assert len(parser.sections()) == 1
    return parser[parser.sections()[0]]


def as_systemd_reads(value: str, dollar: bool) -> list[str]:
    """The words of a unit's value; `$$` is one `$` in commands, and nothing special elsewhere."""
    words = shlex.split(value)
    for special in "%$" if dollar else "%":
        assert not [w for w in words if special in w.replace(special * 2, "")], "not escaped"
        words = [word.replace(special * 2, special) for word in words]
    return words


def test_the_unit_is_as_agreed() -> None:
    assert _unit.systemd_unit(launched("systemd")) == UNIT


def test_the_supervisor_program_is_as_agreed() -> None:
    assert _unit.supervisor_program(launched("supervisor")) == PROGRAM


@pytest.mark.parametrize("home", ODD_HOMES.values(), ids=ODD_HOMES.keys())
def test_systemd_reads_back_the_command_of_an_odd_home(home: str) -> None:
    launch = launched("systemd", home)
    lines = _unit.systemd_unit(launch).splitlines()
    (command,) = [line.partition("=")[2] for line in lines if line.startswith("ExecStart=")]
    assert as_systemd_reads(command, dollar=True) == list(launch.command)


@pytest.mark.parametrize("home", ODD_HOMES.values(), ids=ODD_HOMES.keys())
def test_systemd_reads_back_the_environment_of_an_odd_home(home: str) -> None:
    # systemd.exec(5) on Environment=: the "$" character has no special meaning
    launch = launched("systemd", home)
    lines = _unit.systemd_unit(launch).splitlines()
    values = [line.partition("=")[2] for line in lines if line.startswith("Environment=")]
    words = [word for value in values for word in as_systemd_reads(value, dollar=False)]
    assert words == [f"{name}={value}" for name, value in launch.environment]


@pytest.mark.parametrize("home", ODD_HOMES.values(), ids=ODD_HOMES.keys())
def test_paths_that_take_the_whole_line_are_not_quoted_in_a_unit(home: str) -> None:
    text = _unit.systemd_unit(launched("systemd", home))
    escaped = home.replace("%", "%%")
    assert f"\nWorkingDirectory={escaped}\n" in text
    assert f"\nStandardOutput=append:{escaped}/.local/state/" in text


@pytest.mark.parametrize("home", ODD_HOMES.values(), ids=ODD_HOMES.keys())
def test_supervisor_reads_back_command_environment_and_paths_of_an_odd_home(home: str) -> None:
    launch = launched("supervisor", home)
    section = as_supervisor_reads(_unit.supervisor_program(launch))
    nothing: Mapping[str, str] = {}
    assert shlex.split(section["command"] % nothing) == list(launch.command)
    assert dict_of_key_value_pairs(section["environment"] % nothing) == dict(launch.environment)
    assert section["directory"] % nothing == launch.working_dir
    assert section["stdout_logfile"] % nothing == launch.console_log


@pytest.mark.parametrize("manager", ["systemd", "supervisor"])
def test_the_three_variables_and_the_port_are_always_explicit(manager: str) -> None:
    environment = dict(launched(manager).environment)
    assert environment["OPENCLAW_PROFILE"] == "acme"
    assert environment["OPENCLAW_STATE_DIR"] == LAYOUT.state_dir
    assert environment["OPENCLAW_CONFIG_PATH"] == LAYOUT.config_path
    assert environment["OPENCLAW_GATEWAY_PORT"] == "18789"
    assert {"OPENCLAW_PROFILE", "OPENCLAW_STATE_DIR", "OPENCLAW_CONFIG_PATH"} <= set(
        _unit.environment(LAYOUT, RUNTIME, 18789)
    )


def test_only_systemd_is_told_its_unit_and_restarts_for_the_gateway() -> None:
    systemd, supervisor = (dict(launched(m).environment) for m in ("systemd", "supervisor"))
    assert systemd["OPENCLAW_SYSTEMD_UNIT"] == "openclaw-acme.service"
    assert systemd["OPENCLAW_SERVICE_MARKER"] == "openclaw"
    assert not {"OPENCLAW_SYSTEMD_UNIT", "OPENCLAW_SERVICE_MARKER"} & set(supervisor)


@pytest.mark.parametrize("manager", ["systemd", "supervisor"])
def test_neither_text_has_a_secret_or_a_reference_to_one(manager: str) -> None:
    spec = replace(
        SPEC, providers=(ProviderSpec("anthropic"),), telegram=TelegramSpec(enabled=True)
    )
    launch = launched(manager, spec=spec)
    text = _unit.systemd_unit(launch) + _unit.supervisor_program(launch)
    for word in ("API_KEY", "TOKEN", "${", "SECRET", "PASSWORD"):
        assert word not in text.upper()


@pytest.mark.parametrize("manager", ["systemd", "supervisor"])
@pytest.mark.parametrize(
    "name", ["A\nExecStartPre=/bin/evil", "A\n[program:evil]\ncommand=evil", "A\r\nB"]
)
def test_a_display_name_cannot_add_a_line(manager: str, name: str) -> None:
    try:
        spec = spec_from({"slug": "acme", "display_name": name})
    except ClawPilotError:
        return
    launch = launched(manager, spec=spec)
    plain = launched(manager, spec=InstanceSpec("acme", display_name="A"))
    for text in (_unit.systemd_unit, _unit.supervisor_program):
        lines, expected = text(launch).splitlines(), text(plain).splitlines()
        assert len(lines) == len(expected)


def test_no_heap_limit_is_nodes_own() -> None:
    command = launched("systemd", spec=InstanceSpec("acme")).command
    assert not [word for word in command if "old-space" in word]
    assert command[-3:] == ("gateway", "--port", "18789")


def test_the_stop_timeout_is_that_of_the_specification() -> None:
    launch = launched("systemd", spec=InstanceSpec("acme", stop_timeout=90))
    assert "\nTimeoutStopSec=90\n" in _unit.systemd_unit(launch)
    assert "\nstopwaitsecs=90\n" in _unit.supervisor_program(launch)


def supervisord(folder: str) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(inline_comment_prefixes=(";", "#"), strict=False)
    parser.read_string(_unit.supervisord_config(folder))
    return parser


def test_supervisord_keeps_everything_in_our_folder_and_to_its_user() -> None:
    config = supervisord("/h/.local/state/claw-pilot")
    assert config["unix_http_server"]["file"] == "/h/.local/state/claw-pilot/supervisor.sock"
    assert config["unix_http_server"]["chmod"] == "0700"
    assert config["supervisord"]["umask"] == "077"
    assert config["supervisord"]["childlogdir"] == "/h/.local/state/claw-pilot"
    assert "user" not in config["supervisord"]


@pytest.mark.parametrize("folder", ["/h/claw-pilot", "/srv/open claw/claw-pilot", "/srv/1%/c"])
def test_supervisord_finds_its_programs_in_any_folder(folder: str) -> None:
    files = supervisord(folder)["include"]["files"] % {}
    # supervisor splits this value at spaces; a relative path is relative to the file it is in
    assert files.split() in ([f"{folder}/supervisor.d/*.ini"], ["supervisor.d/*.ini"])


# A home with one of these is refused before anything is written (INVALID_TEXT).
USABLE_HOMES = [home for home in ODD_HOMES.values() if not set(home) & set('"\\;#')]


@pytest.mark.parametrize("manager", ["systemd", "supervisor"])
@pytest.mark.parametrize("home", USABLE_HOMES)
def test_a_definition_is_known_as_that_of_its_own_home_only(home: str, manager: str) -> None:
    launch = launched(manager, home)
    render = _unit.systemd_unit if manager == "systemd" else _unit.supervisor_program
    state_dir = dict(launch.environment)["OPENCLAW_STATE_DIR"]
    assert _unit.runs_state_dir(render(launch), state_dir)
    assert not _unit.runs_state_dir(render(launch), f"/elsewhere{state_dir}")
