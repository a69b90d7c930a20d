# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""How a gateway is launched: command, environment, systemd unit, supervisor program. Pure.

Private to the claw.pilot collection. Python 3.9 or later.

A gateway whose state directory holds nothing but openclaw.json at its first start skips its
state migrations. So the secrets of a first start come from a file outside of it, through
Node's own --env-file-if-exists, and the console log lies outside of it, too; once the gateway
is live the secrets move to their place, STATE_DIR/.env, and that file is gone.
"""

from __future__ import annotations

import os.path
import shlex
from dataclasses import dataclass

from ._model import InstanceSpec, Layout

CONFIG_EXIT_CODE = 78  # EX_CONFIG: OpenClaw refuses its config; a restart would not help


@dataclass(frozen=True)
class Runtime:
    """Node and OpenClaw as installed on the host; absolute paths.

    supervisor_python: runs `-m supervisor.supervisord`, empty where supervisor is not installed;
    prefix: below which all of them are.
    """

    node: str
    node_version: str
    openclaw_version: str
    entry: str
    supervisor_python: str = ""
    prefix: str = ""


@dataclass(frozen=True)
class Launch:
    """Everything a service manager needs to know to run one gateway."""

    name: str
    title: str
    command: tuple[str, ...]
    environment: tuple[tuple[str, str], ...]
    working_dir: str
    console_log: str
    stop_timeout: int


def launch(spec: InstanceSpec, layout: Layout, runtime: Runtime, port: int, manager: str) -> Launch:
    """The launch of a specification's gateway; manager: systemd or supervisor."""
    heap = [f"--max-old-space-size={spec.heap_limit_mb}"] if spec.heap_limit_mb else []
    command = (
        runtime.node,
        f"--env-file-if-exists={layout.first_start_env_path}",
        *heap,
        runtime.entry,
        "gateway",
        "--port",
        str(port),
    )
    return Launch(
        name=layout.service_name,
        title=f"OpenClaw Gateway - Instance {spec.slug} ({spec.title})",
        command=command,
        environment=tuple(
            {**environment(layout, runtime, port), **_service_variables(layout, manager)}.items()
        ),
        working_dir=layout.home,
        console_log=layout.console_log_path,
        stop_timeout=spec.stop_timeout,
    )


def environment(layout: Layout, runtime: Runtime, port: int) -> dict[str, str]:
    """The environment of a gateway and of any openclaw command for it; no secret in it.

    Profile, state directory, config path and port are always explicit: OpenClaw falls back to
    the default instance's for each that is missing.
    """
    search = (
        os.path.dirname(runtime.node),
        os.path.join(layout.home, ".local", "bin"),
        "/usr/local/bin",
        "/usr/bin",
        "/bin",
    )
    return {
        "HOME": layout.home,
        "PATH": os.pathsep.join(search),
        "LANG": "C.UTF-8",
        "NO_COLOR": "1",
        "OPENCLAW_PROFILE": layout.slug,
        "OPENCLAW_STATE_DIR": layout.state_dir,
        "OPENCLAW_CONFIG_PATH": layout.config_path,
        "OPENCLAW_GATEWAY_PORT": str(port),
        "OPENCLAW_NO_AUTO_UPDATE": "1",
        "OPENCLAW_DISABLE_BONJOUR": "1",
        "XDG_CACHE_HOME": os.path.join(layout.state_dir, "cache"),
        # OpenClaw asks npm now and then, which would keep its logs in the home.
        "npm_config_cache": os.path.join(layout.state_dir, "cache", "npm"),
    }


def _service_variables(layout: Layout, manager: str) -> dict[str, str]:
    """How the gateway restarts itself: it exits for systemd to start it again (and reads its
    stop timeout from the unit); under supervisor it restarts within its process.
    """
    if manager != "systemd":
        return {"OPENCLAW_NO_RESPAWN": "1"}
    return {
        "OPENCLAW_SYSTEMD_UNIT": f"{layout.service_name}.service",
        "OPENCLAW_SERVICE_MARKER": "openclaw",
        "OPENCLAW_SERVICE_KIND": "gateway",
    }


def runs_state_dir(definition: str, state_dir: str) -> bool:
    """Whether a unit or program, as written by us, is that of this state directory."""
    return f"OPENCLAW_STATE_DIR={_percent(state_dir)}" in definition.replace('="', "=")


def _percent(text: str) -> str:
    """A percent sign has a meaning in units and in supervisor's files."""
    return text.replace("%", "%%")


def systemd_unit(launched: Launch) -> str:
    """The text of the systemd user unit."""
    variables = "\n".join(
        f"Environment={_systemd_quote(f'{name}={value}')}" for name, value in launched.environment
    )
    # A dollar sign has a meaning in ExecStart=, but none in Environment=.
    command = " ".join(_systemd_quote(word.replace("$", "$$")) for word in launched.command)
    log = _percent(launched.console_log)
    return f"""\
# Made by Claw Pilot; changes are overwritten at the next run of create_instance.
[Unit]
Description={_percent(launched.title)}
After=network-online.target
Wants=network-online.target
StartLimitBurst=10
StartLimitIntervalSec=300

[Service]
ExecStart={command}
Restart=always
RestartSec=5
RestartPreventExitStatus={CONFIG_EXIT_CODE}
SuccessExitStatus=0 143
KillMode=mixed
TimeoutStopSec={launched.stop_timeout}
OOMPolicy=continue
WorkingDirectory={_percent(launched.working_dir)}
StandardOutput=append:{log}
StandardError=append:{log}
{variables}
UMask=0077
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
SystemCallArchitectures=native

[Install]
WantedBy=default.target
"""


def _systemd_quote(word: str) -> str:
    escaped = _percent(word.replace("\\", "\\\\").replace('"', '\\"'))
    return f'"{escaped}"' if any(c in word for c in " \t'\"") else escaped


def supervisor_program(launched: Launch) -> str:
    """The text of the supervisor program."""
    variables = ",".join(f'{name}="{_percent(value)}"' for name, value in launched.environment)
    command = " ".join(shlex.quote(_percent(word)) for word in launched.command)
    log = _percent(launched.console_log)
    return f"""\
; Made by Claw Pilot; changes are overwritten at the next run of create_instance.
; {launched.title}
[program:{launched.name}]
command={command}
directory={_percent(launched.working_dir)}
environment={variables}
umask=077
autostart=true
autorestart=unexpected
exitcodes={CONFIG_EXIT_CODE}
startsecs=1
startretries=10
stopsignal=TERM
stopwaitsecs={launched.stop_timeout}
killasgroup=true
redirect_stderr=true
stdout_logfile={log}
stdout_logfile_maxbytes=1MB
stdout_logfile_backups=1
"""


def supervisord_config(service_dir: str) -> str:
    """The text of the one supervisord.conf per home."""
    folder = _percent(service_dir)
    return f"""\
; Made by Claw Pilot: keeps OpenClaw gateways running where there is no systemd user session.
[unix_http_server]
file={folder}/supervisor.sock
chmod=0700

[supervisord]
logfile={folder}/supervisord.log
logfile_maxbytes=1MB
logfile_backups=1
pidfile={folder}/supervisord.pid
childlogdir={folder}
umask=077
identifier=claw-pilot

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl=unix://{folder}/supervisor.sock

[include]
files = supervisor.d/*.ini
"""
