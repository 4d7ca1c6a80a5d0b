# SPDX-License-Identifier: GPL-2.0-or-later
"""Whatever a program sends, the API answers as its document says: schemathesis over every route, with a fixed seed.

`tipring bench api` does the same for longer, against a box of its own or a running one.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import core_answers
import office
import pytest
from fake_core import FakeCore
from web_service import serve, wait_until

from firmware.store.access import Access
from firmware.store.config_db import ConfigDb
from hil.benches.api_requests import Fault, Tried, tried
from webui.api import ROUTES
from webui.api.openapi import document

EXAMPLES = 4


@pytest.fixture(scope="module")
def box_url(tmp_path_factory: pytest.TempPathFactory, blank_state: Path) -> Iterator[str]:
    ...
