# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Work with an adopted instance: one that others made and that only the registry knows.

Private to the claw.pilot collection. Python 3.9 or later. It is found anew each time, by its
state directory, so that nothing is done to what has changed since it was adopted.
"""

from __future__ import annotations

import contextlib
import os
import pwd
from collections.abc import Mapping
from typing import Any

from . import _health
from ._definitions import programs
from ._foreign_services import (
    ForeignContainer,
    ForeignProgram,
    ForeignService,
    foreign_service,
    halt,
)
from ._host import Host
from ._model import ClawPilotError
from ._probe import observed_at
from ._procfs import ProcessTable, sockets_of
from ._remove import archive, check_owners, openclaw_traces, owner_of
from ._sight import CELLS
from ._sightings import ServiceState
from ._state_files import namer
from ._state_words import Proof

Params = Mapping[str, Any]
VOLUME = "_data"  # what a volume of Docker or Podman is called on disk


def find(host: Host, params: Params, proof: Proof | None = None) -> dict[str, Any]:
    """The adopted instance as it is now; proof: of its gateway.

    Raises INSTANCE_NOT_FOUND, and UNSAFE_PATH where another's is in its place.
    """
    state_dir = _told(params)
    if state_dir and os.path.realpath(state_dir) != state_dir:
        raise _another(f"{state_dir} leads elsewhere since it was adopted, by a link")
    found = observed_at(state_dir, host, proof) if state_dir else []
    if not found:
        raise ClawPilotError(
            "INSTANCE_NOT_FOUND",
            f"The adopted instance {params['slug']!r} is no longer in {state_dir}.",
            "Run discover with prune=true to forget it.",
        )
    if found[0]["managed"]:
        raise ClawPilotError(
            "INSTANCE_NOT_FOUND",
            f"{state_dir} is no adopted instance, but ours: {found[0]['slug']!r}.",
            "Run discover with adopt=true, which corrects the registry.",
        )
    for name in ("openclaw_home", "openclaw_user"):
        known, now = str(params["adopted"].get(name) or ""), str(found[0][name] or "")
        if known and known != now:
            raise _another(f"{state_dir} belongs to {now or 'nobody known'} now, not to {known}")
    return {**found[0], "slug": params["slug"]}


def _told(params: Params) -> str:
    """Its state directory as the registry has it: resolved when it was adopted; '' for none."""
    told = str(params["adopted"]["state_dir"])
    return os.path.normpath(told) if os.path.isabs(told) else ""


def _another(why: str) -> ClawPilotError:
    return ClawPilotError(
        "UNSAFE_PATH",
        f"{why}: it may be another than what was adopted.",
        "Look at it; then run discover with adopt=true, which corrects the registry.",
    )


def run_state(params: Params, check_mode: bool, host: Host) -> dict[str, Any]:
    """Start, stop or restart it; the result of the openclaw_instance module."""
    instance = find(host, params)
    service = _service(host, instance, params)
    active = _active(service, instance)
    steps = _steps(str(params["state"]), active)
    if "start" in steps:
        service.check_startable()  # before anything is stopped
    proof = None
    if not check_mode:
        for step in steps:
            if step == "stop":
                halt(service)
            else:
                service.start()
        if params["state"] != "stopped" and params["wait"] != "none" and instance["port"]:
            proof = _await(host, service, instance, params)
    after = find(host, params, proof)
    if params["state"] == "stopped" and steps and not check_mode:
        _check_stopped(after)
    return {
        "changed": bool(steps),
        "steps": list(steps),
        "diff": {
            "before": {"active": active},
            "after": {"active": params["state"] != "stopped"},
        },
        "instance": after,
    }


def _service(host: Host, instance: Mapping[str, Any], params: Params) -> ForeignService:
    service = foreign_service(host, instance)
    service.stop_timeout = params.get("stop_timeout") or service.stop_timeout
    return service


def _active(service: ForeignService, instance: Mapping[str, Any]) -> bool:
    """Whether anything of it runs; raises when nobody can say."""
    return service.state().active or bool(instance["process"]["pid"])


def _check_stopped(instance: Mapping[str, Any]) -> None:
    pid = instance["process"]["pid"]
    if pid:
        raise ClawPilotError(
            "STOP_FAILED",
            f"Something has started {instance['slug']!r} again, as process {pid}.",
            "See what its parent is, and stop that.",
        )


def _steps(state: str, active: bool) -> tuple[str, ...]:
    if state == "restarted":
        return ("stop", "start") if active else ("start",)
    if state == "started":
        return () if active else ("start",)
    return ("stop",) if active else ()


def _await(
    host: Host, service: ForeignService, instance: Mapping[str, Any], params: Params
) -> Proof:
    """Wait for this very gateway: another one may have its port."""
    log = str(instance["log_path"])
    named_by = namer(log, _state_dir(instance), int(instance["told_by"]))

    def own(port: int, state: ServiceState) -> bool:
        held = sockets_of(ProcessTable().family(state.pid)) if state.pid else None
        inside = isinstance(service, ForeignContainer)  # which has sockets of its own
        return inside or held is None or host.owns_listener(state.pid, port) is True

    return _health.wait(
        str(params["wait"]),
        int(instance["port"]),
        float(params["start_timeout"]),
        lambda: _as_running(service, instance),
        lambda: host.tail(log, named_by=named_by) if log else [],
        own,
    )


def _as_running(service: ForeignService, instance: Mapping[str, Any]) -> ServiceState:
    """The state of its service, or of the process that was started beside it."""
    state = service.state()
    pid = int(instance["process"]["pid"])
    return state if state.active or not pid else ServiceState(active=True, pid=pid)


def remove(params: Params, check_mode: bool, host: Host, backup_dir: str) -> dict[str, Any]:
    """Remove an adopted instance that was confirmed; the module's result.

    backup_dir: where to archive its state directory before, '' for no backup.
    """
    told = _told(params)
    if told and not host.exists(told):
        return _finish_removal(params, check_mode, host, _gone_path(told))
    instance = find(host, params)
    service = _service(host, instance, params)
    _check_confirmed(params, check_mode)
    _check_removable(params, instance, service)
    paths = _paths(host, instance, service)
    _check_paths(host, instance, paths)
    result = _removal(params, host, paths, str(instance["openclaw_home"]))
    if check_mode:
        return result
    active = _active(service, instance)
    if active:
        halt(service)
        _check_stopped(find(host, params))
    if backup_dir:
        try:
            result["backup"] = archive(
                host, backup_dir, str(params["slug"]), [_state_dir(instance)]
            )
            paths = _paths(host, instance, service)
            _check_paths(host, instance, paths)  # seen again: an archive takes its time
        except ClawPilotError:
            if active and service.startable:
                service.start()
            raise
    _remove(host, instance, service, paths)
    return result


def _removal(params: Params, host: Host, paths: list[str], home: str) -> dict[str, Any]:
    """The result of a removal."""
    return {
        "changed": bool(paths),
        "steps": ["remove"] if paths else [],
        "diff": {"before": {"paths": paths}, "after": {"paths": []}},
        "removal": {"paths": paths, "bytes": sum(host.size(path) for path in paths)},
        "instance": {"slug": params["slug"], "openclaw_home": home, "state": "absent"},
    }


def _gone_path(state_dir: str) -> str:
    """What a state directory is called while it is being removed."""
    folder, name = os.path.split(state_dir)
    return os.path.join(folder, f".claw-pilot-{name.lstrip('.')}.gone")


def _finish_removal(params: Params, check_mode: bool, host: Host, gone: str) -> dict[str, Any]:
    """Go on where a removal was killed, or the registry not told of it: the rest went before."""
    paths = [gone] if host.exists(gone) else []
    if paths:
        _check_confirmed(params, check_mode)
        host.check_removable(paths, paths)
    result = _removal(params, host, paths, os.path.dirname(gone))
    if not check_mode:
        host.remove_tree(gone, os.path.dirname(gone))
    return result


def _state_dir(instance: Mapping[str, Any]) -> str:
    return str(instance["state_dir"])


def _check_confirmed(params: Params, check_mode: bool) -> None:
    if params.get("confirm") != params["slug"] and not check_mode:
        raise ClawPilotError(
            "NOT_CONFIRMED",
            f"{params['slug']!r} was not made by Claw Pilot; removing it has to be confirmed.",
            f"Give confirm={params['slug']}.",
        )


def _check_removable(params: Params, instance: Mapping[str, Any], service: ForeignService) -> None:
    home, path = str(instance["openclaw_home"]), _state_dir(instance)
    if not home or not path or not Host().is_below(path, home):
        _unsafe(f"{path or 'Its state directory'} does not lie below the home {home}")
    if not isinstance(service, ForeignContainer) and not _owns(
        str(instance["openclaw_user"]), path
    ):
        _unsafe(f"{path} does not belong to {instance['openclaw_user']}")
    if os.path.basename(path) == VOLUME:
        _unsafe(f"{path} is a volume of the container engine")
    if CELLS in path:
        raise ClawPilotError(
            "FLEET_CELL",
            f"{params['slug']!r} is a cell of openclaw fleet, which keeps a list of its own.",
            f"Run: openclaw fleet rm {os.path.basename(path)} --purge-data --force",
        )
    if isinstance(service, ForeignProgram) and not _is_alone(service):
        _unsafe(f"{service.definition_path} defines more than the program {service.name}")
    system = instance["service"]["scope"] == "system"
    if system and os.geteuid() != 0:
        raise ClawPilotError(
            "NOT_ROOT",
            f"{instance['service']['definition_path']} is a service of the system.",
            "Run the play with become: true and without openclaw_user.",
        )


def _unsafe(why: str) -> None:
    raise ClawPilotError("UNSAFE_PATH", f"{why}.", "Remove it by hand.")


def _owns(user: str, path: str) -> bool:
    """Whether the directory is that user's own: a process may name any as its state directory."""
    try:
        return os.lstat(path).st_uid == pwd.getpwnam(user).pw_uid
    except (KeyError, OSError):
        return False


