# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry of another machine, over HTTP: what a dashboard answers. Controller only.

The token goes into one header, and nowhere else: not into the URL, nor into an error's text.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit

from ansible.module_utils import urls

from ..module_utils._model import ClawPilotError

TIMEOUT = 90  # seconds; longer than a dashboard waits for its own registry
_MAX_WORDS = 300  # characters of somebody else's message
_ROW = {"id", "hostname", "slug", "port", "openclaw_home"}  # what we look at in a row ourselves


@dataclass(frozen=True)
class Client:
    """The dashboard at a URL. Errors: REGISTRY_URL_INVALID, _REFUSED, _UNREACHABLE."""

    url: str
    token: str = field(default="", repr=False)

    def report(self, reports: list[dict[str, Any]], actor: str, origin: str) -> dict[str, Any]:
        """Have the reports recorded; the dashboard's answer is that of Registry.record()."""
        body = {"reports": reports, "actor": actor, "origin": origin}
        answer = self._call("/api/registry/report", body)
        self._expect("changed" in answer)
        return answer

    def host(self, hostname: str) -> dict[str, Any]:
        """What registry_door.host_view() says of that host."""
        answer = self._call(f"/api/registry/hosts/{quote(hostname, safe='')}")
        rows, config = answer.get("instances"), answer.get("config")
        self._expect(isinstance(config, dict) and isinstance(rows, list))
        self._expect(all(isinstance(row, dict) and row.keys() >= _ROW for row in rows or []))
        return answer

    def _expect(self, as_it_should: bool) -> None:
        if not as_it_should:
            raise self._unreachable("the answer is not that of a Claw Pilot dashboard")

    def _call(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        self._check()
        try:
            with urls.open_url(
                self.url.rstrip("/") + path,
                data=None if body is None else json.dumps(body),
                headers=self._headers(),
                method="GET" if body is None else "POST",
                timeout=TIMEOUT,
                http_agent="claw-pilot",
                follow_redirects="none",  # the token is for this address only
                use_netrc=False,  # it would take the place of the token
            ) as answer:
                return self._read(answer.read())
        except HTTPError as error:
            with error:
                raise self._refused(error) from None
        except (OSError, HTTPException, urls.ConnectionError, ValueError) as error:
            raise self._unreachable(self._safe(str(error))) from None

    def _headers(self) -> dict[str, str]:
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        return {**headers, "Authorization": f"Bearer {self.token}"} if self.token else headers

    def _check(self) -> None:
        """Refuse what would carry a secret elsewhere, and what no header can hold."""
        if not _is_address(self.url):
            raise ClawPilotError(
                "REGISTRY_URL_INVALID",
                "The URL of the registry is more or less than scheme, host, port and path.",
                "Write it like https://claw.example.org; the token goes to registry_token.",
            )
        if not (self.token.isascii() and self.token.isprintable()) or " " in self.token:
            raise ClawPilotError(
                "REGISTRY_REFUSED",
                "The registry's token has characters that no token has.",
                "Copy it from the file dashboard-token, without the line's end.",
            )

    def _read(self, content: bytes) -> dict[str, Any]:
        answer = json.loads(content)
        if not isinstance(answer, dict):
            raise ValueError("the answer is no JSON object")
        return answer

    def _refused(self, error: HTTPError) -> ClawPilotError:
        if error.code in (401, 403):
            words = self._words(error) or f"HTTP {error.code}"
            return ClawPilotError(
                "REGISTRY_REFUSED",
                f"The registry at {self.url} does not accept the token: {words}.",
                "Set registry_token or CLAW_PILOT_REGISTRY_TOKEN to one of the dashboard's that may"
                " admin where hosts or instances are new, moved or gone, else operate.",
            )
        return self._unreachable(f"HTTP {error.code} {self._words(error)}".strip())

    def _words(self, error: HTTPError) -> str:
        """The message of a dashboard's own error, '' for any other page."""
        try:
            return self._safe(str(json.loads(error.read())["error"]["message"]))
        except (OSError, HTTPException, ValueError, TypeError, KeyError):
            return ""

    def _safe(self, words: str) -> str:
        words = words.replace(self.token, "***") if self.token else words
        return words[:_MAX_WORDS].rstrip(".")

    def _unreachable(self, why: str) -> ClawPilotError:
        return ClawPilotError(
            "REGISTRY_UNREACHABLE",
            f"The registry at {self.url} did not answer as it should: {why}.",
            "Check the URL and that the dashboard runs there, or set registry=none.",
        )


def _is_address(url: str) -> bool:
    """Whether the URL has a host, perhaps a port and a path, and nothing else."""
    try:
        parts = urlsplit(url)
        return bool(
            parts.hostname
            and parts.port != 0
            and not (parts.username or parts.password or parts.query or parts.fragment)
        )
    except ValueError:
        return False
