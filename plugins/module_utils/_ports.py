# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Choose gateway ports and find clashes. Pure: listeners and claims come in as values.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ._model import ClawPilotError

RANGE_START = 18789
STEP = 120  # OpenClaw derives browser and CDP ports up to base + 110
RANGE_END = 65000
LOWEST, HIGHEST = 1024, 65535
_TCP_LISTEN = "0A"


@dataclass(frozen=True)
class PortRange:
    """Ports to choose from: start, start + step, ... up to and including end."""

    start: int = RANGE_START
    end: int = RANGE_END
    step: int = STEP

    def candidates(self) -> range:
        if self.step < 1 or self.start < LOWEST or self.end > HIGHEST:
            raise ClawPilotError(
                "INVALID_PORT",
                f"Ports from {self.start} to {self.end} in steps of {self.step} are no range.",
                f"Stay within {LOWEST} and {HIGHEST}, with a step of at least 1.",
            )
        return range(self.start, self.end + 1, self.step)


@dataclass(frozen=True)
class Listener:
    """A listening TCP socket; address: numeric, as connect() takes it."""

    port: int
    address: str
    inode: str
    uid: int


def parse_sockets(proc_net_tcp: str) -> list[Listener]:
    """The listening sockets in the text of /proc/net/tcp or /proc/net/tcp6."""
    found = []
    for line in proc_net_tcp.splitlines()[1:]:
        words = line.split()
        if len(words) > 9 and words[3] == _TCP_LISTEN:
            address, _colon, port = words[1].rpartition(":")
            found.append(Listener(int(port, 16), _address(address), words[9], int(words[7])))
    return found


def _address(text: str) -> str:
    """The kernel prints each 32-bit word of an address in the machine's own byte order."""
    words = [bytes.fromhex(text[n : n + 8]) for n in range(0, len(text), 8)]
    raw = b"".join(word[::-1] if sys.byteorder == "little" else word for word in words)
    address = ipaddress.ip_address(raw)
    return str(getattr(address, "ipv4_mapped", None) or address)


def parse_listeners(proc_net_tcp: str) -> frozenset[int]:
    """Listening TCP ports from the same text."""
    return frozenset(listener.port for listener in parse_sockets(proc_net_tcp))


def listener_inodes(proc_net_tcp: str, port: int) -> frozenset[str]:
    """Inodes of the sockets that listen on this port, from the same text."""
    return frozenset(s.inode for s in parse_sockets(proc_net_tcp) if s.port == port)


def check_port(port: int) -> int:
    """Return the port, or raise INVALID_PORT."""
    if not LOWEST <= port <= HIGHEST:
        raise ClawPilotError(
            "INVALID_PORT",
            f"The port {port} is out of range.",
            f"Use a port from {LOWEST} to {HIGHEST}, or leave it out to have one chosen.",
        )
    return port


def choose_port(
    wanted: int | None,
    ports: PortRange,
    listening: frozenset[int],
    claimed: Mapping[int, str],
    reserved: Iterable[int] = (),
) -> int:
    """The wanted port, or the first free one of the range.

    listening: ports with a listener; claimed: port -> slug of other instances on this host;
    reserved: ports that the registry holds for others. Raises INVALID_PORT or PORT_CONFLICT.
    """
    held = (*claimed, *reserved)
    taken = {*listening, *held}
    if wanted is not None:
        check_port(wanted)
        if wanted in claimed:
            _conflict(wanted, f"belongs to the instance {claimed[wanted]!r}")
        if wanted in listening:
            _conflict(wanted, "has a listener that is not this instance")
        if wanted in taken:
            _conflict(wanted, "is reserved in the registry or by another run")
        return wanted
    for port in ports.candidates():
        near = any(abs(port - other) < ports.step for other in held)
        if port not in taken and not near:
            return port
    raise ClawPilotError(
        "PORT_CONFLICT",
        f"No free port is left from {ports.start} to {ports.end} in steps of {ports.step}.",
        "Destroy an instance, or widen port_range_end.",
    )


def _conflict(port: int, why: str) -> None:
    raise ClawPilotError(
        "PORT_CONFLICT",
        f"The port {port} {why}.",
        "Choose another port, or leave it out to have one chosen.",
    )
