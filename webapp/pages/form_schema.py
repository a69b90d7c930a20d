# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fields of the form for a new instance, out of the roles' argument specifications.

No effects but reading them, and playbooks/vars/instance.yml: it maps playbook variables to options.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from markupsafe import Markup, escape

from .form_layout import CHECKED, GROUPS, LABELS, OWN, PLACEHOLDERS, ROWS, Group

ROOT = Path(__file__).resolve().parents[2]
SPECS = tuple(
    ROOT / "roles" / role / "meta" / "argument_specs.yml"
    for role in ("openclaw_instance", "openclaw_host")
)
MAPPING = ROOT / "playbooks" / "vars" / "instance.yml"
_SHORT = re.compile(r"\{\{\s*([a-z_][a-z0-9_]*)\b")
_MARKUP = re.compile(r"\b([CVOEB])\(([^()]*)\)")
_ROLE = re.compile(r"\bopenclaw_(instance|host)_")
_KINDS = {
    "str": "text",
    "path": "text",
    "int": "int",
    "bool": "bool",
    "list": "list",
    "dict": "mapping",
}

Spec = dict[str, Any]


@dataclass(frozen=True)
class Field:
    """One question.

    name: playbook variable, with a dot for an option of it; kind: text, secret, int, bool, choice,
    list (one on each line), mapping or rows; spec: of the role's option; columns: of a row.
    """

    name: str
    label: str
    help: Markup
    kind: str
    spec: Spec
    required: bool = False
    placeholder: str = ""
    choices: tuple[str, ...] = ()
    default: str = ""
    checked: bool = False
    columns: tuple[Field, ...] = ()

    @property
    def hidden(self) -> bool:
        """Whether what was typed is never sent back."""
        return bool(self.spec.get("no_log"))

    @property
    def id(self) -> str:
        return "f-" + self.name.replace(".", "-").replace("_", "-")

    def column(self, name: str) -> Field:
        """A field of the row."""
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True)
class Part:
    """A group of the layout with its fields."""

    group: Group
    fields: tuple[Field, ...]


@cache
def options() -> Mapping[str, Spec]:
    """Option of a role -> its specification, as Ansible validates it."""
    found: dict[str, Spec] = {}
    for path in SPECS:
        found |= yaml.safe_load(path.read_text("utf-8"))["argument_specs"]["main"]["options"]
    return found


@cache
def option_of() -> Mapping[str, str]:
    """Playbook variable -> the role's option that it sets."""
    mapped: dict[str, str] = {}
    for option, text in yaml.safe_load(MAPPING.read_text("utf-8")).items():
        match = _SHORT.search(str(text))
        if match and option in options():
            # Where both roles take it, the instance's own option is the last in the file.
            mapped[match[1]] = option
    return mapped


def spec_of(variable: str) -> Spec:
    """The specification behind a playbook variable, `telegram.dm_policy` included."""
    if variable in OWN:
        kind, text = OWN[variable]
        return {"type": kind, "description": text}
    name, _dot, rest = variable.partition(".")
    spec = options()[option_of()[name]]
    return dict(spec["options"][rest]) if rest else dict(spec)


@cache
def parts() -> tuple[Part, ...]:
    """The whole form, in its order."""
    return tuple(Part(group, tuple(map(field, group.fields))) for group in GROUPS)


@cache
def fields() -> Mapping[str, Field]:
    """Every field by its name."""
    return {one.name: one for part in parts() for one in part.fields}


def field(variable: str) -> Field:
    """The field for a playbook variable."""
    spec = spec_of(variable)
    kind = _kind(spec)
    if variable in ROWS:
        kind = "rows"
    default = spec.get("default")
    return Field(
        name=variable,
        label=LABELS.get(variable) or _words(variable),
        help=helping(spec.get("description", "")),
        kind=kind,
        spec=spec,
        required=bool(spec.get("required")),
        placeholder=PLACEHOLDERS.get(variable, ""),
        choices=tuple(map(str, spec.get("choices", ()))),
        default="" if default in (None, [], {}) else str(default),
        checked=variable in CHECKED,
        columns=tuple(field(f"{variable}.{name}") for name in ROWS.get(variable, ())),
    )


def _kind(spec: Spec) -> str:
    if spec.get("no_log") and spec["type"] == "str":
        return "secret"
    return "choice" if spec.get("choices") else _KINDS[spec["type"]]


def _words(variable: str) -> str:
    words = variable.rpartition(".")[2].replace("_", " ")
    return words[:1].upper() + words[1:]


def helping(description: str | list[str]) -> Markup:
    """Ansible's documentation markup as HTML: what is code is code, options go by their label."""
    text = " ".join([description] if isinstance(description, str) else description)
    done, end = Markup(""), 0
    for match in _MARKUP.finditer(text):
        done += escape(text[end : match.start()]) + _marked(match[1], match[2])
        end = match.end()
    return done + escape(text[end:])


def _marked(kind: str, text: str) -> Markup:
    if kind == "O":
        name = next((v for v, o in option_of().items() if o == text), _ROLE.sub("", text))
        return Markup("<em>{}</em>").format(LABELS.get(name) or _words(name))
    return Markup("<strong>{}</strong>" if kind == "B" else "<code>{}</code>").format(text)
