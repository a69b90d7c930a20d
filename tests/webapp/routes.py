# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""All addresses of the dashboard, for tests that walk them."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask


def routes(app: Flask, known: Mapping[str, str] | None = None) -> list[tuple[str, str, str]]:
    """(endpoint, method, address) of everything that there is.

    known: values for parts of addresses; others get a word that fits.
    """
    found = []
    for rule in app.url_map.iter_rules():
        kinds = rule._converters
        values = {
            name: (known or {}).get(name) or min(getattr(kinds[name], "items", "1"))
            for name in rule.arguments
        }
        with app.test_request_context():
            built = rule.build(values, append_unknown=False)
        assert built
        methods = (rule.methods or {"GET"}) - {"HEAD", "OPTIONS"}
        found += [(rule.endpoint, method, built[1]) for method in sorted(methods)]
    return found
