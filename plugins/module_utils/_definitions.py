# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Read service definitions: systemd units with their drop-ins, and supervisor programs. Pure.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

import configparser
import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ._commands import (
    CONFIG_VARIABLE,
    KIND_VARIABLE,
    PORT_VARIABLE,
    STATE_VARIABLE,
    is_gateway,
    openclaw_words,
)

_SPECIFIER = re.compile(r"%(.)", re.DOTALL)
_PREFIXES = "-@:+!|"  # special executable prefixes of ExecStart=
_REFERENCE = re.compile(r"\$(?:\$|\{([A-Za-z_][A-Za-z0-9_]*)\})")
_WORD_REFERENCE = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)\Z")
_PAIR = re.compile(r"""\s*([^=,\s"']+)\s*=\s*("[^"]*"|'[^']*'|[^,"'\s]*)\s*(?:,|\Z)""")
_EXPANSION = re.compile(r"%\((\w+)\)[ds]|%%")


@dataclass(frozen=True)
class Definition:
    """One service as defined: its command, environment, and whom and where it runs as."""

    name: str
    argv: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    user: str = ""
    working_dir: str = ""
    passing: bool = False  # a command that ends, such as a backup

    @property
    def is_gateway(self) -> bool:
        """Whether it runs an OpenClaw gateway: by its command, or by what it sets for it."""
        if not self.argv or self.passing:
            return False
        if openclaw_words(self.argv) is not None:
            return is_gateway(self.argv)
        if KIND_VARIABLE in self.environment:
            return self.environment[KIND_VARIABLE] == "gateway"
        # A script of somebody's that is told where: the state directory alone may be for a backup.
        where = STATE_VARIABLE in self.environment or CONFIG_VARIABLE in self.environment
        serves = PORT_VARIABLE in self.environment or "gateway" in (self.name, *self.argv)
        return is_gateway(self.argv) or (where and serves)


def unit(
    name: str,
    texts: Iterable[str],
    specifiers: Mapping[str, str],
    read: Callable[[str], Mapping[str, str]] = lambda _path: {},
) -> Definition:
    """A unit from the texts of its file and drop-ins, in order.

    specifiers: letter -> text, such as h for the home; unknown ones stay as they are. read: the
    variables of an EnvironmentFile=.
    """
    settings: dict[str, list[str]] = {}
    for text in texts:
        for key, value in _settings(text):
            if value:
                settings.setdefault(key, []).append(value)
            else:
                settings.pop(key, None)  # an empty assignment resets a list
    letters = {**_name_specifiers(name), **specifiers}

    def last(key: str) -> str:
        return _specified(settings[key][-1], letters) if key in settings else ""

    environment = _environment(settings, letters, read)
    words = _words(last("ExecStart").lstrip(_PREFIXES))
    return Definition(
        name=name,
        argv=tuple(word for raw in words for word in _expanded(raw, environment)),
        environment=environment,
        user=last("User"),
        working_dir=last("WorkingDirectory").lstrip("-"),
        passing=last("Type") == "oneshot",
    )


def _environment(
    settings: Mapping[str, list[str]],
    letters: Mapping[str, str],
    read: Callable[[str], Mapping[str, str]],
) -> dict[str, str]:
    """Environment=, over it EnvironmentFile=, less UnsetEnvironment=, as systemd has it."""
    environment: dict[str, str] = {}
    for line in settings.get("Environment", ()):
        for word in _words(_specified(line, letters)):
            variable, equals, value = word.partition("=")
            if equals:
                environment[variable] = value
    for path in settings.get("EnvironmentFile", ()):
        environment.update(read(_specified(path, letters).lstrip("-")))
    for line in settings.get("UnsetEnvironment", ()):
        for word in _words(_specified(line, letters)):
            environment.pop(word, None)
    return environment


def _name_specifiers(name: str) -> dict[str, str]:
    stem = name.rpartition(".")[0]
    prefix, _at, instance = stem.partition("@")
    last = prefix.rpartition("-")[2]
    return {"%": "%", "n": name, "N": stem, "p": prefix, "i": instance, "I": instance, "j": last}


def _settings(text: str) -> Iterator[tuple[str, str]]:
    """The key-value pairs of the [Service] section; lines that end in a backslash go on."""
    section, pending = "", ""
    for raw in text.splitlines():
        line = raw.strip()
        if line.startswith(("#", ";")) or "\0" in line:  # systemd takes no such line either
            continue
        if line.endswith("\\"):
            pending += line[:-1] + " "
            continue
        line, pending = pending + line, ""
        if line.startswith("["):
            section = line[1:].rstrip("]")
        elif section == "Service" and "=" in line:
            key, _equals, value = line.partition("=")
            yield key.strip(), value.strip()


def _specified(text: str, letters: Mapping[str, str]) -> str:
    if "%" not in text:
        return text
    return _SPECIFIER.sub(lambda m: letters.get(m.group(1), m.group(0)), text)


def _words(text: str) -> list[str]:
    """Words as systemd splits them; a quote that is never closed ends the reading."""
    if not any(letter in text for letter in "'\"\\"):
        return text.split()  # shlex takes its time
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


def _expanded(word: str, environment: Mapping[str, str]) -> list[str]:
    """${NAME} in a word, and $NAME that is a word of its own, as for --port ${PORT}."""
    if "$" not in word:
        return [word]
    whole = _WORD_REFERENCE.match(word)
    if whole:
        return environment.get(whole.group(1), "").split()

    def value(match: re.Match[str]) -> str:
        return environment.get(match.group(1), "") if match.group(1) else "$"

    return [_REFERENCE.sub(value, word)]


def _parsed(text: str) -> configparser.RawConfigParser:
    """A supervisor config file, read as supervisor reads it. Broken text has no sections."""
    parser = configparser.RawConfigParser(inline_comment_prefixes=(";", "#"), strict=False)
    try:
        parser.read_string(text.replace("\0", ""))
    except configparser.Error:
        return configparser.RawConfigParser()
    return parser


def programs(text: str, here: str) -> list[Definition]:
    """The programs of a supervisor config file; here: its folder. Unreadable text has none."""
    parser = _parsed(text)
    found = []
    for section in parser.sections():
        kind, _colon, name = section.partition(":")
        if kind == "program" and name.strip():
            found.append(_program(name.strip(), dict(parser.items(section)), here))
    return found


def _program(name: str, settings: Mapping[str, str], here: str) -> Definition:
    known = {"here": here, "program_name": name}

    def expanded(key: str) -> str:
        return _EXPANSION.sub(
            lambda m: known.get(m.group(1), m.group(0)) if m.group(1) else "%",
            settings.get(key) or "",
        )

    pairs = _pairs(expanded("environment"))
    return Definition(
        name=name,
        argv=tuple(_words(expanded("command"))),
        # %(ENV_X)s is of supervisord's own environment, which nobody here knows.
        environment={key: value for key, value in pairs.items() if "%(" not in value},
        user=expanded("user"),
        working_dir=expanded("directory"),
    )


def _pairs(text: str) -> dict[str, str]:
    """KEY="value",KEY2=value2 as supervisor reads it."""
    pairs: dict[str, str] = {}
    place = 0
    while match := _PAIR.match(text, place):
        pairs[match.group(1)] = match.group(2).strip("'\"")
        place = match.end()
    return pairs


def included_files(text: str) -> list[str]:
    """The patterns of [include] files= in a supervisord.conf."""
    return _parsed(text).get("include", "files", fallback="").split()


def supervisor_socket(text: str) -> str:
    """The path of supervisord's unix socket, '' for none."""
    return _parsed(text).get("unix_http_server", "file", fallback="")
