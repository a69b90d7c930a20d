# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was typed into the form of a new instance, checked and as variables of its playbook.

No effects. Types and choices are checked by Ansible's own validator, the rest by the checks of the
command line's wizard.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ...plugins.module_utils._arguments import given_secrets, spec_options
from ...plugins.module_utils._model import ClawPilotError, check_text, check_variable, spec_from
from ..answers import (
    Known,
    check_domain,
    check_model,
    check_new_agent,
    check_new_slug,
    check_port_text,
    providers_of,
)
from .form_schema import Field, fields, option_of, spec_of
from .form_shape import nested, shortened

_ROW = re.compile(r"(agents|providers)-(\d{1,3})-([a-z_]+)\Z")
NEEDED = "This is needed."
NEW, COPY, NO_KEY = "new", "copy", "none"
Row = dict[str, str]


@dataclass
class Typed:
    """host: where; texts: field name -> what was typed; rows: of agents and of providers."""

    host: str = ""
    texts: dict[str, str] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)


@dataclass
class Checked:
    """variables: for the playbook; errors: HTML name of a field -> sentence, "" for the whole."""

    variables: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def read(form: Mapping[str, str]) -> Typed:
    """The form as it was sent. Names that are no fields are not taken."""
    typed = Typed(form.get("host", "").strip())
    typed.texts = {name: form[name].strip() for name in fields() if name in form}
    numbered: dict[tuple[str, int], Row] = {}
    for name, text in form.items():
        if match := _ROW.match(name):
            numbered.setdefault((match[1], int(match[2])), {})[match[3]] = text.strip()
    for (kind, _number), row in sorted(numbered.items()):
        typed.rows.setdefault(kind, []).append(row)
    return typed


def check(typed: Typed, known: Known) -> Checked:
    """All of it. A provider that a model needs and that has no row gets one, to be answered."""
    checked = Checked()
    values: dict[str, Any] = {}
    for one in fields().values():
        if one.kind != "rows":
            _take(checked, values, one.name, partial(checked_value, one, typed, known))
    values["agents"] = _agents(typed.rows.get("agents", []), checked)
    values |= _providers(typed, values, checked)
    _related(values, checked)
    if not checked.errors:
        _as_a_whole(nested(values), checked)
    checked.variables = {} if checked.errors else shortened(values)
    return checked


def _take(
    checked: Checked, values: dict[str, Any], name: str, value: Callable[[], Any], key: str = ""
) -> None:
    """Put a value into its place, or what is wrong with it beside the field of that name."""
    try:
        found = value()
    except ClawPilotError as error:
        checked.errors[name] = sentence(error)
    else:
        if found not in (None, ""):
            values[key or name] = found


def sentence(error: ClawPilotError) -> str:
    return f"{error.message} {error.hint}".strip()


def checked_value(one: Field, typed: Typed, known: Known) -> Any:
    """The value of a field, None when it is empty. Raises ClawPilotError."""
    text = typed.texts.get(one.name, "")
    if not text:
        if one.required:
            raise ClawPilotError("INVALID_TEXT", NEEDED)
        return None
    checks: dict[str, Callable[[], Any]] = {
        "slug": lambda: check_new_slug(text, known),
        "gateway_port": lambda: check_port_text(text, known),
        "default_model": lambda: check_model(text),
        "domain": lambda: check_domain(text),
    }
    return checks.get(one.name, lambda: plain_value(one, text))()


def plain_value(one: Field, text: str) -> Any:
    """A typed text as the type that the role wants. Raises ClawPilotError."""
    if one.kind not in ("list", "mapping"):
        check_text(one.label, text)
    validator = ArgumentSpecValidator({"value": one.spec})
    result = validator.validate({"value": _parsed(one, text)})
    if result.errors.errors:
        raise ClawPilotError("INVALID_TEXT", _complaint(one))
    return result.validated_parameters["value"]


def _parsed(one: Field, text: str) -> Any:
    if one.kind == "list":
        return [part.strip() for part in re.split(r"[\n,]", text) if part.strip()]
    if one.kind == "mapping":
        return _mapping(text)
    return text


def _mapping(text: str) -> dict[str, Any]:
    """A JSON object, or lines of NAME=value."""
    if text.startswith("{"):
        try:
            return dict(json.loads(text))
        except (ValueError, TypeError) as error:
            raise ClawPilotError("INVALID_TEXT", "This is no JSON object.", str(error)) from error
    pairs: dict[str, Any] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, equals, value = line.partition("=")
        if not equals:
            # The line itself is not repeated: it may be a secret.
            raise ClawPilotError("INVALID_TEXT", "Write NAME=value on each line.")
        pairs[check_variable(name.strip())] = value.strip()
    return pairs


