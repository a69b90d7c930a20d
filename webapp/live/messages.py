# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The messages about the fleet. A Batch is one step of everything, put into words once."""

from __future__ import annotations

import json
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .fragments import Fragments
from .frames import Frame

Data = Mapping[str, Any]


@dataclass(frozen=True)
class Part:
    """Some of what there is: what a message is about."""

    version: int
    instances: Sequence[Data]
    hosts: Sequence[Data]
    removed: Sequence[str] = ()

    def of(self, ids: Collection[str]) -> Part:
        """What of it concerns these instances."""
        lines = [line for line in self.instances if line["id"] in ids]
        names = {line["host"] for line in lines}
        hosts = [host for host in self.hosts if host["name"] in names]
        return Part(self.version, lines, hosts, [one for one in self.removed if one in ids])

    @property
    def is_empty(self) -> bool:
        return not (self.instances or self.hosts or self.removed)


def frame(kind: str, part: Part, fragments: Fragments, view: str) -> Frame:
    """snapshot or health_update. view: row or card, empty for no HTML."""
    fields = [
        b'"version":%d' % part.version,
        b'"instances":' + fragments.json(part.instances),
        b'"hosts":' + fragments.json(part.hosts),
    ]
    if kind != "snapshot":
        fields.append(b'"removed":' + json.dumps(list(part.removed)).encode())
    if view:
        fields.append(b'"html":' + fragments.html(part.instances, view))
        fields.append(b'"hosts_html":' + fragments.html(part.hosts, "host"))
    return Frame(b'{"type":"%s","payload":{%s}}' % (kind.encode(), b",".join(fields)))


@dataclass
class Batch:
    """What changed from one version to another. created, destroyed: lines."""

    since: int
    part: Part
    created: Sequence[Data] = ()
    destroyed: Sequence[Data] = ()
    _frames: dict[str, list[Frame]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def frames(self, fragments: Fragments, view: str) -> list[Frame]:
        """All of it. Whoever asks first makes it, the others wait for that."""
        with self._lock:
            if view not in self._frames:
                self._frames[view] = [
                    *self.events(None),
                    frame("health_update", self.part, fragments, view),
                ]
            return self._frames[view]

    def events(self, ids: Collection[str] | None) -> list[Frame]:
        """Instances that came and went."""
        came = [Frame.of("instance_created", one) for one in self.created if _in(one, ids)]
        went = [Frame.of("instance_destroyed", one) for one in self.destroyed if _in(one, ids)]
        return [*came, *went]


def _in(line: Data, ids: Collection[str] | None) -> bool:
    return ids is None or line["id"] in ids
