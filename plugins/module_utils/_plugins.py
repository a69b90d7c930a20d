# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Install a plugin into an instance of ours, or remove it, with OpenClaw's own commands.

Private to the claw.pilot collection. Python 3.9 or later.

The gateway is stopped meanwhile. A running one would install the plugin itself, with its event
loop blocked for more than a minute and without the proxies and certificates of this run, and
fails to change the settings of mem0 (2026.9.6: its cleanup times out, and only a restart helps).
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from . import _journal, _plugin_facts, _rpc
from ._apply import hold
from ._arguments import HOME_ARGUMENTS, PRIVATE_ARGUMENT
from ._capacity import check_capacity
from ._config import MEM0_PLUGIN, render
from ._dotenv import parse
from ._gateway_token import token_of
from ._host import Host
from ._instance import Instance
from ._mem0_services import mem0_gaps
from ._model import ClawPilotError, Layout, Mem0Spec, spec_from, to_plain
from ._module import check_own, layout_of, manager_of, prefix_of
from ._plugin_facts import Data, Installed, Loaded
from ._plugin_store import PluginStore
from ._runtime import check_version, find
from ._secrets import mask, redact
from ._summary import dig
from ._takeover import without

PLUGIN_ARGUMENTS: dict[str, Any] = {
    **HOME_ARGUMENTS,
    "slug": {"type": "str", "required": True},
    "name": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "source": {"type": "str"},
    "version": {"type": "str"},
    "config": {"type": "dict"},
    "slot": {"type": "str"},
    "environment": {"type": "dict", "default": {}},
    **PRIVATE_ARGUMENT,
    "timeout": {"type": "int", "default": 900},
    "start_timeout": {"type": "int", "default": 600},
}

MEM0_PARTS = ("plugins", "env")  # of openclaw.json: what mem0 changes of it
LOCK_TIMEOUT = 600.0
ASK_SECONDS = 60.0  # a gateway that has just loaded a plugin answers late
LOAD_SECONDS = 60.0


@dataclass(frozen=True)
class Goal:
    """What is there and what is wanted of it. current, wanted: openclaw.json."""

    name: str
    present: bool
    package: str
    version: str
    installed: Installed | None
    current: Data
    wanted: Data
    marker: Data
    active: bool
    unpinned: bool = False

    @property
    def installs(self) -> bool:
        return self.present and (self.installed is None or self.installed.version != self.version)

    @property
    def uninstalls(self) -> bool:
        return not self.present and self.installed is not None

    @property
    def steps(self) -> tuple[str, ...]:
        """What has to be done with the plugin, without stop and start around it."""
        return (
            *(["install"] if self.installs else []),
            *(["pin"] if self.unpinned and self.present and not self.installs else []),
            *(["uninstall"] if self.uninstalls else []),
            *(["config"] if self.wanted != self.current else []),
        )


def bring_to_state(params: Mapping[str, Any], check_mode: bool, host: Host | None = None) -> Data:
    """The result of the openclaw_plugin module for these options."""
    host = host or Host()
    layout = layout_of(dict(params))
    check_own(layout.home, layout.state_dir)
    if not _journal.read_marker(host, layout):
        raise ClawPilotError(
            "INSTANCE_NOT_FOUND",
            f"There is no instance {layout.slug!r} of ours in {layout.home}.",
            "Create it first; an adopted one is changed by its owner, or after take_over=true.",
        )
    with hold(host, layout, LOCK_TIMEOUT):
        secrets = frozenset(parse(host.read(layout.env_path) or "").values())
        try:
            return Change(params, host, layout).run(check_mode)
        except ClawPilotError as error:  # the words of npm or of a gateway may hold a secret
            raise ClawPilotError(error.code, mask(error.message, secrets), error.hint) from error


