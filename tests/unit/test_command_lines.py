# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""No program that we start takes a value for an option: what is not ours stands after --.

Read from the source: each call that starts a program, or that hands words to one that does. A word
is ours when it is written there, or begins with something written there; it may be the value of an
option that takes one. All else needs a -- before it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

import pytest

from tests.unit.test_architecture import Source, sources

pytestmark = pytest.mark.timeless

# Who starts programs.
DOORS = {"host", "self.host", "self._host", "service.host", "subprocess", "asyncio"}
COROUTINES = ("asyncio", "run")  # starts none
STARTS = {"run", "Popen", "create_subprocess_exec"}
# Our own functions that hand their words on to a program, by file.
HANDS_ON = {
    "_services": {"_systemctl", "_must"},
    "_service_scan": {"_systemctl"},
    "_foreign_services": {"_systemctl", "_do", "_engine"},
    "_containers": {"_ask"},
    "_channel_doors": {"_run"},
    "_plugin_store": {"_openclaw"},
    "processes_ps": {"_ps"},
}
# Options whose value is the next word, whatever that looks like.
VALUED = set("-C -c -i -m -p -t -o -czf --prefix --python --format --extra-vars".split())
# Words that are ours, though they are not written where the program is started.
OURS = {
    ("_channel_doors", "runtime.entry"): "a path of what we installed",
    ("_plugin_store", "self.runtime.entry"): "a path of what we installed",
    ("_states", "runtime.entry"): "a path of what we installed",
    ("_installer", "*NPM_FLAGS"): "a list of words in that file",
    ("_installer", "*step"): "our own words, and openclaw@ with a version that was checked",
    ("_installer", "partial"): "an absolute path that we made",
    ("_installer", "*words"): "our own words, and an absolute path that we made",
    ("_services", "self._python"): "the program itself, behind the shell that gives it its umask",
    ("_service_scan", "account"): "no word: whose systemd is asked",
    ("_service_scan", "wanted"): "--property= and names",
    ("_containers", "*words"): "the words of those who call it here, which are looked at",
    ("_remove", "_member(os.path.basename(one))"): "has ./ before a name that begins with -",
    ("_host", "list(argv)"): "the door itself: who calls it is looked at",
    ("processes_ps", "command"): "the words of those who call it here, which are looked at",
    ("run", "command"): "ansible-playbook, and what the person at the terminal wrote for it",
    ("supervisor", "*command"): "our own words for our own program",
    ("background", "*words"): "our own words for our own program",
    ("processes_ps", "*_ALL"): "a list of words in that file",
    (
        "session",
        "*command(place.python)",
    ): "after the -- of the place; a program, then our words",
}
Words = Iterable[ast.expr]


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node


def name_of(call: ast.Call) -> str:
    func = call.func
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")


def door_of(call: ast.Call) -> str:
    return ast.unparse(call.func.value) if isinstance(call.func, ast.Attribute) else ""


