# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that may hold secrets anywhere, on their way to a module, where nothing shows them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..module_utils._arguments import PRIVATE, PRIVATE_OPTIONS
from .host_module import HostModule


def folded(args: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a module with the private ones as one text, which Ansible logs nowhere.

    One by one it would mask the values of such an option wherever they occur in a result, and a
    value such as 1 occurs everywhere. What is no mapping is left to the module to refuse.
    """
    private = {n: v for n, v in args.items() if n in PRIVATE_OPTIONS and v and isinstance(v, dict)}
    if not private:
        return dict(args)
    rest = {name: value for name, value in args.items() if name not in private}
    return {**rest, PRIVATE: json.dumps(private)}


class PrivateOptions(HostModule):  # pylint: disable=abstract-method
    """Runs MODULE, with what its options may hold kept out of its invocation."""

    def prepared(self, args: dict[str, Any]) -> dict[str, Any]:
        """The arguments as the module gets them."""
        return folded(super().prepared(args))
