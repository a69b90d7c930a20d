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

    def __init__(self, stem: str = "hushword") -> None:
        self.secrets: dict[str, str] = {}
        self._stem = stem

    def word(self, kind: str) -> str:
        """One that looks like a word with a number, as people choose them."""
        return self.like(kind, "", "")

    def like(self, kind: str, before: str, behind: str = "", body: str = "") -> str:
        """One between characters that tell what it is."""
        number = len(self.secrets) + 1
        secret = body or f"{self._stem}{number:03d}"
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
                **_commands(p),
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
                        "named": _named(p),
                        "written": _written(p),
                        "addresses": _in_addresses(p),
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


def _named(p: Planted) -> Data:
    """Secrets by their names, and in maps whose names say that there are some."""
    names = (
        "tok bot_tok mnemonic unlock_code accessCode pincode pem license seed_phrase recoveryPhrase"
        " backup_codes otp 2fa mfaSecret SECRET_URL secretUri"
    )
    maps = "environmentVariables envVars requestHeader defaultHeaders header extra_env cookieJar"
    return {
        **{name: p.word(f"name {name}") for name in names.split()},
        **{name: {"PLAIN": p.word(f"map {name}")} for name in maps.split()},
        "vault": {"role_id": "ci", "secret_id": p.word("vault's secret_id")},
        "variables": {"FOO": p.word("variables of an environment"), "BAR_2": "x"},
    }


def _commands(p: Planted) -> Data:
    """Secrets in arguments of well-known programs, as lists and as texts."""
    return {
        "curl": {"command": "curl", "args": ["-u", p.like("curl -u", "bob:"), "https://x.example"]},
        "curl-list": {"run": ["curl", "-s", p.like("curl -u attached", "-ubob:")]},
        "k": {"command": "npx", "args": ["srv", "-k", p.word("-k of an unknown program")]},
        "list": {"run": ["sshpass", "-p", p.word("sshpass in a list"), "ssh", "-p", "2222"]},
        "sshpass": {"run": p.like("sshpass", "sshpass -p ", " ssh -p 2222 x")},
        "mysql": {"run": p.like("mysql -p", "mysql -uroot -p", " base")},
        "redis": {"run": p.like("redis-cli -a", "/usr/bin/redis-cli -h x -a '", "' ping")},
        "docker": {"run": p.like("docker login", "docker login -u bob -p ", " x && docker ps")},
        "shell": {"args": ["-c", p.like("in quotes", "bash -c 'sshpass -p ", " ssh x'")]},
        "repr": {"note": p.like("list in a text", "ran ['curl', '-u', 'bob:", "', 'https://x']")},
    }


def _written(p: Planted) -> Data:
    """Secrets in texts that are data by themselves."""
    return {
        "json": p.like("environment in JSON", '{"env":{"FOO":"', '"}}'),
        "json in a line": p.like("JSON in a line", 'ok => {"env": {"FOO": "', '"}} and more'),
        "escaped": p.like("escaped JSON", '{\\"env\\":{\\"FOO\\":\\"', '\\"}}'),
        "nested": p.like("JSON in JSON", '{"body": "{\\"headers\\": {\\"X\\": \\"', '\\"}}"}'),
        "twice": p.like("the same key twice", '{"env":{"A":"', '"},"env":{}}'),
    }


def _in_addresses(p: Planted) -> Data:
    """Logins and tokens in addresses that are no plain user:password@host."""
    return {
        "slash": p.like("password with a slash", "https://u:p%40", "/x@h/"),
        "marks": p.like("password with other marks", "see postgres://u:a#", "?b@h/d now"),
        "scheme-less": p.like("address without a scheme", "//bob:", "@h/x"),
        "oracle": p.like("oracle", "jdbc:oracle:thin:bob/", "@h:1521:x"),
        "driver": p.like("go driver", "bob:", "@tcp(h:3306)/x"),
        "office": p.like("office webhook", "https://outlook.office.com/webhookb2/"),
        "access": p.like("access parameter", "https://h.example/?access="),
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
