# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of Claw Pilot: slugs, agents, specifications and their way to JSON and back."""

from __future__ import annotations

import json
import os
import re
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _hostile, _model
from ansible_collections.claw.pilot.plugins.module_utils._model import (
    AgentSpec,
    ClawPilotError,
    InstanceSpec,
    Layout,
    Mem0Spec,
    ProviderSpec,
    TelegramSpec,
)
from hypothesis import given
from hypothesis import strategies as st

from tests import attacks

pytestmark = pytest.mark.timeless

BAD_SLUGS = {
    "empty": "",
    "path": "../x",
    "separator": "a/b",
    "dot": "a.b",
    "dots only": "..",
    "upper case": "Acme",
    "upper case inside": "acMe",
    "one character": "a",
    "31 characters": "a" * 31,
    "digit first": "1a",
    "dash first": "-a",
    "underscore": "a_b",
    "space": "a b",
    "trailing space": "acme ",
    "trailing newline": "acme\n",
    "newline": "ac\nme",
    "null byte": "ac\0me",
    "unicode digit": "acme\u0663",
    "unicode letter": "acm\u00e9",
    "full-width letter": "\uff41cme",
    "shell": "a;reboot",
    "percent": "a%n",
}


@pytest.mark.parametrize("slug", BAD_SLUGS.values(), ids=BAD_SLUGS.keys())
def test_a_bad_slug_is_refused_in_one_sentence_with_a_hint(slug: str) -> None:
    with pytest.raises(ClawPilotError) as caught:
        _model.check_slug(slug)
    assert caught.value.code == "INVALID_SLUG"
    assert repr(slug) in caught.value.message
    assert caught.value.message.endswith(".")
    assert "\n" not in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize("slug", ["ab", "a1", "a-", "acme-shop", "a" * 30, "a--b", "default"])
def test_a_good_slug_is_returned_as_it_is(slug: str) -> None:
    assert _model.check_slug(slug) == slug


@given(st.one_of(st.text(max_size=40), st.from_regex(r"[a-z][a-z0-9-]*", fullmatch=True)))
def test_an_accepted_slug_matches_the_pattern_and_holds_no_separator(slug: str) -> None:
    try:
        _model.check_slug(slug)
    except ClawPilotError:
        assert not re.fullmatch(r"[a-z][a-z0-9-]{1,29}", slug)
        return
    assert re.fullmatch(r"[a-z][a-z0-9-]{1,29}", slug)
    assert not {os.sep, os.altsep, ".", "\0", "\n"} & set(slug)


@given(st.from_regex(r"[a-z][a-z0-9-]{1,29}", fullmatch=True))
def test_every_path_of_an_instance_lies_below_its_home(slug: str) -> None:
    layout = Layout("/opt/openclaw", slug)
    for path in (layout.state_dir, layout.journal_path, layout.project_dir, layout.env_path):
        assert os.path.normpath(path) == path
        assert path.startswith("/opt/openclaw/")


@pytest.mark.parametrize("agent", ["", "Main", "1a", "a_b", "a/b", "a" * 64, "main\n", "\u00e9a"])
def test_a_bad_agent_id_is_refused(agent: str) -> None:
    with pytest.raises(ClawPilotError) as caught:
        _model.with_main_agent((AgentSpec(agent),))
    assert caught.value.code == "INVALID_AGENT"
    assert repr(agent) in caught.value.message


@pytest.mark.parametrize("agent", ["a", "dev", "a" * 63, "qa-2"])
def test_a_good_agent_id_is_returned(agent: str) -> None:
    assert _model.check_agent_id(agent) == agent


@pytest.mark.parametrize("name", ["", "lower", "1A", "A-B", "A B", "A=B", "A\n", "\u00c4"])
def test_a_variable_that_a_reference_cannot_name_is_refused(name: str) -> None:
    with pytest.raises(ClawPilotError) as caught:
        _model.check_variable(name)
    assert caught.value.code == "INVALID_VARIABLE"


