# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Text that others have chosen: what of it may be used as a name, and how all of it is shown. Pure.

Private to the claw.pilot collection. Python 3.9 or later. Folders, users, agents, devices, log
lines and rows of a registry are data: whoever can make them can call them anything.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

MAX_NAME = 255  # characters of the name of a host, a user, a unit
MAX_PATH = 1024
MAX_LABEL = 300  # of a text for people, such as a title
MAX_SHOWN = 2000  # of anything that is put before a person
CONNECTIONS = frozenset(
    "local ansible.builtin.local ssh ansible.builtin.ssh smart paramiko paramiko_ssh"
    " ansible.netcommon.paramiko_ssh docker community.docker.docker docker_api"
    " community.docker.docker_api podman containers.podman.podman".split()
)
MANAGERS = frozenset("systemd supervisor docker none".split())
SCOPES = frozenset(("user", "system", ""))

_TEMPLATE = re.compile(r"\{\{|\{%|\{#|#jinja2:", re.IGNORECASE)
_COLOUR = re.compile(r"(\x1b\[[0-9;]{0,20}m)")
_JOINERS = "\u200c\u200d"  # within words of some languages, and within emoji
_SLUG = re.compile(r"[a-z][a-z0-9-]{0,62}\Z")
_HOST = re.compile(r"\w(?:[\w .@/+-]*[\w.@/+-])?\Z")
_EVERY_HOST = ("all", "ungrouped")  # Ansible's own groups: as a target they mean other hosts
_USER = re.compile(r"[\w.][\w.@\\+-]*\$?\Z")
_ADDRESS = re.compile(r"[\w\[:][\w.:%\]-]*\Z")
_VERSION = re.compile(r"\w[\w.+-]*\Z")
_UNIT = re.compile(r"\w[^/\s]*\Z")

if TYPE_CHECKING:  # this is read before anything says which Python it takes
    Check = Callable[[str], str]


def is_hostile(letter: str) -> bool:
    """Whether a character steers what shows it: controls, line ends, directions, invisible ones."""
    return unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") and letter not in _JOINERS


def shown(value: object, most: int = MAX_SHOWN) -> str:
    """Anything as one line of a terminal, a page or a log, with what would steer it made visible.

    most: characters, beyond which it is cut.
    """
    text = str(value)
    cut = text[:most] + "..." if len(text) > most else text
    if cut.isprintable():
        return cut
    return "".join(c if c.isprintable() else _visible(c) for c in cut)


def shown_lines(text: str) -> str:
    """A text of any length and of several lines, which stay lines: tabs, too, steer nothing."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in "\n\t" else _visible(c) for c in text)


def shown_output(text: str) -> str:
    """What a program has printed: its colours and lines stay, all else is made visible."""
    parts = _COLOUR.split(text.replace("\r\n", "\n"))
    return "".join(one if _COLOUR.match(one) else shown_lines(one) for one in parts)


def shown_all(value: Any) -> Any:
    """Data with every text in it made fit to be shown, keys too."""
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, Mapping):
        return {shown_all(key): shown_all(item) for key, item in value.items()}
    return [shown_all(item) for item in value] if isinstance(value, (list, tuple)) else value


def _visible(letter: str) -> str:
    if letter in _JOINERS:
        return letter
    return " " if unicodedata.category(letter) == "Zs" else ascii(letter)[1:-1]


def fault(text: str, most: int = MAX_LABEL) -> str:
    """Why a text is none that is kept, '' for one that is: what goes for all kinds of text."""
    if len(text) > most:
        return f"is longer than {most} characters"
    if any(map(is_hostile, text)):
        return "has control or direction characters"
    return "has the marks of a template" if _TEMPLATE.search(text) else ""


def _of(pattern: re.Pattern[str], what: str) -> Check:
    def check(text: str) -> str:
        return fault(text, MAX_NAME) or ("" if pattern.match(text) else f"is no {what}")

    return check


def path_fault(text: str) -> str:
    """Why a text is no path on a host that is kept; an absolute one is no option of any program."""
    return fault(text, MAX_PATH) or ("" if text.startswith("/") else "is no absolute path")


def host_fault(text: str) -> str:
    """Why a text is no name of a host: also what as a target would mean other hosts."""
    found = fault(text, MAX_NAME)
    if found or (_HOST.match(text) and text not in _EVERY_HOST):
        return found
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return "is no host name"
    return ""


def connection_fault(text: str) -> str:
    """Why it is no way to a host that is kept: a name of a plugin could name any."""
    return "" if text in CONNECTIONS else "is none of the connections that are kept"


slug_fault = _of(_SLUG, "slug")
user_fault = _of(_USER, "user name")
address_fault = _of(_ADDRESS, "address")
version_fault = _of(_VERSION, "version")
unit_fault = _of(_UNIT, "name of a service")


def hostile(instance: Mapping[str, Any]) -> str:
    """Why an instance that was found is left alone, in a sentence; '' for a sound one.

    instance: of its shape the names, openclaw_home, openclaw_user, state_dir, config_path and that
    of its service. What is '' is not known.
    """
    service = instance.get("service") or {}
    names = {**instance, "unit": service.get("name")}
    checks: tuple[tuple[str, str, Check], ...] = (
        ("openclaw_home", "home", path_fault),
        ("openclaw_user", "user", user_fault),
        ("state_dir", "state directory", path_fault),
        ("config_path", "config file", path_fault),
        ("unit", "service", unit_fault),
    )
    found = []
    for key, what, check in checks:
        text = str(names.get(key) or "")
        why = check(text) if text else ""
        if why:
            found.append(f"its {what} {shown(text, 120)} {why}")
    return f"It is left alone, for {' and '.join(found)}." if found else ""
