# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Put what others made aside while ours takes its place, and back when ours does not come up.

Private to the claw.pilot collection. Python 3.9 or later.

A record in the state directory says what was there, before anything is changed. Their files are
renamed, never written to: put back, each is what it was. After a kill the next run with
take_over=true finds the record and goes on; nothing else is done with the instance until then.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from ._foreign_services import ForeignService, halt
from ._host import PRIVATE_FILE, Host
from ._journal import missing_parents, process_start
from ._model import COLLECTION_VERSION, ClawPilotError, Layout
from ._services import ServiceManager

BEFORE = ".before-claw-pilot"  # their config and .env, kept beside ours
RETIRED = ".retired"  # their unit, under a name that no service manager reads
_SHOWN = ("slug", "openclaw_user", "openclaw_home", "state_dir", "openclaw_version", "port")


def record_path(layout: Layout) -> str:
    return os.path.join(layout.state_dir, ".claw-pilot-take-over.json")


def read(host: Host, layout: Layout) -> dict[str, Any] | None:
    """The record of a take-over that was broken off, else None."""
    return host.read_json(record_path(layout))


def check_finished(host: Host, layout: Layout) -> None:
    """Raise TAKE_OVER_UNFINISHED where a take-over was broken off."""
    if host.exists(record_path(layout)):
        raise ClawPilotError(
            "TAKE_OVER_UNFINISHED",
            f"Taking over {layout.slug!r} was broken off half-way.",
            "Run create_instance with take_over=true again: it goes on, or puts all back.",
        )


def finish(host: Host, layout: Layout) -> None:
    """Drop the record of a take-over; their files that stay beside ours may hold secrets."""
    if host.exists(record_path(layout)):
        for path in (layout.config_path + BEFORE, layout.env_path + BEFORE):
            if host.exists(path):
                host.set_mode(path, PRIVATE_FILE)
        host.remove_file(record_path(layout))


class Handover:
    """One take-over. service: theirs, None where nothing of theirs runs it; ran: it did."""

    def __init__(
        self,
        host: Host,
        layout: Layout,
        manager: ServiceManager,
        service: ForeignService | None,
        ran: bool,
    ) -> None:
        self.host = host
        self.layout = layout
        self.manager = manager
        self.service = service
        self.ran = ran
        self.record: dict[str, Any] = read(host, layout) or {}

    @property
    def files(self) -> list[str]:
        """The files of their service that will be retired, or are."""
        known: list[str] | None = self.record.get("files")
        return (self.service.own_files() if self.service else []) if known is None else known

    def made_outside(self) -> list[str]:
        """Folders outside of the state directory that this take-over made before a kill."""
        ends = (self.layout.service_dir, self.layout.project_dir, *self.manager.folders)
        made: list[str] = self.record.get("made", [])
        return [path for path in made if any(f"{end}/".startswith(f"{path}/") for end in ends)]

    def begin(
        self,
        instance: Mapping[str, Any],
        spec: Mapping[str, Any],
        kept: Sequence[Sequence[str]],
        coming: Sequence[str],
    ) -> None:
        """Write the record. coming: paths that we may make; those that are missing are ours."""
        if self.record:
            return
        host, layout = self.host, self.layout
        for path in (layout.config_path + BEFORE, layout.env_path + BEFORE):
            if host.exists(path):  # of a take-over that its owner has undone by hand
                host.rename(path, path + ".old")
        files = (layout.state_dir, layout.config_path, layout.env_path)
        process = instance["process"]
        self.record = {
            "collection_version": COLLECTION_VERSION,
            "instance": {
                **{key: instance[key] for key in _SHOWN},
                "service": dict(instance["service"]),
                "process": {**process, "started": process_start(int(process["pid"]))},
                "agents": [{"id": agent["id"]} for agent in instance["agents"]],
            },
            "ran": self.ran,
            "spec": dict(spec),
            "kept": [list(place) for place in kept],
            "files": self.files,
            "modes": {path: host.mode(path) for path in files if host.exists(path)},
            "made": [path for path in dict.fromkeys(coming) if not host.exists(path)],
        }
        host.write_json(record_path(layout), self.record)

    def stop(self) -> None:
        if self.service:
            halt(self.service)

    def put_aside(self, path: str) -> None:
        """Rename a file of theirs, once."""
        if self.host.exists(path) and not self.host.exists(path + BEFORE):
            self.host.rename(path, path + BEFORE)

    def retire(self, path: str = "") -> None:
        """Have their service not start again; its files stay, under names that start nothing.

        path: only when that is its definition, as ours is about to be written there.
        """
        service = self.service
        if service is None or (path and path != service.definition_path):
            return
        files = self.record["files"]
        there = [one for one in files if not self.host.exists(one + RETIRED)]
        if not files or files[0] in there:
            service.disable()
        for one in there:
            if self.host.exists(one):
                self.host.rename(one, one + RETIRED)
        service.reload()

    def back(self, files: Sequence[str]) -> str:
        """Put all back; what to say of it. files: what a gateway of ours leaves outside."""
        if not self.record:
            return "Nothing was changed."
        self._undo_ours(files)
        self._restore()
        self.host.remove_file(record_path(self.layout))
        return self._start_again()

    def _undo_ours(self, files: Sequence[str]) -> None:
        state = self.manager.state()
        retired = self.host.exists(self.manager.definition_path + RETIRED)
        same = self.service and self.service.definition_path == self.manager.definition_path
        if retired or not same:
            if state.defined or state.active:
                self.manager.stop()
            self.manager.undefine()
        for path in (*files, *reversed(self.record["made"])):
            if os.path.isdir(path) and not os.path.islink(path):
                self.host.remove_dir_if_empty(path)
            else:
                self.host.remove_file(path)

    def _restore(self) -> None:
        host, layout = self.host, self.layout
        modes: dict[str, int] = self.record["modes"]
        for path in (layout.config_path, layout.env_path):
            if host.exists(path + BEFORE):
                host.rename(path + BEFORE, path)
            elif path not in modes:
                host.remove_file(path)
        for path, mode in modes.items():
            if host.mode(path) != mode:
                host.set_mode(path, mode)
        moved = [path for path in self.record["files"] if host.exists(path + RETIRED)]
        for path in moved:
            host.rename(path + RETIRED, path)
        if self.service and moved:
            self.service.reload()
            if self.record["instance"]["service"]["enabled"]:
                self.service.enable()

    def _start_again(self) -> str:
        if not self.ran or self.service is None:
            return "All is as before."
        if not self.service.startable:
            if self.service.state().active:
                return "All is as before."
            return (
                "The files are as before, but its gateway was started by hand and is stopped "
                "now: start it again as you did."
            )
        if not self.service.state().active:
            self.service.start()
        return "All is as before, and its own service runs again."


def outside_paths(host: Host, layout: Layout, manager: ServiceManager) -> list[str]:
    """Folders outside of the state directory that a service of ours needs, outermost first."""
    return [
        *missing_parents(host, layout.service_dir, layout.home),
        *manager.folders,
        *missing_parents(host, layout.project_dir, "/"),
    ]
