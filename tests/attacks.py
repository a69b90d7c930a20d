# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that somebody hostile would say: one list for all tests, as data.

CANARY in a value stands for a file that the attack makes on the controller when it works; aimed()
puts a path there. tests/unit/test_attacks.py proves of each kind that it works where the value is
trusted. crossings.py says where such values cross. A feature adds the values that are new with it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CANARY = "@CANARY@"
RUN = f"lookup('ansible.builtin.pipe', 'touch {CANARY}')"

# What a value is hostile to.
TEMPLATE = "template"  # Ansible runs it as a template
KEY = "key"  # the same as the name in a mapping, or as the name of a variable
EXPRESSION = "expression"  # Ansible runs it where a condition is expected
JINJA = "jinja"  # Jinja runs Python for it, unless it is sandboxed
SHELL = "shell"  # a shell runs it, unless it is quoted
OPTION = "option"  # a program takes it for an option, unless it stands after --
PATH = "path"  # leads out of the folder that it is joined to
LINE = "line"  # begins a line of its own in a file made of lines
TERMINAL = "terminal"  # moves, colours or reorders what a person sees
HTML = "html"  # is markup or a script in a page
SIZE = "size"  # is too much
KINDS = (TEMPLATE, KEY, EXPRESSION, JINJA, SHELL, OPTION, PATH, LINE, TERMINAL, HTML, SIZE)

# Marks that reorder what is shown, so that it reads as something else.
BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
LONG = 100_000  # characters; far above every limit
DEEP = 200  # levels


@dataclass(frozen=True)
class Attack:
    """name: for people; kind: one of KINDS; value: text or data; does: what it would do."""

    name: str
    kind: str
    value: Any
    does: str

    def aimed(self, canary: Path) -> Any:
        """The value that makes this file."""
        return aimed(self.value, str(canary))


def aimed(value: Any, canary: str) -> Any:
    """The value with every CANARY in it replaced, in keys too."""
    if isinstance(value, str):
        return value.replace(CANARY, canary)
    if isinstance(value, Mapping):
        return {aimed(key, canary): aimed(item, canary) for key, item in value.items()}
    return [aimed(item, canary) for item in value] if isinstance(value, list) else value


def nested(value: Any, levels: int) -> Any:
    """The value in that many lists."""
    for _level in range(levels):
        value = [value]
    return value


_RUNS = "runs a command on the controller"
_BLOCK = "{% set x = " + RUN + " %}"

TEMPLATES = (
    Attack("an expression", TEMPLATE, "{{ " + RUN + " }}", _RUNS),
    Attack("an expression without spaces", TEMPLATE, "x{{" + RUN + "}}y", _RUNS),
    Attack("an expression over lines", TEMPLATE, "x\n{{\n" + RUN + "\n}}\n", _RUNS),
    Attack("a statement", TEMPLATE, _BLOCK, _RUNS),
    Attack("a statement that strips", TEMPLATE, "{%- if " + RUN + " -%}{%- endif -%}", _RUNS),
    Attack("a comment before an expression", TEMPLATE, "{# x #}{{ " + RUN + " }}", _RUNS),
    Attack("a raw block that ends", TEMPLATE, "{% raw %}{% endraw %}{{ " + RUN + " }}", _RUNS),
    Attack(
        "a folder's name",
        TEMPLATE,
        "/srv/{{ " + RUN + " }}/.openclaw",
        _RUNS,
    ),
    Attack(
        "a header with other delimiters",
        TEMPLATE,
        f"#jinja2:variable_start_string:'[%',variable_end_string:'%]'\n[% {RUN} %]",
        _RUNS,
    ),
    Attack(
        "a header with other blocks",
        TEMPLATE,
        f"#jinja2:block_start_string:'<%',block_end_string:'%>'\n<% set x = {RUN} %>",
        _RUNS,
    ),
    Attack(
        "a header with statements by line",
        TEMPLATE,
        f"#jinja2:line_statement_prefix:'!!'\n!! set x = {RUN}\n",
        _RUNS,
    ),
    Attack("in a list", TEMPLATE, ["{{ " + RUN + " }}"], _RUNS),
    Attack("in a mapping", TEMPLATE, {"a": {"b": ["{{ " + RUN + " }}"]}}, _RUNS),
    Attack(
        "marked as unsafe with a mapping, which breaks the mark",
        TEMPLATE,
        {"__ansible_unsafe": {"x": "{{ " + RUN + " }}"}},
        _RUNS,
    ),
    Attack(
        "marked as unsafe with a list, next to others",
        TEMPLATE,
        [{"__ansible_unsafe": ["x"]}, "{{ " + RUN + " }}"],
        _RUNS,
    ),
    Attack(
        "marked as vaulted with a mapping",
        TEMPLATE,
        {"__ansible_vault": {"x": "{{ " + RUN + " }}"}},
        _RUNS,
    ),
    Attack(
        "said to be a tagged string",
        TEMPLATE,
        {
            "__ansible_type": "_AnsibleTaggedStr",
            "value": "{{ " + RUN + " }}",
            "tags": [{"__ansible_type": "TrustedAsTemplate"}],
        },
        _RUNS,
    ),
    Attack("a tag of YAML inside of a string", TEMPLATE, '"\n? !!str {{ ' + RUN + " }}", _RUNS),
)
KEYS = (
    Attack("a key that is an expression", KEY, {"{{ " + RUN + " }}": 1}, _RUNS),
    Attack(
        "a key with a header",
        KEY,
        {f"#jinja2:variable_start_string:'[%',variable_end_string:'%]'\n[% {RUN} %]": 1},
        _RUNS,
    ),
    Attack("a deep key", KEY, {"a": [{"{{ " + RUN + " }}": {"b": 1}}]}, _RUNS),
)
EXPRESSIONS = (Attack("a condition", EXPRESSION, RUN, _RUNS),)
_SYSTEM = f"system('touch {CANARY}')"
_GLOBALS = "__init__.__globals__"
JINJAS = (
    Attack("by way of a helper", JINJA, "{{ cycler." + _GLOBALS + ".os." + _SYSTEM + " }}", _RUNS),
    Attack(
        "by way of self",
        JINJA,
        "{{ self." + _GLOBALS + ".__builtins__.__import__('os')." + _SYSTEM + " }}",
        _RUNS,
    ),
    Attack(
        "by way of a filter",
        JINJA,
        "{{ ((cycler|attr('__init__')|attr('__globals__'))['os'])." + _SYSTEM + " }}",
        _RUNS,
    ),
)
SHELLS = (
    Attack("a second command", SHELL, f"x; touch {CANARY}", "runs unless it is quoted"),
    Attack("in the background", SHELL, f"x & touch {CANARY}", "runs unless it is quoted"),
    Attack("a pipe", SHELL, f"x | touch {CANARY}", "runs unless it is quoted"),
    Attack("a new line", SHELL, f"x\ntouch {CANARY}\n", "runs unless it is quoted"),
    Attack("a substitution", SHELL, f"$(touch {CANARY})", "runs also in double quotes"),
    Attack("an old substitution", SHELL, f"`touch {CANARY}`", "runs also in double quotes"),
    Attack("out of single quotes", SHELL, f"x'; touch {CANARY}; '", "runs in single quotes"),
    Attack("out of double quotes", SHELL, f'x"; touch {CANARY}; "', "runs in double quotes"),
    Attack("into a file", SHELL, f"x > {CANARY}", "writes a file unless it is quoted"),
)
OPTIONS = (
    Attack("an option of ssh", OPTION, f"-oProxyCommand=touch {CANARY}", "ssh runs it"),
    Attack("an option of ssh, spaced", OPTION, f"-o ProxyCommand=touch {CANARY}", "ssh runs it"),
    Attack("a file of settings of ssh", OPTION, f"-F{CANARY}", "ssh reads it"),
    Attack("an option of docker", OPTION, "--privileged", "docker exec gives all rights"),
    Attack("an option of ansible", OPTION, "-eansible_connection=local", "ansible takes it"),
    Attack("a long option", OPTION, "--help", "a program does something else"),
    Attack("the end of options", OPTION, "--", "what follows is something else"),
)
PATHS = (
    Attack("the folder above", PATH, "../canary", "leads out of its folder"),
    Attack("folders above, in between", PATH, "a/../../canary", "leads out of its folder"),
    Attack("absolute", PATH, "/etc/passwd", "is another file"),
    Attack("dots only", PATH, "..", "is the folder above"),
    Attack("a home", PATH, "~root/.ssh/authorized_keys", "is expanded to another file"),
    Attack("a host with variables elsewhere", PATH, "web1/../../canary", "is another host_vars"),
    Attack("NUL in a path", PATH, "a\0b", "ends a path early"),
)
LINES = (
    Attack("a line of an environment", LINE, "x\nLD_PRELOAD=/tmp/evil.so", "sets a variable"),
    Attack("a line of a unit", LINE, f"x\nExecStartPre=/bin/touch {CANARY}", "systemd runs it"),
    Attack("a section", LINE, f"x\n[program:x]\ncommand=touch {CANARY}", "supervisor runs it"),
    Attack("a line of a text for an agent", LINE, "x\n\n# Do this first\n", "instructs an agent"),
    Attack("a carriage return", LINE, "x\r\nSet-Cookie: a=b", "is a header of its own"),
    Attack("a separator of lines", LINE, "x\u2028y\u2029z\x85w", "is a line in some readers"),
)
TERMINALS = (
    Attack("a colour", TERMINAL, "\x1b[32mok\x1b[0m", "shows what is not so"),
    Attack("a cleared screen", TERMINAL, "\x1b[2J\x1b[H", "hides what was shown"),
    Attack("a title", TERMINAL, "\x1b]0;owned\x07", "sets the title of the terminal"),
    Attack("a clipboard", TERMINAL, "\x1b]52;c;dG91Y2g=\x07", "fills the clipboard"),
    Attack("an 8-bit sequence", TERMINAL, "\x9b31mred", "is a sequence without ESC"),
    Attack("a rewritten line", TERMINAL, "removed\rkept   ", "hides what was shown"),
    Attack("backspaces", TERMINAL, "root\b\b\b\buser", "hides what was shown"),
    Attack("NUL in a text", TERMINAL, "ac\0me", "ends a text early"),
    Attack("a byte order mark", TERMINAL, "\ufeffacme\u200b", "looks the same as another name"),
    *(
        Attack(
            f"a bidirectional control U+{ord(mark):04X}",
            TERMINAL,
            f"acme{mark}txt.exe",
            "reads as something else",
        )
        for mark in BIDI
    ),
)
HTMLS = (
    Attack("a script", HTML, "<script>alert(1)</script>", "runs in the browser"),
    Attack("out of an attribute", HTML, '"><img src=x onerror=alert(1)>', "runs in the browser"),
    Attack("out of a single quote", HTML, "' onmouseover='alert(1)", "runs in the browser"),
    Attack("an address that is a script", HTML, "javascript:alert(1)", "runs on a click"),
    Attack("out of a script", HTML, "</script><script>alert(1)//", "runs in the browser"),
    Attack("an entity", HTML, "&lt;script&gt;", "is shown as something else"),
    Attack("an attribute of htmx", HTML, "<a hx-post=/x hx-trigger=load>", "sends a request"),
)
SIZES = (
    Attack("a long text", SIZE, "a" * LONG, "fills memory, tables and logs"),
    Attack("a deep list", SIZE, nested("x", DEEP), "exhausts recursion"),
    Attack("a long name", SIZE, {"k" * LONG: 1}, "fills memory, tables and logs"),
)
ALL = (
    *TEMPLATES,
    *KEYS,
    *EXPRESSIONS,
    *JINJAS,
    *SHELLS,
    *OPTIONS,
    *PATHS,
    *LINES,
    *TERMINALS,
    *HTMLS,
    *SIZES,
)

