# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The queue of playbooks, as views use it. It starts nothing itself: supervisor.py does."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from ...plugins.module_utils._model import ClawPilotError
from ...plugins.module_utils._secrets import redact
from .. import extra_vars
from .. import playbook as shared
from .catalog import Catalog, lock_of
from .files import Files
from .missing import Scalar, filled
from .model import QUEUED, Data, Event, Here, Job, Policy, Request, now

if TYPE_CHECKING:
    import builtins

    from ..settings import Settings
    from .store import Store
    from .supervisor import Supervisor

log = logging.getLogger(__name__)
INVENTORY_NAME = "fleet" + shared.INVENTORY_SUFFIX


class Jobs:
    """Thread-safe. on_finished: called with each job that has ended, by the supervisor's thread."""

    def __init__(
        self, settings: Settings, policy: Policy | None = None, catalog: Catalog | None = None
    ) -> None:
        self.settings = settings
        self.policy = policy or Policy()
        self.catalog = catalog or Catalog(job_files=settings.job_files)
        self.files = Files(settings.home)
        self.on_finished: list[Callable[[Job], None]] = []
        self._wakes: dict[object, Callable[[str], None]] = {}
        self._opening = threading.Lock()
        self._store: Store | None = None
        self._supervisor: Supervisor | None = None

    @property
    def store(self) -> Store:
        """The database, opened when it is first needed."""
        with self._opening:
            if self._store is None:
                from . import tables
                from .store import Store

                tables.make(self.files.database)
                self._store = Store(self.files.database)
            return self._store

    def submit(self, request: Request) -> Job:
        """Queue a playbook. Raises what Catalog.check() does."""
        self.catalog.check(request)
        return self._add(request)

    def list(
        self,
        *,
        state: str = "",
        host: str = "",
        instance: str = "",
        limit: int = 50,
        before: int | None = None,
    ) -> builtins.list[Job]:
        """The newest first. state: one, or active; before: a job's number, for the next page."""
        return self.store.jobs(
            state=state, host=host, instance=instance, limit=limit, before=before
        )

    def get(self, id: str) -> Job:  # noqa: A002
        """Raises JOB_NOT_FOUND."""
        return self.store.job(id)

    def events(self, id: str, after: int = 0, limit: int = 1000) -> builtins.list[Event]:  # noqa: A002
        """The events behind a counter. Raises JOB_NOT_FOUND."""
        return self.store.events(id, after, limit)

    def counts(self) -> dict[str, int]:
        """State -> number of jobs."""
        return self.store.counts()

    def cancel(self, id: str, actor: str) -> Job:  # noqa: A002
        """Take it out of the queue, or have its process end. Raises JOB_NOT_FOUND, JOB_FINISHED.

        The job that is returned may still run: the end is told by subscribe().
        """
        job = self.get(id)
        if self.store.cancel_queued(id, actor):
            self.files.remove(id)
            self._notify(id)
            self.wake()
        elif self.store.ask_to_cancel(id, actor):
            self._notify(id)
            self.wake()
        else:
            raise ClawPilotError(
                "JOB_FINISHED", f"Job {job.number} has ended.", "There is nothing to cancel."
            )
        return self.get(id)

    def again(
        self,
        id: str,  # noqa: A002
        actor: str,
        failed_hosts: bool = False,
        secrets: Mapping[str, Scalar] | None = None,
    ) -> Job:
        """Queue the same once more; failed_hosts: on these only; secrets: see missing.py.

        Raises JOB_NOT_FOUND, JOB_NOTHING_FAILED and what missing.filled() does.
        """
        job = self.get(id)
        variables = filled(job.number, job.variables, secrets or {})
        hosts = job.failed_hosts if failed_hosts else []
        if failed_hosts and not hosts:
            raise ClawPilotError(
                "JOB_NOTHING_FAILED",
                f"No host of job {job.number} has failed.",
                "Run all of it again.",
            )
        request = Request(
            playbook=job.playbook,
            variables=job.asked(variables),
            host=job.host,
            instance=job.instance,
            openclaw_home=job.openclaw_home,
            reach=Here(**job.reach),
            check=job.check,
            diff=job.diff,
            actor=actor,
            title=job.title,
        )
        self.catalog.check(request)
        return self._add(request, hosts or job.limit_hosts, job.number)

    def subscribe(self, wake: Callable[[str], None]) -> Callable[[], None]:
        """Have it called, from any thread, with the id of each job that has changed or has new
        events; returns what ends that."""
        key = object()
        self._wakes[key] = wake
        return lambda: self._wakes.pop(key, None) and None

    def start(self) -> None:
        """Run what is queued, and follow what already runs. Does not wait for either."""
        from .supervisor import Supervisor

        if self._supervisor is None:
            self._supervisor = Supervisor(
                self.settings, self.store, self.policy, self._notify, self._finished
            )
            self._supervisor.start()

    def stop(self) -> None:
        """End the supervisor, not the jobs: these go on, and the next start() follows them."""
        if self._supervisor is not None:
            self._supervisor.stop()
            self._supervisor = None
        with self._opening:
            if self._store is not None:
                self._store.close()
                self._store = None

    def wake(self) -> None:
        if self._supervisor is not None:
            self._supervisor.wake()

    def _add(
        self, request: Request, hosts: builtins.list[str] | None = None, of: int | None = None
    ) -> Job:
        id, variables = uuid.uuid4().hex, extra_vars.plain(request.all_variables)  # noqa: A001
        shown = redact(variables)
        order = {"word": self.catalog.word(request.playbook), "policy": vars(self.policy)}
        try:
            self.files.make(id, variables, order)
            job = self.store.add(
                {
                    **row_of(request, shown),
                    "id": id,
                    "has_secrets": shown != variables,
                    "command": command_of(request, shown, hosts or []),
                    "limit_hosts": hosts or [],
                    "again_of": of,
                }
            )
        except BaseException:
            self.files.remove(id)
            raise
        self._notify(id)
        self.wake()
        return job

    def _notify(self, id: str) -> None:  # noqa: A002
        for wake in list(self._wakes.values()):
            try:
                wake(id)
            except Exception:
                log.exception("A listener to jobs failed.")

    def _finished(self, id: str) -> None:  # noqa: A002
        job = self.get(id)
        for hook in list(self.on_finished):
            try:
                hook(job)
            except Exception:
                log.exception("What follows job %d failed.", job.number)


