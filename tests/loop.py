# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a test's coroutine, and count what it leaves behind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

PATIENCE = 240.0  # seconds: a bound for a test that hangs, never what is tested


def run(test: Coroutine[Any, Any, None]) -> None:
    """The coroutine to its end. Any task that still runs then is a leak."""

    async def guarded() -> None:
        async with asyncio.timeout(PATIENCE):
            await test
        left = asyncio.all_tasks() - {asyncio.current_task()}
        assert not left, left

    asyncio.run(guarded(), debug=False)


async def until(true: Callable[[], Any]) -> Any:
    """What the function returns as soon as that is true."""
    while not (found := true()):
        await asyncio.sleep(0.01)
    return found
