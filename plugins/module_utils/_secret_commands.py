# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Which arguments of well-known programs are secret. Pure.

-p is a password to sshpass and a port to ssh, so the program decides.
Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# Program -> its flags with a secret behind them, as an argument of its own or in the same one.
_FLAGS = {
    program: frozenset(flags.split())
    for programs, flags in (
        ("curl", "-u --user -U --proxy-user -b --cookie --pass --oauth2-bearer"),
        ("sshpass", "-p"),
        ("redis-cli valkey-cli keydb-cli", "-a --pass"),
        ("mongo mongosh mongodump mongorestore mongoexport mongoimport", "-p"),
        ("sqlcmd bcp zip unzip mosquitto_pub mosquitto_sub ipmitool isql", "-P"),
        ("ldapsearch ldapmodify ldapadd ldapdelete ldappasswd ldapwhoami", "-w"),
        ("snmpget snmpwalk snmpset snmpbulkwalk", "-c -A -X"),
        ("openssl", "-pass -passin -passout -K -k"),
        ("http https xh wscat", "-a --auth"),
        ("lftp smbclient", "-u -U --user"),
        ("cqlsh impacket-smbclient rdesktop", "-p"),
        ("etcdctl", "--user"),
        ("docker podman nerdctl buildah skopeo oras helm crane", ""),
    )
    for program in programs.split()
}
# These take a password only in the same argument: mysql -p base asks for it.
_ATTACHED = {
    program: ("-p",)
    for program in "mysql mysqldump mysqladmin mysqlimport mysqlshow mariadb mariadb-dump"
    " mariadb-admin 7z 7za 7zr".split()
}
_LOGIN = "login"  # docker login -p is a password, docker run -p a port
# Their -k is a switch or no secret, and so is their -p; to a program that is not known -k is a key.
_HARMLESS = frozenset(
    "curl tar sort pytest py.test make grep ls du df xargs kubectl ssh scp sftp rsync"
    " wget ps".split()
)
_KNOWN = frozenset(_FLAGS) | frozenset(_ATTACHED)
_PROGRAM = re.compile(
    r"(?<![\w.-])(?:" + "|".join(map(re.escape, sorted(_KNOWN, key=len, reverse=True))) + r")\b"
)
_WORD = re.compile(
    r"""(?:(?<![^\s,=\[(])"[^"\n]*"|(?<![^\s,=\[(])'[^'\n]*'|[^\s,]|,(?=[^\s"'\\]))+"""
)
_AROUND = "\"'[](),\\`"
_ENDS = re.compile(r"[|;&]+\Z")
_DEPTH = 3  # of commands in the quotes of others


class Arguments:
    """Reads the words of a command one after the other. program: the one that it starts with."""

    def __init__(self, program: str = "") -> None:
        self._program = ""
        self._unknown_k = True
        self._login = self._secret_next = False
        self._start(program)

    def secret_from(self, word: str, in_list: bool = False) -> int:
        """Where in this word a secret begins; -1 when there is none in it."""
        if self._secret_next:
            self._secret_next = False
            if not word.startswith("-"):
                return 0
        if not word.startswith("-"):
            self._start(word)
            self._login = self._login or word == _LOGIN
            return -1
        if in_list and word == "-k" and self._unknown_k and self._program not in _FLAGS:
            self._secret_next = True
        return self._in_flag(word)

    def _start(self, word: str) -> None:
        name = word.rsplit("/", 1)[-1]
        if name in _HARMLESS:
            self._program, self._unknown_k = "", False
        if name in _KNOWN:
            self._program, self._login = name, False

    def _in_flag(self, word: str) -> int:
        flags = _FLAGS.get(self._program, frozenset())
        if not flags and self._login:
            flags = frozenset(("-p",))
        if word in flags:
            self._secret_next = True
            return -1
        name, equals, value = word.partition("=")
        if equals and value and name in flags:
            return len(name) + 1
        for flag in (*flags, *_ATTACHED.get(self._program, ())):
            if len(flag) == 2 and word.startswith(flag) and len(word) > 2:
                return 2
        return -1


def command_spans(text: str, depth: int = _DEPTH) -> Iterator[tuple[int, int]]:
    """Where in a text that quotes commands their secret arguments are."""
    begin = 0
    for line in text.splitlines(keepends=True):
        if _PROGRAM.search(line):
            for start, end in _in_line(line, depth):
                yield begin + start, begin + end
        begin += len(line)


def _in_line(line: str, depth: int) -> Iterator[tuple[int, int]]:
    arguments = Arguments()
    for match in _WORD.finditer(line):
        raw = match.group()
        word = raw.strip(_AROUND)
        start = match.start() + raw.find(word)
        secret = arguments.secret_from(word) if word else -1
        if secret >= 0:
            value = word[secret:].lstrip(_AROUND)
            if value:
                yield start + len(word) - len(value), start + len(word)
        elif depth and any(c.isspace() for c in word):
            for inner in command_spans(word, depth - 1):
                yield start + inner[0], start + inner[1]
        if _ENDS.search(raw):
            arguments = Arguments()