def _is_alone(service: ForeignProgram) -> bool:
    """Whether its file defines this program and nothing else."""
    text = service.host.read(service.definition_path) or ""
    named = [one.name for one in programs(text, os.path.dirname(service.definition_path))]
    return named == [service.name] and text.count("\n[") + text.startswith("[") == 1


def _paths(host: Host, instance: Mapping[str, Any], service: ForeignService) -> list[str]:
    """What goes: its state directory, its service, and what OpenClaw has put elsewhere for it."""
    files = service.own_files()
    if isinstance(service, ForeignProgram):
        files = [service.definition_path]
    state_dir = _state_dir(instance)
    paths = (state_dir, *files, *openclaw_traces(host, state_dir))
    return [path for path in paths if host.exists(path)]


def _owners(instance: Mapping[str, Any]) -> set[int]:
    """Whose things may go with it: its own user's, and root's for a service of the system."""
    owners = {owner_of(_state_dir(instance))}
    with contextlib.suppress(KeyError):
        owners.add(pwd.getpwnam(str(instance["openclaw_user"])).pw_uid)
    return owners | ({0} if instance["service"]["scope"] == "system" else set())


def _check_paths(host: Host, instance: Mapping[str, Any], paths: list[str]) -> None:
    trees = [paths[0], _gone_path(paths[0])]
    host.check_removable([*paths, trees[1]], trees)
    check_owners(paths, _owners(instance))


def _remove(
    host: Host, instance: Mapping[str, Any], service: ForeignService, paths: list[str]
) -> None:
    owners = _owners(instance)
    service.disable()
    if isinstance(service, ForeignContainer):
        service.remove()
    for path in paths[1:]:
        host.remove_owned(path, owners)
    service.reload()
    # In one rename, so that the next run finds it whole or, after a kill, gone.
    folder, gone = os.path.dirname(paths[0]), _gone_path(paths[0])
    host.remove_tree(gone, folder)
    host.set_aside(paths[0], os.path.basename(gone))
    host.remove_tree(gone, folder)
