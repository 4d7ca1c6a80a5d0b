# SPDX-License-Identifier: GPL-2.0-or-later
"""What the Debian package brings of other people's: hil/appliance/tests/test_package_life.py imports all of it."""

from __future__ import annotations

import re
import sys
from importlib.metadata import requires
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import package  # noqa: E402

OF_A_COMMAND = {"pip"}  # `sqlite-utils install`


def test_no_library_is_left_out_that_another_one_needs() -> None:
    """cffi reads declarations by pycparser at run time: without it no recording is archived."""
    locked = re.findall(r"^([\w.-]+)==", (ROOT / "requirements/run.txt").read_text(), re.MULTILINE)
    for name in set(locked) - set(package.BUILD_ONLY):
        needed = {re.split(r"[ ;<>=!~(\[]", one)[0] for one in requires(name) or () if "extra ==" not in one}
        assert not needed & set(package.BUILD_ONLY) - OF_A_COMMAND, f"{name} needs it"
