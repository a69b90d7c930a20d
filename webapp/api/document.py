# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""openapi.yml as data and as checks of requests. No effects but reading that file.

What a client sent is never in a complaint: it may be a secret.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from ...plugins.module_utils._model import ClawPilotError

FILE = Path(__file__).with_name("openapi.yml")
METHODS = ("get", "post", "put", "delete")
MOST_DEPTH = 40
_BASE = "urn:claw-pilot:openapi"
_CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")
_WORDS = {
    "required": "lacks a property that it has to have: {0}",
    "additionalProperties": "has a property that nobody knows",
    "propertyNames": "has a property whose name cannot be one",
    "type": "has to be of the type {0}",
    "enum": "has to be one of {0}",
    "pattern": "has to look like {0}",
    "minItems": "has to have at least {0} items",
    "maxItems": "has to have at most {0} items",
    "minProperties": "has to have at least {0} properties",
    "maxProperties": "has to have at most {0} properties",
    "minLength": "has to have at least {0} characters",
    "maxLength": "has to have at most {0} characters",
    "minimum": "has to be at least {0}",
    "maximum": "has to be at most {0}",
}


@dataclass(frozen=True)
class Operation:
    """One method of one path. query: name -> (schema, required); most: bytes, 0 for the usual."""

    query: Mapping[str, tuple[Mapping[str, Any], bool]] = field(default_factory=dict)
    body: Draft202012Validator | None = None
    body_required: bool = False
    most: int = 0

    def read_query(self, given: Mapping[str, str]) -> dict[str, Any]:
        """The parameters with their types and defaults. Raises REQUEST_INVALID."""
        values = {}
        for name, (schema, required) in self.query.items():
            if name in given:
                values[name] = _value(name, given[name], schema)
            elif required:
                raise invalid(f"the parameter {name} is missing")
            else:
                values[name] = schema.get("default")
        return values

    def read_body(self, text: bytes) -> Any:
        """The body, checked. Raises REQUEST_INVALID."""
        if not text and not self.body_required:
            return {}
        try:
            given = json.loads(text, object_pairs_hook=_object)
            json.dumps(given, ensure_ascii=False, allow_nan=False).encode()
        except (ValueError, RecursionError):
            raise invalid("the body is no JSON, or has a name twice") from None
        if depth(given) > MOST_DEPTH:
            raise invalid(f"the body is deeper than {MOST_DEPTH} levels")
        if self.body is not None:
            error = best_match(self.body.iter_errors(given))
            if error is not None:
                raise invalid(complaint(error))
        return given


@cache
def document() -> dict[str, Any]:
    """The document as it is served, without the version."""
    loaded: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    del loaded["x-errors"]
    return loaded


@cache
def operations() -> dict[tuple[str, str], Operation]:
    """(path, method in capitals) -> the operation."""
    return {
        (path, method.upper()): _operation(item, item[method])
        for path, item in document()["paths"].items()
        for method in METHODS
        if method in item
    }


def validator(schema: Mapping[str, Any]) -> Draft202012Validator:
    """A check against a schema of the document, which may refer to others of it."""
    return Draft202012Validator(_absolute(schema), registry=_registry())


def path_of(rule: str) -> str:
    """The path of the document for a rule of Flask: /api/jobs/<id> -> /api/jobs/{id}."""
    return _CONVERTER.sub(r"{\1}", rule)


def invalid(why: str) -> ClawPilotError:
    return ClawPilotError(
        "REQUEST_INVALID",
        f"The request is not as it should be: {why}.",
        "See GET /api/openapi.json, or docs/api.md.",
    )


def complaint(error: ValidationError) -> str:
    """What is wrong and where, without what was sent."""
    kind = "propertyNames" if "propertyNames" in error.schema_path else str(error.validator)
    words = _WORDS.get(kind, "is not as it should be")
    wanted: Any = error.validator_value
    if error.validator == "required":
        there: Any = error.instance or {}
        wanted = [name for name in _strings(wanted) if name not in there]
    shown = ", ".join(_strings(wanted)) if isinstance(wanted, list) else str(wanted)
    place = ".".join(str(part)[:40] for part in error.absolute_path) or "the body"
    return f"{place} {words.format(shown)}"


def depth(value: Any) -> int:
    """How many lists and objects are inside of each other."""
    level, deepest = [value], 0
    while level := [one for one in level if isinstance(one, (dict, list))]:
        deepest += 1
        level = [c for one in level for c in (one.values() if isinstance(one, dict) else one)]
    return deepest


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object. Raises ValueError for a name that is there twice: which of both is meant?"""
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name is there twice")
    return made


def _operation(item: Mapping[str, Any], given: Mapping[str, Any]) -> Operation:
    parameters = [*item.get("parameters", ()), *given.get("parameters", ())]
    query = {
        one["name"]: (_resolved(one["schema"]), bool(one.get("required")))
        for one in parameters
        if one["in"] == "query"
    }
    body = given.get("requestBody")
    checks = validator(body["content"]["application/json"]["schema"]) if body else None
    required = bool(body and body.get("required"))
    return Operation(query, checks, required, int(given.get("x-max-bytes", 0)))


def _value(name: str, text: str, schema: Mapping[str, Any]) -> Any:
    kind = schema.get("type")
    value: Any = text
    if kind == "integer" and re.fullmatch(r"-?[0-9]{1,19}", text):
        value = int(text)
    elif kind == "boolean" and text in ("true", "false"):
        value = text == "true"
    error = best_match(validator(schema).iter_errors(value))
    if error is not None:
        raise invalid(complaint(error).replace("the body", f"the parameter {name}", 1))
    return value


def _resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in schema:
        return schema
    found: Mapping[str, Any] = document()["components"]["schemas"][
        schema["$ref"].rpartition("/")[2]
    ]
    return found


@cache
def _registry() -> Registry[Any]:
    empty: Registry[Any] = Registry()
    made: Registry[Any] = empty.with_resource(_BASE, DRAFT202012.create_resource(document()))
    return made


def _absolute(schema: Any) -> Any:
    """The schema with references that hold outside of the document, too."""
    if isinstance(schema, dict):
        return {
            key: f"{_BASE}{value}" if key == "$ref" and value.startswith("#") else _absolute(value)
            for key, value in schema.items()
        }
    return [_absolute(item) for item in schema] if isinstance(schema, list) else schema


def _strings(values: Iterable[Any]) -> list[str]:
    return [str(value) for value in values]
