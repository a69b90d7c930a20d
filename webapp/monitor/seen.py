# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One host as the monitor has it: what was observed, what the registry has, and their lines.

Used by Live under its lock. A host that cannot be reached keeps what was seen of it: its instances
are unknown then, never stopped.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ...plugins.module_utils._delta import patched
from .. import lines
from ..lines import Data, Key
from ..places import HostPlace
from .shapes import (
    NO_BEATS,
    RUNNING_ON,
    UNKNOWN,
    HostLine,
    Line,
    host_line,
    host_uptime,
    id_of,
    line_of,
)
from .shapes import uptime as uptime_of

CONNECTED, CONNECTING = "connected", "connecting"
UNREACHABLE, UNWATCHED = "unreachable", "unwatched"
_NOT_YET = "It has not been looked at yet."
_NOT_READABLE = "Its home may not be read from here."
Known = Mapping[str, Any]
_Pair = tuple[Known | None, Known | None]


@dataclass(frozen=True)
class StateChange:
    """An instance that the registry has with another state, port or version than it was seen with.

    instance: its facts, under the name that the registry has for it.
    """

    host: str
    before: str
    instance: Mapping[str, Any]


class Health(NamedTuple):
    """beats: 40 codes; percent: up in 24 h, or None; since: when it came to be in that state."""

    beats: list[str]
    percent: float | None
    state: str
    since: str


NO_HEALTH = Health(NO_BEATS, None, "", "")


