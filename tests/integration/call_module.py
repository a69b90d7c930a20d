# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run one module of the collection with JSON options from standard input, as a host would.

call_module.py MODULE [--check] [--kill-after N | --kill-within N | --kill-after-step NAME]. With
--kill-after, the process ends itself by SIGKILL after its Nth effect on the host (a file, a
directory, a call of the service manager); with --kill-within, the entries of a tree that is
removed count as well; with --kill-after-step, after that step of a plan.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.module_utils.testing import patch_module_args

CORE = "ansible_collections.claw.pilot.plugins.module_utils"
EFFECTS = {
    "_host.Host": (
        "write new_file make_dir rename remove_file remove_tree remove_dir_if_empty"
        " set_mode".split()
    ),
    "_services.Supervisor": ("define", "start", "stop", "undefine"),
    "_foreign_services.ForeignProgram": ("disable", "reload"),
    "_foreign_services.ForeignProcess": ("stop",),
    "_apply.Applier": ("_step_live", "_step_ready"),
}


# Each entry of a tree that is removed is one more.
EFFECTS_WITHIN = {**EFFECTS, "_trees": ("_unlinked",)}


def kill_after(count: int, effects: Mapping[str, Sequence[str]]) -> None:
    """Have this process killed after that many effects."""
    left = [count]

    def wrap(effect: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **kwargs: Any) -> Any:
            value = effect(*args, **kwargs)
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return value

        return counted

    for place, names in effects.items():
        file, _dot, kind = place.partition(".")
        owner: Any = importlib.import_module(f"{CORE}.{file}")
        owner = getattr(owner, kind) if kind else owner
        for name in names:
            setattr(owner, name, wrap(getattr(owner, name)))


def kill_after_step(step: str) -> None:
    """Have this process killed after that step of its plan."""
    applier = importlib.import_module(f"{CORE}._apply").Applier
    name = step if step == "claim" else f"_step_{step}"
    take = getattr(applier, name)

    def last(self: Any) -> None:
        take(self)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(applier, name, last)


def main(arguments: list[str]) -> None:
    options = json.load(sys.stdin)
    if "--kill-after" in arguments:
        kill_after(int(arguments[arguments.index("--kill-after") + 1]), EFFECTS)
    if "--kill-within" in arguments:
        kill_after(int(arguments[arguments.index("--kill-within") + 1]), EFFECTS_WITHIN)
    if "--kill-after-step" in arguments:
        kill_after_step(arguments[arguments.index("--kill-after-step") + 1])
    if "--check" in arguments:
        options["_ansible_check_mode"] = True
    module = importlib.import_module(
        f"ansible_collections.claw.pilot.plugins.modules.{arguments[0]}"
    )
    with patch_module_args(options):
        module.main()


if __name__ == "__main__":
    main(sys.argv[1:])
