# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The arrows of the design: who may import whom, and what runs on hosts.

A rule is a function from a source file to complaints. The second half feeds each rule sources
that break it.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeless

ROOT = Path(__file__).resolve().parents[2]
MAX_LINES = 400
WRITTEN_BY_A_TOOL = {"plugins/module_utils/_pinned.py"}  # a list of packages: no one edits it
UTILS = "plugins/module_utils/"
MODULES = "plugins/modules/"
# No input, no output: values in, values out. A new pure file is named here.
PURE = set(
    "_arguments _channel_requests _check _commands _config _container_facts _definitions"
    " _delta _describe _devices _discovery _doctor _doctor_host _dotenv _drift _finding _floor"
    " _frames"
    " _gateway _gateway_error _hostile _includes _json5 _log_lines _merge _metrics _model"
    " _pairing_policy _pinned _plugin_facts _ports _problems _reconcile _sightings"
    " _state_words _summary"
    " _secret_commands _secret_json _secret_names _secret_texts _secrets _takeover _unit".split()
)
# What a pure file has no use for.
EFFECTS = set(
    "asyncio fcntl glob http io multiprocessing os pathlib pwd random secrets select shutil"
    " signal socket sqlite3 subprocess tempfile threading time urllib xmlrpc".split()
)
OS_WORDS = {"path", "defpath", "pathsep", "sep"}  # of os: names only
ANSIBLE_DOORS = {"_module"}
COMMAND_DOORS = {"_host"}
RUNNER_DOOR = re.compile(r"webapp/jobs(\.py|/.*)\Z")


@dataclass(frozen=True)
class Import:
    """One imported module: its dotted name as seen from the collection's root, and the line."""

    name: str
    line: int

    @property
    def top(self) -> str:
        return self.name.split(".")[0]


