# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people use beside the playbooks. It may import plugins, never the reverse."""
