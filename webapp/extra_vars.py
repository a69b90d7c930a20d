# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables of a run as files for --extra-vars: the one writer, for the command and for jobs.

Ansible takes what is in such a file for templates, and its JSON has marks of its own
(__ansible_unsafe, __ansible_vault) that a value can imitate or break. So data is written as YAML
that is tagged !unsafe as a whole: no string in it, no key and nothing nested is a template,
whatever it says. Only what the person at the terminal typed stays one, in a file of its own.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import math
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from ..plugins.module_utils._model import ClawPilotError

_PREFIX = "claw-pilot-run-"
_YOUNG_SECONDS = 60.0
MOST_LEVELS = 50  # of nesting; Ansible itself gives up below 200
_STRING = "tag:yaml.org,2002:str"
# What makes Ansible take a string that it trusts for a template.
_MARKS = ("{{", "{%", "{#")
_HEADER = "#jinja2:"


def as_data(variables: Mapping[str, Any]) -> str:
    """The text of a file in which nothing is a template. Raises INVALID_VARIABLES."""
    return f"!unsafe {_flow(plain(variables))}\n"


def plain(variables: Mapping[str, Any]) -> dict[str, Any]:
    """The variables as JSON has them. Raises INVALID_VARIABLES."""
    try:
        text = json.dumps(variables, ensure_ascii=False, allow_nan=False)
        text.encode("utf-8")  # half a character is none
        found: dict[str, Any] = json.loads(text)
    except (TypeError, ValueError, RecursionError):
        raise ClawPilotError(
            "INVALID_VARIABLES",
            "A variable has a value that JSON does not know.",
            "Use text, numbers, true, false, null, lists and objects.",
        ) from None
    level: list[Any] = [found]
    for _level in range(MOST_LEVELS):
        level = [part for whole in level for part in parts(whole)]
    if level:
        raise ClawPilotError(
            "INVALID_VARIABLES",
            f"A variable is nested deeper than {MOST_LEVELS} levels.",
            "Make it flatter.",
        )
    return found


def parts(value: Any) -> Collection[Any]:
    """What is directly in a mapping or a list; nothing for other values."""
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list) else ()


@contextmanager
def files(variables: Mapping[str, Any], typed: Collection[str] = ()) -> Iterator[list[str]]:
    """Words for ansible-playbook with files that are there as long as it runs.

    typed: the variables that the person at the terminal typed; only they may be templates.
    """
    ours = {name: value for name, value in variables.items() if name not in typed}
    theirs = {name: value for name, value in variables.items() if name in typed}
    with ExitStack() as stack:
        words = []
        for text in (as_data(ours), json.dumps(theirs)) if theirs else (as_data(ours),):
            path = stack.enter_context(private_file(text, ".yml"))
            words += ["--extra-vars", f"@{path}"]
        yield words


@contextmanager
def private_file(text: str, suffix: str) -> Iterator[str]:
    """The path of a file in a folder of its own, both for this user only and gone at the end.

    In a folder of its own, since Ansible takes what is in host_vars and group_vars beside an
    inventory for templates: in a folder for all, anybody could have it run something. The file is
    locked as long as it is needed: what a process that was killed has left is not.
    """
    sweep()
    folder = tempfile.mkdtemp(prefix=_PREFIX)  # mode 0700
    path = os.path.join(folder, f"run{suffix}")
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            stream.write(text)
            stream.flush()
            yield path
    finally:
        shutil.rmtree(folder)


def sweep() -> None:
    """Remove such folders of this user that nobody needs any more."""
    for path in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):  # in use, of somebody else, or gone
            _sweep(path)


def _sweep(path: Path) -> None:
    found = path.lstat()
    old = time.time() - found.st_mtime > _YOUNG_SECONDS  # one that is just being made has no lock
    if old and stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid():
        with ExitStack() as stack:
            for file in path.iterdir():
                descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
                stream = stack.enter_context(open(descriptor))
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path)


def write(path: Path, text: str) -> None:
    """A new file that only this user can read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)


def for_a_person(variables: Mapping[str, Any], typed: Collection[str] = ()) -> str:
    """The variables for a person to read and to hand to --extra-vars, which trusts them as well.

    Hence what is not typed and would be a template there is marked.
    """
    marked = {n for n, value in variables.items() if n not in typed and is_template(value)}
    entries = []
    for name, value in variables.items():
        mark = "!unsafe " if name in marked else ""
        entries.append(f"{_shown(str(name), bool(marked))}: {mark}{_shown(value, bool(marked))}")
    return "{" + ", ".join(entries) + "}"


def is_template(value: Any) -> bool:
    """Whether Ansible would run it, or a part of it, if it trusted it."""
    if isinstance(value, Mapping):
        return any(is_template(part) for pair in value.items() for part in pair)
    if isinstance(value, (list, tuple)):
        return any(map(is_template, value))
    text = value if isinstance(value, str) else ""
    return text.startswith(_HEADER) or any(mark in text for mark in _MARKS)


def _flow(data: Mapping[str, Any]) -> str:
    """One line of YAML in ASCII: what is not printable is written as its number."""
    import yaml  # late: most commands run no playbook

    class Dumper(yaml.SafeDumper):
        """Every string in double quotes: then it is a string, whatever it looks like."""

        def ignore_aliases(self, data: Any) -> bool:
            return True

    def quoted(dumper: Dumper, text: str) -> yaml.ScalarNode:
        return dumper.represent_scalar(_STRING, text, style='"')

    Dumper.add_representer(str, quoted)
    text: str = yaml.dump(
        data, Dumper=Dumper, default_flow_style=True, width=math.inf, sort_keys=False
    )
    return text.strip()


def _shown(value: Any, is_yaml: bool) -> str:
    """JSON of it in which letters are letters and everything that moves text is a number.

    is_yaml: with a mark in it the whole is none any more, and YAML knows no pairs of numbers.
    """
    text = json.dumps(value, ensure_ascii=False)
    return "".join(char if char.isprintable() else _number(char, is_yaml) for char in text)


def _number(char: str, is_yaml: bool) -> str:
    return f"\\U{ord(char):08X}" if is_yaml and ord(char) > 0xFFFF else json.dumps(char)[1:-1]
