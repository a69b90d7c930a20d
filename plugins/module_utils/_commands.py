# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What the command line and the environment of a gateway tell of it. Pure.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

import os.path
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ._model import LEGACY_SLUG
from ._ports import HIGHEST

TITLE = "openclaw-gateway"  # what a gateway calls itself in the process list
DEV_PROFILE, DEV_PORT = "dev", 19001  # of `openclaw --dev`
STATE_VARIABLE, CONFIG_VARIABLE = "OPENCLAW_STATE_DIR", "OPENCLAW_CONFIG_PATH"
PORT_VARIABLE, PROFILE_VARIABLE = "OPENCLAW_GATEWAY_PORT", "OPENCLAW_PROFILE"
KIND_VARIABLE, ROOTS_VARIABLE = "OPENCLAW_SERVICE_KIND", "OPENCLAW_INCLUDE_ROOTS"
_PROGRAMS = ("openclaw", "openclaw.mjs")
_ENTRY_FOLDER = "/openclaw/"  # .../node_modules/openclaw/dist/index.js, openclaw/openclaw.mjs
_RUNTIME = re.compile(r"(?:node|nodejs|bun|deno)[0-9.-]*\Z")
_SHELLS = frozenset("sh bash dash ash zsh ksh".split())
# Programs that become, or start, what their arguments name. ssh and docker are none of them: what
# they start is no process of this host's.
_WRAPPERS = _SHELLS | frozenset(
    "env nice ionice nohup setsid sudo doas su runuser setpriv gosu su-exec chpst tini dumb-init"
    " catatonit taskset chrt timeout stdbuf npx npm pnpm yarn exec".split()
)
_NO_PATH = re.compile("[\\0\ud800-\udfff]")  # what the kernel takes in no path
_OPTIONS_WITH_VALUE = frozenset(("--profile", "--log-level", "--container"))


@dataclass(frozen=True)
class GatewayCommand:
    """Where a gateway that is started like this has its things; port 0: as its config says.

    home, state_dir, config_path: absolute, or '' when they cannot be told; told: whether the
    state directory was named, and is not just OpenClaw's default; variables: names of the
    variables that are set for it, whose values nobody needs; include_roots: folders outside of
    the config's that it may include files from.
    """

    home: str
    state_dir: str
    config_path: str
    port: int = 0
    profile: str = ""
    variables: frozenset[str] = frozenset()
    told: bool = True
    include_roots: tuple[str, ...] = ()


def is_title(argv: Sequence[str]) -> bool:
    """Whether the process has put its title in place of its command line."""
    return bool(argv) and argv[0].strip() == TITLE


def is_gateway(argv: Sequence[str]) -> bool:
    """Whether this command line runs a gateway in the foreground."""
    if is_title(argv) or (argv and os.path.basename(argv[0]) == TITLE):
        return True
    words = openclaw_words(argv)
    return words is not None and _runs_gateway(words)


def openclaw_words(argv: Sequence[str]) -> Sequence[str] | None:
    """What is said to the openclaw program, None for the command line of another one."""
    words = _unwrapped(argv)
    entry = next((n for n, word in enumerate(words) if _is_entry(word)), None)
    return None if entry is None or (entry and not starts(words[0])) else words[entry + 1 :]


def starts(program: str) -> bool:
    """Whether the program may run what its arguments name, as node does."""
    name = os.path.basename(program)
    return name in _WRAPPERS or bool(_RUNTIME.match(name))


def is_runtime(program: str) -> bool:
    """Whether the program may be a gateway itself: Node, or one that has taken the title."""
    name = os.path.basename(program.strip())
    return bool(_RUNTIME.match(name)) or name in (TITLE, *_PROGRAMS)


