# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What /proc would tell of processes, from ps: for controllers such as macOS that lack /proc."""

from __future__ import annotations

import subprocess
import sys

_SECONDS = 10
# The environment behind the command; Linux, which has /proc, spells it as of old.
_ALL = ["ps", "-A", "-E", "-ww"] if sys.platform == "darwin" else ["ps", "axeww"]


def stat(pid: int) -> list[str]:
    """As the words of /proc/PID/stat behind the name: state, parent, group, session, terminal and,
    at 19, the start. A group stands for its session. [] when it is gone."""
    words = _ps(["ps", "-o", "stat=,ppid=,pgid=,tty=,lstart=", "-p", str(pid)]).split()
    if len(words) < 5:
        return []
    state, parent, group, terminal, *start = words
    has_terminal = "0" if terminal.startswith("?") else "1"
    return [state[0], parent, group, group, has_terminal, *[""] * 14, "-".join(start)]


def parents() -> dict[int, int]:
    """Every process -> its parent, without zombies."""
    lines = [line.split() for line in _ps(["ps", "-A", "-o", "pid=,ppid=,stat="]).splitlines()]
    return {int(w[0]): int(w[1]) for w in lines if len(w) >= 3 and w[2][0] not in "ZX"}


def with_word(word: str) -> set[int]:
    """Processes with the word in their command or the environment that they were started with."""
    lines = [line.split() for line in _ps([*_ALL, "-o", "pid=,command="]).splitlines()]
    return {int(words[0]) for words in lines if word in words[1:]}


def _ps(command: list[str]) -> str:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout
