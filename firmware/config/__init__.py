# SPDX-License-Identifier: GPL-2.0-or-later
"""The configuration: a model, checks with a path for each error, TOML in and out."""

from firmware.config.check import check, notices
from firmware.config.defaults import default_document
from firmware.config.model import (
    Agent,
    Also,
    Cloud,
    Conference,
    Config,
    Edge,
    Extension,
    ExtensionSip,
    Group,
    HangUp,
    LearntTone,
    Line,
    Metering,
    Outbound,
    Paging,
    Queue,
    Route,
    Site,
    Trunk,
    TrunkSip,
)
from firmware.config.problems import ConfigInvalid, ConfigProblem
from firmware.config.targets import Target, TargetKind, parse_target
from firmware.config.toml import dumps, loads

__all__ = [
    "Agent",
    "Also",
    "Cloud",
    "Conference",
    "Config",
    "ConfigInvalid",
    "ConfigProblem",
    "Edge",
    "Extension",
    "ExtensionSip",
    "Group",
    "HangUp",
    "LearntTone",
    "Line",
    "Metering",
    "Outbound",
    "Paging",
    "Queue",
    "Route",
    "Site",
    "Target",
    "TargetKind",
    "Trunk",
    "TrunkSip",
    "check",
    "default_document",
    "dumps",
    "loads",
    "notices",
    "parse_target",
]