def _unwrapped(argv: Sequence[str]) -> Sequence[str]:
    """The words of a script that is given to a shell with -c, else the words as they are."""
    if len(argv) < 3 or os.path.basename(argv[0]) not in _SHELLS:
        return argv
    for place, word in enumerate(argv[1:-1], 1):
        if word.startswith("-") and not word.startswith("--") and word.endswith("c"):
            try:
                return ("exec", *shlex.split(argv[place + 1]))
            except ValueError:
                return argv
    return argv


def _is_entry(word: str) -> bool:
    script = _ENTRY_FOLDER in word and word.endswith((".js", ".mjs"))
    return script or os.path.basename(word) in _PROGRAMS


def _runs_gateway(words: Sequence[str]) -> bool:
    """`gateway` and `gateway run` stay; `gateway status` and its like end at once."""
    rest = _command(words)
    return rest[:1] == ["gateway"] and (
        len(rest) == 1 or rest[1] == "run" or rest[1].startswith("-")
    )


def _command(words: Sequence[str]) -> list[str]:
    """The words from the subcommand on, past the options before it."""
    is_value = False
    for place, word in enumerate(words):
        if is_value:
            is_value = False
        elif word in _OPTIONS_WITH_VALUE:
            is_value = True
        elif not word.startswith("-"):
            return list(words[place:])
    return []


def gateway_command(
    argv: Sequence[str], environment: Mapping[str, str], home: str, cwd: str = ""
) -> GatewayCommand:
    """What OpenClaw makes of a command line and an environment; home: of the account."""
    words = openclaw_words(argv) or ()
    home = environment.get("HOME") or home
    base = _expand(environment.get("OPENCLAW_HOME", ""), home, cwd) or home
    profile = option(words, "--profile") or (DEV_PROFILE if _is_dev(words) else "")
    folder = f".openclaw-{profile}" if profile and profile.lower() != LEGACY_SLUG else ".openclaw"
    named = _expand(environment.get(STATE_VARIABLE, ""), home, cwd)
    state_dir = named or _expand(folder, base, base)
    config = _expand(environment.get(CONFIG_VARIABLE, ""), home, cwd)
    port = port_number(option(words, "--port")) or port_number(environment.get(PORT_VARIABLE, ""))
    roots = environment.get(ROOTS_VARIABLE, "").split(os.pathsep)
    return GatewayCommand(
        home=home,
        state_dir=state_dir,
        config_path=config or (os.path.join(state_dir, "openclaw.json") if state_dir else ""),
        port=port or (DEV_PORT if profile == DEV_PROFILE else 0),
        profile=profile or environment.get(PROFILE_VARIABLE, ""),
        variables=frozenset(name for name, value in environment.items() if value),
        told=bool(named or config or profile),
        include_roots=tuple(_expand(root.strip(), home, cwd) for root in roots if root.strip()),
    )


def _is_dev(words: Sequence[str]) -> bool:
    """--dev before the subcommand; after `gateway` it means something else."""
    before = words[: len(words) - len(_command(words))]
    return "--dev" in before


def port_number(text: str) -> int:
    """The port that the text names, 0 for none."""
    text = text.strip()
    port = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    return port if port <= HIGHEST else 0


def option(argv: Sequence[str], name: str) -> str:
    """The value of --name VALUE or --name=VALUE, '' when it is not given."""
    for place, word in enumerate(argv):
        if word.startswith(name + "="):
            return word[len(name) + 1 :]
        if word == name and place + 1 < len(argv):
            return argv[place + 1]
    return ""


def _expand(path: str, home: str, cwd: str) -> str:
    """The path, absolute; '' when there is none or nobody knows what it is relative to."""
    path = path.strip()
    if not path:
        return ""
    if path == "~" or path.startswith("~/"):
        path = home + path[1:]
    path = os.path.normpath(os.path.join(home, cwd, path))
    return path if is_path(path) else ""


def is_path(text: str) -> bool:
    """Whether the text is an absolute path that may be looked at."""
    return os.path.isabs(text) and not _NO_PATH.search(text)
