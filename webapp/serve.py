# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the dashboard: gunicorn inside of this process, one worker, threads for browsers.

The monitor and the jobs run in the worker. A second worker would be a second monitor, so there is
never one.
"""

from __future__ import annotations

import errno
import os
import signal
import socket
from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import BadRequest

from ..plugins.module_utils._model import ClawPilotError
from . import databases, private
from .api.errors import answer_http
from .app import create_app
from .doors import Doors
from .fleet import Fleet
from .jobs import Jobs
from .jobs.processes import identity
from .last_words import LastWords
from .monitor import Monitor
from .services import Services
from .settings import Settings, bracketed
from .worker import MOST_CLIENTS, Worker

THREADS = 64  # for requests; live connections have their own
BACKLOG = 256
GRACE_SECONDS = 10
ADDRESS, PROCESS = "address", "process"  # the notes in dashboard.db: where it runs, and as what
_UNWANTED = (signal.SIGTTIN, signal.SIGTTOU, signal.SIGUSR2)  # more workers, a second gunicorn


class Server(BaseApplication):
    """The app under gunicorn. listener: a descriptor, which is gunicorn's from then on; started:
    called in the worker once it answers.
    """

    def __init__(
        self, settings: Settings, listener: int, started: Callable[[Services], None]
    ) -> None:
        self.settings = settings
        self.services: Services | None = None
        self._listener = listener
        self.last_words = LastWords()
        self._started = started
        super().__init__()

    def load_config(self) -> None:
        for name, value in {
            "bind": f"fd://{self._listener}",
            "backlog": BACKLOG,
            "worker_class": Worker,
            "workers": 1,
            "threads": THREADS,
            "worker_connections": MOST_CLIENTS + 1,  # it never stops to accept: the worker sheds
            "keepalive": 30,
            "timeout": 120,
            "graceful_timeout": GRACE_SECONDS,
            "loglevel": "error",  # no line for a request: its address may hold a login link
            "forwarded_allow_ips": ",".join(self.settings.trusted_proxies),
            "forwarder_headers": "",
            "control_socket_disable": True,
            "when_ready": _when_ready,
            "post_worker_init": self._begin,
            "worker_exit": self._end,
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        with self.last_words.of_worker():
            self.services = build_services(self.settings)
            app = create_app(self.settings, self.services)
        # A body in chunks is looked at while a view reads it.
        app.register_error_handler(ParseException, lambda _error: answer_http(BadRequest()))
        return app

    def _begin(self, worker: Any) -> None:
        with self.last_words.of_worker():
            self._start(worker)

    def _start(self, worker: Any) -> None:
        assert self.services is not None
        self.services.jobs.start()
        self.services.monitor.start()
        if worker.age == 1:  # not again when gunicorn had to replace it
            self._started(self.services)

    def _end(self, _arbiter: Any, _worker: Any) -> None:
        if self.services is not None:
            self.services.hub.stop()
            self.services.monitor.stop()
            self.services.jobs.stop()


def build_services(settings: Settings) -> Services:
    """Fleet, monitor and jobs as they are in earnest; nothing is started."""
    fleet = Fleet(settings.registry, settings.inventory)
    monitor = Monitor(
        fleet,
        registry=settings.registry,
        history=settings.history,
        interval=settings.interval_seconds,
    )
    jobs = Jobs(settings)
    jobs.on_finished.append(lambda job: monitor.refresh(job.host))
    return Services(settings, monitor.live, monitor, monitor.history, fleet, jobs)


def run(settings: Settings, say: Callable[[str], None], warn: Callable[[str], None]) -> None:
    """Serve until a signal comes. say: prints a line for the person who started it.

    warn: the same, of what is amiss. Raises PORT_CONFLICT, BIND_FAILED, DASHBOARD_NOT_STARTED,
    DASHBOARD_TOKEN and what databases.check_all() does.
    """
    with listen(settings.bind, settings.port) as listener:
        address = address_of(settings, listener)
        # What is wrong with its files is told here, not in the worker; and not while another
        # dashboard works with them, which has the port then.
        databases.check_all(settings, warn)
        private.tighten(settings.home)
        doors = Doors.of(settings)
        doors.store.put("notes", {"name": ADDRESS, "text": address})
        doors.store.put("notes", {"name": PROCESS, "text": identity(os.getpid())})
        doors.store.close()

        def started(made: Services) -> None:
            say(f"The dashboard is at {address}/")
            say(f"Log in, once and within five minutes: {link_of(made.doors, address)}")
            say(f"Its token is in {settings.token_path}.")

        server = Server(settings, os.dup(listener.fileno()), started)
    with server.last_words.of_server():
        server.run()


def listen(bind: str, port: int) -> socket.socket:
    """A socket that listens there. port 0: any that is free. Raises PORT_CONFLICT, BIND_FAILED."""
    name = bind.strip("[]")
    try:
        family, *_rest, address = socket.getaddrinfo(
            name, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        return socket.create_server(address[:2], family=family, backlog=BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ClawPilotError(
                "PORT_CONFLICT",
                f"Port {port} of {bind} is taken, perhaps by a dashboard that runs already.",
                "See claw-pilot dashboard --url, or choose another port with --port.",
            ) from None
        raise ClawPilotError(
            "BIND_FAILED",
            f"The dashboard cannot listen on {bind} port {port}: {error.strerror or error}.",
            "Give an address of this machine with --bind, and a port from 1024 with --port.",
        ) from None


def address_of(settings: Settings, listener: socket.socket) -> str:
    """The address for a browser of this machine, without a slash at its end."""
    name = "127.0.0.1" if settings.is_everywhere else bracketed(settings.bind)
    return f"http://{name}:{listener.getsockname()[1]}"


def link_of(doors: Doors, address: str) -> str:
    """A new address that logs in once."""
    return f"{address}/login?link={doors.make_link()}"


def _when_ready(_arbiter: Any) -> None:
    for number in _UNWANTED:
        signal.signal(number, signal.SIG_IGN)
    # gunicorn would start anew when its terminal goes.
    signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
