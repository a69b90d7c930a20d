# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Python runs this at its start where it is on PYTHONPATH: its clock is CLOCK_AHEAD seconds ahead.

Children have the same environment, and so the same clock. What is waited for is not moved, nor are
the times of files: a clock that was put right has left those behind as well.
"""

from __future__ import annotations

import os
import time

import time_machine

time_machine.travel(time.time() + float(os.environ["CLOCK_AHEAD"]), tick=True).start()