def row_of(request: Request, shown: Data) -> Data:
    """The columns of a new job that its request says; shown: the variables without secrets."""
    slug = request.instance or str(shown.get("slug") or "")
    reach = {
        "variables": redact(dict(request.reach.variables)),
        "inventory": request.reach.inventory,
        "registry": request.reach.registry,
    }
    return {
        "playbook": request.playbook,
        "title": request.title or title_of(request.playbook, slug),
        "state": QUEUED,
        "host": request.host,
        "instance": slug,
        "openclaw_home": request.openclaw_home or str(shown.get("openclaw_home") or ""),
        "lock": lock_of(request.playbook, shown, request.check),
        "actor": request.actor,
        "variables": shown,
        "reach": reach,
        "check": request.check,
        "diff": request.diff,
        "schedule": request.schedule,
        "created_at": now(),
    }


def title_of(playbook: str, slug: str) -> str:
    """Words for people: create_instance of acme is "Create acme"."""
    words = playbook.removesuffix("_instance").replace("_", " ").capitalize()
    return f"{words} {slug}".strip()


def command_of(request: Request, shown: Data, hosts: list[str]) -> str:
    """The equivalent command line; see options_of()."""
    registry = request.reach.registry
    inventory = shared.registry_inventory(registry) if registry else None
    options = options_of(
        request.reach.inventory,
        INVENTORY_NAME if registry else "",
        check=request.check,
        diff=request.diff,
        hosts=hosts,
    )
    return shared.equivalent(request.playbook, shown, options, inventory)


def options_of(
    inventory: str, registry_file: str, *, check: bool, diff: bool, hosts: list[str]
) -> list[str]:
    """Words for ansible-playbook. registry_file: the inventory source that reads a registry."""
    sources = [source for source in (inventory, registry_file) if source]
    return [
        *(word for source in sources for word in ("--inventory", source)),
        *(["--check"] if check else []),
        *(["--diff"] if diff else []),
        *(["--limit", ",".join(hosts)] if hosts else []),
    ]
