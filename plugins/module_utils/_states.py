# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""From a module's options to an instance in the wanted state, and the result to return.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Mapping
from typing import Any

from . import _adopted, _handover, _journal, _predecessor, _token_proof
from ._apply import Applier, hold
from ._arguments import given_secrets, spec_options
from ._capacity import check_room_for_instance
from ._config import mem0_settings
from ._dotenv import parse
from ._gateway_error import GatewayError
from ._host import Host
from ._instance import Instance, Request, Target
from ._mem0_services import mem0_gaps
from ._model import ClawPilotError, Layout, check_text, overlay, spec_from
from ._module import below_home, check_own, layout_of, manager_of, prefix_of
from ._ports import PortRange
from ._remove import backup, removal, remove
from ._runtime import find
from ._secrets import mask
from ._state_files import mem0_installed
from ._summary import dig
from ._takeover import unlocked
from ._unit import Runtime, environment, runs_state_dir

Params = Mapping[str, Any]
Work = Callable[[Params, bool, Host, Layout], dict[str, Any]]
LOCK_TIMEOUT = 600.0
START_TIMEOUT = 120  # seconds
START_TIMEOUT_WITH_MEM0 = 600


class Overtaken(Exception):
    """Another run has begun to create the same instance since this one looked."""


def bring_to_state(params: Params, check_mode: bool, host: Host | None = None) -> dict[str, Any]:
    """The result of the openclaw_instance module for these options."""
    host = host or Host()
    layout = _layout(params, host)
    check_text("openclaw_home", layout.home, refused='"\\;#')
    if not os.path.isdir(layout.home):
        raise ClawPilotError(
            "HOME_NOT_FOUND",
            f"The home {layout.home} does not exist.",
            "Name an openclaw_home that exists, or have the openclaw_host role make a new user.",
        )
    params = {**params, "start_timeout": _start_timeout(params, host, layout)}
    while True:
        secrets = frozenset((*given_secrets(params).values(), *_known_secrets(host, layout)))
        try:
            with hold(host, layout, LOCK_TIMEOUT):
                work = _work(params, host, layout)
                return work(params, check_mode, host, layout)
        except Overtaken:  # hold() waits for the other run, then this one sees what it made
            continue
        except ClawPilotError as error:  # the words of a gateway or of npm may hold a secret
            raise ClawPilotError(error.code, mask(error.message, secrets), error.hint) from error


def _start_timeout(params: Params, host: Host, layout: Layout) -> int:
    """Seconds that a gateway gets to come up: reading mem0 takes it minutes on a busy host."""
    if params["start_timeout"] is not None:
        return int(params["start_timeout"])
    known = _journal.read_marker(host, layout) or _journal.read_journal(host, layout)
    given = dig(params, "mem0", "enabled")
    stored = dig(known, "spec", "mem0", "enabled")
    return START_TIMEOUT_WITH_MEM0 if (stored if given is None else given) else START_TIMEOUT


def _work(params: Params, host: Host, layout: Layout) -> Work:
    """What to do: with an instance of ours, or with one that the registry has adopted."""
    state = params["state"]
    ours = _journal.read_marker(host, layout) or _journal.read_journal(host, layout)
    if not ours and not (state == "present" and params.get("take_over")):
        _handover.check_finished(host, layout)
    if params.get("adopted") and not ours:
        return _ADOPTED.get(state, _adopted_state)
    check_own(layout.home, layout.state_dir)
    return _STATES.get(state, _run_state)


def _known_secrets(host: Host, layout: Layout) -> list[str]:
    """Values in the instance's .env file as it is before the run."""
    return list(parse(host.read(layout.env_path) or "").values())


def unprepared(params: Params) -> dict[str, Any] | None:
    """The result in check mode where the host role has still to make the user or the home."""
    if params["state"] != "present":
        return None
    instance = {"slug": params["slug"], "state": "absent"}
    return {"changed": True, "steps": [], "instance": instance}


