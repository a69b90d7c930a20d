# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys of the registry's configuration, their defaults and what they may be. No effects."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping

from ..module_utils._model import ClawPilotError

DEFAULTS = {
    "port_range_start": "18789",
    "port_range_end": "65000",
    "port_step": "120",
    "dashboard_port": "19000",
    "health_check_interval_ms": "10000",
    "openclaw_user": "openclaw",
}
_RANGES = {
    "port_range_start": (1024, 65535),
    "port_range_end": (1024, 65535),
    "port_step": (1, 10000),
    "dashboard_port": (1, 65535),
    "health_check_interval_ms": (1000, 3600000),
}
_USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}\Z")


def check_key(key: str) -> str:
    """Return the key, or raise CONFIG_KEY_UNKNOWN."""
    if key not in DEFAULTS:
        raise ClawPilotError(
            "CONFIG_KEY_UNKNOWN",
            f"There is no configuration key {key!r}.",
            f"The keys are {', '.join(sorted(DEFAULTS))}.",
        )
    return key


def sound(stored: Mapping[str, str]) -> dict[str, str]:
    """Every key with its stored value, with its default where that is missing or none that fits."""
    found = dict(DEFAULTS)
    for key in DEFAULTS.keys() & stored.keys():
        with contextlib.suppress(ClawPilotError):
            found[key] = _check_value(key, str(stored[key]))
    if int(found["port_range_start"]) > int(found["port_range_end"]):
        found.update({key: DEFAULTS[key] for key in ("port_range_start", "port_range_end")})
    return found


def check_value(key: str, value: str, config: dict[str, str]) -> str:
    """The value as it is stored. Raises what check_values does."""
    return check_values({key: value}, config)[key]


def check_values(values: dict[str, str], config: dict[str, str]) -> dict[str, str]:
    """The values as they are stored; config: all values until now.

    Raises CONFIG_KEY_UNKNOWN, CONFIG_VALUE_INVALID.
    """
    stored = {key: _check_value(check_key(key), value) for key, value in values.items()}
    for key in stored:
        if key.startswith("port_range_"):
            _check_order({**config, **stored}, key)
    return stored


def _check_value(key: str, value: str) -> str:
    if key == "openclaw_user":
        if not _USER.match(value):
            raise _invalid(key, value, "Give the name of a system user, such as openclaw.")
        return value
    low, high = _RANGES[key]
    if not re.fullmatch(r"[0-9]{1,7}", value) or not low <= int(value) <= high:
        raise _invalid(key, value, f"Give a whole number from {low} to {high}.")
    return str(int(value))


def _check_order(config: dict[str, str], key: str) -> None:
    start, end = config["port_range_start"], config["port_range_end"]
    if int(start) > int(end):
        raise _invalid(key, config[key], f"The port range would be {start} to {end}.")


def _invalid(key: str, value: str, hint: str) -> ClawPilotError:
    return ClawPilotError("CONFIG_VALUE_INVALID", f"{key} cannot be {value!r}.", hint)
