# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The doctor: nothing to say of a healthy host, and one finding for each thing that is wrong."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _doctor
from ansible_collections.claw.pilot.plugins.module_utils._model import OPENCLAW_VERSION

from tests.unit.observed import CONFIG, HOST, OPENCLAW, STATE_DIR, changed, findings, instance


def test_a_healthy_host_has_nothing_to_be_said_of_it() -> None:
    seen = {"token": "accepted", "pending_devices": 0, "pending_pairings": 0, "error": ""}
    assert findings(instance(), examined={STATE_DIR: seen}) == []
    assert findings() == []


NEVER_LIVE = {"health__live": False, "health__ready": False}
STOPPED = {"state": "stopped", "service__enabled": False, **NEVER_LIVE}
SUPERVISOR = {"service__manager": "supervisor", "service__scope": ""}
TELEGRAM = {"telegram__enabled": True}
HERE = f"OPENCLAW_STATE_DIR={STATE_DIR} OPENCLAW_CONFIG_PATH={CONFIG}"
# changes -> check, severity, words of the message, words of the evidence, the fix
WRONG: list[tuple[dict[str, Any], str, str, str, str, str]] = [
    (
        {"problems": [{"code": "FILE_MALFORMED", "message": "x is not JSON5."}]},
        "config",
        "error",
        "x is not JSON5.",
        CONFIG,
        "",
    ),
    (
        {"problems": [{"code": "TWO_SERVICES", "message": "Two services run it."}]},
        "service",
        "warning",
        "Two services",
        CONFIG,
        "",
    ),
    (
        {"files__state_mode": "0755"},
        "modes",
        "error",
        "state directory",
        f"mode 0755 of {STATE_DIR}",
        f"chmod 700 {STATE_DIR}",
    ),
    (
        {"files__config_mode": "0644"},
        "modes",
        "error",
        "config can be read",
        "mode 0644",
        f"chmod 600 {CONFIG}",
    ),
    (
        {"files__env_mode": "0640"},
        "modes",
        "error",
        "secrets",
        "mode 0640",
        f"chmod 600 {STATE_DIR}/.env",
    ),
    (
        {"state": "error", "reason": "It ended with exit code 78.", **NEVER_LIVE},
        "health",
        "error",
        "exit code 78.",
        "systemd openclaw-acme, port 18789",
        "claw-pilot restart acme",
    ),
    (
        {"state": "degraded", "health__failing": ["channels"], "health__ready": False},
        "health",
        "warning",
        "not ready: channels",
        "port 18789",
        "claw-pilot restart acme",
    ),
    (
        {"state": "starting", "process__uptime_seconds": 900},
        "health",
        "warning",
        "starting for 900 seconds",
        "port 18789",
        "",
    ),
    (
        {"state": "unknown", "reason": "Its unit may not be read."},
        "health",
        "warning",
        "Its unit may not be read.",
        "port 18789",
        "",
    ),
    (
        {"service__manager": "none", "service__scope": "", "managed": False},
        "service",
        "warning",
        "without a service manager",
        "process 4711",
        "",
    ),
    (
        {"service__enabled": False},
        "service",
        "warning",
        "not enabled",
        "openclaw-acme.service",
        "systemctl --user enable openclaw-acme",
    ),
    (
        {**SUPERVISOR, "service__enabled": False},
        "service",
        "warning",
        "not enabled",
        "openclaw-acme",
        "claw-pilot start acme",
    ),
    (SUPERVISOR, "service", "info", "after a reboot", "openclaw-acme", ""),
    (
        {"locks": [{"path": "/x/gateway.lock", "pid": 9, "stale": True}]},
        "lock",
        "info",
        "process that is gone",
        "/x/gateway.lock, process 9",
        "",
    ),
    (
        {"openclaw_version": "2026.9.5"},
        "version",
        "warning",
        "2026.9.5 is older",
        "openclaw-acme",
        f"claw-pilot create acme openclaw_version={OPENCLAW_VERSION}",
    ),
    (
        {"openclaw_version": "2026.8.30", "managed": False},
        "version",
        "warning",
        "2026.8.30 is older",
        "openclaw-acme",
        f"npm install --global openclaw@{OPENCLAW_VERSION}",
    ),
    (
        TELEGRAM,
        "telegram",
        "error",
        "no bot token",
        CONFIG,
        "printf 'Bot token: ' && read -r token && (umask 077; "
        f"printf '\\n%s=%s\\n' TELEGRAM_BOT_TOKEN \"$token\" >> {STATE_DIR}/.env)",
    ),
    ({**TELEGRAM, "telegram__token": "literal"}, "telegram", "info", ".env file", CONFIG, ""),
    (
        {"auth__mode": "none", "auth__secret": "missing"},
        "token",
        "warning",
        "every program of this host",
        CONFIG,
        f"…| env {HERE} {OPENCLAW} config patch --stdin",
    ),
    (
        {"auth__secret": "unset"},
        "token",
        "error",
        "a variable that nothing sets",
        CONFIG,
        f"…>> {STATE_DIR}/.env) && claw-pilot restart acme",
    ),
    (
        {"auth__secret": "undefined"},
        "token",
        "error",
        "The token is a word such as undefined",
        CONFIG,
        f"…| env {HERE} {OPENCLAW} config patch --stdin",
    ),
    (
        {"auth__secret": "missing"},
        "token",
        "error",
        "no token in the config",
        CONFIG,
        "…config patch --stdin",
    ),
    (
        {"auth__mode": "password", "auth__secret": "missing"},
        "token",
        "error",
        "no password in the config",
        CONFIG,
        "",
    ),
    ({"auth__secret": "weak"}, "token", "warning", "easy to guess", CONFIG, "…patch --stdin"),
    ({"auth__secret": "literal"}, "token", "info", "the .env file", CONFIG, ""),
    (
        {"bind": "lan"},
        "exposure",
        "warning",
        "open to the network (bind: lan).",
        "port 18789",
        f"env {HERE} {OPENCLAW} config set gateway.bind loopback",
    ),
    (
        {"bind": "default"},
        "exposure",
        "info",
        "bind is not in the config",
        CONFIG,
        f"env {HERE} {OPENCLAW} config set gateway.bind loopback",
    ),
    ({"bind": "lan", "service__manager": "docker"}, "exposure", "info", "bind: lan", CONFIG, ""),
]


