# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""A look at this host again and again, for a dashboard at the other end of standard input.

Private to the claw.pilot collection. Python 3.9 or later. Orders come as JSON lines on standard
input, what is seen goes as JSON lines to standard output (docs/monitor.md). It ends with its input,
and leaves nothing behind. All commands are run by the thread that looks, so that its end ends them.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

from . import _delta, _host_facts, _probe
from ._host import Host, Result
from ._metrics import CpuSample
from ._model import ClawPilotError

METRICS_SECONDS = 60.0  # when nobody looks, what always moves is told so often
STANDING_SECONDS = 60.0  # Node, OpenClaw and the like are looked for so often
ENGINE_SECONDS = 9.0  # container engines are asked so often at the most
REST = 4.0  # times the CPU time of a look passes before the next: a large host is not kept busy
PART = 400  # instances of one line
Data = dict[str, Any]


class PatientHost(Host):
    """Asks container engines, which is expensive, less often than everything else."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], tuple[float, Result]] = {}

    def run(
        self,
        argv: Sequence[str],
        env: Mapping[str, str] | None = None,
        timeout: float = 60,
        stdin: str = "",
        account: tuple[int, int] | None = None,
        out: BinaryIO | None = None,
    ) -> Result:
        key = tuple(argv)
        if out or os.path.basename(key[0]) not in ("docker", "podman"):
            return super().run(argv, env, timeout, stdin, account, out)
        at, result = self._known.get(key, (0.0, None))
        if result is None or time.monotonic() - at > ENGINE_SECONDS:
            result = super().run(argv, env, timeout, stdin, account)
            self._known = {k: v for k, v in self._known.items() if k[1:2] == ("ps",)}
            self._known[key] = (time.monotonic(), result)
        return result

    def forget(self) -> None:
        self._known = {}


class Eyes:
    """Looks, and remembers what was told, so that only news are told."""

    def __init__(self) -> None:
        self.host = PatientHost()
        self.instances: dict[str, Data] = {}  # as they travelled last
        self.looked_at = 0.0  # monotonic: when the last look began
        self._told: Data = {}
        self._told_at: dict[str, float] = {}  # monotonic
        self._metrics_at = 0.0
        self._sample = CpuSample()
        self._standing: tuple[float, Data] = (0.0, {})

    def look(self, orders: Mapping[str, Any], metrics: bool) -> list[Data]:
        """What is to be told of this moment. orders: homes, more_homes, state_dirs."""
        began = time.monotonic()
        homes, more = orders.get("homes"), orders.get("more_homes") or ()
        seen = _probe.observe(homes, self.host, more, self._of_host)
        metrics = metrics or began - self._metrics_at >= METRICS_SECONDS
        self._metrics_at = began if metrics else self._metrics_at
        now, before = time.time(), self._told
        instances = {_delta.name_of(one): one for one in seen["instances"]}
        told = {
            "host": _delta.settled_host(seen["host"], before.get("host"), now, metrics),
            "homes": seen["homes"],
            "warnings": seen["warnings"],
            "hidden": hidden(orders.get("state_dirs") or (), seen["instances"]),
        }
        settled = {
            name: self._settled(name, one, now, began, metrics) for name, one in instances.items()
        }
        news = self._news(before, told, settled, seen["observed_at"])
        self._told, self.instances, self.looked_at = told, settled, began
        return news

    def forget(self) -> None:
        """Look everywhere anew, whatever was found a moment ago."""
        self.host.forget()
        self._standing = (0.0, {})

    def of(self, state_dir: str) -> Data:
        """The instance in that directory, in the instance shape. Raises INSTANCE_NOT_FOUND."""
        for one in self.instances.values():
            if one["state_dir"] == state_dir:
                return one
        raise ClawPilotError(
            "INSTANCE_NOT_FOUND", f"There is no instance in {state_dir}.", "It may just have gone."
        )

    def _of_host(self, host: Host, homes: Sequence[str], sample: CpuSample) -> Data:
        at, standing = self._standing
        if not standing or time.monotonic() - at > STANDING_SECONDS:
            standing = _host_facts.standing_facts(host, homes)
            self._standing = (time.monotonic(), standing)
        before = self._sample if self._sample.total else sample
        self._sample = _host_facts.cpu_sample(host)  # that of a moment ago would tell of ourselves
        return {**standing, **_host_facts.moving_facts(host, homes, before)}

    def _settled(self, name: str, instance: Data, now: float, steady: float, metrics: bool) -> Data:
        before = self.instances.get(name)
        settled = _delta.settled_instance(instance, before, now, metrics)
        old = (before or {}).get("process") or {}
        process = settled["process"]
        if metrics:
            passed = steady - self._told_at.get(name, steady)
            process = settled["process"] = _delta.with_cpu(process, old, passed)
        if process.get("cpu_seconds") != old.get("cpu_seconds"):
            self._told_at[name] = steady
        return settled

    def _news(self, before: Data, told: Data, settled: dict[str, Data], at: str) -> list[Data]:
        if not before:
            whole = list(settled.values())
            parts = [{"part": whole[n : n + PART]} for n in range(0, len(whole), PART)]
            return [*parts, {"full": {**told, "observed_at": at}}]
        delta = _delta.instances_delta(self.instances, settled)
        for key in ("homes", "warnings", "hidden"):
            if told[key] != before[key]:
                delta[key] = told[key]
        host = _delta.difference(before["host"], told["host"])
        if host:
            delta["host"] = host
        return [{"delta": {**delta, "observed_at": at}}] if delta else [{"beat": at}]


def hidden(state_dirs: Sequence[str], instances: Sequence[Mapping[str, Any]]) -> list[str]:
    """The state directories among those of the registry that we may not look into."""
    seen = {one["state_dir"] for one in instances}
    return [path for path in state_dirs if path not in seen and _is_hidden(path)]


def _is_hidden(path: str) -> bool:
    try:
        os.scandir(path).close()
    except PermissionError:
        return True
    except OSError:
        return False
    return False


class Watch:
    """The loop that looks, and the orders that it works by."""

    def __init__(self, output: int = 1) -> None:
        self.eyes = Eyes()
        self.ended = threading.Event()
        self._output = output
        self._writing = threading.Lock()
        self._wake = threading.Condition()
        self._orders: Data = {}
        self._now = self._looking = False
        self._looks = 0
        self._tails: dict[int, threading.Event] = {}
        self._pending: Any = None

    # --- what is said

    def say(self, message: Mapping[str, Any]) -> None:
        """One line, whole, whichever thread says it."""
        text = json.dumps(message, separators=(",", ":"), ensure_ascii=False)
        data = text.encode("utf-8", "replace") + b"\n"
        with self._writing:
            while data:
                data = data[os.write(self._output, data) :]

    # --- orders, in the thread that reads

    def listen(self, source: int = 0) -> None:
        """Take orders until the input ends; then end everything."""
        try:
            with os.fdopen(source, "rb", closefd=False) as stream:
                for line in stream:
                    self._take(json.loads(line))
        finally:
            self.ended.set()
            os.kill(os.getpid(), signal.SIGTERM)

    def _take(self, order: Data) -> None:
        kind = order.get("do")
        if kind == "ask":
            self._begin(order, "answer")
        elif kind == "tail":
            self._tails[order["n"]] = threading.Event()
            self._begin(order, "follow")
        elif kind == "stop":
            self._tails.pop(order["n"], threading.Event()).set()
        elif kind == "look":
            with self._wake:
                before = self._orders
                self._orders = {**before, **order}
                self._now = self._now or _is_urgent(before, self._orders)
                self._wake.notify_all()
        elif kind == "now":
            self.eyes.forget()
            self._look_now()

    def _begin(self, order: Data, how: str) -> None:
        from . import _answers  # only where somebody asks: most hosts are only looked at

        asked = _answers.Asked(self, order, self._tails.get(order["n"]))
        threading.Thread(target=getattr(asked, how), daemon=True).start()

    def _look_now(self) -> None:
        with self._wake:
            self._now = True
            self._wake.notify_all()

    def fresh(self, state_dir: str, seconds: float = 10.0) -> Data:
        """The instance in that directory, as a look from now on has it."""
        with self._wake:
            wanted = self._looks + (2 if self._looking else 1)
            self._now = True
            self._wake.notify_all()
            self._wake.wait_for(lambda: self._looks >= wanted, seconds)
        return self.eyes.of(state_dir)

    # --- the loop

    def run(self) -> None:
        """Look for ever. Raises what ends it."""
        with self._wake:
            self._wake.wait_for(lambda: bool(self._orders))
        while True:
            began, used = time.monotonic(), _cpu_seconds()
            with self._wake:
                orders, self._now, self._looking = self._orders, False, True
            news = self.eyes.look(orders, bool(orders.get("metrics")))
            rest = REST * (_cpu_seconds() - used)
            took = time.monotonic() - began
            for message in news:  # next: a silence of so many seconds is none
                self.say({**message, "next": round(rest + took, 1)} if took > 1 else message)
            with self._wake:
                self._looks, self._looking = self._looks + 1, False
                self._wake.notify_all()
            self._count_pending(orders)
            self._rest(began, time.monotonic() + rest)

    def _rest(self, began: float, earliest: float) -> None:
        """Wait for the next look: that of the interval, or one that cannot wait."""
        with self._wake:
            while not self._now:
                interval = float(self._orders.get("interval") or 10)
                left = max(began + interval, earliest) - time.monotonic()
                if left <= 0:
                    return
                self._wake.wait(left)

    def _count_pending(self, orders: Mapping[str, Any]) -> None:
        if not orders.get("pending"):
            return
        if self._pending is None:
            from . import _answers

            self._pending = _answers.Pending(self)
        self._pending.count(orders)


def _cpu_seconds() -> float:
    """What this process and the commands that it has run have used."""
    return sum(os.times()[:4])


def _is_urgent(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether somebody looks closely now, or other places are to be looked at.

    That somebody looks at all is none: a hundred hosts would look at once, and stay in step.
    """
    nearer = float(after.get("interval") or 10) < float(before.get("interval") or 10)
    places = any(before.get(k) != after.get(k) for k in ("homes", "more_homes", "state_dirs"))
    return nearer or places


def _leave(_number: int, _frame: object) -> None:
    raise SystemExit(0)


def main() -> None:
    """Watch until the input ends or a signal comes. Ends the process."""
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGHUP, _leave)
    watch = Watch()
    threading.Thread(target=watch.listen, daemon=True).start()
    code = 0
    try:
        watch.run()
    except (SystemExit, KeyboardInterrupt, BrokenPipeError):
        pass  # a command that was running has been ended with it
    except Exception:
        code = 1
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)  # without waiting for the threads that answer
