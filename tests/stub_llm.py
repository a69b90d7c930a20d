# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for a model provider with OpenAI's chat API: it answers with what it was asked."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

INTERNAL = "OPENCLAW_INTERNAL_CONTEXT"  # marks a message that OpenClaw has put in for itself


@dataclass
class StubLlm:
    """`with StubLlm() as llm:` serves until the end of the block. questions: what was asked."""

    questions: list[str] = field(default_factory=list)

    def __enter__(self) -> StubLlm:
        llm = self

        class Handler(_Handler):
            stub = llm

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def provider(self) -> dict[str, Any]:
        """It as one of the providers of an instance."""
        model = {
            "id": "stub-1",
            "reasoning": False,
            "input": ["text"],
            "contextWindow": 128000,
            "maxTokens": 4096,
        }
        address = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        own = {"name": "stub", "base_url": address, "api": "openai-completions"}
        return {**own, "api_key": "stub-key", "models": [model]}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    stub: StubLlm

    def do_GET(self) -> None:
        self._json({"object": "list", "data": [{"id": "stub-1", "object": "model"}]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        question = _question(body.get("messages", []))
        self.stub.questions.append(question)
        text = f"You said: {question}"
        if not body.get("stream"):
            message = {"role": "assistant", "content": text}
            choice = {"index": 0, "finish_reason": "stop", "message": message}
            self._json({"object": "chat.completion", "choices": [choice], "usage": USAGE})
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        for delta, reason in (({"role": "assistant", "content": text}, None), ({}, "stop")):
            self._event([{"index": 0, "delta": delta, "finish_reason": reason}])
        self._event([], usage=USAGE)
        self.wfile.write(b"data: [DONE]\n\n")

    def _event(self, choices: list[dict[str, Any]], **more: Any) -> None:
        chunk = {"id": "1", "object": "chat.completion.chunk", "model": "stub-1", "created": 0}
        line = json.dumps({**chunk, "choices": choices, **more})
        self.wfile.write(f"data: {line}\n\n".encode())

    def _json(self, answer: dict[str, Any]) -> None:
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Nothing on the terminal."""


USAGE = {"prompt_tokens": 12, "completion_tokens": 6, "total_tokens": 18}


def _question(messages: list[dict[str, Any]]) -> str:
    """What the user said last; OpenClaw puts words of its own before, behind and after it."""
    for message in reversed(messages):
        content = message.get("content") or ""
        if isinstance(content, list):
            content = " ".join(part.get("text", "") for part in content)
        if message["role"] == "user" and INTERNAL not in content:
            return str(content).partition("\n\nRuntime: ")[0].strip().splitlines()[-1]
    return ""