class Change:
    """One run of the module, with the lock on the instance held."""

    def __init__(self, params: Mapping[str, Any], host: Host, layout: Layout) -> None:
        self.params = params
        self.host = host
        self.layout = layout
        self.name = _plugin_facts.check_name(params["name"])
        marker = _journal.read_marker(host, layout) or {}
        prefix = params.get("prefix") or marker.get("prefix")
        where = prefix_of({**params, "prefix": prefix})
        self.runtime = find(host, where, str(marker.get("openclaw_version") or ""))
        python = self.runtime.supervisor_python
        self.manager = manager_of("auto", marker, host, layout, python)
        stop_timeout = dig(marker, "spec", "stop_timeout") or 0
        self.manager.stop_timeout = max(stop_timeout, self.manager.stop_timeout)
        self.instance = Instance(host, layout, self.manager, self.runtime)
        self.marker = marker
        self.port = int(marker["port"])
        self.store = PluginStore(
            host, layout, self.runtime, self.port, params["environment"], float(params["timeout"])
        )
        self.goal = self._goal()
        self.cost = self._cost()

    def run(self, check_mode: bool) -> Data:
        goal = self.goal
        seen = self._ask(goal.name) if goal.present and goal.active and not goal.steps else None
        broken = seen is not None and not seen.active
        steps = self._steps(broken)
        if goal.installs:
            check_capacity(self.host, self.layout.state_dir, _plugin_facts.DISK_MB, 0)
        if not check_mode and steps:
            seen = self._apply() or seen
        return self._result(steps, check_mode, seen)

    def _steps(self, broken: bool) -> tuple[str, ...]:
        steps = self.goal.steps
        if self.goal.active and (steps or broken):
            return ("stop", *steps, "start")
        recorded = self.goal.marker == self.marker
        return steps if steps or recorded else ("record",)

    def _goal(self) -> Goal:
        current, present = self._config(), self.params["state"] == "present"
        wanted, marker = self._wanted(current) if present else self._unwanted(current)
        known = self._known
        source, version = self.params["source"], self.params["version"]
        return Goal(
            name=self.name,
            present=present,
            package=_plugin_facts.package_of(source or known.source) if present else "",
            version=check_version(version or known.version) if present else "",
            installed=self.store.installed(self.name),
            current=current,
            wanted=wanted,
            marker=marker,
            active=self.manager.state().active,
            unpinned=bool(self.store.unpinned(self.name)),
        )

    @property
    def _known(self) -> _plugin_facts.Known:
        return _plugin_facts.KNOWN.get(self.name, _plugin_facts.Known())

    def _wanted(self, current: Data) -> tuple[Data, Data]:
        """Config and marker with the plugin. Mem0's settings are what create_instance renders,
        with what is given here over it; both are in the marker, so that it goes on rendering them.
        """
        slot = self._known.slot if self.params["slot"] is None else self.params["slot"]
        given = self.params["config"] or {}
        if self.name != MEM0_PLUGIN:
            return _plugin_facts.with_plugin(current, self.name, given, slot), self.marker
        mem0 = replace(spec_from(self.marker["spec"]).mem0, enabled=True)
        rendered = self._marker_with(mem0)["rendered"]
        settings = dig(rendered, "plugins", "entries", self.name, "config") or {}
        wanted = _plugin_facts.with_plugin(current, self.name, settings, slot)
        wanted = _plugin_facts.with_plugin(wanted, self.name, given, slot)
        settings = dig(wanted, "plugins", "entries", self.name, "config") or {}
        marker = self._marker_with(_plugin_facts.mem0_spec(settings, mem0))
        return _plugin_facts.with_variables(wanted, self.marker, marker), marker

    def _unwanted(self, current: Data) -> tuple[Data, Data]:
        """Config and marker without the plugin."""
        mem0 = spec_from(self.marker["spec"]).mem0
        ours = self.name == MEM0_PLUGIN and mem0.enabled
        marker = self._marker_with(replace(mem0, enabled=False)) if ours else self.marker
        wanted = _plugin_facts.without_plugin(current, self.name)
        return _plugin_facts.with_variables(wanted, self.marker, marker), marker

    def _marker_with(self, mem0: Mem0Spec) -> Data:
        """The marker with that mem0, and with what is rendered for it."""
        spec = replace(spec_from(self.marker["spec"]), mem0=mem0)
        kept = [tuple(place) for place in self.marker.get("kept", ())]
        rendered = without(render(spec, self.layout, self.port, mem0.enabled), kept)
        was = self.marker["rendered"]
        others = {key: was[key] for key in was if key not in MEM0_PARTS}
        parts = {key: rendered[key] for key in MEM0_PARTS if key in rendered}
        return {
            **self.marker,
            "spec": {**self.marker["spec"], "mem0": to_plain(mem0)},
            "rendered": {**others, **parts},
        }

    def _config(self) -> Data:
        return self.host.read_json(self.layout.config_path) or {}

    def _apply(self) -> Loaded | None:
        """Take the steps; on failure the config and the gateway are as before."""
        goal, before = self.goal, self.host.read(self.layout.config_path) or ""
        was = goal.installed
        try:
            if goal.active:
                self.manager.stop()
            seen = self._change()
        except (ClawPilotError, OSError) as error:
            raise self._undone(error, before, was) from error
        self.host.write_json(self.layout.marker_path, goal.marker)
        return seen

    def _change(self) -> Loaded | None:
        goal = self.goal
        if goal.installs:
            self._write(_plugin_facts.with_settings_only(goal.current, goal.wanted, goal.name))
            self.store.install(goal.name, goal.package, goal.version)
        if goal.present:
            self.store.pin(self.name)
        if goal.uninstalls:
            self.store.uninstall(self.name)
        if goal.steps:
            written = self._config()
            self._write(_plugin_facts.with_own_words(goal.wanted, written))
        return self._start() if goal.active else None

    def _write(self, config: Data) -> None:
        if config != self._config():
            self.host.write(self.layout.config_path, json.dumps(config, indent=2) + "\n")

    def _start(self) -> Loaded | None:
        """Start the gateway and have it prove what it has in use. Raises PLUGIN_NOT_LOADED."""
        self._start_only()
        goal = self.goal
        name = goal.name if goal.present else _plugin_facts.MEMORY_CORE
        if not goal.present and not _plugin_facts.slots_of(goal.current, goal.name):
            return None
        seen, deadline = self._ask(name), time.monotonic() + LOAD_SECONDS
        while not seen.active and time.monotonic() < deadline:
            time.sleep(1)
            seen = self._ask(name)
        if not seen.active:
            raise ClawPilotError(
                "PLUGIN_NOT_LOADED",
                f"The gateway of {self.layout.slug!r} does not load {name}: {seen.words}.",
                "The words are the gateway's own; its log may say more.",
            )
        return seen

    def _start_only(self) -> None:
        self.instance.mark_console()
        self.manager.start()
        self.instance.await_health("ready", self.port, float(self.params["start_timeout"]))

    def _ask(self, name: str) -> Loaded:
        """What the instance's own gateway says of the plugin."""
        token = token_of(self._config(), parse(self.host.read(self.layout.env_path) or ""))
        pid = self.manager.state().pid
        if not token or self.host.owns_listener(pid, self.port) is False:
            raise ClawPilotError(
                "PLUGIN_NOT_LOADED",
                f"The gateway of {self.layout.slug!r} cannot be asked for {name}: "
                f"its token is not known, or another process has port {self.port}.",
                "See what doctor says of the instance.",
            )
        with _rpc.connect(self.port, token, timeout=ASK_SECONDS) as connection:
            listed = connection.call("plugins.list")
            return _plugin_facts.loaded(name, listed, connection.call("health"))

    def _undone(self, error: Exception, before: str, was: Installed | None) -> ClawPilotError:
        """The failure, after everything was put back as far as it can be."""
        failure = error
        if not isinstance(failure, ClawPilotError):
            failure = ClawPilotError("WRITE_FAILED", f"{error}.", "Check the path and its owner.")
        done = "The config is as before."
        if self.goal.uninstalls and self.store.installed(self.name) is None:
            self.host.write_json(self.layout.marker_path, self.goal.marker)
            return ClawPilotError(failure.code, failure.message, "The plugin itself is removed.")
        try:
            if self.manager.state().active:
                self.manager.stop()
            if was is None and self.store.installed(self.name) is not None:
                self.store.uninstall(self.name)
            self.host.write(self.layout.config_path, before)
            if self.goal.active:
                self._start_only()
        except (ClawPilotError, OSError) as again:
            done = f"Putting things back failed, too: {again}"
        return ClawPilotError(failure.code, failure.message, f"{failure.hint} {done}".strip())

    def _result(self, steps: tuple[str, ...], check_mode: bool, seen: Loaded | None) -> Data:
        goal, cost = self.goal, self.cost
        there = self.store.installed(self.name)
        version = goal.version if check_mode and goal.present else there.version if there else ""
        return {
            "changed": bool(steps),
            "steps": list(steps),
            "warnings": self._warnings(check_mode, cost),
            "diff": {
                "before": _shown(goal.current, goal.installed.version if goal.installed else ""),
                "after": _shown(goal.wanted, goal.version),
            },
            "plugin": {
                "name": goal.name,
                "installed": goal.present if check_mode else there is not None,
                "version": version if goal.present else "",
                "slots": _plugin_facts.slots_of(goal.wanted, goal.name),
                "loaded": bool(goal.present and seen is not None and seen.active),
                "cost": cost,
            },
            "instance": self.instance.described(goal.marker),
        }

    def _warnings(self, check_mode: bool, cost: str) -> list[str]:
        goal = self.goal
        warnings = []
        if cost and check_mode:
            warnings.append(cost)
        if goal.present and not goal.active:
            warnings.append(f"The gateway is stopped, so nothing proves that it loads {goal.name}.")
        if goal.present and goal.name == MEM0_PLUGIN:
            warnings += mem0_gaps(dig(goal.wanted, "plugins", "entries", goal.name, "config") or {})
        return warnings

    def _cost(self) -> str:
        """What it takes, in a sentence, for whoever has to say yes; empty when nothing does."""
        goal, folder = self.goal, self.layout.state_dir
        meanwhile = "; the gateway is stopped meanwhile." if goal.active else "."
        if not goal.installs and not goal.uninstalls:
            return ""
        if goal.installed and goal.uninstalls:
            size = self.host.size(goal.installed.folder) // 2**20
            return f"Removing {goal.name} frees {size} MB in {folder}{meanwhile}"
        wanted = f"{goal.name} {goal.version}"
        return f"Installing {wanted} takes {_plugin_facts.ANNOUNCED} in {folder}{meanwhile}"


def _shown(config: Mapping[str, Any], version: str) -> Data:
    return {"version": version, "plugins": redact(dig(config, "plugins") or {})}
