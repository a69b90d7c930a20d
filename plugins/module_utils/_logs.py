# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The last lines of an instance's log, and what is added to it. Reads only.

Private to the claw.pilot collection. Python 3.9 or later. OpenClaw logs JSON lines
(docs/logging in its package); what a gateway prints before that is set up is in the console log.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any, Optional

from ._gateway_token import dotenv
from ._log_files import MAX_BYTES, LogFile, end_of_lines, lines_after, lines_before, opened
from ._log_lines import LEVELS, entry
from ._model import ClawPilotError
from ._secrets import mask, redact_text, secrets_in
from ._state_files import config_of

Entry = dict[str, str]  # {"time", "level", "subsystem", "message"}
Cursor = Optional[dict[str, Any]]  # {"path", "inode", "offset"}
_MIN_SECRET = 8  # characters: a shorter value is a word that any line may have


def tail(
    instance: Mapping[str, Any], lines: int, level: str = "info", cursor: Cursor = None
) -> tuple[list[Entry], Cursor]:
    """The last `lines` entries of that level or above, or all since the cursor; and a new cursor.

    instance: in the instance shape. A line that is still being written comes with the next call.
    At most MAX_BYTES of log are read; what is left since a cursor comes with the next calls.
    Raises LOG_NOT_FOUND, FILE_UNREADABLE or INVALID_CURSOR.
    """
    lowest = LEVELS.index(level)
    with ExitStack() as stack:
        logs = opened(instance, stack)
        if cursor:
            texts, place = _added(logs, *_position(cursor))
            found = [one for one in map(entry, texts) if _level(one) >= lowest]
        else:
            logs = [log for log in logs if log.kind == logs[-1].kind]
            found, place = _last(logs, lines, lowest)
    return _masked(instance, found), place


def _position(cursor: Mapping[str, Any]) -> tuple[int, int]:
    """inode and offset."""
    try:
        inode, offset = int(cursor["inode"]), int(cursor["offset"])
    except (KeyError, TypeError, ValueError):
        inode = offset = -1
    if offset < 0:
        raise ClawPilotError(
            "INVALID_CURSOR",
            "The cursor is none that an earlier call returned.",
            "Leave it out to begin with the last lines.",
        )
    return inode, offset


def _cursor(log: LogFile, offset: int) -> dict[str, Any]:
    return {"path": log.path, "inode": log.inode, "offset": offset}


def _level(one: Entry) -> int:
    return LEVELS.index(one["level"])


def _added(logs: Sequence[LogFile], inode: int, offset: int) -> tuple[list[str], dict[str, Any]]:
    """All lines since that place, through every file that was rotated or begun since.

    A file that is gone, or shorter than it was, counts as new: the last one is read whole.
    """
    known = [n for n, log in enumerate(logs) if log.inode == inode and log.size >= offset]
    first = known[-1] if known else len(logs) - 1
    offset = offset if known else 0
    found: list[str] = []
    budget = MAX_BYTES
    for log in logs[first:]:
        texts, end = lines_after(log, offset, budget, finished=log is not logs[-1])
        found += texts
        budget -= end - offset
        if log is logs[-1] or end < log.size:
            break
        offset = 0
    return found, _cursor(log, end)


def _last(logs: Sequence[LogFile], lines: int, lowest: int) -> tuple[list[Entry], dict[str, Any]]:
    """The last entries, reading backwards only as far as is needed."""
    end = end_of_lines(logs[-1])
    found: list[Entry] = []
    budget = MAX_BYTES
    for log in reversed(logs):
        upto = end if log is logs[-1] else log.size
        for text in lines_before(log, upto, budget):
            if len(found) >= lines:
                break
            one = entry(text)
            if _level(one) >= lowest:
                found.append(one)
        budget -= upto
        if len(found) >= lines or budget <= 0:
            break
    return found[::-1], _cursor(logs[-1], end)


def _masked(instance: Mapping[str, Any], entries: list[Entry]) -> list[Entry]:
    """OpenClaw masks secrets itself; those of its config and .env are looked for once more, and
    whatever else looks like one.
    """
    secrets = frozenset(_secrets(instance)) if entries else frozenset()
    return [{key: redact_text(mask(text, secrets)) for key, text in one.items()} for one in entries]


def _secrets(instance: Mapping[str, Any]) -> set[str]:
    config = config_of(instance).value or {}
    found = {*secrets_in(config), *dotenv(instance).values()}
    return {secret for secret in found if len(secret) >= _MIN_SECRET}
