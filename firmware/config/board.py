# SPDX-License-Identifier: GPL-2.0-or-later
"""The box itself."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from firmware.config.values import Section


class Board(Section):
    """When the lifeline is drilled: in that hour of the site's time zone, as soon as nobody talks."""

    drill: Literal["week", "month", "never"] = "week"
    drill_hour: Annotated[int, Field(ge=0, le=23)] = 3
