# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Carry out a plan on this host, step by step, and put everything back when it fails.

Private to the claw.pilot collection. Python 3.9 or later.

A create is a transaction: the journal names what is about to be made before it is made, a
failure removes exactly that, and after a kill the next run finds the journal and finishes the
create or, with state=absent, cleans up. A change keeps the old files until the gateway has
come up with the new ones.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from typing import Any

from . import _journal, _live_config, _token_proof
from ._gateway_error import GatewayError
from ._handover import finish, outside_paths
from ._host import Host
from ._instance import Instance, Target
from ._model import ClawPilotError, Layout
from ._remove import remove

CLAIM = "claim"
DEFERRED = (
    "The gateway has written the change, and applies it when the work that it has now is done."
)


@contextlib.contextmanager
def hold(host: Host, layout: Layout, timeout: float) -> Iterator[None]:
    """Have the instance to oneself: waits for a run that is creating or changing it."""
    deadline = time.monotonic() + timeout
    while _journal.owner_alive(_journal.read_journal(host, layout)):
        if time.monotonic() > deadline:
            raise ClawPilotError(
                "INSTANCE_BUSY",
                f"Another run has been creating {layout.slug!r} for {timeout:.0f} s.",
                "Wait for it to end, then try again.",
            )
        time.sleep(0.2)
    lock = host.lock(layout.state_dir, timeout) if host.exists(layout.state_dir) else None
    with lock or contextlib.nullcontext():
        yield


