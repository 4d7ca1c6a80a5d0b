# SPDX-License-Identifier: GPL-2.0-or-later
"""From a new box to its acceptance, step by step. What is done is seen in the configuration and kept by the core:
steps can be left, resumed, and done again alone."""

from __future__ import annotations

from webui.pages.first_start import certificate, cloud, greeting, lines, place, ports, steps, team, telephones, trials
from webui.pages.route import PageRoute

ROUTES: list[PageRoute] = [
    *steps.ROUTES,
    *place.ROUTES,
    *ports.ROUTES,
    *telephones.ROUTES,
    *lines.ROUTES,
    *team.ROUTES,
    *greeting.ROUTES,
    *cloud.ROUTES,
    *trials.ROUTES,
    *certificate.ROUTES,
]