def _complaint(one: Field) -> str:
    """What Ansible's validator found, without the value: that may be a secret."""
    if one.choices:
        return f"Choose one of {', '.join(one.choices)}."
    words = {"int": "Write a whole number.", "bool": "Answer yes or no."}
    return words.get(one.kind, "This cannot be read.")


def _agents(rows: list[Row], checked: Checked) -> list[dict[str, Any]]:
    """The agents of the rows that are not empty."""
    columns = fields()["agents"].columns
    taken: set[str] = set()
    agents: list[dict[str, Any]] = []
    for number, row in enumerate(rows):
        agent: dict[str, Any] = {}
        if any(row.values()):
            for column in columns:
                key = column.name.partition(".")[2]
                text = row.get(key, "")
                if text:
                    value = partial(_agent_value, column, text, frozenset(taken))
                    _take(checked, agent, f"agents-{number}-{key}", value, key)
                elif column.required:
                    checked.errors[f"agents-{number}-{key}"] = NEEDED
            taken.add(row.get("id", ""))
            agents.append(agent)
    return agents


def _agent_value(column: Field, text: str, taken: frozenset[str]) -> Any:
    if column.name == "agents.id":
        return check_new_agent(text, taken)
    return check_model(text) if column.name == "agents.model" else plain_value(column, text)


def _providers(typed: Typed, values: Mapping[str, Any], checked: Checked) -> dict[str, Any]:
    """The providers of the rows, and where keys are copied from."""
    rows = typed.rows.setdefault("providers", [])
    providers = [
        _provider(number, row, checked)
        for number, row in enumerate(rows)
        if any(row.get(key) for key in ("name", "api_key", "base_url", "api"))
    ]
    named = [provider.get("name") for provider in providers]
    for name in providers_of(values):
        if name not in named:
            checked.errors[f"providers-{len(rows)}-name"] = (
                f"A model of {name} was chosen: give its key, or say that it needs none."
            )
            rows.append({"name": name, "how": NEW})
    copied = any(row.get("how") == COPY and row.get("name") for row in rows)
    if copied and not values.get("secrets_from"):
        checked.errors["secrets_from"] = "Name the instance to copy from."
    if len(set(named)) < len(named):
        checked.errors["providers"] = "A provider is listed twice: keep one row of it."
    return {"providers": providers, "secrets_from": values.get("secrets_from") if copied else None}


def _provider(number: int, row: Row, checked: Checked) -> dict[str, Any]:
    provider: dict[str, Any] = {}
    for column in fields()["providers"].columns:
        key = column.name.partition(".")[2]
        text = row.get(key, "")
        if key == "api_key" and row.get("how") != NEW:
            continue
        name = f"providers-{number}-{key}"
        if text:
            _take(checked, provider, name, partial(plain_value, column, text), key)
        elif key == "api_key":
            checked.errors[name] = "Type the key, copy one, or say that it needs none."
        elif column.required:
            checked.errors[name] = NEEDED
    if row.get("how") not in (NEW, COPY):
        provider["key_required"] = False
    return provider


def _related(values: Mapping[str, Any], checked: Checked) -> None:
    """What fits only together."""
    details = [name for name in values if name.startswith("mem0.") and name != "mem0.enabled"]
    if details and not values.get("mem0.enabled"):
        checked.errors["mem0.enabled"] = "Turn this on, or leave everything else of mem0 empty."
    if values.get("mem0.mode") == "platform" and not values.get("mem0.api_key"):
        checked.errors["mem0.api_key"] = "The platform wants a key."


def _as_a_whole(variables: Mapping[str, Any], checked: Checked) -> None:
    """The role's own validation of everything together, and the core's."""
    given = {option_of()[name]: value for name, value in variables.items() if name in option_of()}
    specs = {option_of()[name]: spec_of(name) for name in variables if name in option_of()}
    result = ArgumentSpecValidator(specs).validate(given)
    if result.errors.errors:
        checked.errors[""] = "The role refuses this: " + "; ".join(
            type(error).__name__.removeprefix("Argument") for error in result.errors.errors
        )
        return
    try:
        spec_from(spec_options({**variables}))
        given_secrets({**variables, "environment": variables.get("instance_environment")})
    except ClawPilotError as error:
        checked.errors[""] = sentence(error)
