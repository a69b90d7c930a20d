# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""All hosts: how each is reached, how much room it has, what is installed and what runs there."""

from __future__ import annotations

from flask import render_template, request

from ..doors.who import does
from ..services import services
from . import bp


@bp.get("/hosts")
@does("see")
def hosts() -> str:
    """?part=list is the list alone."""
    template = "_hosts_list.html" if request.args.get("part") == "list" else "hosts.html"
    live = services().live
    return render_template(template, version=live.version, hosts=live.hosts())
