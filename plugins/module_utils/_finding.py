# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""One finding of the doctor: its shape, its order, and the commands that mend. Pure.

Private to the claw.pilot collection. Python 3.9 or later.

A finding is {"slug", "openclaw_home", "check", "severity", "message", "evidence", "fix"}: slug and
openclaw_home are "" for the host itself; severity is error, warning or info; message is a
sentence; evidence says in words where it was seen; fix is one shell command for the host, or "".
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ._model import GATEWAY_TOKEN_VARIABLE, TELEGRAM_TOKEN_VARIABLE

SEVERITIES = ("error", "warning", "info")  # the worst first

Instance = Mapping[str, Any]
Finding = dict[str, str]

_RANDOM = "$(od -An -tx1 -N24 /dev/urandom | tr -d ' \\n')"  # 48 hex digits, as ours are


def finding(
    instance: Instance | None,
    check: str,
    severity: str,
    message: str,
    evidence: str = "",
    fix: str = "",
) -> Finding:
    """The finding of an instance, or with None that of the host."""
    return {
        "slug": str(instance["slug"]) if instance else "",
        "openclaw_home": str(instance["openclaw_home"]) if instance else "",
        "check": check,
        "severity": severity,
        "message": message,
        "evidence": evidence,
        "fix": fix,
    }


def order(item: Finding) -> tuple[int, str, str, str]:
    """Sorts findings: the worst first, then by slug, with the host before its instances."""
    return SEVERITIES.index(item["severity"]), item["slug"], item["openclaw_home"], item["check"]


@dataclass(frozen=True)
class Commands:
    """Shell commands for one instance, as the account `reader` may run them."""

    instance: Instance
    reader: str
    program: str = "openclaw"  # how a shell starts the OpenClaw of this instance

    @property
    def _owner(self) -> str:
        return str(self.instance["openclaw_user"])

    @property
    def _service(self) -> Mapping[str, Any]:
        service: Mapping[str, Any] = self.instance["service"]
        return service

    def chmod(self, mode: str, path: str) -> str:
        command = f"chmod {mode} {shlex.quote(path)}"
        return command if self.reader == self._owner else as_root(command, self.reader)

    def enable_linger(self) -> str:
        command = f"loginctl enable-linger {shlex.quote(self._owner)}"
        return command if self.reader == self._owner else as_root(command, self.reader)

    def service(self, verb: str) -> str:
        """Have the service manager enable, start or restart the instance."""
        name = shlex.quote(str(self._service["name"]))
        manager = self._service["manager"]
        if self.instance["managed"] and (manager, verb) != ("systemd", "enable"):
            return self.claw_pilot("start" if verb == "enable" else verb)
        if manager == "systemd" and self._service["scope"] == "user":
            return self._as_owner(f"systemctl --user {verb} {name}", session=True)
        if manager == "systemd":
            return as_root(f"systemctl {verb} {name}", self.reader)
        if verb == "enable":
            return ""
        return {
            "docker": f"docker {verb} {name}",
            "supervisor": as_root(f"supervisorctl {verb} {name}", self.reader),
        }.get(str(manager), "")

    def claw_pilot(self, verb: str, *pairs: str) -> str:
        """Our own command for an instance of ours."""
        words = ("claw-pilot", verb, str(self.instance["slug"]), *self._place())
        return shlex.join((*words, *pairs))

    def playbook(self, name: str) -> str:
        """A playbook for an instance of ours."""
        pairs = (f"slug={self.instance['slug']}", *self._place())
        given = (word for pair in pairs for word in ("-e", pair))
        return shlex.join(("ansible-playbook", f"claw.pilot.{name}", *given))

    def _place(self) -> list[str]:
        """Whose it is and where, as variables, where that is not the usual."""
        owner, home = self._owner, str(self.instance["openclaw_home"])
        usual = "/root" if owner == "root" else f"/home/{owner}"
        return [
            *([f"openclaw_user={owner}"] if owner != self.reader else []),
            *([f"openclaw_home={home}"] if home != usual else []),
        ]

    def openclaw(self, *words: str, stdin: str = "") -> str:
        """OpenClaw's own command for this instance; stdin: a shell command that feeds it."""
        if in_container(self.instance):
            flag = "-i " if stdin else ""
            name = shlex.quote(str(self._service["name"]))
            command = f"docker exec {flag}{name} openclaw {shlex.join(words)}"
        else:
            places = shlex.join(
                (
                    f"OPENCLAW_STATE_DIR={self.instance['state_dir']}",
                    f"OPENCLAW_CONFIG_PATH={self.instance['config_path']}",
                )
            )
            command = self._as_owner(f"env {places} {self.program} {shlex.join(words)}")
        return f"{stdin} | {command}" if stdin else command

    def new_token(self) -> str:
        """A new random gateway token; it never stands in the arguments of a process."""
        if self.instance["managed"] and self.instance["auth"]["secret"] == "unset":
            line = f"printf '\\n%s=%s\\n' {GATEWAY_TOKEN_VARIABLE} \"{_RANDOM}\""
            added = self._in_shell(f"(umask 077; {line} >> {self._env_path})")
            return f"{added} && {self.service('restart')}"
        patch = shlex.quote('{"gateway":{"auth":{"mode":"token","token":"%s"}}}')
        feed = f'printf {patch} "{_RANDOM}"'
        return self.openclaw("config", "patch", "--stdin", stdin=feed)

    def telegram_token(self) -> str:
        """Asks for the bot token and puts it into the instance's .env file."""
        ask = "printf 'Bot token: ' && read -r token"
        line = f"printf '\\n%s=%s\\n' {TELEGRAM_TOKEN_VARIABLE} \"$token\""
        return self._in_shell(f"{ask} && (umask 077; {line} >> {self._env_path})")

    @property
    def _env_path(self) -> str:
        return shlex.quote(str(self.instance["state_dir"]) + "/.env")

    def _as_owner(self, command: str, session: bool = False) -> str:
        """The command as the instance's user; session: it speaks to that user's systemd."""
        if self.reader == self._owner:
            return command
        owner = shlex.quote(self._owner)
        bus = f"XDG_RUNTIME_DIR=/run/user/$(id -u {owner}) " if session else ""
        return f"sudo -u {owner} {bus}{command}"

    def _in_shell(self, line: str) -> str:
        if self.reader == self._owner:
            return line
        return f"sudo -u {shlex.quote(self._owner)} sh -c {shlex.quote(line)}"


def in_container(instance: Instance) -> bool:
    return bool(instance["service"]["manager"] == "docker")


def as_root(command: str, reader: str) -> str:
    return command if reader == "root" else f"sudo {command}"
