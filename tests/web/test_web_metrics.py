# SPDX-License-Identifier: GPL-2.0-or-later
"""/metrics as Prometheus reads it, by its own parser, and as `promtool check metrics` wants names."""

from __future__ import annotations

import re

import office
import pytest
from fake_core import FakeCore
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from web_client import Browser
from web_service import wait_until

from webui.box import Box

# Abbreviations and units that are no base unit of Prometheus (prometheus.io/docs/practices/naming)
NOT_BASE_UNITS = {
    "s", "ms", "sec", "secs", "millis", "milliseconds", "microseconds", "minutes", "hours", "days", "kb", "mb", "bits",
    "percent", "percentage", "celsius_degrees",
}  # fmt: skip
TYPES_IN_NAMES = {"gauge", "counter", "histogram", "summary"}


@pytest.fixture
def families(live_url: str, core: FakeCore, box: Box) -> list[Metric]:
    core.emit("call", office.active_call("one", "talking"))
    core.emit("alarm", {"id": "a", "kind": "x", "severity": "warning", "text": 'a "b" \\ c', "raised_at": office.ago(9),
                        "cleared_at": None})  # fmt: skip
    core.emit("queue", office.queue(name='a "quoted" \\ one\nmore', longest_wait_since=office.ago(5)))
    wait_until(lambda: bool(box.live.picture()["alarms"]) and len(box.live.picture()["queues"]) == 2)
    return list(text_string_to_metric_families(Browser(live_url).get("/metrics").text))


def test_every_family_has_one_type_a_help_and_samples_of_its_own(families: list[Metric]) -> None:
    assert len(families) > 10
    assert len({family.name for family in families}) == len(families)
    for family in families:
        assert family.documentation.endswith("."), family.name
        assert family.type in ("gauge", "counter"), family.name
        assert family.samples, family.name
        assert {sample.name for sample in family.samples} <= {family.name, f"{family.name}_total"}
        labels = [tuple(sorted(sample.labels.items())) for sample in family.samples]
        assert len(set(labels)) == len(labels), family.name


def test_names_are_as_promtool_wants_them(families: list[Metric]) -> None:
    for family in families:
        assert re.fullmatch(r"tipring_[a-z][a-z0-9_]*", family.name)
        words = set(family.name.split("_"))
        assert not words & (NOT_BASE_UNITS | TYPES_IN_NAMES), family.name
        assert family.type == "counter" or not family.name.endswith("_total"), family.name
        for sample in family.samples:
            assert all(re.fullmatch(r"[a-z][a-z0-9_]*", label) for label in sample.labels), family.name
            assert not {"le", "quantile", "job", "instance"} & set(sample.labels), family.name


def test_a_label_comes_back_as_it_was(families: list[Metric]) -> None:
    waiting = next(family for family in families if family.name == "tipring_queue_waiting")
    assert 'a "quoted" \\ one\nmore' in {sample.labels["queue"] for sample in waiting.samples}
