# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Where an instance's openclaw.json is not what its marker says was wanted. Pure.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from ._config import drop_units, render
from ._merge import merge
from ._model import Layout, spec_from
from ._secrets import redact
from ._takeover import without

Data = dict[str, Any]
_GONE = object()


def drift(
    marker: Mapping[str, Any], current: Mapping[str, Any], layout: Layout, mem0_installed: bool
) -> list[Data]:
    """What the next run would change in the config: [{"path", "now", "wanted"}], secrets masked.

    path: keys with dots between them; now, wanted: None for what is not there.
    """
    kept = [tuple(place) for place in marker.get("kept", ())]
    spec = spec_from(dict(marker["spec"]))
    rendered = without(render(spec, layout, int(marker["port"]), mem0_installed), kept)
    previous = marker.get("rendered") or {}
    config = deepcopy(dict(current))
    wanted = drop_units(merge(config, rendered, previous), rendered, previous)
    return list(_differences(redact(dict(current)), redact(wanted), ()))


def _differences(now: Any, wanted: Any, place: tuple[str, ...]) -> Iterator[Data]:
    if isinstance(now, dict) and isinstance(wanted, dict):
        for key in sorted({*now, *wanted}):
            yield from _differences(now.get(key, _GONE), wanted.get(key, _GONE), (*place, key))
    elif now != wanted:
        shown = {"now": now, "wanted": wanted}
        found = {key: None if value is _GONE else value for key, value in shown.items()}
        yield {"path": ".".join(place), **found}
