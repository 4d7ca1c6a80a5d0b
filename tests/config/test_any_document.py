# SPDX-License-Identifier: GPL-2.0-or-later
"""Whatever a file holds, the answer is a configuration or ConfigInvalid, and a good one comes back from TOML."""

import contextlib
import copy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firmware.config import ConfigInvalid, check, default_document, dumps, loads
from firmware.config.values import Section

PORTS = ["fxo1", "fxo2", "fxs1", "fxs2", "fxs3", "fxs4"]
words = st.sampled_from(
    sorted(
        {field.alias or name for section in Section.__subclasses__() for name, field in section.model_fields.items()}
    )
)
texts = st.one_of(
    words,
    st.text(max_size=12),
    st.sampled_from(
        ["fxs1", "fxo1", "201", "queue:support", "9.", "us", "en", "UTC", "ivr:x", "http://x", "[", "{}", "%"]
    ),
)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), texts, st.dates(), st.datetimes())
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=20,
)


@given(st.dictionaries(texts, values, max_size=6))
@settings(max_examples=150, deadline=None)
def test_any_document_is_checked_without_another_error(document):
    with contextlib.suppress(ConfigInvalid):
        check(document, PORTS)


@given(st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_default_document_with_something_changed_is_checked_without_another_error(data):
    document = copy.deepcopy(default_document(PORTS))
    for _ in range(data.draw(st.integers(1, 3))):
        place = document
        while True:
            key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
            inner = place[key]
            if not isinstance(inner, (dict, list)) or not inner or data.draw(st.booleans()):
                break
            place = inner
        place[key] = data.draw(values)
    try:
        config = check(document, PORTS)
    except ConfigInvalid as invalid:
        problems = invalid.errors
    else:
        problems = ()
        assert check(loads(dumps(document)), PORTS) == config
    assert all(problem.path and problem.message for problem in problems)


@given(values.filter(lambda value: not isinstance(value, dict)))
@settings(max_examples=50, deadline=None)
def test_what_is_no_table_is_refused(value):
    with pytest.raises(ConfigInvalid, match="configuration: must be a table"):
        check(value, PORTS)


@given(st.text(max_size=80))
@settings(max_examples=150, deadline=None)
def test_any_text_is_toml_or_config_invalid(text):
    with contextlib.suppress(ConfigInvalid):
        loads(text)


@given(
    st.lists(st.text(st.characters(categories=["L", "N", "P", "Zs", "S"]), max_size=80), min_size=1, max_size=4),
    st.dictionaries(st.text("abcäß客", min_size=1, max_size=8), st.integers(1, 99), max_size=12),
)
@settings(max_examples=80, deadline=None)
def test_toml_out_comes_in_again_as_it_was(names, queues):
    document = default_document(PORTS)
    for extension, name in zip(document["extension"], names, strict=False):
        extension["name"] = name
        extension["sip"] = {"password": name or "x"}
    document["queue"] += [{"name": name, "overflow": "queue:support"} for name in queues]
    document["agent"][0]["queues"] = queues
    check(document, PORTS)
    assert loads(dumps(document)) == document