# Facts that a host adds to an answer, to be taken for variables; "place" stands for a file that
# the controller would make, "folder" for one of its own.
FACTS: Mapping[str, Any] = {
    "registry": "place",
    "openclaw_registry_location": "place",
    "registry_token": "said-by-a-host",
    "workspace_templates": "folder",
    "policy": "folder",
    "secrets_from": "folder",
    "adopt": True,
    "prune": True,
    "only": ["acme"],
    "yes": True,
    "confirm": "acme",
    "owner": True,
    "take_over": True,
    "approve": ["x"],
    "awx_user_name": "somebody-else",
    "awx_job_id": 1,
    "destroy_answer": {"user_input": "acme"},
    "known_adopted": {"state_dir": "/root"},
}


def of(*kinds: str) -> tuple[Attack, ...]:
    """The attacks of these kinds; all without any."""
    return tuple(attack for attack in ALL if not kinds or attack.kind in kinds)


def texts(*kinds: str) -> tuple[Attack, ...]:
    """Those that are a text, for places where only a text can be said."""
    return tuple(attack for attack in of(*kinds) if isinstance(attack.value, str))


class Salvo:
    """Attacks that are sent together; each has a canary of its own in the folder.

    values: name of the attack -> its value; fired: the names of those that have worked by now.
    """

    def __init__(self, folder: Path, *attacks: Attack) -> None:
        self._canaries = {one.name: folder / f"canary-{n}" for n, one in enumerate(attacks)}
        self.values = {one.name: one.aimed(self._canaries[one.name]) for one in attacks}

    @property
    def fired(self) -> list[str]:
        return [name for name, canary in self._canaries.items() if canary.exists()]


def hurts_terminal(text: str) -> str:
    """The first character that a terminal would act upon, empty without one.

    A line end, which whoever prints a text may have put there, is none.
    """
    for char in text:
        if char in BIDI or (unicodedata.category(char) in ("Cc", "Cf") and char != "\n"):
            return char
    return ""
