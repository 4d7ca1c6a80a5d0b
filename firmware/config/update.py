# SPDX-License-Identifier: GPL-2.0-or-later
"""Updates by themselves."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from firmware.config.network import Address
from firmware.config.values import Section


class Update(Section):
    """`url` is where the maker lays the newest bundle. `automatic`: each night, in that hour of the site's time zone,
    what is newer there is installed; the restart waits for the last call, `wait_minutes` at most, 0: without end."""

    url: Address | None = None
    automatic: bool = False
    hour: Annotated[int, Field(ge=0, le=23)] = 3
    wait_minutes: Annotated[int, Field(ge=0, le=7 * 24 * 60)] = 240
