# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a report does to the registry: which rows are made, changed and dropped, which events are.

It knows the rules and no SQL; the caller has a transaction open.
"""

from __future__ import annotations

from typing import Any, Protocol

from .registry_report import DEVICES, GONE, OBSERVED, STARTING, STORING, Entry, Report

Row = dict[str, Any]


class Tables(Protocol):
    """The statements that recording takes; registry.py has them."""

    def servers(self, hostname: str) -> list[Row]: ...
    def find_instance(self, hostname: str, home: str, slug: str, state_dir: str) -> Row | None: ...
    def port_owner(self, server_id: int, port: int) -> Row | None: ...
    def agents(self, instance_id: int) -> list[Row]: ...
    def insert(self, table: str, values: Row) -> int: ...
    def update(self, table: str, row_id: int, values: Row) -> None: ...
    def delete_instance(self, instance_id: int) -> None: ...
    def replace_agents(self, instance_id: int, rows: list[Row]) -> None: ...


class NotStored(Exception):
    """Why an entry cannot be stored; raised before anything of it is."""


class Recorder:
    """Reports into the tables. Afterwards: changed, events (rows), warnings (sentences)."""

    def __init__(self, tables: Tables, *, actor: str, origin: str, now: str) -> None:
        self.changed = False
        self.events: list[Row] = []
        self.warnings: list[str] = []
        self._tables = tables
        self._who = {"actor": actor, "origin": origin, "created_at": now}
        self._now = now

    def record(self, report: Report) -> None:
        """Take one host's report; an entry that cannot be stored becomes a warning."""
        self.warnings.extend(report.refused)
        for row in self._tables.servers(report.hostname):
            self._update("servers", row, report.server)
        self._release_ports(report)
        for entry in report.entries:
            try:
                self._take(report, entry)
            except NotStored as why:
                self.warnings.append(
                    f"{report.hostname}: {entry.slug} in {entry.openclaw_home} is not recorded"
                    f" as {entry.event}: {why}."
                )

    def _release_ports(self, report: Report) -> None:
        """Free the ports that instances of this report have left for another one of it.

        Two instances may have exchanged their ports, which row by row would be a conflict.
        """
        wanted = {entry.values.get("port") for entry in report.entries if entry.event not in GONE}
        for entry in report.entries:
            row = self._known(report, entry)
            moved = row and entry.values.get("port") not in (None, row["port"])
            if row and moved and entry.event != "adopted" and row["port"] in wanted:
                self._update("instances", row, {"port": None})

    def _known(self, report: Report, entry: Entry) -> Row | None:
        state_dir = entry.values.get("state_dir") or ""
        return self._tables.find_instance(
            report.hostname, entry.openclaw_home, entry.slug, state_dir
        )

    def _take(self, report: Report, entry: Entry) -> None:
        known = self._known(report, entry)
        if entry.event == "observed":
            self._observe(report, entry, known)
        elif entry.event in GONE:
            self._drop(report, entry, known)
        elif entry.event in DEVICES:
            self._event(report, entry, known)
        elif entry.event in STARTING and known is None and entry.managed:
            self._store_whole(report, entry, known, discovered=0)
        elif entry.event in STARTING:
            if known:
                self._store(known, entry, _observed(entry))
            self._event(report, entry, known)
        elif entry.event in STORING:
            self._store_whole(report, entry, known, discovered=0)
        elif known is None:
            self._store_whole(report, entry, known, discovered=int(not entry.managed))

    def _observe(self, report: Report, entry: Entry, known: Row | None) -> None:
        if known is None:
            return
        # Of ours all is known, also what a run has done whose report got lost.
        ours = {**entry.values, "discovered": 0}
        self._store(known, entry, ours if entry.managed else _observed(entry))
        before, after = known["state"], entry.values.get("state")
        if after and before != after:
            self._event(report, entry, known, "state_changed", f"{before} -> {after}")

    def _drop(self, report: Report, entry: Entry, known: Row | None) -> None:
        if known:
            self._tables.delete_instance(known["id"])
            self.changed = True
        if known or entry.event == "destroyed":
            self._event(report, entry, known)

    def _store_whole(
        self, report: Report, entry: Entry, known: Row | None, discovered: int
    ) -> None:
        values = {**entry.values, "discovered": discovered}
        if known is None:
            known = self._insert(report, entry, values)
        self._store(known, entry, values)
        self._event(report, entry, known)

    def _insert(self, report: Report, entry: Entry, values: Row) -> Row:
        """A new instance, with a new server when it is the first in that home of that host."""
        homes = {row["openclaw_home"]: row["id"] for row in self._tables.servers(report.hostname)}
        server_id = homes.get(entry.openclaw_home)
        stamps = {"created_at": self._now, "updated_at": self._now}
        if server_id is None:
            key = {"hostname": report.hostname, "openclaw_home": entry.openclaw_home}
            server_id = self._tables.insert("servers", {**key, **report.server, **stamps})
        self._check_port(server_id, 0, values)
        row = {**values, "server_id": server_id, "slug": entry.slug, **stamps}
        self.changed = True
        return {**row, "id": self._tables.insert("instances", row)}

    def _store(self, known: Row, entry: Entry, values: Row) -> None:
        self._check_port(known["server_id"], known["id"], values)
        self._update("instances", known, values)
        if entry.agents is not None and entry.agents != self._stored_agents(known["id"]):
            self._tables.replace_agents(known["id"], entry.agents)
            self.changed = True

    def _stored_agents(self, instance_id: int) -> list[Row]:
        columns = ("agent_id", "name", "model", "workspace_path", "is_default")
        rows = [{c: row[c] for c in columns} for row in self._tables.agents(instance_id)]
        return sorted(rows, key=lambda row: str(row["agent_id"]))

    def _check_port(self, server_id: int, instance_id: int, values: Row) -> None:
        if values.get("port"):
            owner = self._tables.port_owner(server_id, values["port"])
            if owner and owner["id"] != instance_id:
                raise NotStored(f"port {values['port']} belongs to {owner['slug']} there")

    def _update(self, table: str, row: Row, values: Row) -> None:
        changes = {key: value for key, value in values.items() if row.get(key) != value}
        if changes:
            self._tables.update(table, row["id"], {**changes, "updated_at": self._now})
            self.changed = True

    def _event(
        self, report: Report, entry: Entry, known: Row | None, kind: str = "", detail: str = ""
    ) -> None:
        """An event under the name that the registry has for the instance."""
        name = {"openclaw_home": entry.openclaw_home, "slug": entry.slug, **(known or {})}
        row = {
            "hostname": report.hostname,
            "openclaw_home": name["openclaw_home"],
            "instance_slug": name["slug"],
            "event_type": kind or entry.event,
            "detail": detail or entry.detail,
            **self._who,
        }
        self.events.append({"id": self._tables.insert("events", row), **row})
        self.changed = True


def _observed(entry: Entry) -> Row:
    return {key: entry.values[key] for key in OBSERVED if key in entry.values}