class Applier:
    """Takes the steps of one plan.

    wait: none, live or ready; timeout: seconds for the gateway to come up; warnings: what whoever
    runs it should know after apply().
    """

    def __init__(
        self,
        instance: Instance,
        target: Target,
        wait: str = "ready",
        timeout: float = 120,
    ) -> None:
        self.instance = instance
        self.target = target
        self.host = instance.host
        self.layout = instance.layout
        self.manager = instance.manager
        self.wait = wait
        self.timeout = timeout
        self.handover = instance.handover
        self.warnings: list[str] = []

    def apply(self) -> None:
        """Take all steps after claim(); on failure all is as before. Raises ClawPilotError."""
        creating = CLAIM in self.target.plan.steps
        kept = self._keep()
        try:
            for name in self.target.plan.steps:
                if name == CLAIM:
                    continue
                getattr(self, f"_step_{name}")()
        except (ClawPilotError, OSError) as error:
            failure = self._as_failure(error)
            raise self._roll_back(failure, creating, kept) from error

    def _as_failure(self, error: Exception) -> ClawPilotError:
        if not isinstance(error, ClawPilotError):
            error = ClawPilotError("WRITE_FAILED", f"{error}.", "Check the path and its owner.")
        return self.instance.masked(self.target, error)

    def _roll_back(
        self, failure: ClawPilotError, creating: bool, kept: dict[str, str | None]
    ) -> ClawPilotError:
        done = "Everything that this run made was removed."
        try:
            if creating:
                remove(self.instance)
            elif self.handover:
                layout = self.layout
                console = layout.console_log_path
                done = self.handover.back([console, console + ".1", layout.first_start_env_path])
            else:
                self._put_back(kept)
                done = "The files are as before."
        except (ClawPilotError, OSError) as error:
            done = f"Putting things back failed, too: {error}"
        hint = f"{failure.hint} {done}".strip()
        return ClawPilotError(failure.code, failure.message, hint)

    def _keep(self) -> dict[str, str | None]:
        layout = self.layout
        kept = {p: self.host.read(p) for p in (layout.config_path, layout.env_path)}
        return {**kept, "definition": self.manager.definition()}

    def _put_back(self, kept: dict[str, str | None]) -> None:
        definition = kept.pop("definition")
        changed = {path: text for path, text in kept.items() if self.host.read(path) != text}
        for path, text in changed.items():
            if text is not None:
                self.host.write(path, text)
        if definition is not None and definition != self.manager.definition():
            self.manager.define(definition)
            changed["definition"] = definition
        if changed and self.target.observed.active:
            self.manager.stop()
            self.manager.start()
        elif not self.target.observed.active:
            self.manager.stop()

    def claim(self) -> None:
        """Write the journal of a create, so that port and slug are ours; under the home's lock."""
        if CLAIM in self.target.plan.steps:
            _journal.open_journal(self.host, self.layout, self._journal_data())

    def _journal_data(self) -> dict[str, Any]:
        return {**self.target.marker, **_journal.owner()}

    def _step_stop(self) -> None:
        self.manager.stop()

    def _step_note_predecessor(self) -> None:
        theirs, wanted = self.target.request.theirs, self.target.wanted
        if theirs and self.handover:
            layout = self.layout
            coming = outside_paths(self.host, layout, self.manager)
            coming += [layout.logs_dir, *wanted.directories, *wanted.files]
            self.handover.begin(theirs.instance, theirs.spec, theirs.kept, coming)

    def _step_stop_predecessor(self) -> None:
        if self.handover:
            self.handover.stop()

    def _step_retire_predecessor(self) -> None:
        if self.handover:
            self.handover.retire()

    def _put_aside(self, path: str) -> None:
        if self.handover:
            self.handover.put_aside(path)

    def _step_config(self) -> None:
        for path in _journal.missing_parents(self.host, self.layout.state_dir, "/"):
            self.host.make_dir(path)
        self._put_aside(self.layout.config_path)
        self._write_config(self.target.wanted.config)

    def _write_config(self, config: dict[str, Any]) -> None:
        self.host.write(self.layout.config_path, json.dumps(config, indent=2) + "\n")

    def _step_first_start_env(self) -> None:
        self.host.write(self.layout.first_start_env_path, self.target.wanted.env)

    def _step_define(self) -> None:
        if self.handover:
            self.handover.retire(self.manager.definition_path)
            for folder in outside_paths(self.host, self.layout, self.manager):
                self.host.make_dir(folder)
        for folder in self.manager.folders:
            self.host.make_dir(folder)
        self.manager.define(self.target.wanted.definition)

    def _step_start(self) -> None:
        self.instance.mark_console()
        self.manager.start()

    def _step_restart(self) -> None:
        self.manager.stop()
        self._step_start()

    def _step_env(self) -> None:
        self._put_aside(self.layout.env_path)
        self.host.write(self.layout.env_path, self.target.wanted.env)
        self.host.remove_file(self.layout.first_start_env_path)

    def _step_modes(self) -> None:
        for path in self.target.observed.wrong_modes:
            self.host.set_mode(path, 0o700 if path == self.layout.state_dir else 0o600)

    def _step_directories(self) -> None:
        for path in self.target.wanted.directories:
            self.host.make_dir(path)

    def _step_files(self) -> None:
        for path, text in self.target.wanted.files.items():
            if not self.host.exists(path):
                self.host.write(path, text)

    def _step_patch_config(self) -> None:
        """Have the running gateway change its config; one that cannot be asked is restarted."""
        own = _token_proof.own_instance(self.layout, self.target.port, self.manager.state().pid)
        token = _token_proof.known_token(self.host, own)
        done = self._changed_by_gateway(token) if token else ""
        if not done:
            self._change_while_stopped()
        elif done == _live_config.NEEDS_RESTART:
            self._step_restart()
        elif done == _live_config.DEFERRED:
            self.warnings.append(DEFERRED)

    def _changed_by_gateway(self, token: str) -> str:
        """What came of it; '' where the gateway has made up a token, which a restart mends."""
        port, current = self.target.port, self.instance.current_config
        try:
            return _live_config.Change(port, token, current, self._merged).make()
        except GatewayError as error:
            if error.code != _token_proof.REFUSED:
                raise
            return ""

    def _change_while_stopped(self) -> None:
        self.manager.stop()
        self._write_config(self._merged(self.instance.current_config()))
        self._step_start()

    def _merged(self, current: dict[str, Any]) -> dict[str, Any]:
        return self.instance.merged(current, self.target.marker["rendered"])

    def _step_live(self) -> None:
        if self.wait != "none":
            self._wait("live")

    def _step_ready(self) -> None:
        if self.wait == "ready":
            self._wait("ready")
        if self.wait != "none":
            self.instance.prove_token(self.target.port, self.timeout)

    def _wait(self, level: str) -> None:
        self.instance.await_health(level, self.target.port, self.timeout)

    def _step_commit(self) -> None:
        self.host.write_json(self.layout.marker_path, self.target.marker)
        self.host.remove_file(self.layout.journal_path)
        finish(self.host, self.layout)
