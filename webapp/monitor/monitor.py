# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The monitor: a thread with a loop, a session for each host, and what they say put into Live.

Views call it from their own threads. It changes nothing on any host.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import TimeoutError as Late
from pathlib import Path
from typing import Any, Protocol, TypeVar

from ...plugins.module_utils._model import ClawPilotError
from ..places import HostPlace
from .history import History
from .live import Live
from .looks import Looks
from .moments import by_our_clock
from .recorder import Recorder
from .seen import CONNECTED, UNREACHABLE
from .session import OnLines, Session, Ways, start_process, unreachable

AT_ONCE = 4  # processes that are started at the same time
FLEET_SECONDS = 2.0
FLUSH_SECONDS = 60.0
STOP_SECONDS = 15.0
Data = dict[str, Any]
_T = TypeVar("_T")
_log = logging.getLogger(__name__)


class Hosts(Protocol):
    """What the monitor needs of the fleet."""

    def hosts(self) -> list[HostPlace]: ...
    def rows(self) -> list[Data]: ...


class Monitor:
    """What the dashboard knows of its hosts: live and history are for any thread.

    registry, history: files; interval: seconds between two looks at a host that nobody looks at;
    ways: how sessions start and wait, made in the loop; tests have others.
    """

    def __init__(
        self,
        fleet: Hosts,
        *,
        registry: Path,
        history: Path,
        interval: float = 10.0,
        ways: Callable[[], Ways] | None = None,
    ) -> None:
        self.live = Live()
        self.history = History(history)
        self._fleet = fleet
        self._interval = interval
        self._ways = ways or (lambda: Ways(start_process, asyncio.Semaphore(AT_ONCE)))
        self._recorder = Recorder(registry)
        self._looks = Looks(interval)
        self._sessions: dict[str, tuple[Session, asyncio.Task[None]]] = {}
        self._places: dict[str, HostPlace] = {}
        self._folders: dict[str, tuple[str, ...]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._again: asyncio.Event | None = None
        self._ended: asyncio.Event | None = None

    # --- for views, in any thread

    def start(self) -> None:
        """Begin to watch, in a thread of its own; what is known of the past is there at once."""
        if self._thread is not None:
            return
        self.history.open()
        self._read_fleet()
        ready = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._run(ready)), name="monitor", daemon=True
        )
        self._thread.start()
        ready.wait()

    def stop(self) -> None:
        """End all sessions with their processes, and write what is left of the history."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._call(lambda: self._ended.set() if self._ended else None)
        thread.join(STOP_SECONDS)
        self._recorder.write()
        self.history.close()

    def look(self, who: str, host: str = "", id: str = "") -> None:  # noqa: A002
        """A viewer looks at everything, at a host, or at an instance; to be renewed in a minute."""
        line = self.live.line(id) if id else None
        host = line["host"] if line else host
        folder = line["state_dir"] if line else ""
        self._call(lambda: self._looked(who, host, folder))

    def look_away(self, who: str) -> None:
        """A viewer has gone."""
        self._call(lambda: self._looked_away(who))

    def refresh(self, host: str = "") -> None:
        """Look at a host, or at all of them, now; a job may have changed it."""
        self._call(lambda: self._refresh(host))

    def ask(self, host: str, question: Mapping[str, Any], timeout: float = 10) -> Data:
        """The answer of a host to a question (docs/monitor.md).

        Raises HOST_NOT_FOUND, HOST_UNREACHABLE, HOST_SILENT, and what the host says is wrong.
        """
        return self._wait(self._ask(host, question, timeout), host, timeout)

    def tail(self, host: str, question: Mapping[str, Any], on_lines: OnLines) -> Callable[[], None]:
        """Have on_lines called, in the monitor's thread, with what is in a log and then is added.

        Returns what ends it. Raises HOST_NOT_FOUND, HOST_UNREACHABLE, TOO_MANY_TAILS.
        """

        async def begin() -> Callable[[], None]:
            return self._session(host).tail(question, on_lines)

        end = self._wait(begin(), host, 5)
        return lambda: self._call(end)

    def _call(self, work: Callable[[], object]) -> None:
        """Have it done in the loop, if there is one."""
        with contextlib.suppress(RuntimeError):  # it has just ended
            if self._loop is not None:
                self._loop.call_soon_threadsafe(work)

    def _wait(self, work: Coroutine[Any, Any, _T], host: str, timeout: float) -> _T:
        if self._loop is None or self._thread is None:
            work.close()
            raise unreachable(host, "The dashboard does not watch any host now.")
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(timeout + 5)
        except Late:
            future.cancel()
            raise unreachable(host, "The dashboard did not get to ask.") from None

    # --- in the loop

    async def _run(self, ready: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._again, self._ended = asyncio.Event(), asyncio.Event()
        self._made = self._ways()
        self._renew_sessions()
        ready.set()
        tasks = [asyncio.ensure_future(each()) for each in (self._follow_fleet, self._keep_history)]
        try:
            await self._ended.wait()
        finally:
            self._loop, self._again = None, None
            tasks += [task for _session, task in self._sessions.values()]
            self._sessions.clear()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _follow_fleet(self) -> None:
        """Sessions for the hosts that there are now, the registry's rows, and its news."""
        assert self._again is not None
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(FLEET_SECONDS):
                    await self._again.wait()
            self._again.clear()
            if self._recorder.waits:
                await asyncio.to_thread(self._recorder.write)
            try:
                await asyncio.to_thread(self._read_fleet)
            except ClawPilotError as error:  # a registry that is broken: what was read goes on
                _log.warning("The fleet cannot be read: %s", error.message)
            self._looks.expire()
            self._renew_sessions()

    def _read_fleet(self) -> None:
        places, rows = self._fleet.hosts(), self._fleet.rows()
        folders: dict[str, list[str]] = {}
        for row in rows:
            if row.get("state_dir"):
                folders.setdefault(str(row["hostname"]), []).append(str(row["state_dir"]))
        self._places = {place.name: place for place in places}
        self._folders = {host: tuple(sorted(found)) for host, found in folders.items()}
        self.live.set_hosts(places)
        self.live.set_rows(rows)
        for place in places:
            if place.argv is None:
                self.live.unwatched(place.name, place.why)

    def _renew_sessions(self) -> None:
        for name, (session, task) in list(self._sessions.items()):
            if not _is_same(self._places.get(name), session.place):
                task.cancel()
                del self._sessions[name]
        for name, place in self._places.items():
            if place.argv is not None and name not in self._sessions:
                session = Session(place, self, self._made, self._orders(place))
                self._sessions[name] = session, asyncio.ensure_future(session.run())
        self._give_orders()

    def _give_orders(self) -> None:
        for name, (session, _task) in self._sessions.items():
            session.order(self._orders(self._places.get(name, session.place)))

    def _orders(self, place: HostPlace) -> Data:
        return {
            "homes": None if place.homes is None else list(place.homes),
            "more_homes": list(place.more_homes),
            "state_dirs": list(self._folders.get(place.name, ())),
            **self._looks.orders(place.name, len(self._places)),
        }

    def _looked(self, who: str, host: str, folder: str) -> None:
        self._looks.look(who, host, folder)
        self._give_orders()

    def _looked_away(self, who: str) -> None:
        self._looks.look_away(who)
        self._give_orders()

    def _refresh(self, host: str) -> None:
        for name, (session, _task) in self._sessions.items():
            if host in ("", name):
                session.refresh()
        if self._again is not None:  # the registry may say something else, too
            self._again.set()

    def _session(self, host: str) -> Session:
        place = self._places.get(host)
        if place is None:
            raise ClawPilotError(
                "HOST_NOT_FOUND", f"There is no host {host!r}.", "See the page of the hosts."
            )
        if host not in self._sessions:
            raise unreachable(host, place.why)
        return self._sessions[host][0]

    async def _ask(self, host: str, question: Mapping[str, Any], timeout: float) -> Data:
        return await self._session(host).ask(question, timeout)

    async def _keep_history(self) -> None:
        """Count every interval, write every minute."""
        loop = asyncio.get_running_loop()
        written = loop.time()
        while True:
            await asyncio.sleep(min(self._interval, FLUSH_SECONDS))
            self._count()
            if loop.time() - written >= FLUSH_SECONDS:
                written = loop.time()
                try:
                    await asyncio.to_thread(self.history.flush)
                except Exception as error:  # a full disk, say: the present goes on without a past
                    _log.warning("The history cannot be written: %s", error)

    def _count(self) -> None:
        known = {h["name"] for h in self.live.hosts() if h["state"] in (CONNECTED, UNREACHABLE)}
        lines = [line for line in self.live.lines() if line["host"] in known]
        health = self.history.tick(lines)
        if health:
            self.live.set_health(health)

    # --- what sessions say (Listener)

    def heard(self, host: str, message: Data) -> None:
        """Put what a host says into Live, and tell the registry what it does not know yet."""
        message = by_our_clock(message, time.time())
        if "full" in message:
            changes = self.live.observe(host, message["full"])
        elif "delta" in message:
            changes = self.live.change(host, message["delta"])
        elif "pending" in message:
            return self.live.set_pending(host, message["pending"])
        else:
            return self.live.beat(host, str(message["beat"]))
        if changes:
            self._recorder.take(changes)
            if self._again is not None:
                self._again.set()

    def lost(self, host: str, reason: str) -> None:
        """A host has gone; its session goes on trying."""
        if host in self._sessions:
            self.live.lost(host, reason)


def _is_same(place: HostPlace | None, old: HostPlace) -> bool:
    """Whether the process of a session is still the right one: homes are told to it, no more."""
    if place is None or place.argv is None:
        return False
    return (place.argv, place.python) == (old.argv, old.python)
