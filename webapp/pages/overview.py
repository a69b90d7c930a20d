# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The overview: all instances by host, as cards or as rows; and what is done to several at once.

Every instance is in the page, those that do not fit the filter hidden: the browser then filters
and sorts without asking, and the page says the same without JavaScript.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from .. import actions
from ..doors.who import actor, does
from ..services import services
from . import bp, parts, reply, words

COOKIE = "view"
YEAR = 365 * 86400
VIEWS = {"table": "row", "cards": "card"}
DEFAULT_VIEW = "table"
# word: what the menu says, and whether the largest comes first
SORTS = {
    "host": ("Host", False),
    "name": ("Name", False),
    "state": ("State", False),
    "waiting": ("Waiting", True),
    "memory": ("Memory", True),
    "uptime": ("Uptime", True),
    "agents": ("Agents", True),
    "version": ("Version", False),
    "port": ("Port", False),
    "percent": ("Last 24 h", False),
}
Line = Mapping[str, Any]


@dataclass(frozen=True)
class Choice:
    """What is asked for, as the address has it."""

    view: str = DEFAULT_VIEW
    state: str = ""
    host: str = ""
    tag: str = ""
    q: str = ""
    sort: str = "host"
    down: bool = False

    @classmethod
    def of(cls, args: Mapping[str, str], kept: str) -> Choice:
        """kept: the view of last time."""
        view, sort = args.get("view", kept), args.get("sort", "host")
        sort = sort if sort in SORTS else "host"
        way = args.get("dir", "")
        return cls(
            view=view if view in VIEWS else DEFAULT_VIEW,
            state=args.get("state", ""),
            host=args.get("host", ""),
            tag=args.get("tag", ""),
            q=args.get("q", "").strip(),
            sort=sort,
            down=way == "desc" if way in ("asc", "desc") else SORTS[sort][1],
        )

    def fits(self, line: Line) -> bool:
        return (
            self.state in ("", line["state"])
            and self.host in ("", line["host"])
            and (not self.tag or self.tag in line["tags"])
            and (not self.q or all(w in words.find_words(line) for w in self.q.lower().split()))
        )

    @property
    def filters(self) -> bool:
        return bool(self.state or self.host or self.tag or self.q)


@bp.get("/")
@does("see")
def overview() -> ResponseReturnValue:
    """All instances and hosts as they are known now."""
    choice = Choice.of(request.args, request.cookies.get(COOKIE, ""))
    live = services().live
    version, hosts, lines = live.version, live.hosts(), live.lines()
    page = render_template(
        "overview.html",
        choice=choice,
        version=version,
        hosts=hosts,
        lines=lines,
        sorts=SORTS,
        states=words.RANK,
        counts=Counter(line["state"] for line in lines),
        tags=sorted({tag for line in lines for tag in line["tags"]}),
        shown=sum(1 for line in lines if choice.fits(line)),
        groups=groups(hosts, lines, choice),
    )
    response = make_response(page)
    if request.args.get("view") in VIEWS:
        response.set_cookie(COOKIE, choice.view, max_age=YEAR, samesite="Strict", httponly=True)
    return response


def groups(
    hosts: Sequence[Line], lines: Sequence[Line], choice: Choice
) -> list[tuple[str, Markup, Markup, bool]]:
    """Name, strip and instances of each host, and whether it is hidden; at last, without a name,
    the list in another order than by host. One of both is empty.
    """
    env = current_app.jinja_env
    view = VIEWS[choice.view]
    by_host: dict[str, list[Markup]] = {str(host["name"]): [] for host in hosts}
    flat: list[Markup] = []
    seen: Counter[str] = Counter()
    for line in ordered(lines, choice):
        piece = parts.instance(env, view, line)
        if choice.fits(line):
            seen[line["host"]] += 1
        else:
            piece = parts.hidden(piece)
        (by_host.setdefault(line["host"], []) if choice.sort == "host" else flat).append(piece)
    strips = {str(host["name"]): parts.host(env, host) for host in hosts}
    other = choice.sort != "host"
    return [
        (
            name,
            strips.get(name, Markup("")),
            Markup("").join(by_host[name]),
            other or (choice.filters and not seen[name]),
        )
        for name in sorted(by_host, reverse=choice.down and not other)
    ] + [("", Markup(""), Markup("").join(flat), not other)]


def ordered(lines: Sequence[Line], choice: Choice) -> list[Line]:
    """Sorted as chosen; what is equal stays in the order of host and name."""
    keys = {
        "host": lambda line: 0,
        "name": lambda line: str(line["display_name"] or line["slug"]).lower(),
        "state": lambda line: words.RANK.index(line["state"]) if line["state"] in words.RANK else 9,
        "waiting": lambda line: line["pending"],
        "memory": lambda line: line["memory_bytes"],
        "uptime": lambda line: line["uptime_seconds"],
        "agents": lambda line: line["agents"],
        "version": lambda line: version_key(line["version"]),
        "port": lambda line: line["port"],
        "percent": lambda line: -1 if line["uptime_percent"] is None else line["uptime_percent"],
    }
    down = choice.down and choice.sort != "host"
    return sorted(lines, key=keys[choice.sort], reverse=down)


def version_key(version: str) -> tuple[int, ...]:
    """2026.9.10 after 2026.9.9."""
    return tuple(words.whole(part) or 0 for part in version.split("."))


@bp.get("/parts/nav")
@does("see")
def nav() -> ResponseReturnValue:
    """The counters of the rail."""
    return {name: words.nav_count(name) for name in ("inbox", "jobs")}


@bp.post("/actions")
@does("start")
def act_on_several() -> ResponseReturnValue:
    """Start, stop or restart what was ticked."""
    verb, ids = request.form.get("action", ""), list(dict.fromkeys(request.form.getlist("ids")))
    found = [services().live.line(one) for one in ids]
    lines = [line for line in found if line]
    if not lines or verb not in reply.VERBS:
        return reply.nothing()
    if reply.has_to_ask(verb):
        return reply.ask(verb, lines)
    return reply.of(verb, *run(verb, lines))


def run(verb: str, lines: Iterable[Line]) -> tuple[list[Any], list[tuple[Line, Exception]]]:
    """The jobs, and which instances got none and why."""
    return reply.each(lines, lambda line: getattr(actions, verb)(line, actor()))
