# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look for known vulnerabilities in what requirements/runtime.txt pins.

The package index of pip is asked, in its JSON form. One that has no answer for a version may have
one for the newest, which counts where that is the pinned one. What could not be looked up is
named; with CI=true an index that answers for nothing is a failure. What is accepted stands in
requirements/advisories.toml, with a reason and the last day on which it counts.
"""

from __future__ import annotations

import datetime
import os
import re
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pip._internal.commands import create_command

ROOT = Path(__file__).resolve().parent.parent
PINNED = ROOT / "requirements" / "runtime.txt"
ACCEPTED = ROOT / "requirements" / "advisories.toml"
SECONDS = 20
Ask = Callable[[str], "Mapping[str, Any] | None"]


@dataclass(frozen=True)
class Known:
    """A vulnerability of a pinned package; names: its identifiers; fixed: versions without it."""

    package: str
    version: str
    names: tuple[str, ...]
    summary: str
    fixed: tuple[str, ...]

    def __str__(self) -> str:
        mended = f"mended in {', '.join(self.fixed)}" if self.fixed else "not mended"
        return f"{self.package} {self.version}: {' '.join(self.names)} ({mended}) {self.summary}"


def pins(text: str) -> dict[str, str]:
    """Package -> version of a file of requirements."""
    return dict(re.findall(r"(?m)^([\w.-]+)==([^\s;]+)", text))


def asker() -> Ask:
    """A question for pip's index, by what pip knows of proxies, certificates and passwords.

    It takes the part of the address behind /pypi/ and gives the JSON object, None for no answer.
    """
    command: Any = create_command("download")
    options, _words = command.parse_args([])
    session = command._build_session(options, retries=1, timeout=SECONDS)
    base = re.sub(r"/simple/?$", "", options.index_url)

    def ask(path: str) -> Mapping[str, Any] | None:
        try:
            answer = session.get(f"{base}/pypi/{path}", timeout=SECONDS)
            data = answer.json() if answer.status_code == 200 else None
        except (OSError, ValueError):
            return None
        return data if isinstance(data, dict) and "vulnerabilities" in data else None

    return ask


def look_up(ask: Ask, package: str, version: str) -> list[Known] | None:
    """What is known of that version; None when nobody can tell."""
    data = ask(f"{package}/{version}/json")
    if data is None:
        data = ask(f"{package}/json")
        if data is None or data["info"]["version"] != version:
            return None
    return [
        Known(
            package,
            version,
            (entry["id"], *entry.get("aliases", ())),
            " ".join((entry.get("summary") or entry.get("details") or "").split())[:120],
            tuple(entry.get("fixed_in") or ()),
        )
        for entry in data["vulnerabilities"]
        if not entry.get("withdrawn")
    ]


def accepted(text: str, today: datetime.date) -> dict[tuple[str, str], str]:
    """(package, identifier) -> reason of what is accepted and not yet over."""
    entries = tomllib.loads(text).get("accepted", [])
    return {(e["package"], e["id"]): e["reason"] for e in entries if e["until"] >= today}


def judge(
    found: Mapping[str, Sequence[Known] | None], allowed: Mapping[tuple[str, str], str]
) -> Iterator[str]:
    """A line for every vulnerability that nobody accepted, and for what is accepted in vain."""
    met = set()
    for package, known in found.items():
        for one in known or ():
            fitting = {(package, name) for name in one.names} & set(allowed)
            met |= fitting
            if not fitting:
                yield str(one)
    for package, name in allowed:
        if found.get(package, ()) is not None and (package, name) not in met:
            yield f"{package}: {name} is accepted in {ACCEPTED.name}, but is not there"


def main(ask: Ask | None = None) -> int:
    question = ask or asker()
    pinned = pins(PINNED.read_text())
    with ThreadPoolExecutor(max_workers=4) as pool:
        answers = pool.map(lambda pin: look_up(question, *pin), pinned.items())
        found = dict(zip(pinned, answers, strict=True))
    unknown = [f"{name} {pinned[name]}" for name, known in found.items() if known is None]
    today = datetime.datetime.now(tz=datetime.UTC).date()
    bad = list(judge(found, accepted(ACCEPTED.read_text(), today)))
    asked = len(pinned) - len(unknown)
    print(*bad, f"advisories: {len(bad)} in {asked} of {len(pinned)} packages", sep="\n")
    if unknown:
        print(f"advisories: the index could not tell of {', '.join(unknown)}")
    return 1 if bad or (not asked and os.environ.get("CI") == "true") else 0


if __name__ == "__main__":
    sys.exit(main())
