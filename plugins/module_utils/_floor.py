# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Say in a sentence that a host's Python is too old, before anything that it cannot import.

Private to the claw.pilot collection. Runs on any Python 3.7 or later.
"""

from __future__ import annotations

import json
import platform
import sys

FLOOR = (3, 9)


def check(floor: tuple[int, int] = FLOOR) -> None:
    """End a module as fail_json would, when this Python is older than the floor."""
    if sys.version_info[:2] >= floor:
        return
    message = f"Python {platform.python_version()} on this host is too old."
    hint = "Claw Pilot needs Python 3.9 or later there: name one with ansible_python_interpreter."
    failure = {"code": "PYTHON_TOO_OLD", "message": message, "hint": hint}
    answer = {"failed": True, "msg": f"{message} {hint}", "failure": failure}
    sys.stdout.write(json.dumps(answer) + "\n")
    raise SystemExit(1)
