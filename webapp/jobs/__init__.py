# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs: playbooks that the dashboard runs. A queue in SQLite, and a process for each that runs.

jobs.py is what views use; supervisor.py starts and watches; runner.py is the process of one job.
This file is imported by that process, too: it stays light.
"""

from __future__ import annotations

from .jobs import Jobs
from .model import Event, Job, Policy, Request

__all__ = ["Event", "Job", "Jobs", "Policy", "Request"]