def _layout(params: Params, host: Host) -> Layout:
    """Where the instance is; its project directory stays where it was made."""
    layout = layout_of(dict(params))
    if not params.get("adopted"):
        check_own(layout.home, layout.state_dir)  # before anything in there is read
    known = _journal.read_marker(host, layout) or _journal.read_journal(host, layout)
    if known and known.get("project_dir"):
        root = os.path.dirname(str(known["project_dir"]))
    else:
        root = below_home(dict(params), params.get("projects_root"))
    # It stands in the texts that agents are told what to do by.
    return layout_of(dict(params), check_text("projects_root", root, refused="`"))


def _instance(
    params: Params,
    host: Host,
    layout: Layout,
    runtime: Runtime | None,
    theirs: _predecessor.Predecessor | None = None,
) -> Instance:
    known = _journal.read_marker(host, layout) or _journal.read_journal(host, layout) or {}
    python = runtime.supervisor_python if runtime else ""
    manager = manager_of(params["service_manager"], known, host, layout, python)
    stored = known.get("spec", {}).get("stop_timeout") or 0
    manager.stop_timeout = max(params.get("stop_timeout") or 0, stored, manager.stop_timeout)
    service = theirs.service if theirs else None
    in_place = service is not None and service.definition_path == manager.definition_path
    definition = None if in_place else manager.definition()
    if definition is not None and not runs_state_dir(definition, layout.state_dir):
        raise ClawPilotError(
            "SERVICE_EXISTS",
            f"{manager.definition_path} belongs to another home's instance {layout.slug!r}.",
            "Choose another slug: one user has one service of a name.",
        )
    instance = Instance(host, layout, manager, runtime)
    if theirs:
        instance.handover = _handover.Handover(host, layout, manager, service, theirs.ran)
    return instance


def _present(params: Params, check_mode: bool, host: Host, layout: Layout) -> dict[str, Any]:
    applier = _planned(params, check_mode, host, layout)
    instance, target = applier.instance, applier.target
    if not check_mode:
        applier.apply()
        if "ready" not in target.plan.steps:
            _await_proven(instance, params, target.port)
    return {
        "changed": target.plan.changed,
        "warnings": [*applier.warnings, *_warnings(instance, target)],
        "steps": list(target.plan.steps),
        "diff": {"before": dict(target.plan.before), "after": dict(target.plan.after)},
        "instance": _described(instance, target, check_mode),
    }


def _await_proven(instance: Instance, params: Params, port: int) -> None:
    """Wait for the gateway as far as is asked for, and have it prove its token."""
    if params["wait"] != "none":
        timeout = float(params["start_timeout"])
        instance.await_health(params["wait"], port, timeout)
        instance.prove_token(port, timeout)


def _warnings(instance: Instance, target: Target) -> list[str]:
    spec = target.request.spec
    if not spec.mem0.enabled:
        return []
    gaps = mem0_gaps(mem0_settings(spec.mem0, spec.slug))
    if not mem0_installed(instance.layout.state_dir):
        gaps.append(
            "mem0 is wanted, but its plugin is not installed in this instance, which goes on "
            "with its own memory: run install_plugin, then this again."
        )
    return gaps


def _planned(params: Params, check_mode: bool, host: Host, layout: Layout) -> Applier:
    """The plan, made under the home's lock for a new instance, so that its port is its own."""
    stored = _journal.read_marker(host, layout) or _journal.read_journal(host, layout) or {}
    runtime = _runtime(params, check_mode, host, stored)
    theirs = None
    if params.get("take_over") and not stored:
        theirs = _predecessor.find(host, layout, (params.get("adopted") or {}).get("state_dir", ""))
        _predecessor.check_version(theirs, runtime)
    request = _request(params, stored, theirs)
    # A gateway that is taken over is stopped: not before OpenClaw itself has seen its new config.
    if (params["validate"] == "strict" or theirs) and not check_mode:
        instance = _instance(params, host, layout, runtime, theirs)
        _check_strictly(instance, instance.target(request))
    with host.lock(layout.home):
        instance = _instance(params, host, layout, runtime, theirs)
        if (instance.known and not stored) or _journal.owner_alive(instance.journal):
            raise Overtaken
        if not check_mode:
            instance.settle()
        target = instance.target(request)
        # Theirs goes only once ours is live.
        wait = "live" if theirs and params["wait"] == "none" else params["wait"]
        applier = Applier(instance, target, wait, float(params["start_timeout"]))
        if not stored and not theirs:
            check_room_for_instance(host, layout)
        if not check_mode:
            applier.claim()
    return applier


