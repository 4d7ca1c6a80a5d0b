# SPDX-License-Identifier: GPL-2.0-or-later
"""What types cannot say, by subject: names that must exist, things that may be there only once, calls in circles.

Each check reads the raw document, taking only values of the right type, so that one run names these problems together
with those of the types.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from firmware.config.checks import (
    acme,
    alarms,
    backup,
    emergency,
    extensions,
    groups,
    lan,
    menus,
    names,
    ports,
    queues,
    reports,
    routes,
    site,
    targets,
    trunks,
    waiting,
    wallboard,
)
from firmware.config.checks.document import Document
from firmware.config.problems import ConfigProblem

_ALONE = (
    site.site,
    site.feature_codes,
    extensions.means_of_ringing,
    extensions.settings_of_ports,
    extensions.pins,
    trunks.trunk_ways,
    trunks.trunk_accounts,
    names.named_once,
    queues.loops,
    queues.places,
    routes.outbound_costs,
    waiting.questions,
    wallboard.thresholds,
    acme.acme,
    lan.network,
    backup.places,
)
_WITH_NAMES = (
    queues.agents,
    queues.kept_recordings,
    queues.codes,
    targets.targets,
    extensions.ringing,
    groups.members,
    menus.menus,
    reports.reports,
    alarms.alarm_channels,
    waiting.waiting,
    routes.routes,
    routes.outbound,
    emergency.emergency,
)


def cross_check(document: Document, box_ports: Collection[str] | None) -> Iterator[ConfigProblem]:
    """All of it. `box_ports` are the box's; None: not known, so their existence is not checked."""
    yield from ports.ports_exist(document, box_ports)
    for alone in _ALONE:
        yield from alone(document)
    known = names.names_of(document)
    for check in _WITH_NAMES:
        yield from check(document, known)
