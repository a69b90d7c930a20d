# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The observation for modules: their options in, their results out.

Private to the claw.pilot collection. Python 3.9 or later. Never changes anything.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ._host import Host
from ._model import ClawPilotError
from ._module import account, home_of
from ._probe import observe, observed_at

Params = Mapping[str, Any]
Data = dict[str, Any]


def observation(params: Params, host: Host | None = None) -> Data:
    """The observation of the homes that the options name, or of every home.

    Options openclaw_home (a path or a list of paths), openclaw_user, and more_homes, which counts
    where the others are left out. Raises HOME_NOT_FOUND.
    """
    named, more = homes(params), params.get("more_homes") or ()
    seen = observe(named, host, more)
    if named is not None:
        return seen
    gone = sorted({path for path in map(os.path.realpath, filter(None, more)) if _is_gone(path)})
    return {**seen, "homes": [*seen["homes"], *gone]}  # that nothing is there was seen


def homes(params: Params) -> list[str] | None:
    """The homes that are meant, None for all of them."""
    named = params.get("openclaw_home") or []
    named = [named] if isinstance(named, str) else list(named)
    if not named and not params.get("openclaw_user"):
        return None
    found = [home_of({**params, "openclaw_home": home}) for home in named]
    found = found or [account(params["openclaw_user"]).pw_dir]
    for home in found:
        if not os.path.isdir(home):
            raise ClawPilotError(
                "HOME_NOT_FOUND",
                f"The home {home} does not exist.",
                "Name an openclaw_home that exists, or leave it out to look at every home.",
            )
    return found


def _is_gone(path: str) -> bool:
    try:
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:  # nobody lets us look
        return False
    return False


def list_instances(params: Params, host: Host | None = None) -> list[Data]:
    """The instances of one home, ours and others, or of them the one that slug names."""
    home = home_of(dict(params))
    wanted = params.get("slug")
    found = observe([home], host)["instances"]
    return [one for one in found if wanted in (None, one["slug"])]


def find_one(params: Params, host: Host | None = None) -> Data:
    """The instance that slug names: by adopted.state_dir where the registry knows it, else in the
    home. Raises INSTANCE_NOT_FOUND.
    """
    slug, state_dir = str(params["slug"]), str((params.get("adopted") or {}).get("state_dir") or "")
    if state_dir:
        found = observed_at(os.path.realpath(state_dir), host)
    else:
        found = list_instances(params, host)
    if not found:
        raise ClawPilotError(
            "INSTANCE_NOT_FOUND",
            f"There is no instance {slug!r} in {state_dir or home_of(dict(params))}.",
            "See what there is with discover, and name its openclaw_home or openclaw_user.",
        )
    return {**found[0], "slug": slug}
