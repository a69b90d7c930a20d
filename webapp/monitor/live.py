# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of all instances and hosts now: in memory, with a version that grows.

Line, the line of an instance (JSON): what webapp/lines.py says, and id (12 hex digits), reason,
state_since (UTC, ISO 8601), url, manager, openclaw_user, state_dir, cpu_percent, pending (devices
and senders that wait), tags, model, problems (how many), beats (40 codes for the last 24 h, the
oldest first: u up, d degraded or error, s stopped, ? unknown, - no data), uptime_percent (of these
24 h, None without data), version_seq (the version of its last change).

HostLine, the line of a host (JSON): name, state (connected, connecting, unreachable, unwatched),
reason, since, connection, hostname, os, cpu_percent, cpu_count, load (3), memory {total_bytes,
available_bytes}, disk {total, free}, uptime_seconds, node, openclaw, shared, groups, counts {state:
n}, instances (n), warnings, observed_at, version_seq.

seen_at, uptime_seconds and a host's observed_at run on in place, without a new version.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ...plugins.module_utils._model import ClawPilotError
from .. import lines
from ..lines import Data, Key
from ..places import HostPlace
from .seen import Health, HostSeen, StateChange
from .shapes import HostLine, Line

_REMEMBERED = 5000  # lines that went; who has missed more of them gets everything anew


@dataclass(frozen=True)
class Changes:
    """What is new since a version; full: these are all, and what else was there is gone."""

    version: int
    instances: list[Line]
    removed: list[str]
    hosts: list[HostLine]
    full: bool


class Ambiguous(ClawPilotError):
    """INSTANCE_AMBIGUOUS; choices: where the instances of that name are."""

    def __init__(self, slug: str, found: Sequence[Line]) -> None:
        self.choices = [{key: line[key] for key in ("host", "openclaw_home")} for line in found]
        places = ", ".join(f"{one['host']} ({one['openclaw_home']})" for one in self.choices)
        super().__init__(
            "INSTANCE_AMBIGUOUS",
            f"The instance {slug!r} is in {len(found)} places: {places}.",
            "Say which host, and which home where it has several.",
        )