@pytest.mark.parametrize(("changes", "check", "severity", "message", "evidence", "fix"), WRONG)
def test_what_is_wrong_is_one_finding(
    changes: dict[str, Any], check: str, severity: str, message: str, evidence: str, fix: str
) -> None:
    (found,) = findings(instance(**changes))
    assert (found["check"], found["severity"], found["slug"]) == (check, severity, "acme")
    assert message in found["message"]
    assert found["message"].endswith(".")
    assert evidence in found["evidence"]
    assert found["fix"].endswith(fix[1:]) if fix.startswith("…") else found["fix"] == fix


FINE = [
    STOPPED,
    {**STOPPED, **SUPERVISOR},
    {"state": "starting", "health__ready": False},
    {"files__env_mode": ""},
    {"openclaw_version": ""},
    {"openclaw_version": "v2026.10.1"},
    {"auth__mode": "trusted-proxy", "auth__secret": "missing"},
    {**TELEGRAM, "telegram__token": "file"},
    {**SUPERVISOR, "service__scope": "system"},
    {"bind": ""},
    {"state": "starting", "auth__secret": "unset"},
    {"config_path": "", "state_dir": "", "auth__secret": "missing", "bind": "lan"},
]


@pytest.mark.parametrize("changes", FINE)
def test_what_is_in_order_is_none(changes: dict[str, Any]) -> None:
    assert findings(instance(**changes)) == []


@pytest.mark.parametrize("secret", ["missing", "unset", "undefined", "weak"])
def test_a_bad_token_makes_exposure_an_error(secret: str) -> None:
    found = findings(instance(bind="lan", auth__secret=secret))
    assert ("exposure", "error") in {(f["check"], f["severity"]) for f in found}
    found = findings(instance(bind="lan", service__manager="docker", auth__mode="none"))
    assert [f["check"] for f in found] == ["exposure", "token"]


