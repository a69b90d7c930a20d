# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Homes to create instances in, and the real or the stand-in runtime to run them with."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._model import OPENCLAW_VERSION

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("CLAW_PILOT_CACHE") or Path.home() / ".cache" / "claw-pilot")


class ModuleFailed(Exception):
    """A module's fail_json, or its end by a signal; result is its JSON ({} when killed)."""

    def __init__(self, result: dict[str, Any], text: str) -> None:
        super().__init__(result.get("msg") or text)
        self.result = result

    @property
    def code(self) -> str:
        return str(self.result.get("failure", {}).get("code", ""))


def call(module: str, options: dict[str, Any], *flags: str) -> dict[str, Any]:
    """The result of a module; raises ModuleFailed."""
    done = subprocess.run(
        [sys.executable, str(HERE / "call_module.py"), module, *flags],
        input=json.dumps(options),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    result: dict[str, Any] = json.loads(lines[-1]) if lines else {}
    if done.returncode != 0 or result.get("failed"):
        raise ModuleFailed(result, done.stdout + done.stderr)
    return result


def manifest(prefix: Path) -> dict[str, str]:
    """What is installed there of the version that we are tested with."""
    path = prefix / "openclaw" / OPENCLAW_VERSION / "runtime.json"
    runtime: dict[str, str] = json.loads(path.read_text())
    return runtime


def listing(folder: Path) -> dict[str, str]:
    """Relative path -> kind, mode and content of everything below the folder."""
    found = {}
    for path in sorted(folder.rglob("*")):
        kind = "link" if path.is_symlink() else "dir" if path.is_dir() else "file"
        content = path.read_bytes().hex() if kind == "file" else ""
        found[str(path.relative_to(folder))] = f"{kind} {path.lstat().st_mode:o} {content}"
    return found


@dataclass
class Home:
    """A home with a runtime; what is created in it is destroyed at the end of the test."""

    path: Path
    prefix: Path
    slugs: set[str] = field(default_factory=set)

    def options(self, slug: str, **more: Any) -> dict[str, Any]:
        self.slugs.add(slug)
        base = {"openclaw_home": str(self.path), "prefix": str(self.prefix)}
        return {**base, "service_manager": "supervisor", "slug": slug, **more}

    def instance(self, slug: str, *flags: str, **more: Any) -> dict[str, Any]:
        return call("openclaw_instance", self.options(slug, **more), *flags)

    def state_dir(self, slug: str) -> Path:
        return self.path / f".openclaw-{slug}"

    def config(self, slug: str) -> dict[str, Any]:
        data: dict[str, Any] = json.loads((self.state_dir(slug) / "openclaw.json").read_text())
        return data

    def clean_up(self) -> None:
        for slug in self.slugs:
            self.instance(slug, state="absent", stop_timeout=10)
        shutil.rmtree(self.path)


def new_home(prefix: Path) -> Home:
    # Not pytest's tmp_path: the path of a socket holds about 100 characters.
    return Home(Path(tempfile.mkdtemp(prefix="cp-", dir="/tmp")), prefix)


@pytest.fixture(scope="session")
def real_prefix() -> Path:
    """The real Node, OpenClaw and supervisor, installed once per machine into the cache."""
    prefix = CACHE / "prefix"
    call("openclaw_runtime", {"prefix": str(prefix), "service_manager": "supervisor"})
    return prefix


def with_node(prefix: Path, real_prefix: Path, script: str) -> Path:
    """The prefix with a runtime whose node is this script; supervisor is the real one.

    script: how it begins; the stand-in with what node is given is added.
    """
    runtime = manifest(real_prefix)
    node = prefix / "node"
    node.write_text(f'{script} "{sys.executable}" "{HERE / "stub_node.py"}" "$@"\n')
    node.chmod(0o755)
    runtime["node"] = str(node)
    place = prefix / "openclaw" / runtime["openclaw_version"]
    place.mkdir(parents=True)
    (place / "runtime.json").write_text(json.dumps(runtime))
    return prefix


@pytest.fixture(scope="session")
def stub_prefix(real_prefix: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A runtime whose node is the stand-in."""
    return with_node(tmp_path_factory.mktemp("stub"), real_prefix, "#!/bin/sh\nexec")


@pytest.fixture
def home(real_prefix: Path) -> Iterator[Home]:
    """A home for real gateways."""
    made = new_home(real_prefix)
    yield made
    made.clean_up()


@pytest.fixture
def stub_home(stub_prefix: Path) -> Iterator[Home]:
    """A home for stand-in gateways."""
    made = new_home(stub_prefix)
    yield made
    made.clean_up()
