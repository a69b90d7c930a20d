# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for Telegram's Bot API, so that a real gateway's own channel code runs in tests.

It speaks what a gateway asks for: getMe, getUpdates as a long poll, sendMessage, deleteWebhook,
setMyCommands and their like. Whatever else it is asked, it answers with true, and keeps.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

TOKEN = "123456:canary-telegram-token"
NOT_FOUND: dict[str, Any] = {"ok": False, "error_code": 404, "description": "Not Found"}
LONGEST_POLL = 5.0  # seconds: a gateway that stops does not wait for the answer


@dataclass(frozen=True)
class Sender:
    """Somebody who writes to the bot, in a chat of their own."""

    id: int
    first_name: str
    username: str = ""

    def as_user(self) -> dict[str, Any]:
        user = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        return {**user, "username": self.username} if self.username else user


@dataclass(frozen=True)
class Call:
    """What a bot has asked: the method and its parameters."""

    method: str
    params: dict[str, Any]


@dataclass
class TelegramApi:
    """`with TelegramApi() as api:` serves on api.root until the end of the block.

    token: the only one that is not refused; calls: what was asked with it; refused: the tokens
    of others.
    """

    token: str = TOKEN
    username: str = "demo_pilot_bot"
    calls: list[Call] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def __enter__(self) -> TelegramApi:
        self._updates: list[dict[str, Any]] = []
        self._last_id = 1000
        self._news = threading.Condition()
        self._open = True
        api = self

        class Handler(_Handler):
            telegram = api

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        with self._news:
            self._open = False
            self._news.notify_all()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def root(self) -> str:
        """What an instance has as its telegram.api_root."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def write(self, sender: Sender, text: str) -> None:
        """Have somebody write to the bot."""
        with self._news:
            message = self._message({"id": sender.id, "type": "private"}, text)
            message["from"] = sender.as_user()
            message["chat"].update(sender.as_user())
            del message["chat"]["is_bot"]
            self._updates.append({"update_id": self._next(), "message": message})
            self._news.notify_all()

    def sent(self, sender: Sender) -> list[str]:
        """The texts that the bot has sent to them, each as it was last edited, in order."""
        texts: dict[int, str] = {}
        with self._news:
            for call in self.calls:
                if str(call.params.get("chat_id")) == str(sender.id) and "text" in call.params:
                    number = call.params.get("message_id", call.params["_id"])
                    texts[int(number)] = str(call.params["text"])
        return list(texts.values())

    def wait_for(self, found: Callable[[TelegramApi], bool], timeout: float) -> bool:
        """Whether it comes true within so many seconds."""
        deadline = time.monotonic() + timeout
        while not found(self):
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            with self._news:
                self._news.wait(min(left, 0.2))
        return True

    def asked(self, method: str) -> int:
        """How often a bot has called that method."""
        return sum(call.method == method for call in list(self.calls))

    def answer(self, token: str, method: str, params: dict[str, Any]) -> tuple[int, Any]:
        """The HTTP status and the body of the answer to one call."""
        if token != self.token:
            self.refused.append(token)
            return 401, {"ok": False, "error_code": 401, "description": "Unauthorized"}
        with self._news:
            params = {**params, "_id": self._next()}
            self.calls.append(Call(method, params))
            self._news.notify_all()
            special = getattr(self, f"_{method}", None)
            result = special(params) if special else True
        return 200, {"ok": True, "result": result}

    def _getMe(self, _params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - Telegram's name
        flags = dict.fromkeys(("can_join_groups", "supports_inline_queries"), False)
        bot = {"id": 123456, "is_bot": True, "first_name": "Demo", "username": self.username}
        return {**bot, **flags, "can_read_all_group_messages": False}

    def _getUpdates(self, params: dict[str, Any]) -> list[dict[str, Any]]:  # noqa: N802
        deadline = time.monotonic() + min(float(params.get("timeout", 0)), LONGEST_POLL)
        offset = int(params.get("offset", 0))
        while True:
            self._updates = [u for u in self._updates if u["update_id"] >= offset]
            left = deadline - time.monotonic()
            if self._updates or left <= 0 or not self._open:
                return list(self._updates)
            self._news.wait(left)

    def _sendMessage(self, params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        chat = {"id": int(params["chat_id"]), "type": "private"}
        return self._message(chat, str(params["text"]), params["_id"])

    def _editMessageText(self, params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        chat = {"id": int(params["chat_id"]), "type": "private"}
        return self._message(chat, str(params["text"]), int(params["message_id"]))

    def _getWebhookInfo(self, _params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {"url": "", "has_custom_certificate": False, "pending_update_count": 0}

    def _getMyCommands(self, _params: dict[str, Any]) -> list[Any]:  # noqa: N802
        return []

    def _message(self, chat: dict[str, Any], text: str, number: int = 0) -> dict[str, Any]:
        made = {"message_id": number or self._next(), "date": int(time.time()), "text": text}
        return {**made, "chat": chat}

    def _next(self) -> int:
        self._last_id += 1
        return self._last_id


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    telegram: TelegramApi

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        is_json = "json" in (self.headers.get("Content-Type") or "")
        self._answer(json.loads(body or b"{}") if is_json else dict(parse_qsl(body.decode())))

    def _answer(self, params: dict[str, Any]) -> None:
        address = urlsplit(self.path)
        bot, _slash, method = address.path.removeprefix("/").partition("/")
        params = {**dict(parse_qsl(address.query)), **params}
        status, answer = 404, NOT_FOUND  # whoever looks at all ports of this host comes by, too
        if bot.startswith("bot"):
            status, answer = self.telegram.answer(bot.removeprefix("bot"), method, params)
        body = json.dumps(answer).encode()
        with contextlib.suppress(ConnectionError):  # whoever asked has gone
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Nothing on the terminal: calls are kept."""