@pytest.mark.parametrize("name", ["A", "_A", "ANTHROPIC_API_KEY", "A1"])
def test_a_good_variable_is_returned(name: str) -> None:
    assert _model.check_variable(name) == name


@pytest.mark.parametrize("twice", ["main", "dev"])
def test_an_agent_that_is_listed_twice_is_refused(twice: str) -> None:
    with pytest.raises(ClawPilotError) as caught:
        _model.with_main_agent((AgentSpec(twice), AgentSpec("qa"), AgentSpec(twice)))
    assert caught.value.code == "DUPLICATE_AGENT"
    assert repr(twice) in caught.value.message


@pytest.mark.parametrize(
    ("given_ids", "ids"),
    [
        ((), ["main"]),
        (("dev",), ["main", "dev"]),
        (("dev", "main", "qa"), ["main", "dev", "qa"]),
        (("main",), ["main"]),
    ],
)
def test_main_is_always_there_and_first(given_ids: tuple[str, ...], ids: list[str]) -> None:
    agents = _model.with_main_agent(tuple(AgentSpec(agent) for agent in given_ids))
    assert [agent.id for agent in agents] == ids


def test_an_agent_without_a_name_takes_its_id_and_one_with_a_name_keeps_it() -> None:
    agents = _model.with_main_agent((AgentSpec("dev"), AgentSpec("main", "Boss")))
    assert [agent.name for agent in agents] == ["Boss", "Dev"]


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("anthropic", "ANTHROPIC_API_KEY"),
        ("opencode-go", "OPENCODE_GO_API_KEY"),
        ("my.llm", "MY_LLM_API_KEY"),
    ],
)
def test_the_key_variable_of_a_provider_can_be_referred_to(name: str, variable: str) -> None:
    assert _model.check_variable(ProviderSpec(name).key_variable) == variable


def test_a_provider_whose_name_cannot_become_a_variable_is_refused() -> None:
    data = {"slug": "acme", "providers": [{"name": "1llm"}]}
    with pytest.raises(ClawPilotError):
        for provider in _model.spec_from(data).providers:
            _model.check_variable(provider.key_variable)


def test_a_specification_with_a_bad_slug_is_refused() -> None:
    with pytest.raises(ClawPilotError):
        _model.spec_from({"slug": "../x"})


def test_a_specification_from_only_a_slug_has_the_defaults() -> None:
    assert _model.spec_from({"slug": "acme"}) == InstanceSpec("acme")
    assert InstanceSpec("acme-shop").title == "Acme-shop"
    assert InstanceSpec("acme", display_name="Acme Ltd").title == "Acme Ltd"


def test_secrets_among_the_options_do_not_get_into_a_specification() -> None:
    spec = _model.spec_from(
        {
            "slug": "acme",
            "providers": [{"name": "anthropic", "api_key": "sk-secret", "models": None}],
            "telegram": {"enabled": True, "bot_token": "123:secret"},
            "mem0": {"api_key": "m0-secret"},
        }
    )
    assert "secret" not in json.dumps(_model.to_plain(spec))
    assert spec.telegram.enabled
    assert spec.providers == (ProviderSpec("anthropic"),)


LETTERS = st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_categories=("Cc", "Cf"))
words = st.text(LETTERS, max_size=12)
titles = words.filter(lambda text: not _hostile.fault(text))
ids = st.from_regex(r"[a-z][a-z0-9-]{0,9}", fullmatch=True)
scalars = st.none() | st.booleans() | st.integers() | words
documents = st.recursive(
    scalars, lambda kids: st.lists(kids, max_size=3) | st.dictionaries(words, kids, max_size=3)
)
agents_lists = st.lists(
    st.builds(AgentSpec, id=ids, name=titles, model=words), max_size=4, unique_by=lambda a: a.id
)
providers = st.builds(
    ProviderSpec,
    name=ids,
    base_url=words,
    api=words,
    key_required=st.booleans(),
    models=st.lists(st.dictionaries(words, words, max_size=2), max_size=2).map(tuple),
)
specs = st.builds(
    InstanceSpec,
    slug=st.from_regex(r"[a-z][a-z0-9-]{1,29}", fullmatch=True),
    display_name=titles,
    port=st.none() | st.integers(1024, 65535),
    agents=agents_lists.map(lambda agents: _model.with_main_agent(tuple(agents))),
    default_model=words,
    providers=st.lists(providers, max_size=2).map(tuple),
    telegram=st.builds(
        TelegramSpec, enabled=st.booleans(), allow_from=st.lists(words, max_size=2).map(tuple)
    ),
    mem0=st.builds(Mem0Spec, enabled=st.booleans(), user_id=words),
    trusted_proxies=st.lists(words, max_size=2).map(tuple),
    heap_limit_mb=st.integers(0, 4096),
    config=st.dictionaries(words, documents, max_size=3),
)


