# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What is wrong with the instances of a host, how bad it is, and what mends it. Pure.

Private to the claw.pilot collection. Python 3.9 or later.

Each check is a function from one instance to findings (docs/doctor.md has them all); what lies
between instances is in _doctor_host, what only a live gateway tells is gathered by _examine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ._doctor_host import host_findings, numbers, toolbox
from ._finding import SEVERITIES, Commands, Finding, Instance, finding, in_container, order
from ._hostile import hostile, shown
from ._model import OPENCLAW_VERSION
from ._problems import PORT_TAKEN, TWO_SERVICES

_SECRET_MODES = ("token", "password")
LONG_START = 300  # seconds; a slow host may take minutes
MEM0_PLUGIN = "npm:@mem0/openclaw-mem0@1.0.16"
_UP = ("running", "starting", "degraded")
_NOBODY_KNOWS = "so the gateway makes one up that nobody knows."
_BAD_SECRETS = {
    "missing": f"There is no {{mode}} in the config, {_NOBODY_KNOWS}",
    "unset": f"The {{mode}} refers to a variable that nothing sets, {_NOBODY_KNOWS}",
    "undefined": "The {mode} is a word such as undefined or null, which OpenClaw refuses.",
}


def findings(
    observation: Mapping[str, Any],
    examined: Mapping[str, Mapping[str, Any]] | None = None,
    reader: str = "root",
) -> list[Finding]:
    """All findings of an observation, the worst first, then by slug.

    examined: state_dir -> what _examine learned from its gateway; reader: the account that is to
    run the fixes, which decides where they need sudo.
    """
    host, instances = observation["host"], observation["instances"]
    tools = toolbox(host, reader)
    found = list(host_findings(host, instances, reader, tools))
    found += [_not_seen(warning) for warning in observation["warnings"]]
    for instance in instances:
        why = hostile(instance)
        if why:  # no command with such a name is offered
            hint = "See who made it; rename it, then it can be adopted."
            found.append(finding(instance, "name", "error", f"{why} {hint}", _where(instance)))
            continue
        commands = tools(instance)
        for check in _CHECKS:
            found += check(instance, commands)
        found += _linger(instance, commands, host["linger"])
        found += _answers(instance, commands, (examined or {}).get(instance["state_dir"]) or {})
    return sorted(found, key=order)


def summary(found: Sequence[Finding], instances: int) -> dict[str, int]:
    """How many findings of each severity there are, in how many instances they were looked for."""
    counts = {severity: 0 for severity in SEVERITIES}
    for item in found:
        counts[item["severity"]] += 1
    return {**counts, "instances": instances}


def _where(instance: Instance) -> str:
    """Where a hostile instance is, to be read and not to be used."""
    return shown(instance["state_dir"] or instance["service"]["name"] or instance["config_path"])


def _not_seen(warning: Mapping[str, str]) -> Finding:
    severity = "warning" if warning["code"] == "STATE_DIR_UNREADABLE" else "info"
    return finding(None, "config", severity, warning["message"], warning["path"])


def _config(instance: Instance, _commands: Commands) -> Iterator[Finding]:
    where = instance["config_path"] or instance["state_dir"]
    for problem in instance["problems"]:
        if problem["code"] == TWO_SERVICES:
            yield finding(instance, "service", "warning", problem["message"], where)
        elif problem["code"] != PORT_TAKEN:  # which _doctor_host tells of
            yield finding(instance, "config", "error", problem["message"], where)


def _is_read(instance: Instance) -> bool:
    """Whether its config could be read, so that what is missing in it says something."""
    beside = (TWO_SERVICES, PORT_TAKEN)
    broken = any(problem["code"] not in beside for problem in instance["problems"])
    return bool(instance["config_path"]) and not broken


def _modes(instance: Instance, commands: Commands) -> Iterator[Finding]:
    files, folder = instance["files"], instance["state_dir"]
    for key, path, wanted, what in (
        ("state_mode", folder, "700", "The state directory can be entered"),
        ("config_mode", instance["config_path"], "600", "The config can be read"),
        ("env_mode", f"{folder}/.env", "600", "The file with the secrets can be read"),
    ):
        mode = files[key]
        if mode and int(mode, 8) & 0o077:
            yield finding(
                instance,
                "modes",
                "error",
                f"{what} by others on this host.",
                f"mode {mode} of {path}",
                commands.chmod(wanted, path),
            )


