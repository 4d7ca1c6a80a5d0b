# SPDX-License-Identifier: GPL-2.0-or-later
"""Feature codes: changed, switched off, and never two meanings of one."""

from __future__ import annotations

import pytest

from firmware.config import ConfigInvalid, check, features

EXTENSIONS = ("201", "202")


def test_a_code_is_found_with_its_argument() -> None:
    assert features.dialled({}, "*8", EXTENSIONS) == ("pick_up", "")
    assert features.dialled({}, "**202", EXTENSIONS) == ("pick_up_directed", "202")
    assert features.dialled({}, "**299", EXTENSIONS) is None
    assert features.dialled({"park": "#5"}, "#5", EXTENSIONS) == ("park", "")
    assert features.dialled({"park": ""}, "*70", EXTENSIONS) is None


@pytest.mark.parametrize(
    ("codes", "path"),
    [({"park": "*8"}, "features.park"), ({"park": "*714"}, "features.park"), ({"dance": "*1"}, "features")],
)
def test_a_clash_is_named(codes: dict[str, str], path: str) -> None:
    with pytest.raises(ConfigInvalid) as invalid:
        check({"features": codes}, None)
    assert [problem.path for problem in invalid.value.errors] == [path]


@pytest.mark.parametrize("code", ["70", "*", "*70x", "*7000000"])
def test_a_code_begins_with_star_or_hash(code: str) -> None:
    with pytest.raises(ConfigInvalid) as invalid:
        check({"features": {"park": code}}, None)
    assert [problem.path for problem in invalid.value.errors] == ["features.park"]