@given(specs)
def test_a_specification_survives_the_way_to_json_and_back(spec: InstanceSpec) -> None:
    text = json.dumps(_model.to_plain(spec))
    assert _model.spec_from(json.loads(text)) == spec


def test_an_option_that_is_not_given_keeps_its_value() -> None:
    stored = _model.to_plain(InstanceSpec("acme", display_name="Acme", port=18789, heartbeat="1h"))
    merged = _model.overlay(stored, {"slug": "acme", "port": None, "heartbeat": "5m"})
    spec = _model.spec_from(merged)
    assert (spec.display_name, spec.port, spec.heartbeat) == ("Acme", 18789, "5m")


def test_a_suboption_that_is_not_given_keeps_its_value() -> None:
    telegram = TelegramSpec(enabled=True, dm_policy="open", allow_from=("1",))
    stored = _model.to_plain(InstanceSpec("acme", telegram=telegram))
    merged = _model.overlay(stored, {"telegram": {"dm_policy": "pairing", "enabled": None}})
    assert _model.spec_from(merged).telegram == TelegramSpec(True, "pairing", allow_from=("1",))


def test_a_list_or_the_extra_config_is_replaced_whole() -> None:
    stored = _model.to_plain(InstanceSpec("acme", config={"a": 1}, trusted_proxies=("::1",)))
    merged = _model.overlay(stored, {"config": {"b": 2}, "agents": [{"id": "dev", "name": None}]})
    spec = _model.spec_from(merged)
    assert spec.config == {"b": 2}
    assert [agent.id for agent in spec.agents] == ["main", "dev"]
    assert spec.trusted_proxies == ("::1",)


def test_a_list_that_names_a_thing_again_moves_neither_its_key_nor_its_tools() -> None:
    """A provider's key is for its address, and less tools are not undone in passing."""
    provider = ProviderSpec("anthropic", "https://proxy", "anthropic-messages", key_required=False)
    agent = AgentSpec("main", "Main", tools_profile="minimal", workspace="/w")
    stored = _model.to_plain(InstanceSpec("acme", providers=(provider,), agents=(agent,)))
    plain = {"providers": [{"name": "anthropic"}], "agents": [{"id": "main", "workspace": None}]}
    spec = _model.spec_from(_model.overlay(stored, plain))
    assert spec.providers == (provider,)
    assert (spec.agents[0].tools_profile, spec.agents[0].workspace) == ("minimal", "/w")
    said = {"providers": [{"name": "anthropic", "base_url": ""}, {"name": "new"}]}
    spec = _model.spec_from(_model.overlay(stored, said))
    assert [one.base_url for one in spec.providers] == ["", ""]
    assert [one.key_required for one in spec.providers] == [False, True]


def test_an_empty_value_is_a_value_that_was_given() -> None:
    stored = _model.to_plain(InstanceSpec("acme", display_name="Acme", trusted_proxies=("::1",)))
    spec = _model.spec_from(_model.overlay(stored, {"display_name": "", "trusted_proxies": []}))
    assert (spec.display_name, spec.trusted_proxies) == ("", ())


@given(specs, specs)
def test_an_overlay_leaves_what_is_stored_untouched(old: InstanceSpec, new: InstanceSpec) -> None:
    stored: dict[str, Any] = _model.to_plain(old)
    before = json.dumps(stored)
    merged = _model.overlay(stored, _model.to_plain(new))
    assert json.dumps(stored) == before
    assert _model.overlay(stored, {}) == stored
    assert merged["slug"] == new.slug


