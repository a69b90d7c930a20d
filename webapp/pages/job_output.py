# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a job printed, as HTML in colours, and its events as plays and tasks. No effects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from markupsafe import Markup, escape
from rich.style import Style
from rich.text import Text

_OUTCOMES = ("failed", "unreachable", "changed", "ok", "skipped")  # the worst first
_STANDARD = "black red green yellow blue magenta cyan white".split()
SKIPPED, RUNNING = "skipped", "running"
_VALIDATING, _CHECK = "Validating arguments against arg spec", "Check the arguments"
_AFTER_A_GAP = ("play", "task", "stats")


class Event(Protocol):
    """As jobs.model.Event."""

    @property
    def counter(self) -> int: ...
    @property
    def at(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def host(self) -> str: ...
    @property
    def task(self) -> str: ...
    @property
    def stdout(self) -> str: ...


@dataclass
class Task:
    """A task of a play. anchor: counter of its first event; seconds: None while it runs."""

    name: str
    anchor: int
    at: str
    hosts: dict[str, str] = field(default_factory=dict)
    seconds: float | None = None
    runs: bool = False

    @property
    def role(self) -> str:
        """The role that it belongs to, empty for a play's own task."""
        return self.name.rpartition(" : ")[0]

    @property
    def short(self) -> str:
        """Its name without the role; Ansible's own checks of arguments have very long ones."""
        name = self.name.rpartition(" : ")[2]
        return _CHECK if name.startswith(_VALIDATING) else name

    @property
    def state(self) -> str:
        """The worst of its hosts; running, or skipped where nobody had to do it."""
        if self.runs and not any(h in _OUTCOMES[:2] for h in self.hosts.values()):
            return RUNNING
        found = self.hosts.values()
        return next((word for word in _OUTCOMES if word in found), SKIPPED)


@dataclass
class Play:
    """A play with its tasks."""

    name: str
    anchor: int
    tasks: list[Task] = field(default_factory=list)


def plays(events: Iterable[Event], active: bool = False) -> list[Play]:
    """The structure of a run. active: the last task may still run."""
    found: list[Play] = []
    task: Task | None = None
    for event in events:
        if event.kind in ("play", "task", "stats"):
            _end(task, event.at)
            task = None
        if event.kind == "play":
            found.append(Play(event.task or _title(event.stdout, "PLAY"), event.counter))
        elif event.kind == "task":
            task = Task(event.task, event.counter, event.at)
            if not found:
                found.append(Play("", event.counter))
            found[-1].tasks.append(task)
        elif task is not None and event.kind in _OUTCOMES and event.host:
            task.hosts[event.host] = _worse(task.hosts.get(event.host), event.kind)
    if task is not None:
        task.runs = active
    return found


def _worse(before: str | None, now: str) -> str:
    """A host answers once for each item of a loop."""
    return min(filter(None, (before, now)), key=_OUTCOMES.index)


def _end(task: Task | None, at: str) -> None:
    if task is not None:
        begun, ended = datetime.fromisoformat(task.at), datetime.fromisoformat(at)
        task.seconds = max(0.0, (ended - begun).total_seconds())


def _title(stdout: str, word: str) -> str:
    """The name out of `PLAY [name] ****`."""
    plain = Text.from_ansi(stdout).plain
    _before, bracket, rest = plain.partition(f"{word} [")
    return rest.rpartition("]")[0] if bracket else ""


def counts(tasks: Iterable[Play]) -> dict[str, int]:
    """How many tasks are in which state."""
    found: dict[str, int] = {}
    for play in tasks:
        for task in play.tasks:
            found[task.state] = found.get(task.state, 0) + 1
    return found


def as_html(events: Sequence[Event]) -> Markup:
    """All that was printed; each event's first line carries its counter, to be jumped to."""
    return Markup("").join(
        Markup('{}<span id="line-{}">{}</span>\n').format(
            "\n" if event.kind in _AFTER_A_GAP and number else "",
            event.counter,
            coloured(event.stdout),
        )
        for number, event in enumerate(events)
        if event.stdout
    )


def as_text(events: Iterable[Event]) -> Iterator[str]:
    """The same without colours, a piece for each event."""
    for event in events:
        if event.stdout:
            yield f"{Text.from_ansi(_lines(event.stdout)).plain}\n"


def _lines(ansi: str) -> str:
    """A terminal ends its lines with CR LF; a CR alone goes back to the line's beginning."""
    return ansi.replace("\r\n", "\n").strip("\r\n")


def coloured(ansi: str) -> Markup:
    """Text of a terminal as spans with classes: a page with a strict policy has no inline style."""
    text = Text.from_ansi(_lines(ansi))
    done, end = Markup(""), 0
    for span in sorted(text.spans):
        done += escape(text.plain[end : span.start])
        done += _span(text.plain[span.start : span.end], span.style)
        end = span.end
    return done + escape(text.plain[end:])


def _span(text: str, style: Any) -> Markup:
    names = " ".join(_classes(style)) if isinstance(style, Style) else ""
    return Markup('<span class="{}">{}</span>').format(names, text) if names else escape(text)


def _classes(style: Style) -> Iterator[str]:
    if style.bold:
        yield "a-bold"
    if style.dim:
        yield "a-dim"
    number = style.color.number if style.color else None
    if number is not None and number < 16:
        yield f"a-{'bright-' if number > 7 else ''}{_STANDARD[number % 8]}"
