# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where something is mounted, nothing goes: not a file, not the service, not the gateway's life."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _health

from ..mounts import namespace
from .conftest import HERE, Home, listing, new_home
from .foreign import Foreign, snapshot


def destroy(options: dict[str, Any], mount: str, *flags: str) -> dict[str, Any]:
    """The result of a module where something is mounted."""
    command = [sys.executable, str(HERE / "call_module.py"), "openclaw_instance", *flags]
    done = subprocess.run(
        namespace(mount, *command),
        input=json.dumps({**options, "state": "absent"}),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "one").write_text("theirs")
    return tmp_path


@pytest.mark.parametrize("place", ["state", "project"])
@pytest.mark.parametrize("flags", [(), ("--check",)], ids=["", "check"])
def test_an_instance_with_a_mount_in_it_stays_and_runs_on(
    stub_home: Home, theirs: Path, place: str, flags: tuple[str, ...]
) -> None:
    port = stub_home.instance("acme")["instance"]["port"]
    folders = {"state": stub_home.state_dir("acme"), "project": stub_home.path / "projects/acme"}
    inside = folders[place] / "my photos"
    inside.mkdir()
    before = [listing(folder) for folder in folders.values()]
    options = {**stub_home.options("acme"), "backup_dir": str(theirs / "backups")}
    result = destroy(options, f"mount --bind '{theirs}' '{inside}'", *flags)
    assert result["failure"]["code"] == "MOUNT_BELOW"
    assert str(inside) in result["msg"]
    assert _health.probe(port).ready
    assert [listing(folder) for folder in folders.values()] == before
    assert (theirs / "photos" / "one").read_text() == "theirs"
    assert not (theirs / "backups").exists()
    assert stub_home.instance("acme", state="absent")["changed"] is True


def test_an_adopted_one_with_a_mount_in_it_stays_and_runs_on(
    stub_prefix: Path, theirs: Path
) -> None:
    made = Foreign(new_home(stub_prefix), "acme").make()
    inside = made.state_dir / "photos"
    inside.mkdir()
    made.start()
    try:
        before = snapshot(made.state_dir)
        options = made.home.options("acme", adopted=made.adopted, confirm="acme")
        backup = {"backup_dir": str(theirs / "backups")}
        result = destroy({**options, **backup}, f"mount --bind '{theirs}' '{inside}'")
        assert result["failure"]["code"] == "MOUNT_BELOW"
        assert made.runs and snapshot(made.state_dir) == before
        assert (theirs / "photos" / "one").exists() and not (theirs / "backups").exists()
    finally:
        made.stop()
        made.home.clean_up()