@pytest.mark.parametrize("name", ["A\nB", "A\rB", "A\0B", "A\x1b[31m", "A\u2028B", "A\x85B"])
def test_a_display_name_that_is_not_one_line_is_refused(name: str) -> None:
    with pytest.raises(ClawPilotError) as caught:
        _model.spec_from({"slug": "acme", "display_name": name})
    assert "display_name" in caught.value.message


@pytest.mark.parametrize(
    "name",
    [
        "No.\u00a01",
        "\u5c71\u7530\u3000\u592a\u90ce",
        "\U0001f469\u200d\U0001f4bb",
        "\u0645\u200c\u0646",
    ],
    ids=["no-break space", "ideographic space", "joined emoji", "Persian"],
)
def test_a_display_name_may_be_in_any_language(name: str) -> None:
    assert _model.spec_from({"slug": "acme", "display_name": name}).title == name


def test_an_error_is_plain_data_for_programs() -> None:
    error = ClawPilotError("PORT_CONFLICT", "The port 1 is taken.", "Choose another.")
    assert str(error) == "The port 1 is taken."
    assert error.as_dict() == {
        "code": "PORT_CONFLICT",
        "message": "The port 1 is taken.",
        "hint": "Choose another.",
    }


def test_a_layout_is_as_the_design_says() -> None:
    layout = Layout("/opt/openclaw", "acme", "/data/projects")
    assert layout.state_dir == "/opt/openclaw/.openclaw-acme"
    assert layout.config_path == "/opt/openclaw/.openclaw-acme/openclaw.json"
    assert layout.env_path == "/opt/openclaw/.openclaw-acme/.env"
    assert layout.marker_path == "/opt/openclaw/.openclaw-acme/.claw-pilot.json"
    assert layout.log_path == "/opt/openclaw/.openclaw-acme/logs/gateway.log"
    assert layout.workspace("dev") == "/opt/openclaw/.openclaw-acme/workspaces/dev"
    assert layout.project_dir == "/data/projects/acme"
    assert layout.service_name == "openclaw-acme"
    assert Layout("/opt/openclaw", "acme").project_dir == "/opt/openclaw/projects/acme"


def test_nothing_of_the_first_start_lies_in_the_state_directory() -> None:
    layout = Layout("/opt/openclaw", "acme")
    for path in (layout.journal_path, layout.first_start_env_path, layout.console_log_path):
        assert not path.startswith(layout.state_dir)


LINES = attacks.texts(attacks.LINE, attacks.TERMINAL)
TITLES = attacks.texts(attacks.LINE, attacks.TERMINAL, attacks.TEMPLATE, attacks.SIZE)


def refused(**spec: Any) -> str:
    with pytest.raises(ClawPilotError) as raised:
        _model.spec_from({"slug": "acme", **spec})
    assert raised.value.code == "INVALID_TEXT"
    assert not attacks.hurts_terminal(raised.value.message) and len(raised.value.message) < 200
    return raised.value.message


@pytest.mark.parametrize("attack", TITLES, ids=lambda attack: attack.name)
def test_a_title_is_one_line_that_steers_nothing(attack: attacks.Attack) -> None:
    assert "display_name" in refused(display_name=attack.value)
    assert "name of an agent" in refused(agents=[{"id": "main", "name": attack.value}])


@pytest.mark.parametrize("attack", LINES, ids=lambda attack: attack.name)
def test_no_text_of_a_specification_begins_a_line_of_its_own(attack: attacks.Attack) -> None:
    refused(default_model=attack.value)
    refused(agents=[{"id": "main", "workspace": attack.value}])
    refused(providers=[{"name": "a", "base_url": attack.value}])
    refused(telegram={"api_root": attack.value})
    refused(control_ui={"allowed_origins": [attack.value]})
    refused(heartbeat=attack.value)
    assert _model.spec_from({"slug": "acme", "config": {"x": attack.value}}).config == {
        "x": attack.value
    }
