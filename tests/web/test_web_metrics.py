# SPDX-License-Identifier: GPL-2.0-or-later
"""/metrics as Prometheus reads it, by its own parser, and as `promtool check metrics` wants names."""

from __future__ import annotations

import json
import re
from pathlib import Path

import office
import pytest
from fake_core import FakeCore
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from web_client import Browser
from web_service import wait_until

from firmware.store.config_db import ConfigDb
from webui.box import Box

# Abbreviations and units that are no base unit of Prometheus (prometheus.io/docs/practices/naming)
NOT_BASE_UNITS = {
    "s", "ms", "sec", "secs", "millis", "milliseconds", "microseconds", "minutes", "hours", "days", "kb", "mb", "bits",
    "percent", "percentage", "celsius_degrees",
}  # fmt: skip
TYPES_IN_NAMES = {"gauge", "counter", "histogram", "summary"}


DASHBOARD = Path(__file__).parents[2] / "docs/grafana/tipring.json"
LINE = {"underruns": 1, "overruns": 0, "clipped": 2}


@pytest.fixture
def families(live_url: str, core: FakeCore, box: Box) -> list[Metric]:
    core.answers["stats"] = {"rtp": {"packets": 9, "sent": 8, "send_errors": 0}, "lines": {"fxo1": LINE},
                             "codecs": {"fxs1": {"drift_ppm": -12.5, "slips": 3, "restarts": 1}}}  # fmt: skip
    trunk = {"name": "cloud", "kind": "sip", "state": "up", "latency_ms": 12.5}
    core.emit("trunk", trunk)
    core.emit("call_ended", {"id": "over", "direction": "inbound", "disposition": "answered", "talk_s": 61.0,
                             "trunk": "cloud", "mos": 4.1})  # fmt: skip
    ConfigDb(box.state).apply(office.DOCUMENT | {"alarm_channel": [{"name": "log", "syslog": {"server": "x"}}]}, "t")
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


def test_the_dashboard_shows_nothing_that_is_not_there(families: list[Metric]) -> None:
    there = {sample.name for family in families for sample in family.samples}
    dashboard = json.loads(DASHBOARD.read_text())
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    asked += [item["query"]["query"] for item in dashboard["templating"]["list"] if item["type"] == "query"]
    names = {name for expression in asked for name in re.findall(r"\btipring_\w+", expression)}
    assert len(names) > 20
    assert names <= there


def test_its_panels_have_ids_of_their_own_and_do_not_overlap() -> None:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    cells = [
        (x, y)
        for at in (panel["gridPos"] for panel in panels)
        for x in range(at["x"], at["x"] + at["w"])
        for y in range(at["y"], at["y"] + at["h"])
    ]
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24


def test_calls_that_ended_are_counted(families: list[Metric]) -> None:
    ended = next(family for family in families if family.name == "tipring_calls_ended")
    (sample,) = ended.samples
    assert (sample.labels, sample.value) == ({"direction": "inbound", "disposition": "answered"}, 1)
