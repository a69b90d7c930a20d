# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The package index that pip is configured for, for what does not read pip's configuration."""

from __future__ import annotations

import os
import sysconfig
from pathlib import Path

from pip._internal.commands import create_command

UV = str(Path(sysconfig.get_path("scripts"), "uv"))


def address() -> str:
    """The simple index of pip's files and environment, else pip's own default."""
    options, _words = create_command("download").parse_args([])
    return str(options.index_url)


def uv_environment() -> dict[str, str]:
    """The environment in which uv asks pip's index and uses only what is installed here."""
    own = {"UV_DEFAULT_INDEX": address(), "UV_PYTHON_DOWNLOADS": "never", "UV_NO_CONFIG": "1"}
    return {**os.environ, **own}
