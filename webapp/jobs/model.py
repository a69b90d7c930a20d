# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of jobs as values: what is asked for, a job, its events, the limits. No effects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

Data = dict[str, Any]

QUEUED, RUNNING = "queued", "running"
SUCCESSFUL, FAILED, UNREACHABLE = "successful", "failed", "unreachable"
CANCELED, LOST = "canceled", "lost"
ACTIVE = (QUEUED, RUNNING)
STATES = (QUEUED, RUNNING, SUCCESSFUL, FAILED, UNREACHABLE, CANCELED, LOST)


class Reach(Protocol):
    """How a playbook gets to where it works; see fleet.Reach."""

    @property
    def variables(self) -> Mapping[str, Any]: ...
    @property
    def inventory(self) -> str: ...
    @property
    def registry(self) -> str: ...


@dataclass(frozen=True)
class Here:
    """The reach of what needs none: this machine as Ansible knows it by itself."""

    variables: Mapping[str, Any] = field(default_factory=dict)
    inventory: str = ""
    registry: str = ""


@dataclass(frozen=True)
class Request:
    """A playbook that somebody wants to be run.

    playbook: its name without the collection's; variables: secrets among them, on top of those of
    reach; host: as the registry names it, expected in the result; instance: a slug; schedule: a
    cron expression, kept for later and not acted upon.
    """

    playbook: str
    variables: Mapping[str, Any] = field(default_factory=dict, repr=False)
    host: str = "localhost"
    instance: str = ""
    openclaw_home: str = ""
    reach: Reach = field(default_factory=Here, repr=False)
    check: bool = False
    diff: bool = False
    actor: str = ""
    title: str = ""
    schedule: str | None = None

    @property
    def all_variables(self) -> Data:
        return {**self.reach.variables, **self.variables}


@dataclass(frozen=True)
class Policy:
    """Limits of jobs: seconds, days, bytes of event text.

    job_seconds: a run may take; idle_seconds: it may print nothing; grace_seconds: between being
    asked to end and being killed.
    """

    job_seconds: float = 7200
    idle_seconds: float = 2700
    grace_seconds: float = 10
    keep_days: float = 30
    keep_bytes: int = 200_000_000
    job_bytes: int = 20_000_000


@dataclass(frozen=True)
class Event:
    """Something that happened in a job.

    counter: 1, 2, 3 ... within the job; at: UTC, ISO 8601; kind: play, task, ok, changed, skipped,
    failed, unreachable, stats or text; stdout: what Ansible prints of it, with its colours.
    """

    counter: int
    at: str
    kind: str
    host: str = ""
    task: str = ""
    stdout: str = ""
    changed: bool = False

    def as_dict(self) -> Data:
        return asdict(self)


@dataclass(frozen=True)
class Job:
    """A run of a playbook, as the database has it. Secrets are masked in all of it.

    id: 32 hex digits; number: 1, 2, 3 ... for people; state: one of STATES; variables: without the
    values of secrets; command: the equivalent command line; code: of ansible-playbook, None when
    it did not get to its end; result: what the playbook answers; failures: host, task, code,
    message, hint each; stats: host -> ok, changed, failures, unreachable, skipped; task: the one
    that runs now or ran last; tasks: how many have begun; progress: percent, None when no earlier
    run tells how many there are; limit_hosts: the only hosts, of a run for the failed ones;
    trimmed: its events were dropped to save space; schedule: reserved; reach: variables, inventory
    and registry by which it got there, which are not told.
    """

    id: str
    number: int
    playbook: str
    title: str
    state: str
    host: str
    instance: str
    openclaw_home: str
    actor: str
    variables: Data
    command: str
    check: bool
    diff: bool
    created_at: str
    started_at: str | None = None
    finished_at: str | None = None
    code: int | None = None
    result: Data = field(default_factory=dict)
    failures: list[Data] = field(default_factory=list)
    stats: dict[str, Data] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    task: str = ""
    tasks: int = 0
    progress: int | None = None
    limit_hosts: list[str] = field(default_factory=list)
    canceled_by: str = ""
    has_secrets: bool = False
    again_of: int | None = None
    trimmed: bool = False
    schedule: str | None = None
    reach: Data = field(default_factory=dict, repr=False)

    def asked(self, variables: Mapping[str, Any] | None = None) -> Data:
        """Of its variables, or of these in their place, those that its reach does not say."""
        reach = self.reach.get("variables", {})
        given = self.variables if variables is None else variables
        return {n: v for n, v in given.items() if n not in reach or v != reach[n]}

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE

    @property
    def failed_hosts(self) -> list[str]:
        """Hosts that failed or were not reached."""
        return [h for h, s in self.stats.items() if s.get("failures") or s.get("unreachable")]

    @property
    def duration_seconds(self) -> float | None:
        """From its start to its end or until now; None before it starts."""
        if not self.started_at:
            return None
        end = parse_time(self.finished_at) if self.finished_at else datetime.now(UTC)
        return max(0.0, (end - parse_time(self.started_at)).total_seconds())

    def as_dict(self) -> Data:
        seconds = self.duration_seconds
        rounded = None if seconds is None else round(seconds, 1)
        told = {name: value for name, value in asdict(self).items() if name != "reach"}
        return {**told, "duration_seconds": rounded, "failed_hosts": self.failed_hosts}


def now() -> str:
    """The time in UTC as ISO 8601, to the millisecond."""
    return stamp(datetime.now(UTC))


def stamp(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.") + f"{time.microsecond // 1000:03}Z"


def parse_time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
