# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What there is stands in the documentation: playbooks, variables, modules, error codes, verbs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.timeless

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
CODE = re.compile(r"[A-Z]+(_[A-Z]+)+\Z")
MANUAL = (DOCS / "playbooks.md").read_text()
PLAYBOOKS = sorted(path.stem for path in (ROOT / "playbooks").glob("*.yml"))


def raised_codes() -> set[str]:
    """First arguments of every ClawPilotError, the codes of its tables, and of warnings."""
    codes = {"PYTHON_TOO_OLD"}
    for folder in ("plugins", "webapp"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                codes |= set(codes_in(node))
    return codes


def codes_in(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "ClawPilotError":
        first = node.args[0]
        if isinstance(first, ast.Constant):
            yield str(first.value)
    if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "_HINTS":
        assert isinstance(node.value, ast.Dict)
        yield from (str(key.value) for key in node.value.keys if isinstance(key, ast.Constant))


def short_variables() -> set[str]:
    """Variables that the playbooks' mapping reads: those not of a role, nor of Ansible."""
    mapping = yaml.safe_load((ROOT / "playbooks" / "vars" / "instance.yml").read_text())
    text = "\n".join(str(value) for value in mapping.values())
    found = re.findall(r"\{\{\s*(\w+)|(\w+) is defined", text)
    return {name for pair in found for name in pair if name}


def test_the_error_codes_are_those_that_can_be_raised() -> None:
    documented = set(re.findall(r"^\| ([A-Z_]+) \|", (DOCS / "errors.md").read_text(), re.M))
    assert documented == raised_codes()


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_every_playbook_is_in_the_manual(playbook: str) -> None:
    assert f"`{playbook}`" in MANUAL


def test_every_short_variable_is_in_the_manual() -> None:
    variables = short_variables() | {"target", "confirm"}
    assert len(variables) > 30
    assert [name for name in sorted(variables) if f"| `{name}` |" not in MANUAL] == []


@pytest.mark.parametrize(
    "module", sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("openclaw_*.py"))
)
def test_every_module_is_in_the_manual(module: str) -> None:
    assert f"`{module}`" in MANUAL


def test_every_step_of_a_create_is_in_the_architecture() -> None:
    text = (DOCS / "architecture.md").read_text()
    for step in ("claim", "first_start_env", "define", "live", "directories", "ready", "commit"):
        assert step in text


def test_the_readme_has_both_commands_and_make_has_every_verb() -> None:
    readme = (ROOT / "README.md").read_text()
    assert "make up" in readme
    assert "make test" in readme
    verbs = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.M))
    assert verbs >= set("dev up down test lint molecule bench build".split())


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_every_page_has_a_title_and_no_placeholder(page: Path) -> None:
    text = page.read_text()
    assert text.startswith("# ")
    assert not re.findall(r"^[A-Z]+$", text, re.M)


def test_the_figures_have_a_row_for_every_bound_of_the_bench() -> None:
    rows = re.findall(r"^\| .* \| .* \| ([\d.]+) \|$", (DOCS / "figures.md").read_text(), re.M)
    assert {"1.20", "1.03", "5.0", "4.0"} <= set(rows)


def examples() -> list[str]:
    """The YAML of the documentation."""
    pages = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]
    blocks = [re.findall(r"^```ya?ml\n(.*?)^```", page.read_text(), re.M | re.S) for page in pages]
    return [block for found in blocks for block in found]


@pytest.mark.parametrize("example", examples())
def test_no_example_has_a_secret_plainly_in_a_file(example: str) -> None:
    secrets = re.findall(r"^[\s-]*\w*(?:key|token|password|secret): *(.+)$", example, re.M)
    assert [value for value in secrets if not re.match(r"!vault|\"\{\{ lookup\(", value)] == []


def test_there_is_an_example_with_a_secret() -> None:
    assert any("api_key:" in example for example in examples())
