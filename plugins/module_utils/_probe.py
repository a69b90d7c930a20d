# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""One read-only pass over a host: every instance that is there, and how it is.

Private to the claw.pilot collection. Python 3.9 or later. Writes nothing, starts no Node, asks
each service manager once however many instances there are, and returns no secret.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from . import _procfs, _sight
from ._attribution import Attribution, Claim, attribute
from ._commands import GatewayCommand
from ._containers import containers
from ._describe import Facts, describe, printable, real_port
from ._discovery import Group, distinct, is_instance, is_marked, merge, slug_of
from ._host import Host
from ._host_facts import cpu_sample, host_facts
from ._metrics import CpuSample
from ._model import Layout
from ._problems import problems
from ._service_scan import SystemdScan
from ._services import ServiceManager
from ._sightings import Account, Lock, Process, Service, Sighting, StateFiles, Warnings
from ._state_files import mem0_installed, read_state_files
from ._state_words import Health, Proof
from ._summary import mem0_enabled, port_of


def observe(
    homes: Sequence[str] | None = None,
    host: Host | None = None,
    more_homes: Sequence[str] = (),
    of_host: Callable[[Host, Sequence[str], CpuSample], dict[str, Any]] = host_facts,
    proof: Proof | None = None,
) -> dict[str, Any]:
    """The observation of this host (docs/facts.md): host, homes, instances, warnings, observed_at.

    homes: the homes to look at; None: every home that may be read, and then also what runs
    elsewhere; more_homes: then these as well, as far as they are there, though no account may have
    them; of_host: what tells of the machine; proof: of a gateway that was waited for. Raises
    nothing for what is broken or may not be read: it warns.
    """
    host = host or Host()
    sample = cpu_sample(host)
    seen = _Pass(host, homes, more_homes, proof)
    instances = seen.instances()
    return printable(
        {
            "host": of_host(host, seen.homes_of(instances), sample),
            "homes": list(seen.homes),
            "instances": instances,
            "warnings": _unique(seen.warnings),
            "observed_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        }
    )


def observed_at(
    state_dir: str, host: Host | None = None, proof: Proof | None = None
) -> list[dict[str, Any]]:
    """What is observed in that (resolved) directory: also where it is in nobody's home."""
    outer = state_dir.partition(os.path.join(os.sep, _sight.CELLS))[0]  # a cell is in another's
    for homes in (None, [os.path.dirname(outer)]):
        seen = observe(homes, host, proof=proof)["instances"]
        found = [instance for instance in seen if instance["state_dir"] == state_dir]
        if found:
            return found
    return []


def _unique(warnings: Warnings) -> Warnings:
    return list({(w["code"], w["path"]): w for w in warnings}.values())


@dataclass(frozen=True)
class _Found:
    """A group of traces with what its state directory holds, and the port that these tell."""

    group: Group
    files: StateFiles = StateFiles()

    @cached_property
    def port(self) -> int:
        config = self.files.config.value
        return real_port(self.group, 0 if config is None else port_of(config))


class _Pass:
    """What one pass knows."""

    def __init__(
        self,
        host: Host,
        homes: Sequence[str] | None,
        more_homes: Sequence[str] = (),
        proof: Proof | None = None,
    ) -> None:
        self.host = host
        self.proof = proof
        self.everywhere = homes is None
        self.warnings: Warnings = []
        self.accounts = _sight.Accounts()
        if homes is None:
            more = (os.path.realpath(home) for home in sorted(more_homes) if home)
            named = [*self.accounts.homes(), *(home for home in more if os.path.isdir(home))]
        else:
            named = [os.path.realpath(home) for home in homes]
        self.homes: dict[str, Account] = {home: self.accounts.owner(home) for home in named}
        self.table = _procfs.ProcessTable()
        self.listeners = _procfs.listeners()

    def instances(self) -> list[dict[str, Any]]:
        """Every instance in the instance shape, sorted by home and slug."""
        sightings = self._sightings()
        found = self._found(sightings)
        attribution = self.attribute(found, strangers=self.everywhere)
        strangers = self._strangers(attribution)
        if strangers:  # what their processes tell may be of an instance that is known
            found = self._found([*sightings, *strangers])
            attribution.update(self.attribute(found, strangers=False))
        owners = [self._owner(one) for one in found]
        slugs = distinct(
            [
                (home, slug_of(one.group, one.files.marker), one.group.state_dir)
                for one, (home, _user) in zip(found, owners)
            ]
        )
        shown = [
            describe(self.facts(number, one, slugs[number], owners[number], attribution))
            for number, one in enumerate(found)
        ]
        return sorted(shown, key=lambda instance: (instance["openclaw_home"], instance["slug"]))

    def homes_of(self, instances: Sequence[Mapping[str, Any]]) -> list[str]:
        """The homes that matter to the host's facts: our own, the named ones, those in use."""
        used = [instance["openclaw_home"] for instance in instances]
        named = [] if self.everywhere else list(self.homes)
        return list(dict.fromkeys([os.path.expanduser("~"), *named, *filter(None, used)]))

    # --- what is there

    def _sightings(self) -> list[Sighting]:
        gateways = _procfs.gateways(self.table)
        engines, unasked = containers(self.host)
        systemd = SystemdScan(self.host)
        self.warnings += unasked
        sightings = [
            *_sight.processes(gateways, self.accounts),
            *_sight.system_services(systemd, self.warnings),
            *_sight.containers(engines, gateways, self.warnings),
            *_sight.user_services(systemd, self.homes, self.accounts, self.warnings),
        ]
        if self.everywhere:  # homes that no account has, told of by what runs
            for home in _sight.told_homes(sightings):
                self.homes.setdefault(home, self.accounts.owner(home))
        for home, account in self.homes.items():
            sightings += _sight.folders(home, account, self.warnings)
        sightings += _sight.programs(self.homes, self.warnings)
        return self._corrected(sightings)

    def _corrected(self, sightings: list[Sighting]) -> list[Sighting]:
        """Let the process of a service say where it runs: its unit may have changed since."""
        sightings = [_sight.with_own_pid(s, self.table.uid) for s in sightings]
        running = {s.process.pid: s for s in sightings if s.process and s.state_dir}
        return [self._as_running(s, running) if s.service else s for s in sightings]

    def _as_running(self, sighting: Sighting, running: Mapping[int, Sighting]) -> Sighting:
        pid = sighting.service.state.pid if sighting.service else 0
        family = self.table.family(pid) if pid else []
        real = next((running[p] for p in family if p in running), None)
        if real is None:
            return sighting
        return _sight.as_running(sighting, real)

    def _found(self, sightings: Sequence[Sighting]) -> list[_Found]:
        groups = [g for g in merge(sightings) if self._wanted(g) or not g.state_dir]
        found = self._with_unseen([_Found(g, self._files(g)) for g in groups])
        return [one for one in found if self._wanted(one.group) and self._is_instance(one)]

    def _is_instance(self, found: _Found) -> bool:
        files = found.files
        broken = files.config.problem is not None
        return is_instance(
            found.group, files.config.value, broken, files.has_database, bool(files.marker)
        )

    def _wanted(self, group: Group) -> bool:
        if self.everywhere:
            return True
        places = (group.first("home"), group.state_dir)
        return any(p == h or p.startswith(h + os.sep) for p in places if p for h in self.homes)

    def _files(self, group: Group) -> StateFiles:
        if not group.state_dir:
            return StateFiles()
        told = (group.state_dir, group.config_path, group.include_roots, group.told_by)
        files = read_state_files(*told)
        return files if is_marked(group, files.marker) else replace(files, marker={})

    def _with_unseen(self, found: list[_Found]) -> list[_Found]:
        """Give a process that does not tell its state directory to the one instance that fits."""
        unseen = [one for one in found if one.group.process and not one.group.state_dir]
        if not unseen:
            return found
        rest = [one for one in found if one.group.state_dir or not one.group.process]
        for one in unseen:
            place = self._place(one, rest)
            if place is None:
                rest.append(one)
            else:
                together = (*rest[place].group.sightings, *one.group.sightings)
                rest[place] = _Found(Group(together), rest[place].files)
        return rest

    def _place(self, unseen: _Found, rest: Sequence[_Found]) -> int | None:
        """Which of the others has that process: by its lock, its port, OpenClaw's default."""
        process = unseen.group.process
        if process is None:
            return None
        port = int(unseen.group.first("port") or 0)
        default = os.path.join(str(unseen.group.first("home")), ".openclaw")
        free = [(n, one) for n, one in enumerate(rest) if not one.group.process]
        ways = (
            [n for n, one in free if process.pid in self._lock_pids(one)],
            [n for n, one in free if self._fits(one, process, port)],
            [n for n, one in free if one.group.state_dir == default and _may_run(one, process)],
        )
        return next((way[0] for way in ways if len(way) == 1), None)

    def _fits(self, found: _Found, process: Process, port: int) -> bool:
        """Whether the process may listen on the port of that instance."""
        if found.files.uid not in (process.uid, -1) or port not in (found.port, 0):
            return False
        inodes = _procfs.sockets_of([process.pid])
        return any(
            s.port == found.port and (s.uid == process.uid if inodes is None else s.inode in inodes)
            for s in self.listeners
        )

    # --- how it is

    def attribute(self, found: Sequence[_Found], strangers: bool) -> Attribution:
        claims = [self._claim(n, one) for n, one in enumerate(found) if one.port]
        return attribute(claims, self.listeners, self.table, strangers, self.proof)

    def _claim(self, number: int, found: _Found) -> Claim:
        pid, process = self._pid(found), found.group.process
        beyond = _is_contained(found)
        runs = bool(pid or (beyond and (found.group.container or {}).get("running")))
        uid = process.uid if process else found.files.uid
        return Claim(number, found.port, pid, runs, self._asked(found), uid, beyond)

    def _pid(self, found: _Found) -> int:
        """The topmost process of it that this host sees."""
        group = found.group
        pid = group.service.state.pid if group.service else 0
        pid = pid or (group.process.pid if group.process else 0)
        return pid or next(iter(self._lock_pids(found)), 0)

    def _asked(self, found: _Found) -> bool:
        """Whether it is known if it runs: its manager answered, or its processes can be seen."""
        service = found.group.service
        if service is None or service.asked:
            return self.table.is_whole or service is not None
        return self.table.is_whole and os.geteuid() in (0, found.files.uid)

    def _lock_pids(self, found: _Found) -> list[int]:
        return [lock.pid for lock in found.files.locks if self._holds(lock, found)]

    def _holds(self, lock: Lock, found: _Found) -> bool:
        """Whether its process is alive; a lock in a copy of a directory is the original's."""
        own = lock.state_dir in ("", found.group.state_dir)
        return own and bool(lock.pid) and self.table.alive(lock.pid, lock.started, lock.uid)

    def _stale(self, found: _Found) -> tuple[Lock, ...]:
        """Locks whose process is gone; those of a container count its own processes."""
        if not self.table.is_whole or _is_contained(found):
            return ()
        return tuple(lock for lock in found.files.locks if not self._holds(lock, found))

    def _strangers(self, attribution: Attribution) -> list[Sighting]:
        """Live gateways that no folder, service or process has told of yet."""
        ports = attribution.strangers
        inodes = {s.inode: s.port for s in self.listeners if s.port in ports}
        pids = {inodes[i]: pid for i, pid in _procfs.holders(inodes, self.table).items()}
        found = []
        for port in ports:
            pid = pids.get(port, 0)
            process = self.table.process(pid, _procfs.arguments(pid)) if pid else None
            found.append(_sight.stranger(port, process, self.accounts, self.warnings))
        return [sighting for sighting in found if sighting]

    def _owner(self, found: _Found) -> tuple[str, str]:
        """The home and the user of an instance."""
        group, files = found.group, found.files
        user = group.first("user") or (
            self.accounts.of_uid(files.uid).name if files.uid >= 0 else ""
        )
        return str(group.first("home")), str(user)

    def facts(
        self,
        number: int,
        found: _Found,
        slug: str,
        owner: tuple[str, str],
        attribution: Attribution,
    ) -> Facts:
        process = self._process(found)
        health = attribution.health.get(number, Health())
        if found.group.kinds == {"listener"}:
            health = attribution.strangers.get(found.port, health)
        return Facts(
            group=self._with_listener(found, health),
            files=found.files,
            slug=slug,
            home=owner[0],
            user=owner[1],
            port=attribution.ports.get(number, found.port),
            health=health,
            process=process,
            asked=self._asked(found) or bool(process),
            mem0_installed=(
                mem0_enabled(found.files.config.value or {})
                and mem0_installed(found.group.state_dir)
            ),
            stale_locks=self._stale(found),
            problems=problems(
                found.group, found.files.config, found.port, number in attribution.taken
            ),
        )

    def _process(self, found: _Found) -> Process | None:
        if found.group.process:
            return found.group.process
        pid = self._pid(found)
        return self.table.process(pid, _procfs.arguments(pid)) if pid in self.table.pids else None

    def _with_listener(self, found: _Found, health: Health) -> Group:
        if not health.live or "listener" in found.group.kinds:
            return found.group
        heard = Sighting("listener", f"port {found.port} answers as a gateway does")
        return Group((*found.group.sightings, heard))


def _may_run(found: _Found, process: Process) -> bool:
    return found.files.uid < 0 or process.uid in (0, found.files.uid)


def _is_contained(found: _Found) -> bool:
    """Whether it runs in a container, if it runs."""
    return found.group.container is not None and found.group.process is None


def describe_own(
    host: Host,
    layout: Layout,
    manager: ServiceManager,
    marker: Mapping[str, Any] | None,
    proof: Proof | None,
) -> dict[str, Any]:
    """One instance of ours in the instance shape, by its manager's own word.

    marker: as it is, or as it is going to be; proof: of waiting for its gateway.
    """
    alone = _Pass(host, [layout.home], proof=proof)
    files = read_state_files(layout.state_dir, layout.config_path)
    files = replace(files, marker=marker or files.marker)
    account = alone.accounts.of_uid(files.uid if files.uid >= 0 else os.geteuid())
    service = Service(
        manager=manager.kind,
        scope="user",
        name=manager.name,
        definition_path=manager.definition_path,
        user=account.name,
        command=GatewayCommand(layout.home, layout.state_dir, layout.config_path),
        state=manager.state(),
        asked=True,
    )
    found = _Found(
        Group(
            (
                Sighting("directory", layout.state_dir, layout.state_dir),
                Sighting("service", f"{manager.kind} service {manager.name}", service=service),
            )
        ),
        files,
    )
    attribution = alone.attribute([found], strangers=False)
    return describe(alone.facts(0, found, layout.slug, (layout.home, account.name), attribution))
