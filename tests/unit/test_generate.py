# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The instances that the figures are measured on are real ones: many kinds, private, repeatable."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._host import Host
from ansible_collections.claw.pilot.plugins.module_utils._journal import claimed_ports, read_marker
from ansible_collections.claw.pilot.plugins.module_utils._json5 import parse
from ansible_collections.claw.pilot.plugins.module_utils._model import Layout, check_slug, spec_from

from tests.bench.generate import MOST, generate

pytestmark = pytest.mark.timeless

COUNT = 40


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("generated")
    generate(folder, COUNT)
    return folder


def configs(home: Path) -> list[Any]:
    paths = sorted(home.glob(".openclaw-*/openclaw.json"))
    return [parse(path.read_text(), str(path)) for path in paths]


def tree(home: Path) -> dict[str, bytes | str]:
    """Every path below the home with its type and mode and its content, the home's name aside."""
    found: dict[str, bytes | str] = {}
    for path in sorted(home.rglob("*")):
        about = path.lstat()
        content = b"" if stat.S_ISDIR(about.st_mode) else path.read_bytes()
        key = f"{path.relative_to(home)} {about.st_mode:o}"
        found[key] = content.replace(str(home).encode(), b"HOME")
    return found


def test_every_slug_is_one_and_has_its_directory(tmp_path: Path) -> None:
    slugs = generate(tmp_path, COUNT)
    assert len(set(slugs)) == COUNT
    for slug in slugs:
        assert Path(Layout(str(tmp_path), check_slug(slug)).config_path).is_file()


def test_every_config_can_be_read_and_the_ports_differ(home: Path) -> None:
    read = configs(home)
    ports = {config["gateway"]["port"] for config in read}
    assert len(read) == len(ports) == COUNT
    assert (min(ports), max(ports)) == (18789, 18789 + 120 * (COUNT - 1))


def test_the_kinds_are_mixed(home: Path) -> None:
    agents = [config["agents"] for config in configs(home)]
    assert sum("entries" in item for item in agents) == COUNT * 17 // 20
    assert sum("list" in item for item in agents) == COUNT // 10
    included = [item["$include"] for item in agents if "$include" in item]
    assert len(included) == COUNT // 20
    texts = [path.read_text() for path in home.glob(".openclaw-*/openclaw.json")]
    assert sum(text.startswith("//") for text in texts) == COUNT // 10
    assert all(2000 < len(text) < 6000 for text in texts)


def test_included_files_are_there(home: Path) -> None:
    (one, other) = home.glob(".openclaw-*/config/agents.json5")
    assert all("main" in parse(path.read_text())["entries"] for path in (one, other))


def test_half_of_them_are_ours(home: Path) -> None:
    host = Host()
    markers = list(home.glob(".openclaw-*/.claw-pilot.json"))
    assert len(markers) == COUNT // 2
    for path in markers:
        slug = path.parent.name.removeprefix(".openclaw-")
        layout = Layout(str(home), slug)
        marker = read_marker(host, layout)
        assert marker is not None
        assert spec_from(marker["spec"]).slug == slug
        assert claimed_ports(host, Layout(str(home), "other"))[marker["port"]] == slug
    assert set(home.glob("projects/*")) == {
        home / "projects" / path.parent.name.removeprefix(".openclaw-") for path in markers
    }


def test_every_instance_has_a_unit_and_half_of_each_kind_are_enabled(home: Path) -> None:
    units = home / ".config" / "systemd" / "user"
    official = list(units.glob("openclaw-gateway-*.service"))
    assert len(list(units.glob("*.service"))) == COUNT
    assert len(official) == COUNT // 2
    links = list((units / "default.target.wants").iterdir())
    assert len(links) == COUNT // 2
    assert len([link for link in links if link.name.startswith("openclaw-gateway-")]) == COUNT // 4
    assert all(link.resolve().is_file() for link in links)
    for path in units.glob("*.service"):
        assert f"Environment=OPENCLAW_STATE_DIR={home}/.openclaw-" in path.read_text()


def test_everything_is_private(home: Path) -> None:
    for path in home.rglob("*"):
        if not path.is_symlink():
            assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path


def test_an_instance_is_furnished(home: Path) -> None:
    for state in home.glob(".openclaw-*"):
        variables = [line.partition("=")[0] for line in (state / ".env").read_text().splitlines()]
        assert variables == ["OPENCLAW_GW_AUTH_TOKEN", "ANTHROPIC_API_KEY", "TELEGRAM_BOT_TOKEN"]
        assert (state / "openclaw.json.bak").is_file()
        assert (state / "openclaw.json.last-good").is_file()
        assert parse((state / "logs" / "gateway.log").read_text().splitlines()[0])["message"]
        agents = {path.name for path in (state / "agents").iterdir()}
        assert "main" in agents and 2 <= len(agents) <= 4
        manuals = [*state.glob("workspace*/AGENTS.md"), *state.glob("workspaces/*/AGENTS.md")]
        assert len(manuals) == len(agents)


def test_the_database_is_one(home: Path) -> None:
    path = next(home.glob(".openclaw-*/state/openclaw.sqlite"))
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    assert connection.execute("select count(*) from schema_meta").fetchone() == (0,)
    connection.close()


def test_the_same_seed_gives_the_same_tree(tmp_path: Path) -> None:
    trees = []
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        generate(tmp_path / name, COUNT, seed)
        trees.append(tree(tmp_path / name))
    assert trees[0] == trees[1]
    assert trees[0] != trees[2]


def test_the_umask_is_left_as_it_was(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        generate(tmp_path, 1)
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)


def test_more_than_there_are_ports_for_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f"ports for {MOST} instances"):
        generate(tmp_path, MOST + 1)
    assert list(tmp_path.iterdir()) == []
    assert MOST >= 1000  # as many as the figures are measured on
