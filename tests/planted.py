# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets of every kind that we know of, in a config and in variables of jobs, to be looked for.

A new feature that shows something adds what it shows to tests/webapp/test_secrets.py; a new kind of
secret is added here. Every one is told from all others, and none is a word of anything else.
"""

from __future__ import annotations

import random
import string
from typing import Any

Data = dict[str, Any]


class Planted:
    """Makes secrets, and remembers them by the kind that they are of."""

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}

    def word(self, kind: str) -> str:
        """One that looks like a word with a number, as people choose them."""
        return self.like(kind, "", "")

    def like(self, kind: str, before: str, behind: str = "", body: str = "") -> str:
        """One between characters that tell what it is."""
        number = len(self.secrets) + 1
        secret = body or f"hushword{number:03d}"
        self.secrets[kind] = secret
        return f"{before}{secret}{behind}"

    def seen_in(self, text: str) -> list[str]:
        """The kinds of those that stand in the text."""
        return [kind for kind, secret in self.secrets.items() if secret in text]


def noise(number: int, alphabet: str = string.ascii_letters + string.digits) -> str:
    """40 random characters; the same for the same number."""
    return "".join(random.Random(number).choices(alphabet, k=40))


def config(p: Planted) -> Data:
    """An openclaw.json in which there are secrets wherever people put them."""
    return {
        "gateway": {
            "mode": "local",
            "port": 18790,
            "auth": {"mode": "token", "token": p.word("gateway token"), "password": p.word("pw")},
            "remote": {"edgeAuth": {"cf": p.word("edge auth")}},
        },
        "env": {
            "AWS_SECRET_ACCESS_KEY": p.word("aws secret"),
            "GITHUB_PAT": p.word("pat"),
            "DB_PASS": p.word("db pass"),
            "PLAIN": p.word("an environment's harmless name"),
            "vars": {"STRIPE": p.word("env vars")},
            "shellEnv": {"enabled": True},
        },
        "models": {
            "providers": {
                "anthropic": {
                    "baseUrl": p.like("userinfo", "https://bob:", "@proxy.example.com/v1"),
                    "apiKey": p.word("api key"),
                    "headers": {"X-Team": p.word("a header"), "Authorization": p.word("auth")},
                    "models": [{"id": "claude-sonnet-4-5-20250929", "name": "Sonnet"}],
                },
                "query": {"baseUrl": p.like("query parameter", "https://x.example/v1?api_key=")},
                "sas": {"baseUrl": p.like("signature", "https://x.example/b?sv=2024&sig=", "&x=1")},
                "token-user": {"baseUrl": p.like("token as user", "https://", "@git.example.com")},
            }
        },
        "channels": {
            "telegram": {
                "enabled": True,
                "botToken": p.like("bot token", "123456789:", "", "AAF" + noise(1)[:32]),
                "webhookSecret": p.word("webhook secret"),
                "webhookUrl": p.like("webhook address", "https://hooks.example.com/in/"),
                "proxy": p.like("proxy password", "socks5://me:", "@10.0.0.1:1080"),
            },
            "slack": {"accounts": {"work": {"signingSecret": p.word("signing secret")}}},
            "discord": {
                "notify": p.like(
                    "discord webhook", "https://discord.com/api/webhooks/123456/", "", noise(2)
                ),
            },
            "feishu": {"encryptKey": p.word("encrypt key"), "verificationToken": p.word("verify")},
            "googlechat": {"serviceAccount": {"client": p.word("service account")}},
            "matrix": {"accessToken": p.word("access token"), "password": p.word("password")},
        },
        "mcp": {
            "servers": {
                "github-token-server": {
                    "command": "npx",
                    "args": ["-y", "srv", "--api-key", p.word("argument behind a flag"), "--fast"],
                    "env": {"TOKEN": p.word("mcp env"), "MODE": p.word("mcp env, harmless name")},
                    "headers": {"X-Anything": p.word("mcp header")},
                },
                "inline": {
                    "args": [
                        p.like("argument with =", "--token="),
                        "-e",
                        p.like("docker's environment", "SOMETHING="),
                        "-H",
                        p.like("curl's header", "X-Mine: "),
                    ]
                },
                "pairs": {"env": [{"name": "ODD", "value": p.word("pair in a list")}]},
                "lines": {"env": [p.like("line in a list", "ODD=")]},
                "url": {"url": p.like("basic in an address", "https://u:", "@mcp.example.com/sse")},
            }
        },
        "plugins": {
            "entries": {
                "store": {
                    "enabled": True,
                    "config": {
                        "dsn": p.like("dsn", "postgres://app:", "@db/app"),
                        "database": p.like("dsn by look", "mysql://app:", "@db:3306/app"),
                        "odbc": p.like("connection string", "Server=db;Uid=sa;Password=", ";X=1"),
                        "connectionString": p.word("connection string by name"),
                        "credentials": {"user": p.word("credentials"), "deep": [p.word("deep")]},
                        "cookies": {"sid": p.word("cookie")},
                        "session": p.word("session"),
                        "pwd": p.word("pwd"),
                        "MYPASSWD": p.word("joined words"),
                        "privateKey": p.like("pem", "-----BEGIN PRIVATE KEY-----\n"),
                        "pem": p.like(
                            "pem by look",
                            "-----BEGIN RSA PRIVATE KEY-----\n",
                            "\n-----END RSA PRIVATE KEY-----\n",
                        ),
                        "note": p.like("bearer in a text", "call it with Bearer 7"),
                        "curl": p.like("header in a text", "curl -H 'X-Api-Key: ", "' x"),
                        "inJson": p.like("json in a text", '{"apiKey": "', '"}'),
                        "slackHook": p.like(
                            "slack webhook", "https://hooks.slack.com/services/T00/B00/"
                        ),
                        "office": p.like(
                            "teams webhook", "https://acme.webhook.office.com/webhookb2/"
                        ),
                        "blob": p.like("random", "", "", noise(3)),
                        "hex": p.like("random hex", "", "", noise(5, "0123456789abcdef")),
                        "jwt": p.like("jwt", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx", ".sig"),
                        "known": p.like("known kind", "ghp_", "", noise(7)[:36]),
                        "pair": {"name": "DB_PASSWORD", "value": p.word("pair")},
                        "pin": 84638291 if p.secrets.setdefault("pin", "84638291") else 0,
                        "sign": {"seed": p.word("seed"), "salt": p.word("salt")},
                    },
                }
            }
        },
        "hooks": {"enabled": True, "token": p.word("hooks token"), "path": "/hooks"},
        "cron": {"webhookToken": p.word("cron token")},
        "agents": {
            "defaults": {"model": {"primary": "anthropic/claude-sonnet-4-5-20250929"}},
            "entries": {"main": {"memory": {"search": {"remote": {"apiKey": p.word("memory")}}}}},
        },
    }


def variables(p: Planted) -> Data:
    """Variables of create_instance in which there are secrets."""
    return {
        "slug": "acme",
        "default_model": "anthropic/claude-sonnet-4-5-20250929",
        "anthropic_api_key": p.word("variable: api key"),
        "providers": [
            {
                "name": "anthropic",
                "api_key": p.word("variable: provider's key"),
                "base_url": p.like("variable: login in an address", "https://me:", "@x.example/v1"),
            }
        ],
        "telegram": {"bot_token": p.like("variable: bot token", "987654321:")},
        "instance_environment": {
            "AWS_SECRET_ACCESS_KEY": p.word("variable: environment"),
            "REGION": p.word("variable: environment, harmless name"),
        },
        "mem0": {"enabled": True, "api_key": p.word("variable: mem0")},
        "config": config(p),
    }