class HostSeen:
    """lines: id -> Line; line: of the host itself, {} until refresh() has run once."""

    def __init__(self, place: HostPlace) -> None:
        self.place = place
        self.lines: dict[str, Line] = {}
        self.line: HostLine = {}
        self.state, self.reason, self.since = CONNECTING, "", now_text()
        self.is_own: Callable[[Key], bool] = lambda key: True
        self._host: Mapping[str, Any] = {}
        self._warnings: list[Data] = []
        self._observed_at = ""
        self._instances: dict[str, Data] = {}
        self._hidden: frozenset[str] = frozenset()
        self._rows: list[Mapping[str, Any]] = []
        self._pairs: dict[str, _Pair] | None = None
        self._pending: dict[str, int] = {}
        self._health: dict[str, Health] = {}
        self._changes: list[StateChange] = []

    # --- what is learned; refresh() then says what that changes

    def observe(self, observation: Mapping[str, Any]) -> None:
        """A whole observation, with `hidden`."""
        self._host = dict(observation.get("host") or {})
        self._warnings = list(observation.get("warnings") or [])
        self._hidden = frozenset(observation.get("hidden") or ())
        self._instances = {name_of(one): dict(one) for one in observation["instances"]}
        self._seen(str(observation["observed_at"]))
        self._pairs = None

    def change(self, delta: Mapping[str, Any]) -> None:
        """What has changed since the last observation."""
        self._host = patched(self._host, delta.get("host") or {})
        self._warnings = list(delta.get("warnings", self._warnings))
        if "hidden" in delta:
            self._hidden = frozenset(delta["hidden"])
        for name in delta.get("removed") or ():
            self._instances.pop(name, None)
            self._pairs = None
        for name, changes in (delta.get("instances") or {}).items():
            if name not in self._instances:
                self._pairs = None
                self._instances[name] = dict(changes)
            else:  # in place: the pairs go on knowing it
                self._instances[name].update(patched(self._instances[name], changes))
        self._seen(str(delta["observed_at"]))

    def beat(self, at: str) -> None:
        """Looked at again, nothing new."""
        self._observed_at = at
        self.line.update(observed_at=at, uptime_seconds=host_uptime(self._host))
        for one, (instance, _row) in (self._pairs or {}).items():
            if instance is not None and one in self.lines:
                line = self.lines[one]
                line["seen_at"], line["uptime_seconds"] = at, uptime_of(instance)

    def lost(self, reason: str, since: str = "") -> None:
        self._become(UNREACHABLE, reason, since)

    def unwatched(self, reason: str) -> None:
        self._become(UNWATCHED, reason)

    def set_rows(self, rows: Iterable[Mapping[str, Any]]) -> None:
        rows = list(rows)
        if rows != self._rows:
            self._rows, self._pairs = rows, None

    def set_owner(self, is_own: Callable[[Key], bool]) -> None:
        """Which instances of this machine are this host's, where it has several names."""
        self.is_own, self._pairs = is_own, None

    def set_pending(self, counts: Mapping[str, int]) -> None:
        self._pending.update(counts)

    def set_health(self, line_id: str, health: Health) -> None:
        self._health[line_id] = health

    def _seen(self, at: str) -> None:
        self._observed_at = at
        self._become(CONNECTED, "")

    def _become(self, state: str, reason: str, since: str = "") -> None:
        if state != self.state:
            self.since = since or now_text()
        self.state, self.reason = state, reason

    # --- what it comes to

    def facts(self, line_id: str) -> Data:
        """The instance behind a line, {} where it was never seen."""
        instance = (self._pairs or {}).get(line_id, (None, None))[0]
        if instance is None:
            return {}
        process = dict(instance.get("process") or {})
        return {**instance, "process": {**process, "uptime_seconds": uptime_of(instance)}}

    def refresh(self) -> tuple[list[Line], list[str], bool]:
        """Lines that are new or others now, ids that have gone, and whether the host's line is."""
        pairs = self._paired()
        changed = []
        for one, pair in pairs.items():
            line, old = self._line(one, *pair), self.lines.get(one)
            if old is None or not _is_same(line, old):
                changed.append(line)
                self.lines[one] = line
                self._note(line, *pair)
            else:
                old.update({key: line[key] for key in RUNNING_ON})
        gone = [one for one in self.lines if one not in pairs]
        for one in gone:
            del self.lines[one]
            self._health.pop(one, None)
        return changed, gone, self._refresh_host()

    def take_changes(self) -> list[StateChange]:
        changes, self._changes = self._changes, []
        return changes

    def _paired(self) -> dict[str, _Pair]:
        if self._pairs is None:
            local = self.place.connection == "local"
            key = lines.key_of if local else lines.far_key_of
            own = [one for one in self._instances.values() if self.is_own(key(one))]
            self._pairs = {
                id_of(self.place.name, key(row or instance or {})): (instance, row)
                for instance, row in lines.pairs(own, self._rows, key)
            }
        return self._pairs

    def _line(self, line_id: str, instance: Known | None, row: Known | None) -> Line:
        connected = self.state == CONNECTED
        line = line_of(self.place.name, instance, row, self._word(instance, row), self._observed_at)
        hidden = line["seen"] == lines.HIDDEN
        if not connected or hidden:
            last = f" It was last {line['state']}." if line["state"] not in (UNKNOWN, "") else ""
            why = _NOT_READABLE if hidden else self.reason or _NOT_YET
            line.update(state=UNKNOWN, reason=f"{why}{last}", memory_bytes=0, cpu_percent=0.0)
        health = self._health.get(line_id, NO_HEALTH)
        line.update(
            id=line_id,
            beats=health.beats,
            uptime_percent=health.percent,
            pending=self._pending.get(line["state_dir"], 0) if connected else 0,
            state_since=self._state_since(line_id, line, instance, health),
        )
        return line

    def _word(self, instance: Known | None, row: Known | None) -> str:
        if self.state != CONNECTED:
            return lines.BEFORE
        if instance is not None:
            return lines.NOW
        return lines.HIDDEN if lines.state_dir(row or {}) in self._hidden else lines.GONE

    def _state_since(self, line_id: str, line: Line, instance: Known | None, health: Health) -> str:
        """Since when its state is what it is: as seen, or as was known before we looked."""
        old = self.lines.get(line_id)
        if old is not None and old["state"] != line["state"]:
            return self._observed_at if self.state == CONNECTED else self.since
        known = health.since if health.state == line["state"] else ""
        started = ((instance or {}).get("process") or {}).get("started_at")
        if old is not None:
            return min(filter(None, (str(old["state_since"]), known)))
        if known or self.state != CONNECTED:
            return known or self.since
        return text_of(started) if started and line["state"] == "running" else self._observed_at

    def _note(self, line: Line, instance: Known | None, row: Known | None) -> None:
        """Remember what the registry has to be told."""
        if instance is None or row is None or self.state != CONNECTED:
            return
        port, version = instance.get("port"), instance.get("openclaw_version")
        news = (
            row.get("state") != line["state"],
            bool(port) and row.get("port") != port,
            bool(version) and row.get("openclaw_version") != version,
        )
        if any(news):
            named = {**instance, "slug": row["slug"], "openclaw_home": row["openclaw_home"]}
            self._changes.append(StateChange(self.place.name, str(row.get("state")), named))

    def _refresh_host(self) -> bool:
        line = host_line(
            self.place,
            self.state,
            self.reason,
            self.since,
            self._host,
            self._warnings,
            self._observed_at,
            list(self.lines.values()),
        )
        old = self.line
        line["version_seq"] = old.get("version_seq", 0)
        clock = {key: line[key] for key in ("observed_at", "uptime_seconds")}
        if old and line == {**old, **clock}:
            old.update(clock)
            return False
        self.line = line
        return True


def _is_same(line: Line, old: Line) -> bool:
    """Whether nothing but the clock tells them apart."""
    clock = {key: old[key] for key in (*RUNNING_ON, "version_seq")}
    return {**line, **clock} == old


def name_of(instance: Mapping[str, Any]) -> str:
    """How an instance is named between a host and the monitor."""
    return f"{instance['openclaw_home']}\0{instance['slug']}"


def now_text() -> str:
    return text_of(time.time())


def text_of(moment: float) -> str:
    """Seconds since 1970 as UTC in ISO 8601."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))