@dataclass(frozen=True)
class Source:
    """A Python file: its path from the root, its text, its tree."""

    path: str
    text: str

    @property
    def stem(self) -> str:
        return Path(self.path).stem

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    def imports(self) -> list[Import]:
        return [i for node in ast.walk(self.tree) for i in self._imported(node)]

    def _imported(self, node: ast.AST) -> Iterator[Import]:
        if isinstance(node, ast.Import):
            yield from (Import(local(alias.name), node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = self._base(node)
            # `from . import x` names a module, `from .x import y` a thing inside of one.
            names = [a.name for a in node.names] if not node.module else [""]
            for name in names:
                dotted = ".".join(part for part in (base, name) if part)
                yield Import(local(dotted), node.lineno)
            if node.module == "os":
                yield from (Import(f"os.{a.name}", node.lineno) for a in node.names)

    def _base(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = self.path.split("/")[: -node.level]
        return ".".join([*package, *([node.module] if node.module else [])])


def local(name: str) -> str:
    """The same name for a relative and an absolute import of the collection."""
    return name.removeprefix("ansible_collections.claw.pilot.")


def utils_import_little(source: Source) -> Iterator[str]:
    """module_utils: the standard library and each other; ansible.module_utils in the doors only."""
    if not source.path.startswith(UTILS):
        return
    for i in source.imports():
        sibling = i.name.startswith("plugins.module_utils._")
        door = i.name.startswith("ansible.module_utils.") and source.stem in ANSIBLE_DOORS
        if not (i.top in sys.stdlib_module_names or sibling or door):
            yield f"line {i.line}: imports {i.name}"


def pure_files_have_no_effects(source: Source) -> Iterator[str]:
    """A pure file imports neither effects nor files that have some."""
    if not (source.path.startswith(UTILS) and source.stem in PURE):
        return
    for i in source.imports():
        sibling = re.match(r"plugins\.module_utils\.(_\w+)", i.name)
        if i.name in ("os", "os.path") and uses_only_words_of_os(source):
            continue
        if i.top in EFFECTS or (sibling and sibling.group(1) not in PURE):
            yield f"line {i.line}: imports {i.name}"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Name) and node.id == "open":
            yield f"line {node.lineno}: opens a file"


def uses_only_words_of_os(source: Source) -> bool:
    """`import os.path` binds os: whatever is used of it has to be free of effects."""
    nodes = list(ast.walk(source.tree))
    uses = sum(isinstance(n, ast.Name) and n.id == "os" for n in nodes)
    attributes = [n for n in nodes if isinstance(n, ast.Attribute) and n.attr in OS_WORDS]
    return uses == sum(isinstance(n.value, ast.Name) and n.value.id == "os" for n in attributes)


def only_host_runs_commands(source: Source) -> Iterator[str]:
    """On a host, commands start in one file."""
    if not source.path.startswith("plugins/") or source.path.startswith("plugins/plugin_utils/"):
        return
    if source.path.startswith(UTILS) and source.stem in COMMAND_DOORS:
        return
    for i in source.imports():
        if i.top in {"subprocess", "multiprocessing", "pty"}:
            yield f"line {i.line}: imports {i.name}"


def modules_are_thin(source: Source) -> Iterator[str]:
    """A module: AnsibleModule, module_utils, the standard library."""
    if not source.path.startswith(MODULES):
        return
    for i in source.imports():
        core = i.name.startswith("plugins.module_utils._")
        if not (core or i.name == "ansible.module_utils.basic" or i.top in sys.stdlib_module_names):
            yield f"line {i.line}: imports {i.name}"


def nothing_imports_the_web_app(source: Source) -> Iterator[str]:
    """webapp may use plugins, never the reverse."""
    if source.path.startswith(("plugins/", "roles/", "playbooks/")):
        for i in source.imports():
            if i.top == "webapp":
                yield f"line {i.line}: imports {i.name}"


def plugin_utils_stay_on_the_controller(source: Source) -> Iterator[str]:
    """What is sent to hosts does not import what stays on the controller."""
    if source.path.startswith((UTILS, MODULES)):
        for i in source.imports():
            if i.name.startswith("plugins.") and not i.name.startswith("plugins.module_utils"):
                yield f"line {i.line}: imports {i.name}"


def only_jobs_use_the_runner(source: Source) -> Iterator[str]:
    """ansible-runner has one door."""
    if source.path.startswith("tests/") or RUNNER_DOOR.match(source.path):
        return
    for i in source.imports():
        if i.top == "ansible_runner":
            yield f"line {i.line}: imports {i.name}"


def files_are_short(source: Source) -> Iterator[str]:
    """A file that grows beyond this is split by noun."""
    lines = len(source.text.splitlines())
    if lines > MAX_LINES and source.path not in WRITTEN_BY_A_TOOL:
        yield f"{lines} lines, {MAX_LINES} at most"


def files_say_what_they_are_for(source: Source) -> Iterator[str]:
    """Every file begins with a docstring, then the annotations import."""
    if not ast.get_docstring(source.tree):
        yield "has no docstring"
    statements = source.tree.body[1:]
    first = statements[0] if statements else None
    future = isinstance(first, ast.ImportFrom) and first.module == "__future__"
    if statements and not future:
        yield "does not import annotations from __future__ first"


def utils_are_private(source: Source) -> Iterator[str]:
    """module_utils names begin with an underscore."""
    if source.path.startswith(UTILS) and not source.stem.startswith("_"):
        yield "its name does not begin with _"


def hosts_may_have_python_39(source: Source) -> Iterator[str]:
    """Syntax, and the evaluated unions that parse but fail."""
    if not source.path.startswith((UTILS, MODULES)):
        return
    try:
        tree = ast.parse(source.text, feature_version=(3, 9))
    except SyntaxError as error:
        yield f"line {error.lineno}: {error.msg}"
        return
    annotations = set(annotation_nodes(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and node not in annotations and is_union(node):
            yield f"line {node.lineno}: X | Y outside of an annotation"
        if isinstance(node, ast.Call) and any(k.arg in NEW_KEYWORDS for k in node.keywords):
            yield f"line {node.lineno}: a keyword of dataclass that Python 3.9 does not have"


NEW_KEYWORDS = {"slots", "kw_only"}


def annotation_nodes(tree: ast.Module) -> Iterator[ast.AST]:
    """Every node below an annotation; these are never evaluated."""
    for node in ast.walk(tree):
        for name in ("annotation", "returns"):
            annotation = getattr(node, name, None)
            if annotation is not None:
                yield from ast.walk(annotation)


def is_union(node: ast.BinOp) -> bool:
    """Whether `|` joins types and not numbers or sets: a side is None, str, int ... or typing's."""
    sides = (node.left, node.right)
    return isinstance(node.op, ast.BitOr) and any(is_type(side) for side in sides)


def is_type(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return node.value is None
    if isinstance(node, ast.Subscript):
        return is_type(node.value)
    return isinstance(node, ast.Name) and node.id in TYPES


TYPES = set("str int float bool bytes dict list tuple set frozenset object type Any".split())


def utils_open_no_database(source: Source) -> Iterator[str]:
    """OpenClaw's databases are its own: a gateway or its command line is asked."""
    if source.path.startswith((UTILS, MODULES)):
        yield from (
            f"line {i.line}: imports sqlite3" for i in source.imports() if i.top == "sqlite3"
        )


RULES = [
    utils_import_little,
    utils_open_no_database,
    pure_files_have_no_effects,
    only_host_runs_commands,
    modules_are_thin,
    nothing_imports_the_web_app,
    plugin_utils_stay_on_the_controller,
    only_jobs_use_the_runner,
    files_are_short,
    files_say_what_they_are_for,
    utils_are_private,
    hosts_may_have_python_39,
]


@cache
def sources() -> list[Source]:
    """What git tracks or would track."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.py"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    paths = sorted(path for path in listed if path and (ROOT / path).is_file())
    return [Source(path, (ROOT / path).read_text(encoding="utf-8")) for path in paths]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_file_keeps_the_rule(rule: object) -> None:
    assert callable(rule)
    complaints = [f"{source.path}: {word}" for source in sources() for word in rule(source)]
    assert not complaints, "\n".join(complaints)


def test_pure_files_exist() -> None:
    names = {Path(source.path).stem for source in sources() if source.path.startswith(UTILS)}
    assert names >= PURE


def test_the_core_names_the_version_of_galaxy_yml() -> None:
    galaxy = (ROOT / "galaxy.yml").read_text(encoding="utf-8")
    version = re.search(r"^version: (\S+)$", galaxy, re.MULTILINE)
    core = re.search(
        r'^COLLECTION_VERSION = "(.+)"$', (ROOT / UTILS / "_model.py").read_text(), re.MULTILINE
    )
    assert version and core and core.group(1) == version.group(1)


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        (utils_import_little, f"{UTILS}_x.py", "import yaml"),
        (utils_import_little, f"{UTILS}_x.py", "import ansible.module_utils.basic"),
        (utils_import_little, f"{UTILS}_module.py", "from ansible.errors import AnsibleError"),
        (utils_import_little, f"{UTILS}_x.py", "from ..plugin_utils import registry"),
        (utils_import_little, f"{UTILS}_x.py", "def late():\n    import requests"),
        (utils_open_no_database, f"{UTILS}_x.py", "import sqlite3"),
        (utils_open_no_database, f"{MODULES}openclaw_x.py", "from sqlite3 import connect"),
        (pure_files_have_no_effects, f"{UTILS}_merge.py", "import subprocess"),
        (pure_files_have_no_effects, f"{UTILS}_merge.py", "from pathlib import Path"),
        (pure_files_have_no_effects, f"{UTILS}_merge.py", "from ._host import Host"),
        (pure_files_have_no_effects, f"{UTILS}_merge.py", "from . import _model, _host"),
        (pure_files_have_no_effects, f"{UTILS}_merge.py", "from os import environ"),
        (pure_files_have_no_effects, f"{UTILS}_merge.py", "text = open('x').read()"),
        (pure_files_have_no_effects, f"{UTILS}_merge.py", "import os.path\nos.remove('x')"),
        (only_host_runs_commands, f"{UTILS}_services.py", "from subprocess import run"),
        (only_host_runs_commands, f"{MODULES}openclaw_x.py", "import subprocess"),
        (modules_are_thin, f"{MODULES}openclaw_x.py", "import yaml"),
        (modules_are_thin, f"{MODULES}openclaw_x.py", "import ansible.module_utils.urls"),
        (nothing_imports_the_web_app, "plugins/action/x.py", "from ...webapp import cli"),
        (nothing_imports_the_web_app, "plugins/action/x.py", "from ... import webapp"),
        (
            nothing_imports_the_web_app,
            "roles/x/y.py",
            "import ansible_collections.claw.pilot.webapp.cli",
        ),
        (
            plugin_utils_stay_on_the_controller,
            f"{MODULES}openclaw_x.py",
            "from ..plugin_utils.registry import Registry",
        ),
        (only_jobs_use_the_runner, "webapp/views.py", "import ansible_runner"),
        (files_are_short, "webapp/x.py", "x = 1\n" * 401),
        (files_say_what_they_are_for, "webapp/x.py", "from __future__ import annotations"),
        (files_say_what_they_are_for, "webapp/x.py", '"""Says it."""\nimport os'),
        (utils_are_private, f"{UTILS}shared.py", ""),
        (hosts_may_have_python_39, f"{UTILS}_x.py", "match 1:\n    case _:\n        pass"),
        (hosts_may_have_python_39, f"{UTILS}_x.py", "Port = int | None"),
        (hosts_may_have_python_39, f"{UTILS}_x.py", "isinstance(1, str | int)"),
        (hosts_may_have_python_39, f"{UTILS}_x.py", "@dataclass(slots=True)\nclass A: ..."),
        (hosts_may_have_python_39, f"{MODULES}openclaw_x.py", "cast(dict[str, str] | None, 1)"),
    ],
)
def test_a_file_that_breaks_the_rule_is_refused(rule: object, path: str, text: str) -> None:
    assert callable(rule)
    assert list(rule(Source(path, text)))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (f"{UTILS}_model.py", "import os.path\nimport re\nos.path.join('a', 'b')"),
        (f"{UTILS}_reconcile.py", "from . import _model\nfrom ._secrets import redact"),
        (f"{UTILS}_host.py", "import subprocess\nfrom ._model import Layout"),
        (f"{UTILS}_module.py", "from ansible.module_utils.basic import AnsibleModule"),
        (f"{UTILS}_x.py", "def f(a: int | None) -> str | None:\n    b: int | None = a | 4"),
        (f"{MODULES}openclaw_x.py", "from ..module_utils._module import finish"),
        ("plugins/action/x.py", "from ansible.plugins.action import ActionBase"),
        ("webapp/jobs.py", "import ansible_runner"),
        ("webapp/cli.py", "from ..plugins.module_utils._secrets import redact\n"),
    ],
)
def test_a_file_that_keeps_the_rules_passes(path: str, text: str) -> None:
    source = Source(path, f'"""Says it."""\nfrom __future__ import annotations\n{text}\n')
    assert [word for rule in RULES for word in rule(source)] == []
