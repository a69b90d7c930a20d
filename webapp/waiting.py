# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everybody who waits for an answer, of all instances: devices and Telegram senders."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ..plugins.module_utils._model import ClawPilotError
from .services import Services

AT_ONCE = 8  # hosts that are asked at the same time
SECONDS = 5.0  # that each gets
Data = dict[str, Any]


def everybody(shared: Services) -> Data:
    """{"devices", "pairings", "errors"}: lists, each item with host, slug, openclaw_home and
    instance_id. errors: what could not be asked, with "error" {code, message, hint}.
    """
    lines = [line for line in shared.live.lines() if line["pending"]]
    found: Data = {"devices": [], "pairings": [], "errors": []}
    if not lines:
        return found
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for one in pool.map(lambda line: of_instance(shared, line), lines):
            for name, items in one.items():
                found[name] += items
    return found


def of_instance(shared: Services, line: Mapping[str, Any]) -> Data:
    """The same for one instance."""
    place = {
        "host": line["host"],
        "slug": line["slug"],
        "openclaw_home": line["openclaw_home"],
        "instance_id": line["id"],
    }
    found: Data = {"devices": [], "pairings": [], "errors": []}
    questions = [("devices", "devices"), *([("pairings", "pairings")] if line["telegram"] else [])]
    for name, question in questions:
        try:
            asked = {"ask": question, "state_dir": line["state_dir"]}
            answer = shared.monitor.ask(str(line["host"]), asked, timeout=SECONDS)
        except ClawPilotError as error:
            found["errors"].append({**place, "asked": name, "error": error.as_dict()})
        else:
            found[name] += [{**item, **place} for item in answer.get("pending") or ()]
    return found
