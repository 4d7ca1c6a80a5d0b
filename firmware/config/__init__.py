# SPDX-License-Identifier: GPL-2.0-or-later
"""The configuration: a model, checks with a path for each error, TOML in and out."""

from firmware.config.check import check, notices
from firmware.config.defaults import default_document
from firmware.config.model import (
    Agent,
    Cloud,
    Conference,
    Config,
    Disa,
    Edge,
    Emergency,
    Extension,
    ExtensionSip,
    HangUp,
    LearntTone,
    Line,
    Metering,
    NumberLists,
    Outbound,
    Queue,
    Route,
    Schedule,
    Site,
    TollLimits,
    Tolls,
    Trunk,
    TrunkSip,
)
from firmware.config.problems import ConfigInvalid, ConfigProblem
from firmware.config.targets import Target, TargetKind, parse_target
from firmware.config.toml import dumps, loads

__all__ = [
    "Agent",
    "Cloud",
    "Conference",
    "Config",
    "ConfigInvalid",
    "ConfigProblem",
    "Disa",
    "Edge",
    "Emergency",
    "Extension",
    "ExtensionSip",
    "HangUp",
    "LearntTone",
    "Line",
    "Metering",
    "NumberLists",
    "Outbound",
    "Queue",
    "Route",
    "Schedule",
    "Site",
    "Target",
    "TargetKind",
    "TollLimits",
    "Tolls",
    "Trunk",
    "TrunkSip",
    "check",
    "default_document",
    "dumps",
    "loads",
    "notices",
    "parse_target",
]