def _runtime(
    params: Params, check_mode: bool, host: Host, stored: Mapping[str, Any]
) -> Runtime | None:
    """The runtime, by default that which the instance has; None where it may be missing: in check
    mode, as the host role has not run for real yet, and to stop a gateway.
    """
    version = params.get("openclaw_version") or stored.get("openclaw_version") or ""
    prefix = params.get("prefix") or stored.get("prefix")
    try:
        return find(host, prefix_of({**params, "prefix": prefix}), version)
    except ClawPilotError:
        if check_mode or params["state"] == "stopped":
            return None
        raise


def _request(
    params: Params, stored: Mapping[str, Any], theirs: _predecessor.Predecessor | None = None
) -> Request:
    basis = theirs.spec if theirs else stored.get("spec", {})
    given = spec_options(params)
    data = overlay(dict(basis), given)
    environment_given = params.get("environment")
    start, end = params["port_range_start"], params["port_range_end"]
    return Request(
        spec=spec_from(data),
        secrets={**(theirs.secrets if theirs else {}), **given_secrets(params)},
        environment=None if environment_given is None else tuple(sorted(environment_given)),
        templates=params["workspace_files"],
        ports=PortRange(start, end, params["port_step"]),
        reserved=tuple(params["reserved_ports"]),
        secrets_from=params.get("secrets_from") or "",
        kept=unlocked(theirs.kept if theirs else stored.get("kept", ()), given),
        furnished=theirs.agents if theirs else tuple(stored.get("furnished", ())),
        theirs=theirs,
    )


def _described(instance: Instance, target: Target, check_mode: bool) -> dict[str, Any]:
    described = instance.described(target.marker)
    if check_mode and target.plan.changed:
        described["port"] = target.port
    return described


def _check_strictly(instance: Instance, target: Target) -> None:
    """Have OpenClaw itself check the wanted config, in a place of its own."""
    host, runtime = instance.host, instance.runtime
    if runtime is None or not {"config", "patch_config"} & set(target.plan.steps):
        return
    folder = _journal.check_path(instance.layout)
    host.remove_tree(folder, instance.layout.home)
    host.make_dir(folder)
    try:
        env = environment(instance.layout, runtime, target.port)
        config = os.path.join(folder, "openclaw.json")
        env.update(
            OPENCLAW_STATE_DIR=folder,
            OPENCLAW_CONFIG_PATH=config,
            XDG_CACHE_HOME=os.path.join(folder, "cache"),
        )
        host.write(config, json.dumps(target.wanted.config))
        host.write(os.path.join(folder, ".env"), target.wanted.env)
        command = (runtime.node, runtime.entry, "config", "validate", "--json")
        result = host.run(command, env=env, timeout=120)
    finally:
        host.remove_tree(folder, instance.layout.home)
    if result.code != 0:
        raise instance.masked(target, _refused(result.out or result.err))


def _refused(text: str) -> ClawPilotError:
    try:
        issues = json.loads(text)["issues"]
        said = "; ".join(f"{issue['path']}: {issue['message']}" for issue in issues)
    except (ValueError, KeyError, TypeError):
        said = text.strip()
    return ClawPilotError(
        "CONFIG_REFUSED",
        f"OpenClaw refuses the config: {said}.",
        "Correct the named key; nothing was written.",
    )


