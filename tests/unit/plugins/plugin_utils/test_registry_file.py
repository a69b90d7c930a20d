# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file of the registry: how it is made, migrated, refused and shared."""

from __future__ import annotations

import multiprocessing
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from ansible_collections.claw.pilot.plugins.plugin_utils import migrations
from ansible_collections.claw.pilot.plugins.plugin_utils.registry import (
    Registry,
    default_path,
    home,
)
from sqlite_utils import Database

TABLES = {"servers", "instances", "agents", "ports", "config", "events"}
NAMES = ["m001_tables", "m002_origin", "m003_tags"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "registry.db"


@pytest.fixture
def held(path: Path) -> Iterator[sqlite3.Connection]:
    """A registry that another program is writing to."""
    with Registry(path):
        pass
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


def code(path: Path, **more: Any) -> str:
    """The code that opening the file is refused with; the message names the file."""
    with pytest.raises(ClawPilotError) as caught, Registry(path, **more):
        pass
    assert str(path) in caught.value.message
    assert caught.value.hint
    return caught.value.code


def rows(path: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def applied(path: Path) -> list[str]:
    names = rows(path, "SELECT name FROM _sqlite_migrations WHERE migration_set = 'registry'")
    return sorted(name for (name,) in names)


def older(path: Path) -> None:
    """A file as the first version left it, with an event."""
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as connection:
        db = Database(connection)
        migrations.migrations().apply(db, stop_before="m002_origin")
        db.execute("INSERT INTO servers VALUES (1,'h','','','','','/o','','','','t','t')")
        columns = "instance_slug, event_type, created_at"
        db.execute(f"INSERT INTO events ({columns}) VALUES ('acme', 'created', 't')")
    assert applied(path) == NAMES[:1]


def test_without_the_library_it_says_what_to_install(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sqlite_utils.migrations", None)
    with pytest.raises(ClawPilotError, match="sqlite-utils") as caught, Registry(path):
        pass
    assert caught.value.code == "REGISTRY_UNAVAILABLE"
    assert "pip install" in caught.value.hint
    assert "registry=none" in caught.value.hint
    assert not path.parent.exists()


def test_a_newer_file_is_refused_and_not_written_to(path: Path) -> None:
    with Registry(path):
        pass
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('registry', 'm999_tomorrow', 't')"
        )
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    assert code(path) == "REGISTRY_TOO_NEW"
    assert code(path, dry=True) == "REGISTRY_TOO_NEW"
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert [found.name for found in path.parent.iterdir()] == [path.name]


def test_a_newer_file_that_also_lacks_ours_is_refused(path: Path) -> None:
    older(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE _sqlite_migrations SET name = 'm999_tomorrow'")
    assert code(path) == "REGISTRY_TOO_NEW"
    assert applied(path) == ["m999_tomorrow"]


@pytest.mark.parametrize("content", [b"hello, I am no database" * 100, b"\0" * 4096])
def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "registry.db"
    path.write_bytes(content)
    assert code(path) == "REGISTRY_BROKEN"
    assert code(path, dry=True) == "REGISTRY_BROKEN"
    assert path.read_bytes() == content


def test_a_database_of_something_else_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "registry.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE servers (x)")
    before = path.read_bytes()
    assert code(path) == "REGISTRY_BROKEN"
    assert path.read_bytes() == before


def test_tables_that_another_process_makes_at_this_moment_are_ours(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = migrations._count

    def late(db: Any, sql: str) -> int:
        monkeypatch.setattr(migrations, "_count", count)
        with Registry(path):
            pass
        return count(db, sql)

    monkeypatch.setattr(migrations, "_count", late)
    with Registry(path) as registry:
        assert registry.instances() == []


def test_a_damaged_registry_is_named(path: Path) -> None:
    with Registry(path):
        pass
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("DROP TABLE events")
    with pytest.raises(ClawPilotError, match="no such table") as caught, Registry(path) as registry:
        registry.events()
    assert caught.value.code == "REGISTRY_BROKEN"
    assert str(path) in caught.value.message


def test_a_place_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert code(tmp_path / "file" / "registry.db") == "REGISTRY_UNWRITABLE"
    assert code(tmp_path) == "REGISTRY_UNWRITABLE"
    assert code(Path("/proc/registry.db")) == "REGISTRY_UNWRITABLE"


def test_a_registry_that_another_program_never_lets_go_is_busy(
    path: Path, held: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "BUSY_SECONDS", 0.1)
    with pytest.raises(ClawPilotError, match="locked") as caught, Registry(path) as registry:
        registry.set_config("port_step", "200")
    assert caught.value.code == "REGISTRY_BUSY"


def test_reading_does_not_wait_for_a_writer(path: Path, held: sqlite3.Connection) -> None:
    held.execute("UPDATE config SET value = 'half' WHERE key = 'openclaw_user'")
    with Registry(path) as registry:
        assert registry.get_config("openclaw_user") == "openclaw"


def test_a_new_file_has_the_tables_is_private_and_is_in_wal_mode(path: Path) -> None:
    with Registry(path):
        pass
    tables = {name for (name,) in rows(path, "SELECT name FROM sqlite_master WHERE type='table'")}
    assert tables >= TABLES
    assert applied(path) == NAMES
    assert rows(path, "PRAGMA journal_mode") == [("wal",)]
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_foreign_keys_are_on_and_states_are_checked(path: Path) -> None:
    db = migrations.open_database(path)
    with closing(db.conn):
        insert = "INSERT INTO instances (server_id, slug, state, created_at, updated_at) VALUES"
        with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
            db.conn.execute(f"{insert} (7, 'acme', 'running', 't', 't')")
        with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
            db.conn.execute(f"{insert} (7, 'acme', 'flying', 't', 't')")


def test_an_older_file_is_brought_up_with_what_is_in_it(path: Path) -> None:
    older(path)
    with Registry(path) as registry:
        assert [row["hostname"] for row in registry.servers()] == ["h"]
        (event,) = registry.events()
        assert (event["instance_slug"], event["actor"]) == ("acme", None)
    assert applied(path) == NAMES


def test_an_older_file_is_looked_at_dry_and_stays_old(path: Path) -> None:
    older(path)
    before = path.read_bytes()
    with Registry(path, dry=True) as registry:
        assert registry.record([])["changed"] is False
        assert registry.events()[0]["origin"] is None
    assert path.read_bytes() == before


def test_a_migration_that_fails_leaves_the_file_as_it_was(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older(path)

    def m002_origin(db: Database) -> None:
        db.execute("DROP TABLE servers")
        raise sqlite3.OperationalError("no")

    monkeypatch.setattr(migrations, "STEPS", (migrations.m001_tables, m002_origin))
    assert code(path) == "REGISTRY_BROKEN"
    assert applied(path) == NAMES[:1]
    assert rows(path, "SELECT hostname FROM servers") == [("h",)]


def open_it(path: Path, start: Any, results: Any) -> None:
    start.wait()
    try:
        with Registry(path) as registry:
            results.put(len(registry.config()))
    except Exception as error:
        results.put(repr(error))


@pytest.mark.parametrize("old", [False, True])
def test_processes_that_migrate_at_once_migrate_once(path: Path, old: bool) -> None:
    if old:
        older(path)
    context = multiprocessing.get_context("fork")
    start, results = context.Barrier(8), context.Queue()
    running = [
        context.Process(target=open_it, args=(path, start, results)) for _process in range(8)
    ]
    for process in running:
        process.start()
    assert [results.get(timeout=60) for _process in running] == [6] * 8
    for process in running:
        process.join()
    assert applied(path) == NAMES


def test_dry_makes_no_file_and_no_folder(path: Path) -> None:
    with Registry(path, dry=True) as registry:
        registry.set_config("port_step", "200")
        assert registry.get_config("port_step") == "200"
    assert not path.parent.exists()


def test_the_home_is_the_users_or_the_named_one_and_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CLAW_PILOT_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_path() == tmp_path / ".claw-pilot" / "registry.db"
    monkeypatch.setenv("CLAW_PILOT_HOME", str(tmp_path / "mine"))
    assert not default_path().parent.exists()
    (tmp_path / "mine").mkdir(mode=0o755)
    with Registry():
        pass
    assert home() == tmp_path / "mine"
    assert home().stat().st_mode & 0o777 == 0o700
    assert default_path().is_file()


def test_outside_of_its_with_statement_it_does_nothing(path: Path) -> None:
    with pytest.raises(RuntimeError):
        Registry(path).servers()
    assert not path.exists()
