# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand-ins for Ollama and Qdrant, as far as mem0 asks them; they keep what was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

DIMENSIONS = 768
MODELS = ("nomic-embed-text:latest", "llama3.1:8b")
Answer = Callable[[str, str, Any], Any]


@dataclass
class Service:
    """A service on loopback. asked: method and path of each request, without probes of others."""

    answer: Answer
    port: int = 0
    asked: list[str] = field(default_factory=list)


@contextmanager
def ollama() -> Iterator[Service]:
    """Has both default models; embeds everything alike, and remembers that somebody likes tea."""
    with _serving(_ollama) as service:
        yield service


@contextmanager
def qdrant() -> Iterator[Service]:
    """Takes every collection and point, and finds nothing."""
    collections: dict[str, Any] = {}
    with _serving(lambda *request: _qdrant(collections, *request)) as service:
        yield service


def _ollama(_method: str, path: str, _body: Any) -> Any:
    facts = json.dumps({"facts": ["likes tea"], "memory": [{"text": "likes tea", "event": "ADD"}]})
    answers = {
        "/api/version": {"version": "0.12.0"},
        "/api/tags": {"models": [{"name": name, "model": name} for name in MODELS]},
        "/api/embed": {"embeddings": [[0.1] * DIMENSIONS]},
        "/api/chat": {"message": {"role": "assistant", "content": facts}, "done": True},
    }
    return answers.get(path)


def _qdrant(collections: dict[str, Any], method: str, path: str, body: Any) -> Any:
    parts = path.partition("?")[0].strip("/").split("/")
    if parts == [""]:
        return {"title": "qdrant - vector search engine", "version": "1.15.0"}
    if parts[0] != "collections":
        return None
    result: Any = {"operation_id": 1, "status": "completed"}
    if parts[-1] in ("scroll", "query"):
        result = {"points": []}
    elif parts[-1] == "search":
        result = []
    elif len(parts) == 2 and method == "PUT":
        collections[parts[1]] = body
        result = True
    elif len(parts) == 2:
        if parts[1] not in collections:
            return None
        result = {"status": "green", "config": {"params": collections[parts[1]]}}
    return {"result": result, "status": "ok", "time": 0}


@contextmanager
def _serving(answer: Answer) -> Iterator[Service]:
    service = Service(answer)

    class Handler(BaseHTTPRequestHandler):
        """One request."""

        protocol_version = "HTTP/1.1"

        def reply(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path != "/healthz":  # who looks for gateways asks every port
                service.asked.append(f"{self.command} {self.path}")
            found = service.answer(self.command, self.path, json.loads(body) if body else None)
            text = json.dumps({} if found is None else found).encode()
            self.send_response(404 if found is None else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = reply  # noqa: N815

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
