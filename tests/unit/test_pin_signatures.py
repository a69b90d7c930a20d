# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `make pins` makes of what npm says of signatures; the answers have the shape of npm 11's."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.scripts import pin

ONE = {"name": "left-pad", "version": "1.3.0", "location": "node_modules/left-pad"}
NO_KEYS = {"error": {"code": "ENOTFOUND", "summary": "request to keys.json failed"}}


def told(folder: Path, answer: Any, code: int) -> str:
    """With a program in npm's place that only answers that, and only when it is asked for that."""
    words = ["audit", "signatures", "--json"]
    said = answer if isinstance(answer, str) else json.dumps(answer)
    text = f"import sys\nprint({said!r})\nsys.exit({code} if sys.argv[1:] == {words}"
    (folder / "npm.py").write_text(f"{text} else 9)\n")
    return pin.signatures((sys.executable, str(folder / "npm.py")), str(folder))


def test_where_all_signatures_hold_nothing_is_said(tmp_path: Path) -> None:
    assert told(tmp_path, {"invalid": [], "missing": []}, 0) == ""


def test_what_the_registry_has_not_signed_so_is_not_pinned(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"left-pad 1\.3\.0\. Not pinned"):
        told(tmp_path, {"invalid": [ONE], "missing": []}, 1)


def test_a_package_without_a_signature_is_named(tmp_path: Path) -> None:
    said = told(tmp_path, {"invalid": [], "missing": [ONE]}, 1)
    assert said == "the registry has not signed left-pad 1.3.0."


@pytest.mark.parametrize(("answer", "code"), [(NO_KEYS, 1), ({}, 0), ("text", 0)])
def test_a_registry_without_keys_is_never_taken_for_signed(
    tmp_path: Path, answer: Any, code: int
) -> None:
    assert "no signature was checked" in told(tmp_path, answer, code)
