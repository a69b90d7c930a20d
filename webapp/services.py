# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a view may use. It makes nothing itself: serve.py does, and tests do.

The protocols say what is expected of the parts that other packages have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, cast

from flask import current_app

from ..plugins.plugin_utils.registry import Registry
from .doors.who import actor
from .settings import Settings

if TYPE_CHECKING:
    from .doors import Doors
    from .live.hub import Hub

Data = dict[str, Any]
NAME = "claw_pilot"  # among the extensions of the app


class Changes(Protocol):
    """What is new since a version. full: since is too old, so these are all."""

    @property
    def version(self) -> int: ...
    @property
    def instances(self) -> Sequence[Data]: ...
    @property
    def removed(self) -> Sequence[str]: ...
    @property
    def hosts(self) -> Sequence[Data]: ...
    @property
    def full(self) -> bool: ...


class Live(Protocol):
    """All instances and hosts as they were last seen, in memory."""

    @property
    def version(self) -> int: ...
    def lines(self) -> Sequence[Data]: ...
    def line(self, line_id: str, /) -> Data | None: ...
    def find(self, slug: str, host: str = "", home: str = "") -> Data: ...
    def facts(self, line_id: str, /) -> Data: ...
    def hosts(self) -> Sequence[Data]: ...
    def host(self, name: str) -> Data | None: ...
    def changes(self, since: int) -> Changes: ...
    def subscribe(self, wake: Callable[[], None]) -> Callable[[], None]: ...


class History(Protocol):
    """How instances were over time."""

    def series(self, line_id: str, hours: int, /) -> Iterable[Mapping[str, Any]]: ...


class Monitor(Protocol):
    """Looks at the hosts, and asks them."""

    @property
    def live(self) -> Live: ...
    @property
    def history(self) -> History: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def look(self, who: str, host: str = "", id: str = "") -> None: ...  # noqa: A002
    def look_away(self, who: str) -> None: ...
    def refresh(self, host: str = "") -> None: ...
    def ask(self, host: str, question: Mapping[str, Any], timeout: float = 10) -> Data: ...

    def tail(
        self,
        host: str,
        question: Mapping[str, Any],
        on_lines: Callable[[list[Data]], None],
    ) -> Callable[[], None]: ...


class Reach(Protocol):
    """How a playbook gets to an instance or a host."""

    @property
    def variables(self) -> Mapping[str, Any]: ...
    @property
    def inventory(self) -> str: ...
    @property
    def registry(self) -> str: ...


class Fleet(Protocol):
    """The hosts of the inventory and the registry."""

    def hosts(self) -> Sequence[Any]: ...
    def host(self, name: str) -> Any: ...

    def reach(
        self, host: str, row: Mapping[str, Any] | None, instance: Mapping[str, Any] | None
    ) -> Any: ...
    def rows(self) -> Sequence[Mapping[str, Any]]: ...


class Job(Protocol):
    """A run of a playbook."""

    @property
    def id(self) -> str: ...
    def as_dict(self) -> Data: ...


class Jobs(Protocol):
    """The queue of playbooks."""

    def submit(self, request: Any) -> Any: ...

    def list(
        self,
        *,
        state: str = "",
        host: str = "",
        instance: str = "",
        limit: int = 50,
        before: Any = None,
    ) -> Sequence[Any]: ...
    def get(self, job_id: str, /) -> Any: ...
    def events(self, job_id: str, after: int = 0, limit: int = 1000, /) -> Sequence[Any]: ...
    def cancel(self, job_id: str, actor: str, /) -> Any: ...

    def again(
        self,
        job_id: str,
        actor: str,
        failed_hosts: bool = False,
        secrets: Mapping[str, Any] | None = None,
        /,
    ) -> Any: ...
    def subscribe(self, wake: Callable[[str], None]) -> Callable[[], None]: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def counts(self) -> Mapping[str, int]: ...


@dataclass
class Services:
    """Everything behind the views. doors and hub are made by create_app."""

    settings: Settings
    live: Live
    monitor: Monitor
    history: History
    fleet: Fleet
    jobs: Jobs
    _doors: Doors | None = field(default=None, repr=False)
    _hub: Hub | None = field(default=None, repr=False)

    @property
    def doors(self) -> Doors:
        """Tokens, sessions and login links."""
        assert self._doors is not None, "create_app() sets it"
        return self._doors

    @property
    def hub(self) -> Hub:
        """The connections of browsers."""
        assert self._hub is not None, "create_app() sets it"
        return self._hub

    def registry(self) -> Registry:
        """The registry, for one with statement; its events name who asks now."""
        return Registry(self.settings.registry, actor=actor(), origin="dashboard")


def services() -> Services:
    """Those of the app that answers now."""
    return cast(Services, current_app.extensions[NAME])
