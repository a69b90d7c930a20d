# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Ask the container engines of this host for OpenClaw gateways; never changes anything.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Sequence
from typing import Any

from ._container_facts import container_facts, is_gateway
from ._host import Host, Result
from ._model import ClawPilotError

TIMEOUT = 5.0  # seconds for all that one engine is asked
# Variables that would lead the commands to an engine on another machine.
_ELSEWHERE = (
    "DOCKER_HOST DOCKER_CONTEXT DOCKER_TLS DOCKER_TLS_VERIFY CONTAINER_HOST CONTAINER_CONNECTION"
).split()


def containers(host: Host) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """The gateways in containers (see container_facts), and warnings (code, path, message).

    Two processes for each engine whose command is there: one lists the containers, one shows all
    of them, since only that tells the environment. No command: nothing, and no warning.
    """
    found: dict[str, dict[str, Any]] = {}
    warnings = []
    for engine in _engines(host):
        try:
            for data in _inspected(host, engine):
                if is_gateway(data):
                    facts = container_facts(data)
                    found.setdefault(facts["id"], facts)
        except ClawPilotError as error:
            warnings.append({"code": error.code, "path": engine, "message": error.message})
    return list(found.values()), warnings


def engine_socket(host: Host) -> str:
    """The Docker engine's socket on this host, "" when there is none."""
    given = os.environ.get("DOCKER_HOST", "")
    own = os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.geteuid()}"
    places = (
        given[len("unix://") :] if given.startswith("unix://") else "",
        "/var/run/docker.sock",
        os.path.join(own, "docker.sock"),  # rootless
        os.path.expanduser("~/.docker/desktop/docker.sock"),
    )
    return next((path for path in places if path and host.exists(path)), "")


def _engines(host: Host) -> list[str]:
    """podman makes its storage when it is first asked, so it is asked only where it has one."""
    data = os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")
    own = os.path.join(data, "containers", "storage")
    storage = "/var/lib/containers/storage" if os.geteuid() == 0 else own
    engines = ["docker", *(["podman"] if host.exists(storage) else [])]
    return [engine for engine in engines if shutil.which(engine)]


def _inspected(host: Host, engine: str) -> list[dict[str, Any]]:
    """`inspect` of every container. Raises DOCKER_UNANSWERED."""
    begin = time.monotonic()
    listed = _ask(host, engine, ("ps", "--all", "--no-trunc", "--quiet"), TIMEOUT)
    if listed.code != 0:
        raise _unanswered(engine, listed)
    names = listed.out.split()
    if not names:
        return []
    left = max(1.0, TIMEOUT - (time.monotonic() - begin))
    shown = _ask(host, engine, ("inspect", "--type", "container", "--", *names), left)
    try:  # a container that has gone meanwhile makes it fail, but it shows the others
        data = json.loads(shown.out)
    except ValueError:
        raise _unanswered(engine, shown) from None
    return [item for item in data if isinstance(item, dict)] if isinstance(data, list) else []


def _ask(host: Host, engine: str, words: Sequence[str], timeout: float) -> Result:
    environment = {k: v for k, v in os.environ.items() if k not in _ELSEWHERE}
    if engine == "docker":
        environment["DOCKER_CONTEXT"] = "default"  # the one that stands for this host
        socket = engine_socket(host)
        if socket:
            environment["DOCKER_HOST"] = f"unix://{socket}"
    return host.run((engine, *words), env=environment, timeout=timeout)


def _unanswered(engine: str, result: Result) -> ClawPilotError:
    """The error with the command's own last words, which hold nothing of any container."""
    lines = result.err.strip().splitlines()
    reason = lines[-1] if lines else f"it ended with code {result.code}"
    reason = reason.partition(': Get "')[0].strip()  # the request in full tells no more
    return ClawPilotError(
        "DOCKER_UNANSWERED",
        f"{engine} is installed but does not answer: {reason.rstrip('.')}.",
        f"Start it, or let this user ask it (`{engine} ps` has to work), if it is used here.",
    )
