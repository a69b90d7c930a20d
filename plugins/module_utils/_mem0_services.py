# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Ask the services that mem0 needs on a host: Ollama and Qdrant. Changes nothing.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from . import _plugin_facts
from ._summary import dig

PROBE_SECONDS = 2.0


def mem0_gaps(settings: Mapping[str, Any]) -> list[str]:
    """What mem0 with these settings lacks on this host, in sentences; asks Ollama and Qdrant."""
    if settings.get("mode") != "open-source":
        return []
    place = dig(settings, "oss", "vectorStore", "config") or {}
    ollama = _get(str(dig(settings, "oss", "embedder", "config", "url") or ""), "/api/tags")
    qdrant = _get(f"http://{place.get('host')}:{place.get('port')}", "/")
    return _plugin_facts.mem0_gaps(settings, ollama, qdrant)


def _get(url: str, path: str) -> Any:
    """The JSON at that path, None when nothing answers with any."""
    try:
        parts = urlsplit(url)
        kind = (
            http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        )
        connection = kind(parts.hostname or "", parts.port, timeout=PROBE_SECONDS)
        try:
            connection.request("GET", parts.path.rstrip("/") + path)
            return json.loads(connection.getresponse().read(1024 * 1024))
        finally:
            connection.close()
    except (OSError, http.client.HTTPException, ValueError, RecursionError):
        return None
