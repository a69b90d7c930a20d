# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to do about what is wrong with an instance, in a sentence each. No effects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_FIXES = {
    "NO_CONFIG": "Restore openclaw.json from a backup, or create the instance anew by its name.",
    "FILE_MALFORMED": "Correct the file where the message says, then restart the instance.",
    "FILE_UNREADABLE": "Give the file to the user that runs the gateway, with mode 0600.",
    "FILE_TOO_LARGE": "Look what has been written into it; a config has some kilobytes.",
    "NOT_A_FILE": "Something else is in the place of the config: move it away.",
    "PORT_TAKEN": "Stop what listens there, or give this instance another port.",
    "TWO_SERVICES": "Disable one of the services, so that only one starts the gateway.",
}
_SECRETS = {
    "literal": (
        "The gateway's token stands in the config itself.",
        "Move it to .env, and refer to it.",
    ),
    "unset": ("The config refers to a token that nothing sets.", "Set it in .env, then restart."),
    "missing": ("The gateway asks for no token.", "Set gateway.auth.token by a reference to .env."),
    "weak": ("The gateway's token is short or well known.", "Make a new one with claw-pilot."),
    "undefined": (
        "The gateway's token is the word undefined.",
        "Set a real one in .env, then restart.",
    ),
}
_DOCTOR = "Ask the doctor what it says of this instance."


def problems(facts: Mapping[str, Any]) -> list[dict[str, str]]:
    """code, message and fix of everything that is wrong, as far as the facts say it."""
    found = [
        {
            "code": str(one["code"]),
            "message": str(one["message"]),
            "fix": _FIXES.get(str(one["code"]), _DOCTOR),
        }
        for one in facts.get("problems") or []
    ]
    secret = (facts.get("auth") or {}).get("secret")
    if secret in _SECRETS:
        message, fix = _SECRETS[secret]
        found.append({"code": f"TOKEN_{secret.upper()}", "message": message, "fix": fix})
    service = facts.get("service") or {}
    if service.get("manager") not in (None, "", "none") and service.get("enabled") is False:
        found.append(
            {
                "code": "NOT_ENABLED",
                "message": "It does not come up again after a restart of its host.",
                "fix": "Start it here once: that enables its service.",
            }
        )
    return found
