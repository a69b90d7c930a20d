# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# ruff: noqa: A002
"""What the dashboard's views talk to, at exactly that seam: monitor, fleet and jobs, in memory."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from ansible_collections.claw.pilot.webapp.jobs.catalog import Catalog
from ansible_collections.claw.pilot.webapp.jobs.missing import filled
from ansible_collections.claw.pilot.webapp.jobs.model import Event, Here, Job, Request, now
from ansible_collections.claw.pilot.webapp.monitor import Live
from ansible_collections.claw.pilot.webapp.monitor.seen import text_of

Data = dict[str, Any]
LOG = [
    {
        "time": "2026-11-21T08:00:00Z",
        "level": "info",
        "text": "heartbeat: started",
        "source": "log",
    },
    {"time": "2026-11-21T08:00:01Z", "level": "warn", "text": "catalog is old", "source": "log"},
    {"time": "2026-11-21T08:00:02Z", "level": "error", "text": "request failed", "source": "log"},
]
DEVICE: Data = {
    "device_id": "d" * 64,
    "name": "Ada's phone",
    "platform": "iOS 26.1",
    "client_id": "openclaw-ios",
    "client_mode": "ui",
    "role": "operator",
    "roles": ["operator"],
    "remote_ip": "203.0.113.7",
}
PENDING: Data = {
    **DEVICE,
    "kind": "pending",
    "request_id": "0f2c9f0e-6c3e-4a9a-9d0e-3f1f6f0c1d2e",
    "reason": "new",
    "requested_scopes": ["operator.read", "operator.write"],
    "scopes": [],
    "requested_at": "2026-11-21T08:00:00Z",
    "seconds_left": 240,
}
PAIRED: Data = {
    **DEVICE,
    "device_id": "e" * 64,
    "name": "Office browser",
    "kind": "paired",
    "scopes": ["operator.admin"],
    "last_seen_at": "2026-11-20T17:00:00Z",
}
PAIRING: Data = {
    "sender_id": "4711",
    "name": "Ada Lovelace",
    "username": "ada",
    "code": "ABCD2345",
    "account_id": "default",
    "requested_at": "2026-11-21T08:00:00Z",
    "seconds_left": 3000,
}


class FakeHistory:
    """Half of the time up: a sample for each of the last hours, the newest of this second."""

    def series(self, id: str, hours: int) -> list[Data]:
        return [
            {
                "at": text_of(time.time() - 3600 * ago),
                "state": "stopped" if ago % 2 else "running",
                "memory_bytes": 800_000_000,
                "cpu_percent": 1.5,
            }
            for ago in reversed(range(min(hours, 24)))
        ]

    def beats(self, id: str) -> tuple[list[str], float | None]:
        return ["u"] * 40, 100.0


class FakeMonitor:
    """Answers questions from `answers` (ask -> document or error); lines come through feed()."""

    def __init__(self, live: Live) -> None:
        self.live = live
        self.history = FakeHistory()
        self.looks: dict[str, tuple[str, str]] = {}
        self.questions: list[tuple[str, Data]] = []
        self.refreshed: list[str] = []
        self.tails: dict[str, Callable[[list[Data]], None]] = {}
        self.answers: dict[str, Data | ClawPilotError] = {
            "devices": {"pending": [PENDING], "paired": [PAIRED]},
            "pairings": {"pending": [PAIRING]},
            "config": {"text": '{\n  "gateway": {"port": 18789}\n}\n', "drift": []},
            "control_ui": {"url": "http://127.0.0.1:18789/", "token": "canary-gateway-token"},
            "logs": {"lines": LOG},
        }
        self._lock = threading.Lock()

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def look(self, who: str, host: str = "", id: str = "") -> None:
        self.looks[who] = (host, id)

    def look_away(self, who: str) -> None:
        self.looks.pop(who, None)

    def refresh(self, host: str = "") -> None:
        self.refreshed.append(host)

    def ask(self, host: str, question: Mapping[str, Any], timeout: float = 10) -> Data:
        self.questions.append((host, dict(question)))
        if question["ask"] == "instance":
            lines = [one for one in self.live.lines() if one["state_dir"] == question["state_dir"]]
            return self.live.facts(lines[0]["id"])
        answer = self.answers[str(question["ask"])]
        if isinstance(answer, ClawPilotError):
            raise answer
        return answer

    def tail(
        self, host: str, question: Mapping[str, Any], on_lines: Callable[[list[Data]], None]
    ) -> Callable[[], None]:
        key = str(question["state_dir"])
        self.questions.append((host, dict(question)))
        on_lines(LOG[-int(question["lines"]) :])
        with self._lock:
            self.tails[key] = on_lines

        def stop() -> None:
            with self._lock:
                self.tails.pop(key, None)

        return stop

    def feed(self, state_dir: str, *texts: str) -> None:
        """New lines of a log."""
        self.tails[state_dir]([{**LOG[0], "text": text} for text in texts])


class FakeFleet:
    """Every host is reached by naming it."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def hosts(self) -> list[Any]:
        return [SimpleNamespace(name=host["name"]) for host in self._live.hosts()]

    def host(self, name: str) -> Any:
        if self._live.host(name) is None:
            raise ClawPilotError("HOST_NOT_FOUND", f"There is no host {name!r}.", "See the hosts.")
        return SimpleNamespace(name=name)

    def reach(
        self, host: str, row: Mapping[str, Any] | None, instance: Mapping[str, Any] | None
    ) -> Any:
        home = (row or instance or {}).get("openclaw_home")
        variables = {"target": host} if host != "localhost" else {}
        more = {"openclaw_home": home} if home else {}
        return SimpleNamespace(variables={**variables, **more}, inventory="", registry="")

    def rows(self) -> list[Any]:
        return []


