# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose address a request comes from. No effects."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from functools import lru_cache

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def client_of(peer: str | None, forwarded: Sequence[str], proxies: Sequence[str]) -> str | None:
    """Who asks: the peer, or whom a chain of proxies that are trusted names.

    forwarded: the X-Forwarded-For headers, in order. It is read from its end, as far as proxies of
    ours have written it: what stands before that, anybody may have made up.
    """
    client = peer
    for name in reversed(",".join(forwarded).split(",")):
        if not is_within(client, proxies):
            break
        named = _address(name.strip())
        if named is None:
            break
        client = str(named)
    return client


def place(address: str | None) -> str:
    """What counts as one place: an IPv4 address, or the network that one IPv6 user has."""
    found = _address(address)
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found or "unknown")


def is_within(address: str | None, networks: Sequence[str]) -> bool:
    """Whether the address is in one of the networks, which are valid."""
    found = _address(address)
    return found is not None and any(found in _network(one) for one in networks)


def _address(text: str | None) -> Address | None:
    """None where it is none; an IPv4 address that is written as one of IPv6 as what it is."""
    try:
        found = ipaddress.ip_address((text or "").partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


@lru_cache(maxsize=64)
def _network(text: str) -> Network:
    return ipaddress.ip_network(text)