class Function:
    """One function: what its names stand for, and the command lines in it."""

    def __init__(self, node: ast.FunctionDef | ast.AsyncFunctionDef, stem: str = "") -> None:
        self.node = node
        self.hands_on = HANDS_ON.get(stem, set())
        self.own = node.args.vararg.arg if node.args.vararg else ""
        self.values: dict[str, list[ast.expr]] = {}
        for inner in ast.walk(node):
            if isinstance(inner, ast.Assign):
                names = [t.id for t in inner.targets if isinstance(t, ast.Name)]
            elif isinstance(inner, ast.AugAssign) and isinstance(inner.target, ast.Name):
                names = [inner.target.id]
            else:
                continue
            for name in names:
                self.values.setdefault(name, []).append(inner.value)

    def lines(self) -> Iterator[tuple[int, list[ast.expr]]]:
        """The words of each command line, without its program."""
        for node in ast.walk(self.node):
            if not isinstance(node, ast.Call):
                continue
            name = name_of(node)
            door = door_of(node)
            if name in STARTS and node.args and door in DOORS and (door, name) != COROUTINES:
                if name == "create_subprocess_exec":
                    yield node.lineno, list(node.args[1:])
                else:
                    lists = list(self._lists(node.args[0]))
                    yield from ((node.lineno, words[1:]) for words in lists)
                    if not lists:  # nothing tells what is in it
                        yield node.lineno, [node.args[0]]
            elif name in self.hands_on:
                lists = [w for arg in node.args for w in self._lists(arg)]
                yield from ((node.lineno, words) for words in lists)
                if not lists:
                    yield node.lineno, list(node.args)

    def _lists(self, node: ast.expr) -> Iterator[list[ast.expr]]:
        if isinstance(node, (ast.Tuple, ast.List)):
            yield list(node.elts)
        elif isinstance(node, ast.Name):
            # A list that is made in steps is one command line.
            steps = [w for value in self.values.get(node.id, ()) for w in self._lists(value)]
            yield from [[word for step in steps for word in step]] if steps else []

    def loose(self, words: Words) -> Iterator[str]:
        """The words that a program may take for an option."""
        before = ""
        for word in words:
            if isinstance(word, ast.Constant):
                if word.value == "--":
                    return
                before = str(word.value)
                continue
            if not (before in VALUED or self._ours(word)):
                yield ast.unparse(word)
            before = ""

    def _ours(self, word: ast.expr) -> bool:
        if isinstance(word, ast.JoinedStr):
            first = word.values[0]
            if not isinstance(first, ast.Constant):
                return False
            return not str(first.value).startswith("-") or "=" in str(first.value)
        if isinstance(word, ast.IfExp):
            return self._ours(word.body) and self._ours(word.orelse)
        if isinstance(word, ast.Starred):
            return self._ours_all(word.value)
        return isinstance(word, ast.Constant)

    def _ours_all(self, node: ast.expr) -> bool:
        """Whether a list that is put in has only words of ours."""
        if isinstance(node, (ast.Tuple, ast.List)):
            return not list(self.loose(node.elts))
        if isinstance(node, ast.IfExp):
            return self._ours_all(node.body) and self._ours_all(node.orelse)
        if not isinstance(node, ast.Name):
            return False
        known = self.values.get(node.id, [])
        return node.id == self.own or (bool(known) and all(map(self._ours_all, known)))


def loose_words(source: Source) -> Iterator[tuple[str, str, int]]:
    """(file, word, line) of each."""
    for node in functions(source.tree):
        function = Function(node, source.stem)
        for line, words in function.lines():
            yield from ((source.stem, word, line) for word in function.loose(words))


def test_every_word_that_is_not_ours_stands_after_two_dashes() -> None:
    product = [s for s in sources() if s.path.startswith(("plugins/", "webapp/"))]
    found = [word for source in product for word in loose_words(source)]
    assert [f"{stem}:{line}: {w}" for stem, w, line in found if (stem, w) not in OURS] == []
    assert set(OURS) <= {(stem, w) for stem, w, _line in found}, "what is excused is there no more"


LOOSE = [
    'host.run(("ssh", name))',
    'host.run(("ssh", "-v", name))',
    'host.run(["tar", "-czf", path, "-C", folder, base])',
    'words = ["tar"]\n    words += ["-C", one, name]\n    host.run(words)',
    'host.run(("x", f"{a}={b}"))',
    'host.run(("x", f"-o{a}"))',
    'host.run(("x", *given))',
    'words = ("stop", name)\n    host.run(("docker", *words))',
    "subprocess.Popen([program, name])",
    'asyncio.create_subprocess_exec("docker", "exec", name)',
]
TIGHT = [
    'host.run(("ssh", "--", name))',
    'host.run(("x", f"--user={a}", "--", *given))',
    'host.run(("x", "-C", folder))',
    'host.run(("x", f"openclaw@{version}"))',
    'words = ("stop", "--", name)\n    host.run(("docker", *words))',
    'flags = () if a else ("--b",)\n    host.run(("x", *flags, "--", c))',
]


@pytest.mark.parametrize("line", LOOSE)
def test_a_loose_word_is_found(line: str) -> None:
    assert list(loose_words(Source("plugins/x.py", f"def f(host):\n    {line}\n")))


@pytest.mark.parametrize("line", TIGHT)
def test_a_word_that_is_no_option_passes(line: str) -> None:
    assert not list(loose_words(Source("plugins/x.py", f"def f(host):\n    {line}\n")))
