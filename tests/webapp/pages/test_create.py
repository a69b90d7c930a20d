# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The form for a new instance: it comes from the roles' specifications, and says what is wrong."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.claw.pilot.webapp.answers import Known
from ansible_collections.claw.pilot.webapp.pages import form_schema, form_start, form_values
from flask.testing import FlaskClient

if TYPE_CHECKING:
    from ansible_collections.claw.pilot.webapp.services import Services

    from tests.webapp.fakes import FakeJobs

SECRET = "canary-sk-ant-0123456789"
SLUG_USED = "acme-support"
FORM = {
    "host": "web1",
    "slug": "new-one",
    "display_name": "New One",
    "default_model": "anthropic/claude-sonnet-4-6",
    "providers-0-name": "anthropic",
    "providers-0-how": "new",
    "providers-0-api_key": SECRET,
}


def variables_of(form: dict[str, str], known: Known | None = None) -> dict[str, Any]:
    checked = form_values.check(form_values.read(form), known or Known())
    assert checked.errors == {}
    return checked.variables


def errors_of(form: dict[str, str], known: Known | None = None) -> dict[str, str]:
    return form_values.check(form_values.read(form), known or Known()).errors


def error_beside(page: str, name: str) -> str:
    found = re.search(rf'data-error="{re.escape(name)}">([^<]*)<', page)
    assert found, f"there is no place for errors of {name}"
    return unescape(found[1])


# The schema


def test_every_option_of_the_playbook_is_asked_for_or_left_out_knowingly() -> None:
    """A new option of the role has to be put into the layout, or into this list."""
    asked = {name.partition(".")[0] for name in form_schema.fields()}
    not_for_new_instances = {"backup_dir", "confirm", "take_over"}
    not_for_jobs = {"install_environment", "workspace_templates"}
    assert set(form_schema.option_of()) - asked == not_for_new_instances | not_for_jobs


def test_every_variable_of_the_form_is_in_the_documentation_of_the_playbooks() -> None:
    text = (form_schema.ROOT / "docs" / "playbooks.md").read_text("utf-8")
    for name in form_schema.fields():
        assert f"`{name.partition('.')[0]}`" in text, name


def test_help_choices_and_defaults_are_those_of_the_specification() -> None:
    spec = form_schema.options()["openclaw_instance_service_manager"]
    field = form_schema.fields()["service_manager"]
    assert list(field.choices) == spec["choices"]
    assert field.default == spec["default"]
    assert "<code>auto</code> is systemd" in field.help
    policy = form_schema.fields()["telegram.dm_policy"]
    assert policy.kind == "choice" and "allowlist" in policy.choices


def test_secrets_of_the_specification_are_password_fields() -> None:
    assert form_schema.fields()["telegram.bot_token"].kind == "secret"
    assert form_schema.fields()["mem0.api_key"].kind == "secret"
    assert form_schema.fields()["providers"].column("providers.api_key").kind == "secret"
    assert form_schema.fields()["instance_environment"].hidden


def test_documentation_markup_becomes_html_and_nothing_else_does() -> None:
    made = form_schema.helping("Use V(a<b) or O(openclaw_instance_home). <script>")
    assert made == "Use <code>a&lt;b</code> or <em>Home</em>. &lt;script&gt;"


# What was typed


def test_the_shortest_form_becomes_the_shortest_variables() -> None:
    assert variables_of(FORM) == {
        "slug": "new-one",
        "display_name": "New One",
        "default_model": "anthropic/claude-sonnet-4-6",
        "anthropic_api_key": SECRET,
    }


def test_defaults_that_were_left_alone_are_not_handed_on() -> None:
    typed = form_start.empty("web1", Known(local=False))
    assert typed.texts["service_manager"] == "auto"
    made = variables_of({**FORM, "service_manager": "auto", "wait": "ready"})
    assert "service_manager" not in made and "wait" not in made


def test_everything_typed_gets_its_type() -> None:
    made = variables_of(
        {
            **FORM,
            "gateway_port": "19029",
            "agents-4-id": "dev",
            "agents-4-model": "anthropic/claude-opus-4-6",
            "agents-4-tools_profile": "coding",
            "telegram.bot_token": "123:canary",
            "telegram.allow_from": "1\n2",
            "domain": "https://claw.example.org/",
            "control_ui.base_path": "/claw",
            "plugins.restrict": "false",
            "heap_limit_mb": "384",
            "config": '{"logging": {"level": "debug"}}',
            "instance_environment": "A=1\nB=two=2",
            "mem0.enabled": "true",
            "mem0.qdrant_port": "6334",
        }
    )
    assert made["gateway_port"] == 19029
    assert made["agents"] == [
        {"id": "dev", "model": "anthropic/claude-opus-4-6", "tools_profile": "coding"}
    ]
    assert made["telegram"] == {
        "enabled": True,
        "bot_token": "123:canary",
        "allow_from": ["1", "2"],
    }
    assert made["control_ui"] == {
        "base_path": "/claw",
        "allowed_origins": ["https://claw.example.org"],
    }
    assert "domain" not in made
    assert made["plugins"] == {"restrict": False}
    assert made["heap_limit_mb"] == 384
    assert made["config"] == {"logging": {"level": "debug"}}
    assert made["instance_environment"] == {"A": "1", "B": "two=2"}
    assert made["mem0"] == {"enabled": True, "qdrant_port": 6334}


