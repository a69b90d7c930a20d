# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the package index says of pinned packages, in the form that PyPI has, is judged."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.scripts import advisories

TODAY = datetime.date(2026, 11, 29)
PINNED = "ansible-core==2.19.1 \\\n    --hash=sha256:00\nrich==13.0 ; python_version > '3'\n"
ENTRY = {
    "aliases": ["CVE-2013-7459"],
    "details": "Heap-based buffer overflow\nin the ALGnew function.",
    "fixed_in": ["14.0"],
    "id": "PYSEC-2017-94",
    "summary": None,
    "withdrawn": None,
}
ACCEPTED = """
[[accepted]]
package = "rich"
id = "CVE-2013-7459"
until = 2026-11-29
reason = "Nobody calls that."
"""


class Index(dict[str, "Mapping[str, Any]"]):
    """Answers by path; none for others."""

    def __init__(self, newest: str = "13.0", *entries: Mapping[str, Any], exact: str = "") -> None:
        answer = {"info": {"version": newest}, "vulnerabilities": list(entries)}
        super().__init__({f"rich/{exact}json": answer})

    def __call__(self, path: str) -> Mapping[str, Any] | None:
        return self.get(path)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in (("PINNED", PINNED), ("ACCEPTED", "")):
        path = tmp_path / f"{name}.toml"
        path.write_text(text)
        monkeypatch.setattr(advisories, name, path)
    return tmp_path


def test_a_known_vulnerability_fails_and_is_told(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert advisories.main(Index("13.0", ENTRY)) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0] == (
        "rich 13.0: PYSEC-2017-94 CVE-2013-7459 (mended in 14.0)"
        " Heap-based buffer overflow in the ALGnew function."
    )
    assert said[1:] == [
        "advisories: 1 in 1 of 2 packages",
        "advisories: the index could not tell of ansible-core 2.19.1",
    ]


@pytest.mark.parametrize(
    ("index", "known"),
    [
        (Index("13.0"), []),
        (Index("14.0", ENTRY), None),
        (Index("14.0", exact="13.0/"), []),
        (Index("13.0", {**ENTRY, "withdrawn": "2026-01-01T00:00:00Z"}), []),
    ],
    ids=["none", "of another version", "of just this version", "withdrawn"],
)
def test_only_what_is_said_of_the_pinned_version_counts(
    index: Index, known: list[advisories.Known] | None
) -> None:
    assert advisories.look_up(index, "rich", "13.0") == known


@pytest.mark.parametrize(("ci", "code"), [("true", 1), ("", 0)])
def test_an_index_that_tells_of_nothing_is_told_and_fails_in_ci(
    files: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    ci: str,
    code: int,
) -> None:
    monkeypatch.setenv("CI", ci)
    assert advisories.main(lambda _path: None) == code
    assert "could not tell of ansible-core 2.19.1, rich 13.0" in capsys.readouterr().out


def test_what_is_accepted_counts_until_its_day_and_only_while_it_is_there() -> None:
    known = advisories.look_up(Index("13.0", ENTRY), "rich", "13.0")
    allowed = advisories.accepted(ACCEPTED, TODAY)
    assert list(advisories.judge({"rich": known}, allowed)) == []
    assert list(advisories.judge({"rich": None}, allowed)) == []
    assert len(list(advisories.judge({"rich": []}, allowed))) == 1
    later = advisories.accepted(ACCEPTED, TODAY + datetime.timedelta(days=1))
    assert len(list(advisories.judge({"rich": known}, later))) == 1
