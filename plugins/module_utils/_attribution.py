# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Whose a listening port is, and how the gateway behind it feels. Reads and asks by HTTP only.

Private to the claw.pilot collection. Python 3.9 or later.

A port in a config proves nothing: somebody else may listen there. So a gateway counts as an
instance's own when its process holds the socket; where processes may not be asked, when it
answers like a gateway and nobody else has a better claim.
"""

from __future__ import annotations

import math
import queue
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Thread

from ._health import LOOPBACK, probe
from ._ports import Listener
from ._procfs import ProcessTable, sockets_of
from ._state_words import Health, Proof, standing

ASK_SECONDS = 1.0
STRANGER_SECONDS = 0.5  # for what most likely is no gateway
ANSWERS = 3  # that a gateway gives, each within these seconds
ASK_AT_ONCE = 32
MAX_STRANGERS = 200  # other listeners of a host that are asked whether they are gateways
# Printers print what they are sent.
_NEVER_ASKED = frozenset((*range(1, 1024), *range(9100, 9110)))
_ANY = ("0.0.0.0", "::")


@dataclass(frozen=True)
class Claim:
    """An instance's claim to a port. pid: of its service or process, 0 for none; runs: whether
    its manager says so; tells: whether its manager or the process list could say; uid: of whom
    its sockets are, -1 when nobody knows; beyond: its port is forwarded to a container, which
    may be done without a listener.
    """

    number: int
    port: int
    pid: int
    runs: bool
    tells: bool = True
    uid: int = -1
    beyond: bool = False


@dataclass
class Attribution:
    """health: by the claim's number; ports: where those listen whose claim names another port;
    taken: numbers whose port somebody else has; strangers: ports of live gateways that nobody
    claims.
    """

    health: dict[int, Health] = field(default_factory=dict)
    ports: dict[int, int] = field(default_factory=dict)
    taken: dict[int, int] = field(default_factory=dict)
    strangers: dict[int, Health] = field(default_factory=dict)

    def update(self, later: Attribution) -> None:
        """Take what a second look has found; it asks no strangers again."""
        self.health, self.ports, self.taken = later.health, later.ports, later.taken


@dataclass(frozen=True)
class Question:
    """Where to ask, and how long to wait for each answer."""

    address: str
    seconds: float


def attribute(
    claims: Sequence[Claim],
    listeners: Sequence[Listener],
    table: ProcessTable,
    strangers: bool,
    proof: Proof | None = None,
) -> Attribution:
    """Ask every claimed port that listens, and give its answer to whom it belongs.

    strangers: whether the other listeners are asked, too; proof: what a gateway has proven just
    before, which holds for as long as the process is there that proved it.
    """
    by_port: dict[int, list[Listener]] = {}
    for listener in listeners:
        by_port.setdefault(listener.port, []).append(listener)
    held = {c.number: sockets_of(table.family(c.pid)) for c in claims if c.pid}
    own = {n: _held(inodes, listeners) for n, inodes in held.items() if inodes}
    questions = _questions(claims, by_port, own)
    known = {*questions, *(c.port for c in claims), *(p for ports in own.values() for p in ports)}
    unknown = _unknown(by_port, known) if strangers else {}
    answers = _ask({**unknown, **questions})
    result = Attribution()
    rivals_for: dict[int, list[Claim]] = {}
    for claim in claims:
        rivals_for.setdefault(claim.port, []).append(claim)
    for port, rivals in rivals_for.items():
        _give(result, rivals, by_port.get(port, ()), own, held, answers)
    for claim in claims:
        ports = own.get(claim.number, {})
        if proof and _still_there(proof, claim, table, held.get(claim.number), ports):
            seen = result.health.get(claim.number, Health())
            result.health[claim.number] = standing(proof.health, seen)
            result.taken.pop(claim.number, None)
    result.strangers = {
        # Other programs answer /healthz alike, but do not tell a version.
        port: answers[port]
        for port in unknown
        if answers[port].live and answers[port].version
    }
    return result


def _still_there(
    proof: Proof,
    claim: Claim,
    table: ProcessTable,
    held: set[str] | None,
    ports: Collection[int],
) -> bool:
    """Whether it is what proved itself that has the port now, and not a stranger or nobody.

    held: the sockets of its process, None where they cannot be seen; ports: where these listen.
    A container has processes and sockets of its own: it is there for as long as it runs.
    """
    if claim.port != proof.port:
        return False
    if claim.beyond:
        return claim.runs
    same = bool(proof.pid) and claim.pid in table.family(proof.pid)
    return same and (held is None or claim.port in ports)


def _held(inodes: Iterable[str], listeners: Sequence[Listener]) -> dict[int, list[Listener]]:
    """The listeners among these sockets, by port."""
    found: dict[int, list[Listener]] = {}
    wanted = set(inodes)
    for listener in listeners:
        if listener.inode in wanted:
            found.setdefault(listener.port, []).append(listener)
    return found


def _questions(
    claims: Sequence[Claim],
    by_port: Mapping[int, Sequence[Listener]],
    own: Mapping[int, Mapping[int, Sequence[Listener]]],
) -> dict[int, Question]:
    """Where to ask for each port that is somebody's: at its owner's address, if one is known."""
    questions = {}
    for claim in claims:
        if claim.port in by_port:
            questions[claim.port] = Question(address_of(by_port[claim.port]), ASK_SECONDS)
        elif claim.beyond and claim.runs:
            questions[claim.port] = Question(LOOPBACK, ASK_SECONDS)
    for claim in claims:
        ports = own.get(claim.number, {})
        for port in [claim.port] if claim.port in ports else ports:
            questions[port] = Question(address_of(ports[port]), ASK_SECONDS)
    return questions


def _give(
    result: Attribution,
    rivals: Sequence[Claim],
    listeners: Sequence[Listener],
    own: Mapping[int, Mapping[int, Sequence[Listener]]],
    held: Mapping[int, set[str] | None],
    answers: Mapping[int, Health],
) -> None:
    """Say of all claims to one port who has it, and of the others that it is taken."""
    port = rivals[0].port
    owners = [claim for claim in rivals if port in own.get(claim.number, {})]
    moved = [c for c in rivals if c not in owners and own.get(c.number)]
    rest = [claim for claim in rivals if claim not in owners and claim not in moved]
    for claim in moved:
        live = [p for p in sorted(own[claim.number]) if answers[p].live]
        if live:
            result.ports[claim.number], result.health[claim.number] = live[0], answers[live[0]]
    answer = answers.get(port, Health())
    if not owners and answer.live:
        owners = _unseen(rest, listeners, held)[:1]
    for claim in owners:
        result.health[claim.number] = answer
    for claim in rest:
        if claim not in owners and listeners:
            result.taken[claim.number] = port


def _unseen(
    rivals: Sequence[Claim], listeners: Sequence[Listener], held: Mapping[int, set[str] | None]
) -> list[Claim]:
    """Who may run without our seeing its sockets; who is said to run comes first."""
    uids = {listener.uid for listener in listeners}
    found = [
        claim
        for claim in rivals
        if (held[claim.number] is None if claim.pid else claim.runs or not claim.tells)
        and (claim.beyond or claim.uid == -1 or claim.uid in uids)
    ]
    return sorted(found, key=lambda claim: not claim.runs)


def _ask(questions: Mapping[int, Question]) -> dict[int, Health]:
    """The health behind each port; one that has not answered in time is not live.

    In threads that nobody waits for any longer: a server may send a byte a second for ever.
    """
    left: queue.SimpleQueue[int] = queue.SimpleQueue()
    for port in questions:
        left.put(port)
    answers: dict[int, Health] = {}

    def work() -> None:
        while True:
            try:
                port = left.get_nowait()
            except queue.Empty:
                return
            question = questions[port]
            try:
                answers[port] = probe(port, question.seconds, question.address, with_version=True)
            except (RecursionError, ValueError):  # of an answer that no gateway gives
                continue

    threads = [
        Thread(target=work, daemon=True) for _thread in range(min(ASK_AT_ONCE, len(questions)))
    ]
    rounds = math.ceil(len(questions) / ASK_AT_ONCE)
    slowest = max((question.seconds for question in questions.values()), default=0.0)
    deadline = time.monotonic() + (rounds + ANSWERS) * slowest
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    known = dict(answers)
    return {port: known.get(port, Health()) for port in questions}


def address_of(listeners: Sequence[Listener]) -> str:
    """Where to reach a port from this host."""
    addresses = [listener.address for listener in listeners]
    if LOOPBACK in addresses or _ANY[0] in addresses:
        return LOOPBACK
    return "::1" if _ANY[1] in addresses else addresses[0]


def _unknown(
    by_port: Mapping[int, Sequence[Listener]], known: Iterable[int]
) -> dict[int, Question]:
    """How to ask the listeners that no config, service or process has told of."""
    ports = sorted({*by_port} - {*known} - _NEVER_ASKED)[:MAX_STRANGERS]
    return {port: Question(address_of(by_port[port]), STRANGER_SECONDS) for port in ports}
