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
_HIDDEN = "8"
_PALETTES = ("38", "48", "58")  # a palette and its number, or red, green and blue, follow
_JOINERS = "\u200c\u200d"  # within words of some languages, and within emoji
# Letters, marks and signs to Unicode, and nothing to the eye: fillers and the empty Braille sign.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
# They choose a form of the sign before them. In a text that is an emoji, in a name it is a twin.
_VARIANTS = re.compile("[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_SLUG = re.compile(r"[a-z][a-z0-9-]{0,62}\Z")
# What Ansible takes for one host and for nothing else: as a target other letters mean several, and
# as the name of a file of host_vars, which it runs as templates, / and .. lead anywhere.
_HOST = re.compile(r"[^\W_][\w.@+-]*\Z")
_EVERY_HOST = ("all", "ungrouped")  # Ansible's own groups: as a target they mean other hosts
_FILES = (".yml", ".yaml", ".json")  # host_vars/web1.yml is what web1 has, not what web1.yml has
_USER = re.compile(r"(?!\.{1,2}\Z)[\w.][\w.@\\+-]*\$?\Z")
_ADDRESS = re.compile(r"[\w\[:][\w.:%\]-]*\Z")
_VERSION = re.compile(r"\w[\w.+-]*\Z")
_UNIT = re.compile(r"\w[^/\s*?\[\]]*\Z")  # to systemctl a pattern means others

if TYPE_CHECKING:  # this is read before anything says which Python it takes
    Check = Callable[[str], str]


def is_hostile(letter: str) -> bool:
    """Whether a character steers what shows it: controls, line ends, directions, invisible ones."""
    if letter in _BLANK:
        return True
    return unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") and letter not in _JOINERS


def shown(value: object, most: int = MAX_SHOWN) -> str:
    """Anything as one line of a terminal, a page or a log, with what would steer it made visible.

    most: characters, beyond which it is cut.
    """
    text = str(value)
    cut = text[:most] + "..." if len(text) > most else text
    if _is_plain(cut):
        return cut
    return "".join(c if _is_plain(c) else _visible(c) for c in cut)


def shown_lines(text: str) -> str:
    """A text of any length and of several lines, which stay lines: tabs, too, steer nothing."""
    if _is_plain(text):
        return text
    return "".join(c if _is_plain(c) or c in "\n\t" else _visible(c) for c in text)


def shown_output(text: str) -> str:
    """What a program has printed: its colours and lines stay, all else is made visible."""
    parts = _COLOUR.split(text.replace("\r\n", "\n"))
    return "".join(_seen(one) if _COLOUR.match(one) else shown_lines(one) for one in parts)


def _seen(colour: str) -> str:
    """A colour without what hides text; a number of a palette is not taken for that."""
    codes = colour[2:-1].split(";")
    kept: list[str] = []
    while codes:
        taken = 1
        if codes[0].lstrip("0") in _PALETTES:
            taken = {"5": 3, "2": 5}.get(codes[1].lstrip("0") if len(codes) > 1 else "", 0)
            if not taken or taken > len(codes):
                break  # terminals differ in what the rest of it means
        if codes[0].lstrip("0") != _HIDDEN:
            kept += codes[:taken]
        del codes[:taken]
    return f"\x1b[{';'.join(kept)}m" if kept else ""


def shown_all(value: Any) -> Any:
    """Data with every text in it made fit to be shown, keys too."""
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, Mapping):
        return {shown_all(key): shown_all(item) for key, item in value.items()}
    return [shown_all(item) for item in value] if isinstance(value, (list, tuple)) else value


def _is_plain(text: str) -> bool:
    return text.isprintable() and _BLANK.isdisjoint(text)


def _visible(letter: str) -> str:
    if letter in _JOINERS:
        return letter
    return " " if unicodedata.category(letter) == "Zs" else ascii(letter)[1:-1]


def fault(text: str, most: int = MAX_LABEL) -> str:
    """Why a text is none that is kept, '' for one that is: what goes for all kinds of text."""
    if len(text) > most:
        return f"is longer than {most} characters"
    if any(map(is_hostile, text)):
        return "has control, direction or invisible characters"
    return "has the marks of a template" if _TEMPLATE.search(text) else ""


def _name_fault(text: str, most: int = MAX_NAME) -> str:
    """Why a text is no name, whatever of."""
    if _VARIANTS.search(text):
        return "has invisible characters"
    return fault(text, most)


def _of(pattern: re.Pattern[str], what: str) -> Check:
    def check(text: str) -> str:
        return _name_fault(text) or ("" if pattern.match(text) else f"is no {what}")

    return check


def path_fault(text: str) -> str:
    """Why a text is no path on a host that is kept; an absolute one is no option of any program.

    One that goes up again is where it does not say that it is, and / is no folder of anybody.
    """
    found = _name_fault(text, MAX_PATH)
    if found or not text.startswith("/"):
        return found or "is no absolute path"
    parts = [part for part in text.split("/") if part]
    if not parts:
        return "is the root of the file system"
    return "goes through . or .." if {".", ".."}.intersection(parts) else ""


def host_fault(text: str) -> str:
    """Why a text is no name of a host: also what as a target would mean other hosts, or is a path.

    That it is no group of an inventory is for those to see who have the inventory.
    """
    found = _name_fault(text)
    if found:
        return found
    if _HOST.match(text) and ".." not in text:
        word = unicodedata.normalize("NFKC", text).casefold()
        return "means other hosts" if word in _EVERY_HOST or word.endswith(_FILES) else ""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return "is no host name"
    return "has a zone" if "%" in str(address) else ""


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
