# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A home in which jobs run small playbooks on this machine, with the real ansible-runner."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ansible_collections.claw.pilot.webapp.jobs import Event, Job, Jobs, Policy, Request, processes
from ansible_collections.claw.pilot.webapp.jobs.accepted import Accepted
from ansible_collections.claw.pilot.webapp.jobs.catalog import Catalog
from ansible_collections.claw.pilot.webapp.settings import Settings

# What the small playbooks are given.
TAKEN = frozenset("slug who api_key bot_token instance_environment target".split())
PATIENCE = 240.0  # seconds: a bound for a test that hangs, never what is tested
HELLO = """
    - name: Say it
      ansible.builtin.debug:
        msg: "hello {{ who | default('you') }}"
"""


def playbook(tasks: str, hosts: str = "localhost") -> str:
    """A play of these tasks, each indented by four."""
    return f"- name: A play\n  hosts: {hosts}\n  gather_facts: false\n  tasks:\n{tasks}"


def sleeper(note: Path) -> str:
    """Tasks that write the number of a process that sleeps, and wait for it."""
    return f"""
    - name: Begin
      ansible.builtin.debug:
        msg: now
    - name: Sleep
      ansible.builtin.shell: "echo $$ > {note}; sleep 300 & echo $! >> {note}; wait"
"""


def wait_for(what: Callable[[], Any], why: str = "it never came") -> Any:
    """The first true answer."""
    deadline = time.monotonic() + PATIENCE
    while not (found := what()):
        assert time.monotonic() < deadline, why
        time.sleep(0.05)
    return found


class Room:
    """home: of Claw Pilot; playbooks: the folder of those that jobs may run; taken: which variables
    each of these takes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "pilot"
        self.playbooks = folder / "playbooks"
        self.playbooks.mkdir()
        self.note = folder / "note"
        self.taken: dict[str, frozenset[str]] = {}

    def has(self, name: str, tasks: str = HELLO, hosts: str = "localhost") -> None:
        self.takes(name)
        (self.playbooks / f"{name}.yml").write_text(playbook(tasks, hosts))

    def takes(self, name: str, *variables: str) -> None:
        """The playbook takes these variables, or what most do."""
        self.taken[name] = frozenset(variables) or TAKEN

    def settings(self, limit: int = 2) -> Settings:
        return Settings(home=self.home, registry=self.home / "registry.db", job_limit=limit)

    def jobs(self, limit: int = 2, **policy: Any) -> Jobs:
        catalog = Catalog(self.playbooks, Accepted(self.taken))
        return Jobs(self.settings(limit), Policy(**policy), catalog)

    @contextmanager
    def running(self, limit: int = 2, **policy: Any) -> Iterator[Jobs]:
        """Jobs with their supervisor; at the end nothing of them is left."""
        jobs = self.jobs(limit, **policy)
        jobs.start()
        try:
            yield jobs
        finally:
            self.end_all(jobs)
            jobs.stop()

    def end_all(self, jobs: Jobs) -> None:
        for row in jobs.store.running():
            processes.send(row["process"], signal.SIGKILL)
            processes.end(row["id"])

    def run(self, jobs: Jobs, name: str, **variables: Any) -> Job:
        """A job at its end."""
        return self.end(jobs, jobs.submit(Request(name, variables, actor="ann")))

    def end(self, jobs: Jobs, job: Job) -> Job:
        wait_for(lambda: not jobs.get(job.id).is_active, "the job never ended")
        return jobs.get(job.id)

    def asleep(self, jobs: Jobs, name: str = "sleeper", **variables: Any) -> tuple[Job, list[int]]:
        """A job whose playbook sleeps now, and the processes that do."""
        if not (self.playbooks / f"{name}.yml").exists():
            self.has(name, sleeper(self.note))
        self.note.unlink(missing_ok=True)
        job = jobs.submit(Request(name, variables, actor="ann"))
        return job, self.sleepers()

    def sleepers(self) -> list[int]:
        words: Callable[[], list[str]] = lambda: (  # noqa: E731
            self.note.read_text().split() if self.note.exists() else []
        )
        wait_for(lambda: len(words()) == 2, "the playbook never slept")
        return [int(word) for word in words()]


def output(events: list[Event]) -> str:
    return "\n".join(event.stdout for event in events)


def gone(pids: list[int]) -> bool:
    return not any(processes.identity(pid) for pid in pids)


def of(job: Job) -> set[int]:
    """Every process of a job but its runner's."""
    return {pid for pid in processes.of_job(job.id) if "jobs.runner" not in command(pid)}


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def main_of(job: Job) -> int:
    """The process of ansible-playbook that the job's process has started."""
    found = [p for p in of(job) if processes.is_terminal_leader(p)]
    assert len(found) == 1
    return found[0]


def kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def holding(folder: Path, secret: str) -> list[str]:
    """Files below the folder that hold the text, those of SQLite among them.

    By another process: whoever opens and closes a database file beside SQLite takes away the locks
    that SQLite has on it.
    """
    done = subprocess.run(
        ["grep", "-rlaF", "--", secret, "."],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    return sorted(line.removeprefix("./") for line in done.stdout.splitlines())