class FakeJobs:
    """A queue in which nothing runs until a test says so with move() and say()."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.all: dict[str, Job] = {}
        self.said: dict[str, list[Event]] = {}
        self._wakes: list[Callable[[str], None]] = []

    def submit(self, request: Request) -> Job:
        Catalog().check(request)
        number = len(self.all) + 1
        job = Job(
            id=f"{number:032x}",
            number=number,
            playbook=request.playbook,
            title=request.title or request.playbook,
            state="queued",
            host=request.host,
            instance=request.instance,
            openclaw_home=request.openclaw_home,
            actor=request.actor,
            variables=dict(request.all_variables),
            command=f"ansible-playbook claw.pilot.{request.playbook}",
            check=request.check,
            diff=request.diff,
            reach={"variables": dict(request.reach.variables)},
            created_at=now(),
        )
        self.requests.append(request)
        self.all[job.id] = job
        self.said[job.id] = []
        self._wake(job.id)
        return job

    def list(
        self,
        *,
        state: str = "",
        host: str = "",
        instance: str = "",
        limit: int = 50,
        before: Any = None,
    ) -> list[Job]:
        found = [
            job
            for job in reversed(self.all.values())
            if state in ("", job.state)
            and host in ("", job.host)
            and instance in ("", job.instance)
            and (before is None or job.number < int(before))
        ]
        return found[:limit]

    def get(self, id: str) -> Job:
        if id not in self.all:
            raise ClawPilotError("JOB_NOT_FOUND", "There is no such job.", "See the jobs.")
        return self.all[id]

    def events(self, id: str, after: int = 0, limit: int = 1000) -> list[Event]:
        self.get(id)
        return [event for event in self.said[id] if event.counter > after][:limit]

    def cancel(self, id: str, actor: str) -> Job:
        if not self.get(id).is_active:
            raise ClawPilotError("JOB_FINISHED", "The job has ended.", "Run it again.")
        return self.move(id, state="canceled", canceled_by=actor)

    def again(
        self, id: str, actor: str, failed_hosts: bool = False, secrets: Data | None = None
    ) -> Job:
        old = self.get(id)
        variables = filled(old.number, old.variables, secrets or {})
        request = Request(
            old.playbook,
            old.asked(variables),
            old.host,
            old.instance,
            reach=Here(**old.reach),
            actor=actor,
        )
        return self.submit(request)

    def subscribe(self, wake: Callable[[str], None]) -> Callable[[], None]:
        self._wakes.append(wake)
        return lambda: self._wakes.remove(wake)

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def counts(self) -> dict[str, int]:
        states = [job.state for job in self.all.values()]
        return {state: states.count(state) for state in sorted(set(states))}

    def move(self, id: str, **changes: Any) -> Job:
        """The job is otherwise now."""
        self.all[id] = replace(self.all[id], **changes)
        self._wake(id)
        return self.all[id]

    def say(self, id: str, *texts: str, kind: str = "ok") -> None:
        """The job prints something."""
        for text in texts:
            counter = len(self.said[id]) + 1
            self.said[id].append(Event(counter, now(), kind, "localhost", "A task", text))
        self._wake(id)

    def _wake(self, id: str) -> None:
        for wake in list(self._wakes):
            wake(id)


def services_of(folder: Path, live: Live, **more: Any) -> Any:
    """Services with these fakes over live, their files in the folder."""
    from ansible_collections.claw.pilot.webapp.services import Services
    from ansible_collections.claw.pilot.webapp.settings import Settings

    settings = Settings(folder, folder / "registry.db", **more)
    monitor = FakeMonitor(live)
    return Services(settings, live, monitor, monitor.history, FakeFleet(live), FakeJobs())