def test_lingering_matters_for_enabled_units_of_a_user_only() -> None:
    off = changed(HOST, linger={"claw": False})
    (found,) = findings(instance(), host=off)
    assert (found["check"], found["severity"]) == ("linger", "error")
    assert found["fix"] == "loginctl enable-linger claw"
    assert findings(instance(service__scope="system"), host=off) == []
    assert findings(instance(**STOPPED), host=off) == []
    assert findings(instance(), host=changed(HOST, linger={})) == []


SEEN: dict[str, Any] = {
    "token": "accepted",
    "pending_devices": 0,
    "pending_pairings": 0,
    "telegram": {"configured": True, "running": True, "connected": True, "last_error": ""},
    "error": "",
}
ANSWERS: list[tuple[dict[str, Any], str, str, str]] = [
    ({"token": "refused"}, "token", "error", "refuses the token of its own files"),
    ({"token": "unknown", "error": "It is silent."}, "health", "warning", "It is silent."),
    ({"pending_devices": 1}, "pairing", "info", "1 device waits for approval."),
    ({"pending_pairings": 3}, "pairing", "info", "3 chat senders wait for approval."),
    ({"telegram__connected": False}, "telegram", "warning", "but is not connected."),
    ({"telegram__running": False}, "telegram", "error", "but does not run."),
    (
        {"telegram__connected": False, "telegram__last_error": "401: Unauthorized"},
        "telegram",
        "error",
        "but is not connected: 401: Unauthorized.",
    ),
]


@pytest.mark.parametrize(("changes", "check", "severity", "message"), ANSWERS)
def test_what_the_live_gateway_says_is_a_finding(
    changes: dict[str, Any], check: str, severity: str, message: str
) -> None:
    acme = instance(telegram__enabled=True, telegram__token="reference")
    assert findings(acme, examined={STATE_DIR: SEEN}) == []
    (found,) = findings(acme, examined={STATE_DIR: changed(SEEN, **changes)})
    assert (found["check"], found["severity"]) == (check, severity)
    assert message in found["message"]


def test_findings_come_worst_first_then_by_slug() -> None:
    found = findings(
        instance("bb", port=1, files__env_mode="0644", openclaw_version="2026.1.1"),
        instance("aa", port=2000, files__env_mode="0644", auth__secret="weak"),
        host=changed(HOST, disk__free_bytes=500_000_000),
    )
    assert [(f["severity"], f["slug"], f["check"]) for f in found] == [
        ("error", "aa", "modes"),
        ("error", "bb", "modes"),
        ("warning", "", "disk"),
        ("warning", "aa", "token"),
        ("warning", "bb", "version"),
        ("info", "", "version"),
    ]
    assert _doctor.summary(found, 2) == {"error": 2, "warning": 3, "info": 1, "instances": 2}


def test_what_cannot_be_read_is_one_finding_whatever_else_it_looks_like() -> None:
    broken = {"code": "FILE_MALFORMED", "message": "x is not JSON5."}
    unread = {"auth__secret": "missing", "bind": "default", "reason": broken["message"]}
    (found,) = findings(instance(problems=[broken], state="error", **unread))
    assert (found["check"], found["severity"]) == ("config", "error")


@pytest.mark.parametrize(
    ("code", "severity"),
    [("STATE_DIR_UNREADABLE", "warning"), ("SYSTEMD_UNANSWERED", "info")],
)
def test_what_the_probe_could_not_see_is_said(code: str, severity: str) -> None:
    warning = {"code": code, "path": "/root", "message": "It may not be read."}
    (found,) = _doctor.findings({"host": HOST, "instances": [], "warnings": [warning]})
    assert (found["slug"], found["check"], found["severity"]) == ("", "config", severity)
    assert (found["message"], found["evidence"]) == ("It may not be read.", "/root")


def test_an_instance_with_a_hostile_name_is_an_error_without_a_command() -> None:
    folder = "/tmp/\u202e{{ lookup('pipe', 'x') }}/.openclaw-acme"
    seen = instance(state_dir=folder, state="error", telegram__enabled=True)
    (found,) = findings(seen)
    assert (found["check"], found["severity"], found["fix"]) == ("name", "error", "")
    assert "rename it" in found["message"]
    assert "\u202e" not in found["message"] + found["evidence"]
    assert "\\u202e" in found["evidence"]
