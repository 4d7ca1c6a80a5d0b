# SPDX-License-Identifier: GPL-2.0-or-later
"""The office itself: its name, country, language and clock, and how all its phones behave."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from firmware.config.values import Seconds, Section, Text


class Site(Section):
    name: Text = "Tipring"
    country: str = "us"
    language: Literal["en", "zh"] = "en"
    timezone: str = "UTC"


class Phones(Section):
    """All phones. `off_hook_tone_s`: busy or congestion tone to one on a port that nobody is on; then the howler.

    `rtp_timeout_s`: a SIP phone that sends nothing for so long is gone (0: never).
    """

    distinctive_rings: bool = True
    off_hook_tone_s: Annotated[Seconds, Field(ge=1, le=600)] = 30
    howler_s: Annotated[Seconds, Field(ge=0, le=600)] = 60
    rtp_timeout_s: Annotated[int, Field(ge=0, le=3600)] = 60
