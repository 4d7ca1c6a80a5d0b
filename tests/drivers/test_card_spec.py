# SPDX-License-Identifier: GPL-2.0-or-later
"""What may stand behind --card."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.card import open_card, parse_spec
from drivers.port import PortError, PortKind


def test_a_simulated_card_has_the_ports_that_were_asked_for() -> None:
    spec = parse_spec("sim:fxo=2,fxs=4")
    assert spec.port_ids == ["fxo1", "fxo2", "fxs1", "fxs2", "fxs3", "fxs4"]


def test_the_card_is_opened_with_these_ports(tmp_path: Path) -> None:
    card = open_card("sim:fxs=1,fxo=1", tmp_path / "sim")
    assert [(port.id, port.kind) for port in card.ports] == [("fxo1", PortKind.FXO), ("fxs1", PortKind.FXS)]


def test_a_box_may_have_no_card(tmp_path: Path) -> None:
    assert list(open_card("none", tmp_path).ports) == []


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("", 'there is no card ""'),
        ("wanpipe", 'there is no card "wanpipe"'),
        ("sim", "has no ports"),
        ("sim:fxo=0", "has no ports"),
        ("sim:fxo=2,fxo=3", "twice"),
        ("sim:fxo=2;fxs=4", '"fxo=2;fxs=4" is not'),
        ("sim:fxo=-1", '"fxo=-1" is not'),
        ("sim:fxs=65", "at most 64"),
    ],
)
def test_a_wrong_card_is_refused_in_words(spec: str, says: str) -> None:
    with pytest.raises(PortError, match=r"sim:fxo=2,fxs=4|at most 64") as refused:
        parse_spec(spec)
    assert says in str(refused.value)