class Live:
    """Lines and hosts, for any thread. Nobody may change what it hands out."""

    def __init__(self) -> None:
        # Not 0: what a page has of a dashboard before this one has to be older than all of it.
        self.version = int(time.time() * 1000)
        self._lock = threading.RLock()
        self._hosts: dict[str, HostSeen] = {}
        self._rows: list[Mapping[str, Any]] = []
        self._rows_of: set[str] = set()  # the hosts that they were handed out to
        self._lines: dict[str, Line] = {}
        self._order: list[str] | None = []
        self._removed: deque[tuple[int, str]] = deque(maxlen=_REMEMBERED)
        self._floor = self.version  # before this version, what has gone is not remembered
        self._wakes: list[Callable[[], None]] = []

    # --- for those who show it

    def lines(self) -> list[Line]:
        """Every line, sorted by host, slug and home."""
        with self._lock:
            if self._order is None:
                known = sorted(self._lines.values(), key=_place_of)
                self._order = [line["id"] for line in known]
            return [self._lines[one] for one in self._order]

    def line(self, id: str) -> Line | None:  # noqa: A002
        return self._lines.get(id)

    def find(self, slug: str, host: str = "", home: str = "") -> Line:
        """The one line of that slug. Raises INSTANCE_NOT_FOUND, Ambiguous."""
        found = [
            line
            for line in self.lines()
            if line["slug"] == slug
            and host in ("", line["host"])
            and home in ("", line["openclaw_home"])
        ]
        if len(found) > 1:
            raise Ambiguous(slug, found)
        if not found:
            where = f" on {host}" if host else ""
            raise ClawPilotError(
                "INSTANCE_NOT_FOUND",
                f"There is no instance {slug!r}{where}.",
                "The overview shows all that are known.",
            )
        return found[0]

    def facts(self, id: str) -> Data:  # noqa: A002
        """The whole instance (docs/facts.md) as it was last seen, {} if it never was."""
        with self._lock:
            line = self._lines.get(id)
            return self._hosts[line["host"]].facts(id) if line else {}

    def hosts(self) -> list[HostLine]:
        """Every host, sorted by name."""
        with self._lock:
            return [self._hosts[name].line for name in sorted(self._hosts)]

    def host(self, name: str) -> HostLine | None:
        seen = self._hosts.get(name)
        return seen.line if seen else None

    def changes(self, since: int) -> Changes:
        """What is new since that version; everything where that is too long ago, or not ours."""
        with self._lock:
            if since < self._floor or since > self.version:
                return Changes(self.version, self.lines(), [], self.hosts(), True)
            if since == self.version:
                return Changes(self.version, [], [], [], False)
            gone = dict.fromkeys(one for at, one in self._removed if at > since)
            return Changes(
                self.version,
                [line for line in self.lines() if line["version_seq"] > since],
                [one for one in gone if one not in self._lines],
                [host for host in self.hosts() if host["version_seq"] > since],
                False,
            )

    def subscribe(self, wake: Callable[[], None]) -> Callable[[], None]:
        """Have wake called after every change, in any thread, so it has to be quick.

        Returns what ends that.
        """
        with self._lock:
            self._wakes = [*self._wakes, wake]

        def end() -> None:
            with self._lock:
                self._wakes = [one for one in self._wakes if one is not wake]

        return end

    # --- for the monitor

    def set_hosts(self, places: Iterable[HostPlace]) -> None:
        """The hosts that there are now."""
        wanted = {place.name: place for place in places}
        with self._change() as change:
            if wanted == {name: host.place for name, host in self._hosts.items()}:
                return
            for name in [name for name in self._hosts if name not in wanted]:
                change.drop(self._hosts.pop(name))
            for name, place in wanted.items():
                if name not in self._hosts:
                    self._hosts[name] = HostSeen(place)
                self._hosts[name].place = place
            self._share_out()
            for host in self._hosts.values():
                change.take(host)

    def set_rows(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """The registry's instances, those of unknown hosts left out."""
        by_host: dict[str, list[Mapping[str, Any]]] = {}
        for row in rows:
            by_host.setdefault(str(row["hostname"]), []).append(row)
        with self._change() as change:
            if list(rows) == self._rows and self._rows_of == set(self._hosts):
                return
            self._rows, self._rows_of = list(rows), set(self._hosts)
            for name, host in self._hosts.items():
                host.set_rows(by_host.get(name, []))
            self._share_out()
            for host in self._hosts.values():
                change.take(host)

    def observe(self, host: str, observation: Mapping[str, Any]) -> list[StateChange]:
        """A whole observation (docs/facts.md) of a host, and with it `hidden`: state directories
        of the registry that may not be read. Returns what the registry does not know yet.
        """
        return self._on(host, lambda seen: seen.observe(observation))

    def change(self, host: str, delta: Mapping[str, Any]) -> list[StateChange]:
        """What has changed since (module_utils/_delta.py)."""
        return self._on(host, lambda seen: seen.change(delta))

    def beat(self, host: str, at: str) -> None:
        """The host was observed at that time, with nothing new."""
        with self._lock:
            if host in self._hosts:
                self._hosts[host].beat(at)

    def lost(self, host: str, reason: str, since: str = "") -> None:
        """A host cannot be reached; since: UTC, by default now."""
        self._on(host, lambda seen: seen.lost(reason, since))

    def unwatched(self, host: str, reason: str) -> None:
        """A host is not watched, and why."""
        self._on(host, lambda seen: seen.unwatched(reason))

    def set_pending(self, host: str, counts: Mapping[str, int]) -> None:
        """How many wait, by state directory; what is not named stays."""
        self._on(host, lambda seen: seen.set_pending(counts))

    def set_health(self, health: Mapping[str, Health]) -> None:
        """How instances fared in the last 24 hours, by id."""
        with self._change() as change:
            touched = set()
            for one, known in health.items():
                line = self._lines.get(one)
                if line:
                    touched.add(line["host"])
                    self._hosts[line["host"]].set_health(one, known)
            for name in touched:
                change.take(self._hosts[name])

    def _on(self, host: str, work: Callable[[HostSeen], None]) -> list[StateChange]:
        with self._change() as change:
            seen = self._hosts.get(host)
            if seen is None:  # its session ends while its host has gone
                return []
            work(seen)
            change.take(seen)
            return seen.take_changes()

    def _share_out(self) -> None:
        """Where this machine has several names, say whose an instance is: that of the row which
        knows it, else of the host with that home, else of the one that looks everywhere.
        """
        local = [h.place for h in self._hosts.values() if h.place.connection == "local"]
        names = {place.name for place in local}
        claimed = {
            lines.key_of(row): str(row["hostname"])
            for row in self._rows
            if str(row["hostname"]) in names
        }
        homes = {os.path.realpath(h): p.name for p in local for h in p.homes or ()}
        for place in local if len(local) > 1 else ():
            self._hosts[place.name].set_owner(_owner(place.name, claimed, homes))

    @contextmanager
    def _change(self) -> Iterator[_Change]:
        """One version for all that happens inside, and none where nothing does."""
        with self._lock:
            change = _Change(self, self.version + 1)
            yield change
            if not change.happened:
                return
            self.version += 1
            wakes = self._wakes
        for wake in wakes:
            wake()

    def _forget(self, line_id: str, version: int) -> None:
        if len(self._removed) == _REMEMBERED:
            self._floor = self._removed[0][0]
        self._removed.append((version, line_id))
        self._lines.pop(line_id, None)
        self._order = None

    def _put(self, line: Line, version: int) -> None:
        if line["id"] not in self._lines:
            self._order = None
        line["version_seq"] = version
        self._lines[line["id"]] = line

    def _everything_is_new(self, version: int) -> None:
        self._floor = version


class _Change:
    """A change of Live that is being made; happened: whether anything is another now."""

    def __init__(self, live: Live, version: int) -> None:
        self.happened = False
        self._live = live
        self._version = version

    def take(self, host: HostSeen) -> None:
        """Bring the lines of a host up to date."""
        changed, gone, other = host.refresh()
        for line in changed:
            self._live._put(line, self._version)
        for one in gone:
            self._live._forget(one, self._version)
        if other:
            host.line["version_seq"] = self._version
        self.happened = self.happened or other or bool(changed) or bool(gone)

    def drop(self, host: HostSeen) -> None:
        """Forget a host with its lines; who knew it gets everything anew."""
        for one in host.lines:
            self._live._forget(one, self._version)
        self._live._everything_is_new(self._version)
        self.happened = True


def _owner(
    name: str, claimed: Mapping[Key, str], homes: Mapping[str, str]
) -> Callable[[Key], bool]:
    return lambda key: claimed.get(key, homes.get(key[0], name)) == name


def _place_of(line: Line) -> tuple[str, str, str]:
    return line["host"], line["slug"], line["openclaw_home"]
