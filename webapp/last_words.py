# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a worker of gunicorn cannot begin, told by the process that has started it."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from gunicorn.arbiter import Arbiter

from ..plugins.module_utils._model import ClawPilotError

_MOST = 4000  # bytes: a pipe takes them at once


class LastWords:
    """A pipe between the two; made before there is a worker."""

    def __init__(self) -> None:
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        self._first = os.getpid()

    @contextmanager
    def of_worker(self) -> Iterator[None]:
        """Around its beginning: an error is told, and ends it such that no other is started."""
        try:
            yield
        except Exception as error:
            wrong = error if isinstance(error, ClawPilotError) else _unforeseen(error)
            os.write(self._writer, json.dumps(wrong.as_dict()).encode()[:_MOST])
            sys.exit(Arbiter.WORKER_BOOT_ERROR)

    @contextmanager
    def of_server(self) -> Iterator[None]:
        """Around gunicorn, which a worker comes out of as well: raises what a worker has told."""
        try:
            yield
        except SystemExit as end:
            if os.getpid() == self._first and end.code == Arbiter.WORKER_BOOT_ERROR:
                with contextlib.suppress(OSError, ValueError):
                    told = json.loads(os.read(self._reader, _MOST))
                    raise ClawPilotError(told["code"], told["message"], told["hint"]) from None
            raise


def _unforeseen(error: Exception) -> ClawPilotError:
    why = f"{type(error).__name__}: {error}"[:1000].rstrip(".")
    return ClawPilotError(
        "DASHBOARD_NOT_STARTED",
        f"The dashboard cannot begin: {why}.",
        "Check the owner and the free space of its folder, then start it again.",
    )
