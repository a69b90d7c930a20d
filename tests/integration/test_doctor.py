# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The doctor on real gateways: things are broken on purpose, found, and mended by the fixes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from .conftest import Home, ModuleFailed, call, listing, manifest, new_home

ROOT = Path(__file__).parents[2]
ANSIBLE = str(Path(sys.executable).with_name("ansible-playbook"))
BOT = "123456:canary-telegram-token"
NOWHERE = "http://127.0.0.1:9"
BROKEN_TOKEN = {"gateway": {"mode": "local", "bind": "lan", "auth": {"token": "undefined"}}}

# A device connects as if through a proxy: pairing is then required, and its request waits.
KNOCK = """
const crypto = require("crypto");
const [port, token] = process.argv.slice(1);
const { publicKey, privateKey } = crypto.generateKeyPairSync("ed25519");
const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-32);
const id = crypto.createHash("sha256").update(raw).digest("hex");
const client = { id: "gateway-client", version: "1.0.0", platform: "linux", mode: "backend" };
const scopes = ["operator.read"];
const headers = { "X-Forwarded-For": "10.1.2.3" };
const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { headers });
socket.onmessage = ({ data }) => {
  const frame = JSON.parse(data);
  if (frame.event === "connect.challenge") {
    const { nonce, ts } = frame.payload;
    const words = ["v3", id, client.id, client.mode, "operator", scopes.join(","), ts, token];
    const text = [...words, nonce, client.platform, ""].join("|");
    const signature = crypto.sign(null, Buffer.from(text), privateKey).toString("base64url");
    const key = raw.toString("base64url");
    const device = { id, publicKey: key, signature, signedAt: ts, nonce };
    const params = { minProtocol: 4, maxProtocol: 4, client, role: "operator", scopes, device };
    socket.send(JSON.stringify({
      type: "req", id: "1", method: "connect",
      params: { ...params, caps: [], commands: [], permissions: {}, auth: { token } },
    }));
  } else if (frame.id === "1") {
    console.log(frame.error?.details?.code);
    process.exit(0);
  }
};
"""


@pytest.fixture(scope="module")
def ward(real_prefix: Path) -> Iterator[Home]:
    """Two running gateways: alpha is healthy, beta's Telegram cannot be reached."""
    made = new_home(real_prefix)
    link = made.path / ".local" / "share" / "claw-pilot"
    link.parent.mkdir(parents=True)
    link.symlink_to(real_prefix)  # where the probe looks for OpenClaw
    telegram = {"enabled": True, "bot_token": BOT, "api_root": NOWHERE}
    try:
        with ThreadPoolExecutor(2) as pool:
            options = {"port": 29621, "telegram": telegram, "stop_timeout": 5}
            beta = pool.submit(made.instance, "beta", **options)
            made.instance("alpha", port=29501)
            beta.result()
        yield made
    finally:
        made.clean_up()


def doctor(home: Home, **options: Any) -> dict[str, Any]:
    return call("openclaw_doctor", {"openclaw_home": str(home.path), **options})


def of(result: dict[str, Any], slug: str) -> dict[str, tuple[str, str]]:
    """Findings of that instance: check -> severity and fix."""
    return {f["check"]: (f["severity"], f["fix"]) for f in result["findings"] if f["slug"] == slug}


@contextmanager
def text_of(path: Path, text: str) -> Iterator[None]:
    """The file with another text for a while."""
    before = path.read_text()
    path.write_text(text)
    try:
        yield
    finally:
        path.write_text(before)


def token_of(home: Home, slug: str) -> str:
    lines = (home.state_dir(slug) / ".env").read_text().splitlines()
    return next(line for line in lines if line.startswith("OPENCLAW_GW")).partition("=")[2]


def test_a_healthy_instance_has_no_error_and_nothing_is_changed(ward: Home) -> None:
    before = {k: v for k, v in listing(ward.state_dir("alpha")).items() if k[0] == "."}
    result = doctor(ward, slug="alpha")
    # What supervisor does not do after a reboot is all there is to say.
    assert of(result, "alpha") == {"service": ("info", "")}
    assert result["summary"]["error"] == 0
    assert result["summary"]["instances"] == 1
    assert result["changed"] is False
    assert {k: v for k, v in listing(ward.state_dir("alpha")).items() if k[0] == "."} == before


def test_files_that_others_can_read_are_found_and_mended(ward: Home) -> None:
    for name, mode in ((".", 0o755), ("openclaw.json", 0o644), (".env", 0o640)):
        (ward.state_dir("alpha") / name).chmod(mode)
    found = [f for f in doctor(ward, examine=False)["findings"] if f["check"] == "modes"]
    assert [(f["slug"], f["severity"]) for f in found] == [("alpha", "error")] * 3
    for finding in found:
        subprocess.run(["sh", "-c", finding["fix"]], check=True)
    assert "modes" not in of(doctor(ward, examine=False), "alpha")


