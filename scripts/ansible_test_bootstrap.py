# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Put pip where ansible-test looks for its download, so that a package index is all it needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

VERSION = "24.2"  # ansible_test/_internal/python_requirements.py: get_venv_packages
CACHE = Path("~/.ansible/test/cache").expanduser()
BOOTSTRAP = CACHE / f"get_pip_{VERSION.replace('.', '_')}.py"
SCRIPT = f"""\
import sys
sys.path.insert(0, __file__.rpartition("/")[0] + "/pip-{VERSION}-py3-none-any.whl")
sys.argv[1:] = ["install", *(a for a in sys.argv[1:] if a not in ("--no-setuptools", "--no-wheel"))]
from pip._internal.cli.main import main
sys.exit(main())
"""


def main() -> None:
    if BOOTSTRAP.exists():
        return
    CACHE.mkdir(parents=True, exist_ok=True)
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--dest", str(CACHE)]
    pip = [sys.executable, "-m", "pip", "download", *options, f"pip=={VERSION}"]
    subprocess.run(pip, check=True)
    BOOTSTRAP.write_text(SCRIPT, encoding="utf-8")


if __name__ == "__main__":
    main()