def test_a_bot_token_alone_and_a_domain_alone_use_the_short_variables() -> None:
    made = variables_of({**FORM, "telegram.bot_token": "123:x", "domain": "claw.example.org"})
    assert made["telegram_bot_token"] == "123:x" and "telegram" not in made
    assert made["domain"] == "claw.example.org" and "control_ui" not in made


def test_a_copied_key_is_named_and_never_typed() -> None:
    form = {**FORM, "providers-0-how": "copy", "secrets_from": SLUG_USED}
    made = variables_of(form)
    assert made["providers"] == [{"name": "anthropic"}]
    assert made["secrets_from"] == SLUG_USED
    assert SECRET not in json.dumps(made)


def test_without_a_copied_key_no_instance_is_copied_from() -> None:
    assert "secrets_from" not in variables_of({**FORM, "secrets_from": SLUG_USED})


def test_a_provider_without_a_key_is_said_to_need_none() -> None:
    form = {
        **FORM,
        "default_model": "ollama/llama3.1",
        "providers-0-name": "ollama",
        "providers-0-how": "none",
        "providers-0-base_url": "http://127.0.0.1:11434/v1",
    }
    assert variables_of(form)["providers"] == [
        {"name": "ollama", "base_url": "http://127.0.0.1:11434/v1", "key_required": False}
    ]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("slug", "", "This is needed."),
        ("slug", "Acme", "lower-case letter first"),
        ("slug", SLUG_USED, "There is already an instance"),
        ("gateway_port", "eighty", "not a number"),
        ("gateway_port", "80", "out of range"),
        ("gateway_port", "18789", "belongs to the instance 'acme-support'"),
        ("gateway_port", "19149", "has a listener"),
        ("default_model", "sonnet", "PROVIDER/MODEL"),
        ("domain", "https://a/b", "no domain"),
        ("display_name", "a\x07b", "control character"),
        ("heap_limit_mb", "much", "Write a whole number."),
        ("telegram.dm_policy", "nobody", "Choose one of pairing"),
        ("plugins.restrict", "perhaps", "Answer yes or no."),
        ("config", "{", "This is no JSON object."),
        ("instance_environment", "lower=1", "not usable"),
        ("instance_environment", "canary-without-equals", "Write NAME=value on each line."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_in_a_sentence(
    name: str, text: str, words: str
) -> None:
    known = Known(
        slugs=frozenset({SLUG_USED}),
        claimed={18789: SLUG_USED},
        listening=frozenset({19149}),
    )
    errors = errors_of({**FORM, name: text}, known)
    assert list(errors) == [name]
    assert words in errors[name]
    assert "canary" not in errors[name]


def test_rows_are_checked_one_by_one() -> None:
    form = {
        **FORM,
        "agents-0-id": "dev",
        "agents-1-id": "dev",
        "agents-2-name": "No id",
        "agents-3-id": "",
        "providers-0-api_key": "",
    }
    errors = errors_of(form)
    assert set(errors) == {"agents-1-id", "agents-2-id", "providers-0-api_key"}
    assert "already an agent 'dev'" in errors["agents-1-id"]


def test_a_model_of_another_provider_gets_a_row_for_its_key() -> None:
    typed = form_values.read({**FORM, "default_model": "openai/gpt-5.2"})
    errors = form_values.check(typed, Known()).errors
    assert typed.rows["providers"][1] == {"name": "openai", "how": "new"}
    assert "openai" in errors["providers-1-name"]


def test_mem0_is_turned_on_before_it_is_described() -> None:
    assert set(errors_of({**FORM, "mem0.user_id": "ada"})) == {"mem0.enabled"}


def test_a_job_is_filled_in_again_without_its_secrets() -> None:
    job = {
        "slug": "new-one",
        "gateway_port": 19029,
        "anthropic_api_key": "********",
        "telegram": {"enabled": True, "bot_token": "********", "dm_policy": "open"},
        "agents": [{"id": "dev", "name": "Dev"}],
        "config": {"a": 1},
    }
    typed = form_start.again(job, "web1", Known(local=False))
    assert typed.texts["slug"] == "new-one" and typed.texts["gateway_port"] == "19029"
    assert typed.texts["telegram.dm_policy"] == "open"
    assert json.loads(typed.texts["config"]) == {"a": 1}
    assert typed.rows["agents"] == [{"id": "dev", "name": "Dev"}]
    assert "********" not in repr(typed)


# The page


def test_the_page_asks_in_the_order_of_the_wizard(client: FlaskClient) -> None:
    page = client.get("/create?host=web1").get_data(as_text=True)
    names = [f'name="{name}"' for name in ("slug", "display_name", "host", "gateway_port")]
    names += ['name="default_model"', 'name="providers-0-name"', 'name="telegram.bot_token"']
    places = [page.index(name) for name in names]
    assert places == sorted(places)
    assert 'value="anthropic/claude-sonnet-4-6"' in page
    assert 'placeholder="chosen on the host"' in page


def test_the_first_free_port_is_suggested_for_this_machine(
    client: FlaskClient, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ansible_collections.claw.pilot.webapp.pages import create

    monkeypatch.setattr(create, "listeners", frozenset)
    taken = [int(x["port"]) for x in services.live.lines() if x["host"] == "localhost"]
    page = client.get("/create?host=localhost").get_data(as_text=True)
    assert f"<b>{max(taken) + 120}</b>" in page


def test_create_starts_one_job_and_shows_it(client: FlaskClient, fake_jobs: FakeJobs) -> None:
    answer = client.post("/create", data={**FORM, "do": "create"})
    assert answer.status_code == 303
    (request,) = fake_jobs.requests
    assert answer.location == f"/jobs/{next(iter(fake_jobs.all))}"
    assert (request.playbook, request.host, request.instance) == (
        "create_instance",
        "web1",
        "new-one",
    )
    assert request.variables["anthropic_api_key"] == SECRET
    assert (request.check, request.diff) == (False, False)


def test_a_preview_is_the_same_job_with_check_and_diff(
    client: FlaskClient, fake_jobs: FakeJobs
) -> None:
    client.post("/create", data={**FORM, "do": "preview"})
    (request,) = fake_jobs.requests
    assert (request.check, request.diff) == (True, True)


def test_errors_keep_what_was_typed_but_secrets(client: FlaskClient, fake_jobs: FakeJobs) -> None:
    form = {
        **FORM,
        "slug": SLUG_USED,
        "host": "localhost",
        "openclaw_home": "/opt/openclaw",
        "telegram.bot_token": "canary-telegram",
        "instance_environment": "X=canary-environment",
    }
    answer = client.post("/create", data=form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert fake_jobs.requests == []
    assert "There is already an instance" in error_beside(page, "slug")
    assert 'value="New One"' in page
    assert "canary" not in page


def test_an_unknown_host_is_refused(client: FlaskClient, fake_jobs: FakeJobs) -> None:
    answer = client.post("/create", data={**FORM, "host": "elsewhere"})
    assert answer.status_code == 422
    assert "Choose a host" in error_beside(answer.get_data(as_text=True), "host")
    assert fake_jobs.requests == []


def test_rows_come_and_go_without_javascript(client: FlaskClient) -> None:
    two = client.post("/create", data={**FORM, "do": "add:agents", "agents-0-id": "dev"})
    page = two.get_data(as_text=True)
    assert 'name="agents-0-id" value="dev"' in page and 'name="agents-1-id"' in page
    one = client.post(
        "/create", data={**FORM, "do": "drop:agents:0", "agents-0-id": "a", "agents-1-id": "b"}
    )
    page = one.get_data(as_text=True)
    assert 'name="agents-0-id" value="b"' in page and 'name="agents-1-id"' not in page


def test_a_field_is_checked_as_it_is_typed(client: FlaskClient) -> None:
    def ask(**form: str) -> str:
        answer = client.post("/create/check", data={"host": "web1", **form})
        return str(answer.get_json()["error"])

    assert "lower-case letter first" in ask(field="slug", slug="A")
    assert ask(field="slug", slug="fine") == ""
    assert ask(field="slug", slug="") == ""
    assert "PROVIDER/MODEL" in ask(field="default_model", default_model="x")
    assert ask(field="no_such", slug="A") == ""


def test_the_answers_of_a_job_with_secrets_are_asked_for_again(
    client: FlaskClient, fake_jobs: FakeJobs
) -> None:
    client.post("/create", data=FORM)
    (job,) = fake_jobs.all.values()
    fake_jobs.move(job.id, variables={"slug": "new-one", "anthropic_api_key": "********"})
    page = client.get(f"/create?from={job.id}").get_data(as_text=True)
    assert 'value="new-one"' in page
    assert "have to be typed again" in page
    assert "********" not in page
