# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a request is meant for us and comes from one of our own pages. No effects."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from werkzeug.datastructures import Headers

from ..settings import Settings


def is_known_host(header: str, settings: Settings) -> bool:
    """Whether the Host header names this dashboard: another name may be DNS rebinding.

    Where it listens on every address, any address will do: rebinding takes a name.
    """
    name = host_name(header)
    return name in settings.host_names or (settings.is_everywhere and _is_address(name))


def host_name(header: str) -> str:
    """The host of a Host header in lower case, without its port; empty when it is not one."""
    try:
        parts = urlsplit(f"//{header}")
        _port = parts.port  # a port that is none raises
    except ValueError:
        return ""
    if not parts.hostname or parts.netloc != header or "@" in header or set("/?#\\") & set(header):
        return ""
    return f"[{parts.hostname}]" if header.startswith("[") else parts.hostname


def is_same_origin(
    headers: Headers | Mapping[str, str], host: str, *, socket: bool = False
) -> bool:
    """Whether a page of ours made the browser send this; a request that says nothing did not.

    The scheme is not compared: a proxy may speak TLS for us. socket: browsers do not send
    Sec-Fetch-Site with WebSockets everywhere, but Origin always.
    """
    site = headers.get("Sec-Fetch-Site", "")
    origin = headers.get("Origin", "")
    if site and site != "same-origin":
        return False
    if origin:
        return _authority(origin) == _authority(f"//{host}", origin)
    return bool(site) and not socket


def _authority(url: str, like: str = "") -> tuple[str, int | None] | None:
    """Host and port of a URL; a port that its scheme, or that of `like`, has anyway is None."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if not parts.hostname:
        return None
    usual = {"http": 80, "https": 443}.get(urlsplit(like or url).scheme)
    return parts.hostname, None if port == usual else port


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
