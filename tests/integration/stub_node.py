# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands in for `node ... gateway --port N` where a test needs dozens of gateways at once.

It takes the same command line and environment, answers /healthz and /readyz, and refuses to
start as OpenClaw does: exit code 78 without gateway.mode, 1 when the port is taken.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

ANSWERS = {
    "/healthz": {"ok": True, "status": "live"},
    "/readyz": {"ready": True, "failing": [], "uptimeMs": 1},
}


class Gateway(BaseHTTPRequestHandler):
    """The two health endpoints."""

    def do_GET(self) -> None:
        answer = json.dumps(ANSWERS.get(self.path, {})).encode()
        self.send_response(200 if self.path in ANSWERS else 404)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


def main() -> None:
    port = int(sys.argv[sys.argv.index("--port") + 1])
    with open(os.environ["OPENCLAW_CONFIG_PATH"], encoding="utf-8") as stream:
        config = json.load(stream)
    mode = config.get("gateway", {}).get("mode")
    if mode != "local":
        print(f"Gateway start blocked: gateway.mode is {mode}", flush=True)
        sys.exit(78)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    state = os.path.join(os.environ["OPENCLAW_STATE_DIR"], "state")
    os.makedirs(state, exist_ok=True)
    try:
        server = HTTPServer(("127.0.0.1", port), Gateway)
    except OSError:
        print(f"Gateway failed to start: EADDRINUSE: address already in use 127.0.0.1:{port}")
        sys.exit(1)
    server.serve_forever()


if __name__ == "__main__":
    main()
