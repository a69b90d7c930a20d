# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which device of which instance an order is about. No effects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..module_utils._pairing_policy import Rule, approvable, read_policy

Data = dict[str, Any]
# What is asked for -> options of openclaw_device, and the event of the registry.
ORDERS: dict[str, tuple[Data, str]] = {
    "approve": ({"state": "present"}, "device_approved"),
    "reject": ({"state": "rejected"}, "device_rejected"),
    "remove": ({"state": "absent"}, "device_removed"),
    "rotate": ({"state": "present", "rotate": True}, "device_rotated"),
}
NAMES = ("slug", "openclaw_home", "state_dir")
ANSWERS = ("approve", "reject")  # these are about requests, the others about paired devices


def plan(instances: Sequence[Data], wanted: Mapping[str, Any], policy: Any = None) -> Data:
    """What is to be done on one host: {"items": [...], "asked": [...], "known": [...]}.

    instances: as openclaw_device_info returns them; wanted: order -> id of a request or a device,
    or several; policy: rules as in docs/pairing.md. Raises POLICY_INVALID.
    An item: options of openclaw_device; entry: what to tell the registry once it is done. asked:
    every order with its id, in words; known: those that this host can answer.
    """
    rules = read_policy(policy) if policy is not None else []
    orders = [(order, one) for order in ORDERS for one in _ids(wanted.get(order))]
    items = [
        _item(instance, order, device)
        for order, wanted_id in orders
        for instance in instances
        for device in _meant(instance, order, wanted_id)
    ]
    answered = {item["options"].get("request_id") for item in items}
    by_rule = [
        _item(instance, "approve", request, rule)
        for instance in instances
        for request, rule in approvable(instance["pending"], rules)
        if request["request_id"] not in answered  # what a person says counts
    ]
    return {
        "items": items + by_rule,
        "asked": [f"{order} {wanted_id}" for order, wanted_id in orders],
        "known": [
            f"{order} {wanted_id}"
            for order, wanted_id in orders
            if any(_is_known(instance, order, wanted_id) for instance in instances)
        ],
    }


def _ids(given: Any) -> list[str]:
    """The ids of a text (commas between them) or of a list."""
    parts = given.split(",") if isinstance(given, str) else given or []
    return [str(part).strip() for part in parts if str(part).strip()]


def _meant(instance: Data, order: str, wanted: str) -> list[Data]:
    """The request or the device of that instance that the order is about."""
    if order in ANSWERS:
        requests: list[Data] = instance["pending"]
        return [one for one in requests if wanted in (one["request_id"], one["device_id"])]
    return [one for one in instance["paired"] if wanted == one["device_id"]]


def _is_known(instance: Data, order: str, wanted: str) -> bool:
    """Also a device that has nothing to be answered: it is paired already."""
    paired = any(wanted == one["device_id"] for one in instance["paired"])
    return paired or bool(_meant(instance, order, wanted))


def _item(instance: Data, order: str, device: Mapping[str, Any], rule: Rule | None = None) -> Data:
    options, event = ORDERS[order]
    keys = ("request_id", "device_id") if order in ANSWERS else ("device_id",)
    limit = {"scopes": list(rule.scopes)} if rule else {}
    words = _in_words(device)
    return {
        "options": {**options, **limit, **{key: device[key] for key in keys}},
        "entry": {
            "event": event,
            "detail": f"{rule.label}: {words}" if rule else words,
            "instance": {name: instance[name] for name in NAMES},
        },
    }


def _in_words(device: Mapping[str, Any]) -> str:
    scopes = device["requested_scopes" if device["kind"] == "pending" else "scopes"]
    name = device["name"] or device["device_id"]
    return f"{name} ({device['client_id'] or '-'}), {' '.join(scopes) or 'no scopes'}"


def rows(instances: Sequence[Data], host: str, paired: bool = False) -> list[Data]:
    """The pending requests of a host, and with paired its paired devices, each with its place."""
    return [
        {"host": host, "slug": one["slug"], "openclaw_home": one["openclaw_home"], **device}
        for one in instances
        for device in [*one["pending"], *(one["paired"] if paired else ())]
    ]