def _run_state(params: Params, check_mode: bool, host: Host, layout: Layout) -> dict[str, Any]:
    stored = _journal.read_marker(host, layout)
    if stored is None:
        raise ClawPilotError(
            "INSTANCE_NOT_FOUND",
            f"There is no instance {layout.slug!r} of ours in {layout.home}.",
            "Create it first, or adopt what others made with discover and adopt=true.",
        )
    runtime = _runtime(params, check_mode, host, stored)
    instance = _instance(params, host, layout, runtime)
    if not check_mode:
        instance.settle()
    before = instance.manager.state()
    steps = _run_steps(params["state"], before.active, before.enabled)
    port = int(stored["port"])
    if not check_mode:
        instance.mark_console()
        for step in steps:
            getattr(instance.manager, step)()
        if params["state"] != "stopped":
            _await_proven(instance, params, port)
    return {
        "changed": bool(steps),
        "steps": list(steps),
        "diff": {
            "before": {"active": before.active, "enabled": before.enabled},
            "after": dict.fromkeys(("active", "enabled"), params["state"] != "stopped"),
        },
        "instance": instance.described(stored),
    }


def _run_steps(state: str, active: bool, enabled: bool) -> tuple[str, ...]:
    if state == "restarted":
        return ("stop", "start")
    if state == "started":
        return () if active and enabled else ("start",)
    return ("stop",) if active or enabled else ()


def _absent(params: Params, check_mode: bool, host: Host, layout: Layout) -> dict[str, Any]:
    instance = _instance(params, host, layout, None)
    going = removal(instance)
    result: dict[str, Any] = {
        "changed": bool(going.paths),
        "steps": ["remove"] if going.paths else [],
        "diff": {"before": {"paths": list(going.paths)}, "after": {"paths": []}},
        "removal": {"paths": list(going.paths), "bytes": going.bytes},
        "instance": {"slug": layout.slug, "openclaw_home": layout.home, "state": "absent"},
    }
    if check_mode or not going.paths:
        return result
    if params.get("backup_dir") and host.exists(layout.state_dir):
        folder = below_home(dict(params), params["backup_dir"])
        result["backup"] = _stop_and_archive(instance, folder)
    remove(instance)
    return result


def _stop_and_archive(instance: Instance, folder: str) -> str:
    """Archive while nothing writes; a gateway that was running runs again when that fails."""
    active = instance.manager.state().active
    if active:
        instance.manager.stop()
    try:
        path = backup(instance, folder)
        removal(instance)  # seen again: an archive takes its time
        return path
    except ClawPilotError:
        if active:
            instance.manager.start()
        raise


def _adopted_present(
    params: Params, check_mode: bool, host: Host, layout: Layout
) -> dict[str, Any]:
    if not params.get("take_over"):
        raise ClawPilotError(
            "INSTANCE_ADOPTED",
            f"{layout.slug!r} is adopted: its config is its owner's.",
            "Have it taken over with take_over=true, or change it by hand.",
        )
    return _present(params, check_mode, host, layout)


def _adopted_absent(params: Params, check_mode: bool, host: Host, layout: Layout) -> dict[str, Any]:
    folder = below_home(dict(params), params["backup_dir"]) if params.get("backup_dir") else ""
    return _adopted.remove(params, check_mode, host, folder)


def _adopted_state(params: Params, check_mode: bool, host: Host, layout: Layout) -> dict[str, Any]:
    result = _adopted.run_state(params, check_mode, host)
    if not check_mode and params["state"] != "stopped" and params["wait"] != "none":
        with contextlib.suppress(GatewayError):  # another version may have another protocol
            _token_proof.prove(host, result["instance"], float(params["start_timeout"]))
    return result


_STATES: dict[str, Work] = {"present": _present, "absent": _absent}
_ADOPTED: dict[str, Work] = {"present": _adopted_present, "absent": _adopted_absent}
