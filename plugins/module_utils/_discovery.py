# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""From traces to instances: which belong together, what each is called, how sure we are. Pure.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

import os.path
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ._model import LEGACY_SLUG
from ._sightings import Process, Service, Sighting
from ._summary import looks_like_openclaw

ORDER = ("directory", "legacy", "container", "service", "process", "listener")
_STATE_DIR = re.compile(r"\.openclaw-(?P<name>.+)\Z")
_SERVICE_NAME = re.compile(r"openclaw-(?:gateway-)?(?P<name>.+?)(?:\.service)?\Z")
_NOT_IN_SLUG = re.compile(r"[^a-z0-9]+")
MAX_SLUG = 30


@dataclass(frozen=True)
class Group:
    """All traces of one instance, the most telling kind first."""

    sightings: tuple[Sighting, ...]

    def first(self, name: str) -> Any:
        """The first value of that attribute that says something; '' for none."""
        return next((v for s in self.sightings for v in [getattr(s, name)] if v), "")

    @cached_property
    def kinds(self) -> frozenset[str]:
        return frozenset(sighting.kind for sighting in self.sightings)

    @cached_property
    def service(self) -> Service | None:
        """The service that runs it: one that is up before one that is not."""
        services = [s.service for s in self.sightings if s.service]
        ranked = sorted(services, key=lambda s: (not s.state.active, not s.state.enabled))
        return ranked[0] if ranked else None

    @cached_property
    def process(self) -> Process | None:
        return next((s.process for s in self.sightings if s.process), None)

    @cached_property
    def container(self) -> Mapping[str, Any] | None:
        return next((s.container for s in self.sightings if s.container), None)

    @cached_property
    def state_dir(self) -> str:
        return str(self.first("state_dir"))

    @cached_property
    def config_path(self) -> str:
        """What its service or process says, else the file in its state directory."""
        told = [s.config_path for s in self.sightings if s.service or s.process]
        default = os.path.join(self.state_dir, "openclaw.json") if self.state_dir else ""
        return next((path for path in told if path), default)

    @cached_property
    def told_by(self) -> int:
        """The uid whose word its paths are; 0 where its state directory was found, or is root's."""
        if any(s.state_dir and not s.told_by for s in self.sightings):
            return 0
        return int(self.first("told_by") or 0)

    @cached_property
    def include_roots(self) -> tuple[str, ...]:
        """Folders that it may include config files from, beside its own."""
        return tuple(self.first("include_roots"))

    @cached_property
    def variables(self) -> frozenset[str]:
        return frozenset().union(*(s.variables for s in self.sightings))


def merge(sightings: Iterable[Sighting]) -> list[Group]:
    """Groups of traces that share a state directory, a process, a unit or a container."""
    parents: dict[tuple[object, ...], tuple[object, ...]] = {}

    def root(key: tuple[object, ...]) -> tuple[object, ...]:
        parents.setdefault(key, key)
        while parents[key] != key:
            parents[key] = parents[parents[key]]
            key = parents[key]
        return key

    known = list(sightings)
    for number, sighting in enumerate(known):
        for key in sighting.keys:
            parents[root(key)] = root(("sighting", number))
    groups: dict[tuple[object, ...], list[Sighting]] = {}
    for number, sighting in enumerate(known):
        groups.setdefault(root(("sighting", number)), []).append(sighting)
    return [Group(tuple(sorted(g, key=_rank))) for g in groups.values()]


def _rank(sighting: Sighting) -> int:
    return ORDER.index(sighting.kind)


def is_instance(
    group: Group, config: Mapping[str, Any] | None, problem: bool, data: bool, managed: bool
) -> bool:
    """Whether the traces are of an instance, and not of an empty or stray folder.

    config: its value if it could be read; problem: there is one that could not; data: there is a
    database of OpenClaw's; managed: there is our marker.
    """
    if group.kinds - {"directory", "legacy"} or managed:
        return True
    if config is not None and looks_like_openclaw(config):
        return True
    # The default folder is also where OpenClaw's own commands keep things.
    return problem or (data and "legacy" not in group.kinds)


def confidence(group: Group, live: bool, managed: bool, readable: bool, data: bool) -> str:
    """certain, high, medium or low. readable: its config makes sense; data: it has a database."""
    if group.kinds == {"listener"}:  # it answers as a gateway does: more is not known
        return "medium"
    if live or managed:
        return "certain"
    runs = bool(group.kinds & {"service", "process", "container"})
    if readable:
        return "high" if runs or data else "medium"
    return "medium" if runs or data else "low"


def slug_of(group: Group, marker: Mapping[str, Any]) -> str:
    """What the instance is called: by our marker, its folder, its service, its profile."""
    service = group.service
    process = group.process
    marked = marker.get("slug")
    names = [
        marked if isinstance(marked, str) else "",
        name_of_state_dir(group.state_dir),
        group.first("slug"),
        service and service.command.profile,
        service and _service_slug(service.name),
        process and (process.environment or {}).get("OPENCLAW_PROFILE"),
        os.path.basename(group.state_dir),
    ]
    slugs = (slugify(str(name)) for name in names if name)
    number = group.first("port") or (process.pid if process else 0)
    return next((slug for slug in slugs if slug), "") or f"gateway-{number}"


def is_marked(group: Group, marker: Mapping[str, Any]) -> bool:
    """Whether the marker was made for this directory, and has not come with a copy of another."""
    names = {name_of_state_dir(group.state_dir), *(s.slug for s in group.sightings)}
    return bool(marker) and marker.get("slug") in names


def _service_slug(name: str) -> str:
    found = _SERVICE_NAME.match(name)
    return found.group("name") if found and found.group("name") != "gateway" else ""


def name_of_state_dir(path: str) -> str:
    """acme for .../.openclaw-acme, default for .../.openclaw, '' for other folders."""
    name = os.path.basename(path)
    found = _STATE_DIR.match(name)
    return found.group("name") if found else LEGACY_SLUG if name == ".openclaw" else ""


def slugify(name: str) -> str:
    """The nearest usable slug, '' when nothing is left of the name."""
    slug = _NOT_IN_SLUG.sub("-", name.lower()).strip("-")
    slug = slug if slug[:1].isalpha() or not slug else f"i-{slug}"
    slug = slug[:MAX_SLUG].rstrip("-")
    return slug if len(slug) != 1 else slug + "-1"


def distinct(slugs: Sequence[tuple[str, str, str]]) -> list[str]:
    """The slugs with a number where one home has two of a name.

    slugs: (home, slug, state directory), of which the one in the usual place keeps its name.
    """
    taken: set[tuple[str, str]] = set()
    result = [""] * len(slugs)
    usual = [n for n, (_home, slug, path) in enumerate(slugs) if name_of_state_dir(path) == slug]
    rest = sorted(set(range(len(slugs))) - set(usual), key=lambda n: slugs[n][2])
    for place in (*usual, *rest):
        home, slug, _path = slugs[place]
        name, number = slug, 1
        while (home, name) in taken:
            number += 1
            name = f"{slug[: MAX_SLUG - len(str(number)) - 1]}-{number}"
        taken.add((home, name))
        result[place] = name
    return result
