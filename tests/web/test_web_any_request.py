# SPDX-License-Identifier: GPL-2.0-or-later
"""Whatever a program sends, the API answers as its document says: schemathesis over every route, with a fixed seed.

`tipring bench api` does the same for longer, against a box of its own or a running one.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

EXAMPLES = 4


@pytest.fixture(scope="module")
def box_url(tmp_path_factory: pytest.TempPathFactory, blank_state: Path) -> Iterator[str]: ...
