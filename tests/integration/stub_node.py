# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands in for `node ... gateway --port N` where a test needs dozens of gateways at once.

It takes the same command line and environment, answers /healthz and /readyz, takes its token on
the WebSocket, and refuses to start as OpenClaw does: exit code 78 without gateway.mode, 1 when
the port is taken. Without a token it makes one up.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from ansible_collections.claw.pilot.plugins.module_utils import _dotenv
from ansible_collections.claw.pilot.plugins.module_utils._gateway_token import token_of

from tests.fake_gateway import FakeGateway

ANSWERS = {
    "/healthz": {"ok": True, "status": "live"},
    "/readyz": {"ready": True, "failing": [], "uptimeMs": 1},
}
FIRST_START = "--env-file-if-exists="


class Gateway(BaseHTTPRequestHandler):
    """The two health endpoints, and the WebSocket."""

    fake = FakeGateway()

    def do_GET(self) -> None:
        if "Sec-WebSocket-Key" in self.headers:
            self.fake.serve_upgraded(self.connection, dict(self.headers.items()))
            self.close_connection = True
            return
        answer = json.dumps(ANSWERS.get(self.path, {})).encode()
        self.send_response(200 if self.path in ANSWERS else 404)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


def token(config: dict[str, Any]) -> str:
    """That of the config, from the files that Node and OpenClaw read."""
    first = next((a[len(FIRST_START) :] for a in sys.argv if a.startswith(FIRST_START)), "")
    files = (Path(os.environ["OPENCLAW_STATE_DIR"]) / ".env", Path(first or os.devnull))
    variables: dict[str, str] = {}
    for file in files:
        variables |= _dotenv.parse(file.read_text()) if file.exists() else {}
    return token_of(config, variables) or secrets.token_hex(8)


def main() -> None:
    port = int(sys.argv[sys.argv.index("--port") + 1])
    with open(os.environ["OPENCLAW_CONFIG_PATH"], encoding="utf-8") as stream:
        config = json.load(stream)
    mode = config.get("gateway", {}).get("mode")
    if mode != "local":
        print(f"Gateway start blocked: gateway.mode is {mode}", flush=True)
        sys.exit(78)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    Gateway.fake.token = token(config)
    state = os.path.join(os.environ["OPENCLAW_STATE_DIR"], "state")
    os.makedirs(state, exist_ok=True)
    ThreadingHTTPServer.daemon_threads = True
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), Gateway)
    except OSError:
        print(f"Gateway failed to start: EADDRINUSE: address already in use 127.0.0.1:{port}")
        sys.exit(1)
    server.serve_forever()


if __name__ == "__main__":
    main()
