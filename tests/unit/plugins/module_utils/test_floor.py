# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The floor: a Python that is too old is told so as Ansible wants to hear it."""

from __future__ import annotations

import json

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _floor


def test_a_python_below_the_floor_ends_the_module_with_a_sentence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as caught:
        _floor.check((99, 0))
    assert caught.value.code == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["failed"] is True
    assert answer["failure"]["code"] == "PYTHON_TOO_OLD"
    assert answer["msg"].startswith(answer["failure"]["message"])


def test_this_python_is_no_matter(capsys: pytest.CaptureFixture[str]) -> None:
    _floor.check()
    assert capsys.readouterr().out == ""


def test_the_floor_is_the_one_that_is_promised() -> None:
    assert _floor.FLOOR == (3, 9)
