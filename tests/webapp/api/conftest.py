# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A program that uses the API: it checks every answer against openapi.yml."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask


class Program:
    """A client with a token. Calls return (status, document)."""

    def __init__(self, app: Flask, token: str) -> None:
        from ansible_collections.claw.pilot.webapp.api import document

        self._client = app.test_client()
        self._adapter = app.url_map.bind("localhost")
        self._known = document
        self.header = {"Authorization": f"Bearer {token}", "Origin": None, "Sec-Fetch-Site": None}

    def __call__(self, method: str, path: str, **options: Any) -> tuple[int, Any]:
        answer = self.raw(method, path, **options)
        return answer.status_code, answer.json if answer.is_json else answer.text

    def raw(self, method: str, path: str, **options: Any) -> Any:
        headers = {**self.header, **options.pop("headers", {})}
        answer = self._client.open(path, method=method, headers=headers, **options)
        self._check(method, path.partition("?")[0], answer)
        return answer

    def _check(self, method: str, path: str, answer: Any) -> None:
        """The status is in the document, and the body has the shape that it says."""
        rule, _values = self._adapter.match(path, method, return_rule=True)
        place = self._known.path_of(rule.rule)
        operation = self._known.document()["paths"][place][method.lower()]
        status = str(answer.status_code)
        assert status in operation["responses"], f"{method} {path} answered {status}: {answer.text}"
        described = operation["responses"][status]
        if "$ref" in described:
            name = described["$ref"].rpartition("/")[2]
            described = self._known.document()["components"]["responses"][name]
        if "content" in described:
            (kind, content), *_rest = described["content"].items()
            assert answer.mimetype == kind
            if kind == "application/json":
                packed = answer.headers.get("Content-Encoding") == "gzip"
                text = gzip.decompress(answer.data) if packed else answer.data
                self._known.validator(content["schema"]).validate(json.loads(text))


@pytest.fixture
def call(app: Flask, token: str) -> Iterator[Program]:
    yield Program(app, token)
