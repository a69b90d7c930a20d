# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""claw-pilot dashboard: what it refuses, and what it does without a server."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from ansible_collections.claw.pilot.webapp import cli, serve, settings
from ansible_collections.claw.pilot.webapp.doors import Doors
from click.testing import CliRunner, Result


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLAW_PILOT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("CLAW_PILOT_REGISTRY", raising=False)
    monkeypatch.delenv(settings.HOSTS_VARIABLE, raising=False)
    return tmp_path / "home"


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody else listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def invoke(*words: str) -> Result:
    return CliRunner().invoke(cli.main, ["dashboard", *words])


def test_a_port_that_is_taken_is_one_sentence(home: Path, taken: int) -> None:
    done = invoke("--port", str(taken))
    assert done.exit_code == 1
    assert done.stderr.startswith(f"Error: Port {taken} of 127.0.0.1 is taken")
    assert len(done.stderr.splitlines()) == 2


@pytest.mark.parametrize("bind", ["192.0.2.1", "no.such.host.invalid"])
def test_an_address_that_is_not_ours_is_named(home: Path, bind: str) -> None:
    done = invoke("--bind", bind, "--plain-http", "--port", "0")
    assert done.exit_code == 1
    assert f"cannot listen on {bind}" in done.stderr


@pytest.mark.parametrize("bind", ["0.0.0.0", "::", "192.0.2.1", "claw.example.org"])
def test_other_machines_get_in_only_when_that_is_said(
    home: Path, monkeypatch: pytest.MonkeyPatch, bind: str
) -> None:
    ran: list[str] = []
    monkeypatch.setattr(serve, "run", lambda settings, *_say: ran.append(settings.bind))
    refused = invoke("--bind", bind)
    assert (refused.exit_code, ran) == (1, [])
    assert "plain HTTP" in refused.stderr
    told = invoke("--bind", bind, "--plain-http")
    assert (told.exit_code, ran) == (0, [bind])
    assert "nothing is encrypted" in told.stderr


def test_without_a_dashboard_there_is_no_link(home: Path, taken: int) -> None:
    done = invoke("--url")
    assert done.exit_code == 1
    assert "No dashboard of this user answers." in done.stderr


def test_another_program_on_its_port_is_no_dashboard(
    home: Path, monkeypatch: pytest.MonkeyPatch, taken: int
) -> None:
    from ansible_collections.claw.pilot.webapp import background

    monkeypatch.setattr(background, "ANSWER_SECONDS", 0.1)
    doors = Doors.of(settings.load(hosts=()))
    doors.store.put("notes", {"name": "address", "text": f"http://127.0.0.1:{taken}"})
    doors.store.close()
    assert f"answers at http://127.0.0.1:{taken}." in invoke("--url").stderr


def test_stopping_what_does_not_run_is_no_error(home: Path) -> None:
    done = invoke("--stop")
    assert (done.exit_code, done.stdout) == (0, "No dashboard runs.\n")


def test_a_new_token_is_made_and_not_shown(home: Path) -> None:
    doors = Doors.of(settings.load(hosts=()))
    old, session = doors.file.read(), doors.open_session()
    done = invoke("--rotate-token")
    assert done.exit_code == 0
    new = (home / "dashboard-token").read_text().strip()
    assert new != old
    assert new not in done.output
    assert (home / "dashboard-token").stat().st_mode & 0o777 == 0o600
    assert doors.by_session(session) is None
    doors.store.close()


@pytest.mark.parametrize("content", ["", "short", "two words of a token that is long enough\n"])
def test_a_token_file_without_a_token_is_named(home: Path, content: str) -> None:
    invoke("--rotate-token")
    (home / "dashboard-token").write_text(content)
    done = invoke("--port", "0")
    assert done.exit_code == 1
    assert "holds no token" in done.stderr


def test_a_database_of_something_else_is_named(home: Path) -> None:
    home.mkdir()
    (home / "dashboard.db").write_bytes(b"no database, but long enough for its header" * 9)
    done = invoke("--port", "0")
    assert done.exit_code == 1
    assert "dashboard.db (logins and API tokens) cannot be" in done.stderr


@pytest.mark.parametrize("where", ["none", "https://claw.example.org"])
def test_a_registry_that_is_no_file_has_no_dashboard(
    home: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    monkeypatch.setenv("CLAW_PILOT_REGISTRY", where)
    assert "a dashboard has nothing to show" in invoke("--port", "0").stderr


def test_settings_come_from_the_registry_and_the_environment(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    CliRunner().invoke(cli.main, ["config", "set", "dashboard_port", "19555"])
    CliRunner().invoke(cli.main, ["config", "set", "health_check_interval_ms", "2500"])
    monkeypatch.setenv(settings.HOSTS_VARIABLE, "a.example, b.example")
    loaded = settings.load(hosts=("c.example",))
    assert (loaded.port, loaded.interval_seconds) == (19555, 2.5)
    assert loaded.host_names >= {"a.example", "b.example", "c.example", "localhost"}
    assert settings.load(port=0, hosts=()).port == 0


def test_what_goes_wrong_with_a_port_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    for number, code in ((errno.EADDRINUSE, "PORT_CONFLICT"), (errno.EACCES, "BIND_FAILED")):

        def fail(*_words: object, number: int = number, **_more: object) -> None:
            raise OSError(number, "no")

        monkeypatch.setattr(socket, "create_server", fail)
        with pytest.raises(ClawPilotError) as caught:
            serve.listen("127.0.0.1", 80)
        assert caught.value.code == code