def test_a_token_that_was_changed_after_the_start_is_refused(ward: Home) -> None:
    env = ward.state_dir("alpha") / ".env"
    with text_of(env, env.read_text().replace(token_of(ward, "alpha"), "0" * 48)):
        severity, fix = of(doctor(ward), "alpha")["token"]
        assert severity == "error"
        assert fix.startswith("claw-pilot restart alpha ")
        assert "token" not in of(doctor(ward, examine=False), "alpha")
    assert "token" not in of(doctor(ward), "alpha")


def test_telegram_that_cannot_be_reached_is_found_without_its_token(ward: Home) -> None:
    result = doctor(ward)
    severity, _fix = of(result, "beta")["telegram"]
    assert severity in ("error", "warning")
    assert "canary" not in json.dumps(result)
    assert token_of(ward, "beta") not in json.dumps(result)
    assert "telegram" not in of(doctor(ward, examine=False), "beta")


def test_a_device_that_waits_for_approval_is_found(ward: Home, real_prefix: Path) -> None:
    assert "pairing" not in of(doctor(ward), "alpha")
    port = str(ward.config("alpha")["gateway"]["port"])
    node = manifest(real_prefix)["node"]
    knock = [node, "-e", KNOCK, port, token_of(ward, "alpha")]
    said = subprocess.run(knock, capture_output=True, text=True, timeout=60, check=True)
    assert said.stdout.strip() == "PAIRING_REQUIRED", said
    severity, fix = of(doctor(ward), "alpha")["pairing"]
    assert severity == "info"
    shown = subprocess.run(
        ["sh", "-c", fix], capture_output=True, text=True, timeout=120, check=False
    )
    assert "Pending (1)" in shown.stdout, shown


def test_a_broken_instance_of_somebody_else_is_found_and_mended(ward: Home) -> None:
    theirs = ward.state_dir("gamma")
    theirs.mkdir(mode=0o755)
    port = ward.config("alpha")["gateway"]["port"]
    broken = {**BROKEN_TOKEN, "gateway": {**BROKEN_TOKEN["gateway"], "port": port}}
    (theirs / "openclaw.json").write_text(json.dumps(broken))
    (theirs / "openclaw.json").chmod(0o644)
    result = doctor(ward)
    found = of(result, "gamma")
    errors = {check for check, (severity, _fix) in found.items() if severity == "error"}
    assert errors == {"port", "token", "exposure", "modes"}
    assert of(result, "alpha")["port"] == ("error", "")  # it runs, so it keeps its port
    for finding in doctor(ward, slug="gamma")["findings"]:
        if finding["severity"] == "error":
            done = subprocess.run(
                ["sh", "-c", finding["fix"]],
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            assert done.returncode == 0, (finding, done.stdout + done.stderr)
    mended = of(doctor(ward, slug="gamma"), "gamma")
    assert {severity for severity, _fix in mended.values()} <= {"info"}
    assert "port" not in of(doctor(ward), "alpha")


def test_an_unknown_slug_is_one_sentence(ward: Home) -> None:
    with pytest.raises(ModuleFailed, match="There is no instance 'nobody'") as failed:
        doctor(ward, slug="nobody")
    assert failed.value.code == "INSTANCE_NOT_FOUND"


def play(home: Home, *flags: str, **variables: Any) -> subprocess.CompletedProcess[str]:
    given = json.dumps({"openclaw_home": str(home.path), **variables})
    env = {**os.environ, "HOME": str(home.path), "NO_COLOR": "1", "ANSIBLE_SHOW_CUSTOM_STATS": "1"}
    return subprocess.run(
        [ANSIBLE, "claw.pilot.doctor", *flags, "-e", given],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_the_playbook_shows_a_table_and_fails_on_request(ward: Home) -> None:
    config = ward.state_dir("beta") / "openclaw.json"
    fine = play(ward, slug="alpha", fail_on="error")
    assert fine.returncode == 0, fine.stdout + fine.stderr
    config.chmod(0o644)
    here = {"target": "all", "ansible_python_interpreter": sys.executable}
    shown = play(ward, "-i", "one,two,", "-c", "local", **here)
    assert shown.returncode == 0, shown.stdout + shown.stderr
    table, _recap, stats = shown.stdout.partition("PLAY RECAP")
    assert table.count(f"$ chmod 600 {config}") == 2
    assert "one: 1 error" in table and "two: 1 error" in table
    assert "host: one" in stats and "host: two" in stats and "host: one" not in table
    assert "changed=0" in stats
    failed = play(ward, slug="beta", fail_on="error", examine=False)
    assert failed.returncode != 0
    assert "There are findings of severity error on localhost." in failed.stdout
    config.chmod(0o600)
    wrong = play(ward, fail_on="everything")
    assert "fail_on is error, warning, info or none, not everything." in wrong.stdout
