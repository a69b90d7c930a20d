#!/bin/sh
# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# The least that a hand-written script does: write the files, start a gateway the plain way in a
# fresh directory, wait until it is live. plain.sh STATE_DIR PORT NODE ENTRY; prints its pid.
set -eu
state=$1 port=$2 node=$3 entry=$4
umask 077
mkdir -p "$state"
cat >"$state/openclaw.json" <<JSON
{"gateway": {"mode": "local", "port": $port, "bind": "loopback",
             "auth": {"mode": "token", "token": "\${OPENCLAW_GW_AUTH_TOKEN}"}}}
JSON
echo "OPENCLAW_GW_AUTH_TOKEN=$(od -An -tx1 -N24 /dev/urandom | tr -d ' \n')" >"$state/.env"
OPENCLAW_STATE_DIR=$state OPENCLAW_CONFIG_PATH=$state/openclaw.json \
  nohup "$node" "$entry" gateway --port "$port" >"$state/gateway.log" 2>&1 &
pid=$!
until curl -fsS -o /dev/null "http://127.0.0.1:$port/healthz" 2>/dev/null; do sleep 0.1; done
echo $pid
