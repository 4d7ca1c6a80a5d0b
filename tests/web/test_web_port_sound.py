# SPDX-License-Identifier: GPL-2.0-or-later
"""What the core counts of a port's sound stands on the page of its line or telephone."""

from __future__ import annotations

import pytest
from fake_core import FakeCore
from web_client import Browser

COUNTED = {"received": 900, "underruns": 4, "overruns": 7, "clipped": 11}
CODEC = {"drift_ppm": -12.5, "slips": 3, "restarts": 1}


@pytest.fixture
def told(core: FakeCore) -> None:
    core.answers["stats"] = {"lines": {"fxs1": COUNTED, "fxo1": COUNTED}, "codecs": {"fxs1": CODEC}}


@pytest.mark.usefixtures("told")
def test_a_telephone_at_a_codec_shows_its_clock_and_its_slips(owner: Browser) -> None:
    page = owner.get("/settings/extensions/201").text
    assert "Slipped at the codec</dt><dd>3</dd>" in page
    assert "-12.5 ppm" in page


@pytest.mark.usefixtures("told")
def test_a_line_shows_what_came_too_late_and_no_codec(owner: Browser) -> None:
    page = owner.get("/settings/lines/fxo1").text
    assert "Came too late</dt><dd>4</dd>" in page
    assert "Came too fast</dt><dd>7</dd>" in page
    assert "Codec" not in page


def test_a_core_that_counts_nothing_leaves_it_out(owner: Browser) -> None:
    page = owner.get("/settings/lines/fxo1")
    assert page.status == 200
    assert "Came too late" not in page.text
