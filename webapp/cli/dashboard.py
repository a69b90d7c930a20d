# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""dashboard: the web page of all instances. Imports nothing slow before it has to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from ...plugins.module_utils._hostile import shown
from ...plugins.module_utils._model import ClawPilotError

if TYPE_CHECKING:
    from ..settings import Settings


@click.command()
@click.option("--bind", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port.  [default: dashboard_port]")
@click.option("-i", "--inventory", default="", help="Inventory file or list of hosts.")
@click.option("--allowed-host", multiple=True, help="Another name under which it is opened.")
@click.option("--trusted-proxy", multiple=True, help="Address or network of a proxy in front.")
@click.option("--plain-http", is_flag=True, help="Listen beyond this machine, without encryption.")
@click.option("--background", is_flag=True, help="Leave it running behind this terminal.")
@click.option("--stop", is_flag=True, help="Stop the one that runs, and end. Jobs go on.")
@click.option("--url", is_flag=True, help="Print an address that logs in once, and end.")
@click.option("--rotate-token", is_flag=True, help="Make a new token, log everybody out, and end.")
def dashboard(
    bind: str,
    port: int | None,
    inventory: str,
    allowed_host: tuple[str, ...],
    trusted_proxy: tuple[str, ...],
    plain_http: bool,
    background: bool,
    stop: bool,
    url: bool,
    rotate_token: bool,
) -> None:
    """Show all instances in a browser: live, with what can be done to them.

    It runs until Ctrl-C. Jobs that run then go on, and are shown again after the next start.
    """
    from .. import background as behind
    from .. import settings as settings_

    settings = settings_.load(
        bind=bind, port=port, inventory=inventory, hosts=allowed_host, proxies=trusted_proxy
    )
    if rotate_token:
        rotate(settings)
    if url:
        click.echo(behind.link(settings))
    if stop:
        say("The dashboard is stopped." if behind.stop(settings) else "No dashboard runs.")
    if rotate_token or url or stop:
        return
    if not settings.is_loopback:
        check_told(bind, plain_http)
    if background:
        leave_running(settings, words_of(settings, allowed_host, plain_http))
        return
    from .. import serve

    serve.run(settings, say, warn)


def words_of(settings: Settings, allowed: Sequence[str], plain_http: bool) -> list[str]:
    """The same dashboard as words for this command, from any folder."""
    words = ["--bind", settings.bind, "--port", str(settings.port)]
    if settings.inventory:
        words += ["--inventory", settings.inventory]
    for name in allowed:
        words += ["--allowed-host", name]
    for proxy in settings.trusted_proxies:
        words += ["--trusted-proxy", proxy]
    return [*words, *(["--plain-http"] if plain_http else [])]


def leave_running(settings: Settings, words: Sequence[str]) -> None:
    from .. import background

    new = background.start(settings, words, warn)
    say(f"The dashboard {'is' if new else 'runs already'} at {background.address(settings)}/")
    say(f"Log in, once and within five minutes: {background.link(settings)}")
    say("Stop it with claw-pilot dashboard --stop.")


def say(line: str) -> None:
    click.echo(shown(line))


def warn(line: str) -> None:
    click.echo(shown(f"Warning: {line}"), err=True)


def rotate(settings: Settings) -> None:
    """A new token; a dashboard that runs notices."""
    from ..doors import Doors

    doors = Doors.of(settings)
    doors.rotate()
    doors.store.close()
    say(f"A new token is in {settings.token_path}; whoever was logged in is not any more.")


def check_told(bind: str, plain_http: bool) -> None:
    """Have somebody say that he knows. Raises NOT_ENCRYPTED."""
    if not plain_http:
        raise ClawPilotError(
            "NOT_ENCRYPTED",
            f"On {bind} other machines can connect, and the dashboard speaks plain HTTP: whoever"
            " is on the way reads the token and everything else.",
            "Stay on 127.0.0.1 with ssh -L or a TLS proxy (docs/dashboard.md); or --plain-http.",
        )
    warn(f"{bind} is open to other machines, and nothing is encrypted.")


COMMANDS = [dashboard]
