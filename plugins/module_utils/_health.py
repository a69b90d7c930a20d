# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Ask a gateway how it is, wait for it, and say in a sentence why it did not come up.

Private to the claw.pilot collection. Python 3.9 or later. Never changes anything.
"""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Sequence
from typing import Any

from ._model import ClawPilotError
from ._sightings import ServiceState
from ._state_words import Health, Proof
from ._unit import CONFIG_EXIT_CODE

LOOPBACK = "127.0.0.1"
TELEGRAM_REFUSAL = "Telegram bot token unauthorized"  # in a gateway's own words
POLL_SECONDS = 0.1
SERVICE_POLL_SECONDS = 0.5


def probe(
    port: int, timeout: float = 2, address: str = LOOPBACK, with_version: bool = False
) -> Health:
    """The health of the gateway on this port; not live when anything else answers.

    timeout: seconds for each of its two or three answers.
    """
    status, body = _get(address, port, "/healthz", timeout)
    if status != 200 or body.get("status") != "live":
        return Health()
    status, body = _get(address, port, "/readyz", timeout)
    listed = body.get("failing")
    failing = tuple(str(item) for item in listed) if isinstance(listed, list) else ()
    ready = status == 200 and body.get("ready") is True
    started = _get(address, port, "/startupz", timeout)[1] if with_version else {}
    version = started.get("version")
    version = version if isinstance(version, str) else ""
    return Health(True, ready, failing, version, told=bool(status))


def _get(address: str, port: int, path: str, timeout: float) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection(address, port, timeout=timeout)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        body = json.loads(response.read(64 * 1024))
    except (OSError, http.client.HTTPException, ValueError, RecursionError):
        return 0, {}
    finally:
        connection.close()
    return response.status, body if isinstance(body, dict) else {}


def wait(
    level: str,
    port: int,
    timeout: float,
    service: Callable[[], ServiceState],
    console: Callable[[], Sequence[str]],
    own: Callable[[int, ServiceState], bool] = lambda _port, _service: True,
) -> Proof:
    """Wait until the gateway is `live` or `ready`; raises with its own words when it is not.

    timeout: seconds; service: the service's state now; console: the console log's last lines;
    own: whether it is this very service that answers on the port, and not somebody else.
    """
    begin = time.monotonic()
    asked = begin
    restarts = service().restarts  # a gateway restarts itself for good reasons, too
    while True:
        health = probe(port)
        if health.ready or (level == "live" and health.live):
            state = service()
            if state.active and not state.failed and own(port, state):
                return Proof(port, state.pid, health)
        now = time.monotonic()
        if now - asked >= SERVICE_POLL_SECONDS:
            asked = now
            state = service()
            if state.failed or not state.active or state.restarts - restarts > 2:
                raise explain(port, state, console(), now - begin)
            if "telegram" in health.failing and any(TELEGRAM_REFUSAL in line for line in console()):
                raise explain(port, state, console(), now - begin, health)
        if now - begin > timeout:
            raise explain(port, service(), console(), now - begin, health)
        time.sleep(POLL_SECONDS)


_REASONS = (
    ("TELEGRAM_TOKEN_REFUSED", (TELEGRAM_REFUSAL,), "Telegram refuses its bot token"),
    ("STATE_TOO_NEW", ("are newer than this build",), "a newer OpenClaw has written its state"),
    ("STATE_DIR_IN_USE", ("another OpenClaw process owns",), "another gateway holds its state"),
    ("PORT_CONFLICT", ("EADDRINUSE", "already in use", "already listening"), "the port is taken"),
    ("OUT_OF_MEMORY", ("heap out of memory", "Allocation failed"), "it ran out of memory"),
)
_HINTS = {
    "TELEGRAM_TOKEN_REFUSED": "Give the telegram_bot_token that BotFather shows.",
    "STATE_TOO_NEW": "Run that version or a newer one, or restore a backup from before.",
    "STATE_DIR_IN_USE": "Stop the gateway that runs beside the service, then try again.",
    "PORT_CONFLICT": "Choose another port, or leave it out to have one chosen.",
    "OUT_OF_MEMORY": "Raise heap_limit_mb, or free memory: a gateway needs about 1 GB.",
    "NODE_NOT_FOUND": "Run the openclaw_host role, which installs Node and OpenClaw.",
    "CONFIG_REFUSED": "Correct the named key; the extra config is the usual place.",
    "GATEWAY_UNHEALTHY": "See the log; raise start_timeout for a slow host.",
}


def explain(
    port: int,
    state: ServiceState,
    lines: Sequence[str],
    seconds: float,
    health: Health | None = None,
) -> ClawPilotError:
    """The error for a gateway that did not come up, with the last lines of its console."""
    text = "\n".join(list(dict.fromkeys(lines))[-12:])
    code, reason = _reason(state, text)
    if code == "GATEWAY_UNHEALTHY" and health is not None:
        level = "live but not ready" if health.live else "not live"
        waits = f" ({', '.join(health.failing)})" if health.failing else ""
        reason = f"it is {level}{waits} after {seconds:.0f} s"
    said = f" It said:\n{text}" if text else " It said nothing."
    message = f"The gateway on port {port} did not come up: {reason}.{said}"
    return ClawPilotError(code, message, _HINTS[code])


def _reason(state: ServiceState, text: str) -> tuple[str, str]:
    for code, needles, reason in _REASONS:
        if any(needle in text for needle in needles):
            return code, reason
    if state.exit_code == CONFIG_EXIT_CODE or "Invalid config" in text:
        return "CONFIG_REFUSED", "OpenClaw refused its configuration"
    if state.exit_code in (9, 137):
        return "OUT_OF_MEMORY", "it was killed, most likely for want of memory"
    if state.exit_code in (127, 203) or "Cannot find module" in text:
        return "NODE_NOT_FOUND", "its program could not be run"
    if state.exit_code is None:
        return "GATEWAY_UNHEALTHY", "it does not run"
    return "GATEWAY_UNHEALTHY", f"it ended with exit code {state.exit_code}"
