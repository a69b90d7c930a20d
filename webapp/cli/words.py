# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures in words, and the looks of a state: colour, symbol and word. Imports nothing slow."""

from __future__ import annotations

import sys

# state -> colour, symbol, symbol where the terminal has ASCII only
STATES = {
    "running": ("green", "●", "*"),
    "starting": ("cyan", "◐", "~"),
    "degraded": ("yellow", "▲", "!"),
    "stopped": ("bright_black", "○", "o"),
    "error": ("red", "✖", "x"),
    "unknown": ("magenta", "?", "?"),
    "gone": ("red", "∅", "-"),
}
SEVERITIES = {
    "error": ("red", "✖", "x"),
    "warning": ("yellow", "▲", "!"),
    "info": ("blue", "●", "*"),
}
LEVELS = {"debug": "bright_black", "info": "green", "warn": "yellow", "error": "red"}
_STEPS = ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s"))


def looks(table: dict[str, tuple[str, str, str]], word: str) -> tuple[str, str]:
    """Colour, and symbol with the word."""
    colour, symbol, plain = table.get(word, ("white", "?", "?"))
    encoding = (getattr(sys.stdout, "encoding", None) or "ascii").lower()
    return colour, f"{symbol if encoding.startswith('utf') else plain} {word}"


def duration(seconds: float) -> str:
    """Two units at the most: 3 d 4 h, 12 min 5 s; empty for nothing."""
    left = int(seconds)
    if left <= 0:
        return ""
    for size, name, small, small_name in _STEPS:
        if left >= size:
            rest = left % size // small
            return f"{left // size} {name}" + (f" {rest} {small_name}" if rest else "")
    return f"{left} s"


def age(seconds: int | None) -> str:
    """How long ago, in the largest unit."""
    if seconds is None:
        return "at an unknown time"
    if seconds < 60:
        return "just now"
    parts = duration(seconds).split()
    return f"{parts[0]} {parts[1]} ago"


def size(count: float) -> str:
    """Bytes in MB or GB; empty for none."""
    if count <= 0:
        return ""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"


def number(count: int, noun: str) -> str:
    """1 instance, 2 instances."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
