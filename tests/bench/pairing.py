# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure pairing: one device approved at a real gateway, and the inbox of twenty stand-ins.

python -m tests.bench.pairing [ROUNDS]. OpenClaw's own command approves another device of the same
gateway in the same round.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

from ansible_collections.claw.pilot.plugins.module_utils import _dotenv, _rpc
from ansible_collections.claw.pilot.plugins.module_utils._gateway import READ
from ansible_collections.claw.pilot.plugins.module_utils._gateway_error import GatewayError
from ansible_collections.claw.pilot.plugins.module_utils._model import GATEWAY_TOKEN_VARIABLE

from tests.bench import fleet
from tests.integration.a_device import Device
from tests.integration.conftest import CACHE, Home, call, manifest, new_home, with_node

GATEWAYS = 20
SLUG = "bench-pair"


def seconds(work: Callable[[], object]) -> float:
    begin = time.monotonic()
    work()
    return time.monotonic() - begin


def request(port: int, token: str) -> str:
    """The id of a new device's request."""
    try:
        Device("bench").knock(port, token, (READ,))
    except GatewayError as error:
        return error.request_id
    raise SystemExit("the gateway let a device in that nobody approved")


def by_rpc(port: int, token: str, request_id: str) -> None:
    """What the module asks of the gateway, from the connection on."""
    with _rpc.connect(port, token) as connection:
        connection.call("device.pair.list")
        connection.call("device.pair.approve", {"requestId": request_id})
        connection.call("device.pair.list")


def by_module(home: Home, request_id: str) -> None:
    options = {"openclaw_home": str(home.path), "slug": SLUG, "request_id": request_id}
    if not call("openclaw_device", options)["changed"]:
        raise SystemExit("openclaw_device approved nothing")


def by_command(home: Home, request_id: str) -> None:
    """OpenClaw's own `devices approve`."""
    runtime, state = manifest(home.prefix), home.state_dir(SLUG)
    place = {"OPENCLAW_STATE_DIR": str(state), "OPENCLAW_CONFIG_PATH": str(state / "openclaw.json")}
    words = [runtime["node"], runtime["entry"], "devices", "approve", request_id]
    done = subprocess.run(
        words, env={**os.environ, **place}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise SystemExit(done.stdout + done.stderr)


def approvals(rounds: int) -> list[tuple[str, float, float]]:
    """A device approved in three ways, in turn; medians."""
    home = new_home(CACHE / "prefix")
    try:
        port = home.instance(SLUG, stop_timeout=10)["instance"]["port"]
        env = _dotenv.parse((home.state_dir(SLUG) / ".env").read_text())
        token = env[GATEWAY_TOKEN_VARIABLE]
        by_rpc(port, token, request(port, token))  # the gateway's first is slower
        rpc, module, command = [], [], []
        for _round in range(rounds):
            ids = [request(port, token) for _way in range(3)]
            rpc.append(seconds(partial(by_rpc, port, token, ids[0])))
            module.append(seconds(partial(by_module, home, ids[1])))
            command.append(seconds(partial(by_command, home, ids[2])))
    finally:
        home.clean_up()
    return [
        ("approve, what the gateway does, seconds", median(rpc), 0.1),
        ("approve, whole module, seconds", median(module), 1.5),
        ("approve, module / openclaw devices", median(module) / median(command), 1.0),
    ]


def inbox(rounds: int) -> list[tuple[str, float, float]]:
    """The devices of twenty gateways on one host, by one run of the module."""
    folder = Path(tempfile.mkdtemp(prefix="cp-bench-"))
    home = Home(folder, with_node(folder, CACHE / "prefix", "#!/bin/sh\nexec"))
    try:
        for number in range(GATEWAYS):
            home.instance(f"inbox-{number}")
        taken = []
        for _round in range(rounds):
            begin = time.monotonic()
            done = call("openclaw_device_info", {"openclaw_home": str(folder)})
            taken.append(time.monotonic() - begin)
            answered = [one for one in done["instances"] if one["pending"] and not one["error"]]
            if len(answered) != GATEWAYS:
                raise SystemExit(f"{len(answered)} of {GATEWAYS} gateways answered")
    finally:
        for slug in list(home.slugs):
            home.instance(slug, state="absent", stop_timeout=5)
        shutil.rmtree(folder)
    return [(f"inbox of {GATEWAYS} gateways, seconds", median(taken), 3.0)]


def bounds(rounds: int) -> list[tuple[str, float, float]]:
    """(what, measured, at most) of each figure."""
    return [*approvals(rounds), *inbox(rounds)]


if __name__ == "__main__":
    sys.exit(0 if fleet.report(bounds(int(sys.argv[1]) if len(sys.argv) > 1 else 3)) else 1)
