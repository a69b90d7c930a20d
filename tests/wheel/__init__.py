# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of what the wheel brings; scripts/test_lowest.py runs them where it is installed."""
