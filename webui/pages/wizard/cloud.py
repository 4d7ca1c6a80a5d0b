# SPDX-License-Identifier: GPL-2.0-or-later
"""Where calls are told to, if the office wants that."""

from __future__ import annotations

from webui.i18n import N_
from webui.pages.settings.sheet import Sheet
from webui.pages.settings.submit import routes_of
from webui.pages.wizard.steps import HOME
from webui.settings.fields import Field

SHEET = Sheet(
    "cloud",
    "/wizard/cloud",
    HOME,
    N_("Cloud"),
    (
        Field("url", N_("Address"), hint=N_("such as https://cloud.example.com/tipring; empty: no cloud"), wide=True),
        Field("token", N_("Token"), "secret"),
        Field("recordings", N_("Recordings too"), "switch", default=False),
    ),
    note=N_("Calls are kept in the box in any case. What the cloud has not acknowledged waits until it does."),
    single=True,
    then=lambda item: HOME,
)
show, save = (route.handler for route in routes_of(SHEET))