def _health(instance: Instance, commands: Commands) -> Iterator[Finding]:
    state, process = instance["state"], instance["process"]
    reason = instance["reason"].rstrip(".")
    if any(problem["message"] == instance["reason"] for problem in instance["problems"]):
        return  # it is told of as such
    if state == "error":
        message = f"The gateway does not run: {reason or 'its service failed'}."
        yield finding(
            instance, "health", "error", message, _service(instance), commands.service("restart")
        )
    elif state == "degraded":
        failing = ", ".join(instance["health"]["failing"])
        message = f"The gateway is not ready: {reason or failing or 'it does not say why'}."
        yield finding(
            instance, "health", "warning", message, _service(instance), commands.service("restart")
        )
    elif state == "starting" and int(process["uptime_seconds"]) > LONG_START:
        message = f"The gateway has been starting for {process['uptime_seconds']} seconds."
        yield finding(instance, "health", "warning", message, _service(instance))
    elif state == "unknown":
        message = f"How the gateway is could not be found out: {reason or 'no reason is known'}."
        yield finding(instance, "health", "warning", message, _service(instance))


def _service(instance: Instance) -> str:
    service = instance["service"]
    if service["manager"] == "none":
        return f"process {instance['process']['pid']}, port {instance['port']}"
    return f"{service['manager']} {service['name']}, port {instance['port']}"


def _service_survives(instance: Instance, commands: Commands) -> Iterator[Finding]:
    service, up = instance["service"], instance["state"] in _UP
    manager = service["manager"]
    if manager == "none" and instance["process"]["pid"]:
        message = "It runs without a service manager: nothing starts it again after a reboot."
        yield finding(instance, "service", "warning", message, _service(instance))
    if manager in ("systemd", "supervisor") and up and not service["enabled"]:
        message = "Its service is not enabled: it does not start again after a reboot."
        evidence = service["definition_path"] or _service(instance)
        fix = commands.service("enable")
        yield finding(instance, "service", "warning", message, evidence, fix)
    if manager == "supervisor" and service["scope"] != "system" and service["enabled"]:
        message = "supervisor does not start again after a reboot: start the instance then."
        yield finding(instance, "service", "info", message, service["definition_path"])


def _linger(
    instance: Instance, commands: Commands, linger: Mapping[str, bool]
) -> Iterator[Finding]:
    service, user = instance["service"], instance["openclaw_user"]
    by_session = service["manager"] == "systemd" and service["scope"] == "user"
    if by_session and service["enabled"] and linger.get(user) is False:
        message = f"Lingering is off for {user}: the gateway stops when that user logs out."
        evidence = f"systemd user unit {service['name']}"
        yield finding(instance, "linger", "error", message, evidence, commands.enable_linger())


def _locks(instance: Instance, _commands: Commands) -> Iterator[Finding]:
    for lock in instance["locks"]:
        if lock["stale"]:
            message = "A lock was left by a process that is gone; OpenClaw takes it over."
            evidence = f"{lock['path']}, process {lock['pid']}"
            yield finding(instance, "lock", "info", message, evidence)


def _version(instance: Instance, commands: Commands) -> Iterator[Finding]:
    version = instance["openclaw_version"]
    if not numbers(version) or numbers(version) >= numbers(OPENCLAW_VERSION):
        return
    fix = ""
    if instance["managed"]:
        fix = commands.claw_pilot("create", f"openclaw_version={OPENCLAW_VERSION}")
    elif not in_container(instance):
        fix = f"npm install --global openclaw@{OPENCLAW_VERSION}"
    message = f"OpenClaw {version} is older than {OPENCLAW_VERSION}."
    yield finding(instance, "version", "warning", message, _service(instance), fix)


def _telegram(instance: Instance, commands: Commands) -> Iterator[Finding]:
    telegram = instance["telegram"]
    if not telegram["enabled"]:
        return
    if telegram["token"] == "missing":
        message = "Telegram is on, but has no bot token."
        fix = commands.telegram_token()
        yield finding(instance, "telegram", "error", message, instance["config_path"], fix)
    if telegram["token"] == "literal":
        message = "Telegram's bot token stands in the config; its place is the .env file."
        yield finding(instance, "telegram", "info", message, instance["config_path"])


