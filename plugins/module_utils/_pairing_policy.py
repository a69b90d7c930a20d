# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Rules for automatic approval, and which pending requests they let in. Pure.

Private to the claw.pilot collection. Python 3.9 or later. One rule has to cover all of a request;
nothing is put together from two.
"""

from __future__ import annotations

import fnmatch
import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Union

from ._devices import beyond
from ._model import ClawPilotError

ROLE = "operator"  # of a rule that names none: other roles let a device run commands for agents
_TEXTS = ("label", "client_id", "client_mode", "role", "name")
_KEYS = (*_TEXTS, "scopes", "address")

Network = Union[ipaddress.IPv4Network, ipaddress.IPv6Network]


@dataclass(frozen=True)
class Rule:
    """What one rule lets in. An empty text and no address stand for any; scopes never do.

    name: a pattern such as "Alice*"; addresses: empty for any.
    """

    label: str
    scopes: tuple[str, ...]
    client_id: str = ""
    client_mode: str = ""
    role: str = ROLE
    name: str = ""
    addresses: tuple[Network, ...] = ()

    def covers(self, request: Mapping[str, Any]) -> bool:
        """Whether the rule lets in all of that request (the pending shape of _devices)."""
        return (
            request["roles"] == [self.role]
            and not beyond(request["requested_scopes"], self.scopes)
            and self.client_id in ("", request["client_id"])
            and self.client_mode in ("", request["client_mode"])
            and (not self.name or fnmatch.fnmatchcase(request["name"], self.name))
            and (not self.addresses or self._is_near(request["remote_address"]))
        )

    def _is_near(self, text: str) -> bool:
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)  # ::ffff:10.0.0.1 is 10.0.0.1
        return any((mapped or address) in network for network in self.addresses)


def read_policy(given: Any) -> list[Rule]:
    """The rules of a policy. Raises POLICY_INVALID."""
    if not isinstance(given, list):
        raise _invalid("A policy is a list of rules.")
    return [_rule(item, number) for number, item in enumerate(given, 1)]


def _rule(given: Any, number: int) -> Rule:
    if not isinstance(given, Mapping):
        raise _invalid(f"Rule {number} is no mapping.")
    unknown = sorted(str(key) for key in set(given) - set(_KEYS))
    if unknown:
        raise _invalid(f"Rule {number} has the unknown key {unknown[0]!r}.")
    texts = {key: given[key] for key in _TEXTS if given.get(key) is not None}
    wrong = [key for key, value in texts.items() if not isinstance(value, str) or not value]
    if wrong:
        raise _invalid(f"{wrong[0]} of rule {number} is no text.")
    scopes = _strings(given.get("scopes"))
    if scopes is None:
        raise _invalid(f"Rule {number} has no list of scopes.")
    label = texts.pop("label", f"rule {number}")
    return Rule(label, scopes, **texts, addresses=_networks(given.get("address"), number))


def _networks(given: Any, number: int) -> tuple[Network, ...]:
    if given is None:
        return ()
    texts = _strings([given] if isinstance(given, str) else given)
    if not texts:  # an empty list is not any address
        raise _invalid(f"The address of rule {number} is no network and no list of them.")
    try:
        return tuple(ipaddress.ip_network(text, strict=False) for text in texts)
    except ValueError as error:
        raise _invalid(f"The address of rule {number} cannot be read: {error}.") from None


def _strings(given: Any) -> tuple[str, ...] | None:
    """The strings of a list, None for anything else."""
    if not isinstance(given, list) or not all(isinstance(item, str) for item in given):
        return None
    return tuple(str(item) for item in given)


def _invalid(message: str) -> ClawPilotError:
    return ClawPilotError(
        "POLICY_INVALID", message, "See what a policy looks like in docs/pairing.md."
    )


def approvable(
    pending: Sequence[Mapping[str, Any]], rules: Sequence[Rule]
) -> list[tuple[Mapping[str, Any], Rule]]:
    """The requests that may be approved, each with the first rule that covers it."""
    found = ((one, next((rule for rule in rules if rule.covers(one)), None)) for one in pending)
    return [(one, rule) for one, rule in found if rule is not None]
