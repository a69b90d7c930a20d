# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The first thing that runs of what is sent to a host: it imports the rest from memory.

Private to the claw.pilot collection. Python 3.9 or later. Executed by the loader (webapp/monitor/
bundle.py), it imports none of its siblings; nothing is written to the host.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import marshal
import sys
from collections.abc import Mapping, Sequence
from types import CodeType, ModuleType
from typing import Any

PACKAGE = "claw_pilot_core"


class Bundle(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Modules of one package from their sources, or from their code of this very Python."""

    def __init__(self, modules: Mapping[str, Any]) -> None:
        self._modules = {f"{PACKAGE}.{name}": text for name, text in modules.items()}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname == PACKAGE:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        if fullname in self._modules:
            return importlib.machinery.ModuleSpec(fullname, self)
        return None

    def exec_module(self, module: ModuleType) -> None:
        if module.__name__ == PACKAGE:
            return
        given = self._modules.pop(module.__name__)  # it is kept as a module from now on
        if not isinstance(given, CodeType):
            text = given.decode("utf-8") if isinstance(given, bytes) else given
            given = compile(text, f"<{module.__name__}>", "exec", dont_inherit=True)
        exec(given, module.__dict__)


def begin(data: bytes) -> None:
    """Import the watch from the marshalled modules, and run it. data: {name: source or code}."""
    sys.modules["ssl"] = None  # type: ignore[assignment]  # whom we ask is on this host; 5 MB less
    sys.meta_path.insert(0, Bundle(marshal.loads(data)))
    importlib.import_module(f"{PACKAGE}._watch").main()