def _mem0(instance: Instance, commands: Commands) -> Iterator[Finding]:
    if instance["mem0"]["enabled"] and not instance["mem0"]["installed"]:
        message = "mem0 is on, but its plugin is not installed in this instance."
        words = ("plugins", "install", MEM0_PLUGIN, "--force", "--pin", "--accept-capabilities")
        ours = commands.playbook("install_plugin")
        fix = ours if instance["managed"] else commands.openclaw(*words)
        yield finding(instance, "mem0", "warning", message, instance["state_dir"], fix)


def _token(instance: Instance, commands: Commands) -> Iterator[Finding]:
    mode, secret = instance["auth"]["mode"], instance["auth"]["secret"]
    where = instance["config_path"]
    # A first start has its secrets from elsewhere: they are not yet where they will be.
    if not _is_read(instance) or (secret == "unset" and instance["state"] == "starting"):
        return
    fix = commands.new_token() if mode != "password" else ""
    if mode == "none":
        message = "The gateway asks for no token: every program of this host can use it."
        yield finding(instance, "token", "warning", message, where, fix)
    elif mode in _SECRET_MODES and secret in _BAD_SECRETS:
        message = _BAD_SECRETS[secret].format(mode=mode)
        yield finding(instance, "token", "error", message, where, fix)
    elif mode in _SECRET_MODES and secret == "weak":
        message = f"The gateway's {mode} is short or easy to guess."
        yield finding(instance, "token", "warning", message, where, fix)
    elif mode in _SECRET_MODES and secret == "literal":
        message = f"The gateway's {mode} stands in the config; its place is the .env file."
        yield finding(instance, "token", "info", message, where)


def _exposure(instance: Instance, commands: Commands) -> Iterator[Finding]:
    bind, auth = instance["bind"], instance["auth"]
    inside = in_container(instance)  # there, what is published decides
    if bind in ("", "loopback") or not _is_read(instance):
        return
    open_to_all = auth["mode"] == "none" or (
        auth["mode"] in _SECRET_MODES and auth["secret"] in (*_BAD_SECRETS, "weak")
    )
    if bind == "default":
        severity = "info"
        message = "bind is not in the config: in a container OpenClaw takes all addresses then."
    elif open_to_all:
        severity = "error"
        message = f"The gateway is open to the network (bind: {bind}) without a proper secret."
    else:
        severity = "info" if inside else "warning"
        message = f"The gateway is open to the network (bind: {bind})."
    fix = "" if inside else commands.openclaw("config", "set", "gateway.bind", "loopback")
    evidence = f"port {instance['port']}, {instance['config_path']}"
    yield finding(instance, "exposure", severity, message, evidence, fix)


_CHECKS = (
    _config,
    _modes,
    _health,
    _service_survives,
    _locks,
    _version,
    _telegram,
    _mem0,
    _token,
    _exposure,
)


def _answers(instance: Instance, commands: Commands, seen: Mapping[str, Any]) -> Iterator[Finding]:
    """What the live gateway said, or did not say."""
    where = f"RPC on port {instance['port']}"
    if seen.get("token") == "refused":
        message = "The gateway refuses the token of its own files, so nobody can reach it."
        fix = commands.service("restart")
        yield finding(instance, "token", "error", message, where, fix)
    elif seen.get("error"):
        message = f"The gateway could not be asked: {seen['error']}"
        yield finding(instance, "health", "warning", message, where)
    for key, what, words in (
        ("pending_devices", "device", ("devices", "list")),
        ("pending_pairings", "chat sender", ("pairing", "list", "telegram")),
    ):
        count = seen.get(key, 0)
        if count:
            waits = f"{what} waits" if count == 1 else f"{what}s wait"
            message = f"{count} {waits} for approval."
            yield finding(instance, "pairing", "info", message, where, commands.openclaw(*words))
    if instance["telegram"]["enabled"] and instance["telegram"]["token"] != "missing":
        yield from _telegram_answers(instance, seen.get("telegram") or {}, where)


def _telegram_answers(instance: Instance, seen: Mapping[str, Any], where: str) -> Iterator[Finding]:
    if not seen or (seen["running"] and seen["connected"]):
        return
    said = seen["last_error"]
    severity = "error" if said or not seen["running"] else "warning"
    state = "is not connected" if seen["running"] else "does not run"
    message = f"Telegram is on, but {state}" + (f": {said.rstrip('.')}." if said else ".")
    yield finding(instance, "telegram", severity, message, where)
