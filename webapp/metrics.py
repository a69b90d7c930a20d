# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""/healthz and /metrics: the dashboard and the fleet in figures, without a label that grows."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import Flask, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ..plugins.module_utils._model import COLLECTION_VERSION
from .doors.who import does
from .services import Services, services

STATES = ("running", "starting", "degraded", "stopped", "error", "unknown", "gone")
JOB_STATES = ("queued", "running")


def init_app(app: Flask) -> None:
    app.add_url_rule("/healthz", "healthz", does("enter")(healthz))
    app.add_url_rule("/metrics", "metrics", does("measure")(metrics))


def healthz() -> Response:
    """Whether this answers, and nothing else."""
    return jsonify({"ok": True, "version": COLLECTION_VERSION})


def metrics() -> Response:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Figures(services()))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class Figures(Collector):
    """The figures at this moment."""

    def __init__(self, shared: Services) -> None:
        self._shared = shared

    def collect(self) -> Iterator[Metric]:
        live, jobs = self._shared.live, self._shared.jobs
        lines, hosts = live.lines(), live.hosts()
        yield gauge("claw_pilot_info", "Always 1.", {COLLECTION_VERSION: 1}, "version")
        states = Counter(str(line["state"]) for line in lines)
        yield gauge(
            "claw_pilot_instances",
            "Instances by state.",
            {state: states[state] for state in STATES},
            "state",
        )
        yield gauge(
            "claw_pilot_host_up",
            "Whether the host is watched.",
            {str(host["name"]): float(host["state"] == "connected") for host in hosts},
            "host",
        )
        yield gauge(
            "claw_pilot_host_seen_age_seconds",
            "Seconds since the host was last seen.",
            {str(host["name"]): age for host in hosts if (age := age_of(host)) is not None},
            "host",
        )
        yield single(
            "claw_pilot_waiting",
            "Devices and people that wait for an answer.",
            sum(int(line["pending"]) for line in lines),
        )
        yield single(
            "claw_pilot_instances_memory_bytes",
            "Memory of all gateways.",
            sum(int(line["memory_bytes"]) for line in lines),
        )
        counts = jobs.counts()
        yield gauge(
            "claw_pilot_jobs",
            "Jobs by state.",
            {state: counts.get(state, 0) for state in {*JOB_STATES, *counts}},
            "state",
        )
        yield single("claw_pilot_browsers", "Connected browsers.", self._shared.hub.count)


def gauge(name: str, words: str, values: dict[str, float], label: str) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, words, labels=[label])
    for key, value in sorted(values.items()):
        family.add_metric([key], value)
    return family


def single(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=value)


def age_of(host: Any) -> float | None:
    """Seconds since the host was observed, None when it never was."""
    try:
        seen = datetime.fromisoformat(str(host["observed_at"]).replace("Z", "+00:00"))
        return max(0.0, time.time() - seen.timestamp())
    except (ValueError, KeyError):
        return None
