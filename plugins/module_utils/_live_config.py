# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Change the config of a running gateway by its own config.patch, which checks and applies it.

Private to the claw.pilot collection. Python 3.9 or later. What is patched is the file as it is at
that moment: a gateway refuses a patch of a config that has changed since it was asked for it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from . import _rpc
from ._gateway_error import GatewayError
from ._merge import array_paths, merge_patch
from ._model import ClawPilotError
from ._summary import dig

TIMEOUT = 120.0  # seconds; a busy gateway applies some changes after its present work only
CONFLICTS = 3  # times that somebody else may be faster
APPLIED, DEFERRED, NEEDS_RESTART = "applied", "deferred", "needs restart"

_CHANGED = "re-run config.get and retry"  # how a gateway says that its config is another by now

Data = dict[str, Any]


@dataclass(frozen=True)
class Change:
    """A change of the config of the gateway on this port.

    current: reads openclaw.json; wanted: what it is to be, from what it is.
    """

    port: int
    token: str = field(repr=False)
    current: Callable[[], Data]
    wanted: Callable[[Data], Data]

    def make(self, timeout: float = TIMEOUT) -> str:
        """Have it made: APPLIED, DEFERRED until the gateway's present work is done, or
        NEEDS_RESTART.

        Raises CONFIG_REFUSED with the gateway's words, CONFIG_CHANGED, and what _rpc.connect()
        raises. A gateway that takes no more changes for now is asked again when it says so.
        """
        deadline = time.monotonic() + timeout
        conflicts = 0
        while True:
            try:
                with _rpc.connect(self.port, self.token, timeout=_left(deadline)) as connection:
                    return self._make(connection, deadline)
            except GatewayError as error:
                conflict = _CHANGED in error.message
                conflicts += conflict
                if conflicts >= CONFLICTS:
                    raise _overtaken(self.port) from error
                pause = 0.0 if conflict else error.retry_after
                if pause is None or time.monotonic() + pause > deadline:
                    raise _refused(error) from error
                time.sleep(pause)

    def _make(self, connection: _rpc.Connection, deadline: float) -> str:
        base = connection.call("config.get", timeout=_left(deadline))
        there = self.current()  # after the hash: what changes from here on is a conflict
        patch = merge_patch(there, self.wanted(there))
        if not patch:
            return APPLIED
        # Arrays are replaced whole, also where OpenClaw has filled in some of its own.
        arrays = array_paths(patch, there) | array_paths(patch, dig(base, "config"))
        # Without a note: with one, the next start would have the agent read it, and answer.
        params: Data = {"raw": json.dumps(patch), "baseHash": dig(base, "hash")}
        params["replacePaths"] = sorted(arrays)
        try:
            return _outcome(connection.call("config.patch", params, _left(deadline)))
        except GatewayError as error:
            if not self._written(error, there):
                raise
            return DEFERRED if error.code == "GATEWAY_TIMEOUT" else NEEDS_RESTART

    def _written(self, error: GatewayError, before: Data) -> bool:
        """Whether the file has the change all the same, so that only its application failed."""
        now = self.current()
        changed = error.gateway_code != "INVALID_REQUEST" and now != before
        return changed and not merge_patch(now, self.wanted(now))


def _left(deadline: float) -> float:
    return max(deadline - time.monotonic(), 1.0)


def _outcome(answer: Any) -> str:
    asked = dig(answer, "sentinel", "payload", "stats", "requiresRestart") is True
    return NEEDS_RESTART if asked or dig(answer, "restart") else APPLIED


def _refused(error: GatewayError) -> ClawPilotError:
    if error.code != "GATEWAY_REFUSED" or error.gateway_code != "INVALID_REQUEST":
        return error
    return ClawPilotError("CONFIG_REFUSED", error.message, "Correct the named key.")


def _overtaken(port: int) -> ClawPilotError:
    return ClawPilotError(
        "CONFIG_CHANGED",
        f"Somebody else kept changing the config of the gateway on port {port} at the same time.",
        "Wait until they have finished, then run the same again.",
    )
