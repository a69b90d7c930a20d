# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings: configuration, tokens, about."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from flask.testing import FlaskClient

if TYPE_CHECKING:
    from ansible_collections.claw.pilot.webapp.services import Services

CONFIG = {
    "port_range_start": "18789",
    "port_range_end": "65000",
    "port_step": "120",
    "dashboard_port": "19000",
    "health_check_interval_ms": "10000",
    "openclaw_user": "openclaw",
}


def config_of(services: Services) -> dict[str, str]:
    from ansible_collections.claw.pilot.plugins.plugin_utils.registry import Registry

    with Registry(services.settings.registry) as registry:
        return registry.config()


def test_every_key_is_there_with_words(client: FlaskClient) -> None:
    page = client.get("/settings").get_data(as_text=True)
    for key, value in CONFIG.items():
        assert f'name="{key}" value="{value}"' in page
    assert "OpenClaw itself uses up to 110 ports" in page


def test_a_changed_value_is_stored(client: FlaskClient, services: Services) -> None:
    answer = client.post("/settings/config", data={**CONFIG, "port_step": "200"})
    assert answer.status_code == 303
    assert config_of(services) == {**CONFIG, "port_step": "200"}
    assert "Saved." in client.get(answer.location).get_data(as_text=True)


@pytest.mark.parametrize(
    ("start", "end"),
    [("66", "65000"), ("30000", "20000"), ("", "65000")],
)
def test_a_wrong_value_is_said_and_nothing_is_stored(
    client: FlaskClient, services: Services, start: str, end: str
) -> None:
    form = {**CONFIG, "port_step": "200", "port_range_start": start, "port_range_end": end}
    answer = client.post("/settings/config", data=form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in page
    assert f'value="{end}"' in page
    assert config_of(services) == CONFIG


@pytest.mark.parametrize(("start", "end"), [("1024", "2000"), ("65100", "65500")])
def test_a_range_may_move_as_a_whole(
    client: FlaskClient, services: Services, start: str, end: str
) -> None:
    form = {**CONFIG, "port_range_start": start, "port_range_end": end}
    assert client.post("/settings/config", data=form).status_code == 303
    assert config_of(services)["port_range_start"] == start


def test_a_token_is_shown_once_and_works(
    client: FlaskClient, anonymous: FlaskClient, services: Services
) -> None:
    answer = client.post("/settings/tokens", data={"name": "backup script", "scope": "read"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    (token,) = set(re.findall(r"cp_[A-Za-z0-9]{40}", page))
    who = services.doors.by_token(token)
    assert who is not None and (who.name, who.scope) == ("backup script", "read")
    later = client.get("/settings").get_data(as_text=True)
    assert token not in later and "backup script" in later


def test_a_wrong_name_is_said_beside_it(client: FlaskClient, services: Services) -> None:
    answer = client.post("/settings/tokens", data={"name": "<b>", "scope": "read"})
    assert answer.status_code == 422
    assert "A token has a name" in answer.get_data(as_text=True)
    assert services.doors.tokens() == []


def test_a_token_is_revoked(client: FlaskClient, services: Services) -> None:
    token, sure = services.doors.make_token("old", "admin"), {"name": "old", "confirm": "yes"}
    assert client.post("/settings/tokens/revoke", data=sure).status_code == 303
    assert services.doors.by_token(token) is None
    assert client.post("/settings/tokens/revoke", data=sure).status_code == 404


def test_tokens_below_admin_may_not_look(anonymous: FlaskClient, services: Services) -> None:
    bearer = {"Authorization": f"Bearer {services.doors.make_token('ops', 'operate')}"}
    assert anonymous.get("/settings", headers=bearer).status_code == 403


def test_about_names_versions_paths_and_licences(client: FlaskClient, services: Services) -> None:
    page = client.get("/settings").get_data(as_text=True)
    assert str(services.settings.registry) in page
    for words in ("1.0.0", "GPL-3.0-or-later", "xterm.js", "ansible-core"):
        assert words in page
    assert services.doors.file.read() not in page
