# SPDX-License-Identifier: GPL-2.0-or-later
"""The configuration: a model, checks with a path for each error, TOML in and out."""

from firmware.config.check import check, notices
from firmware.config.defaults import default_document
from firmware.config.model import (
    Agent,
    Cloud,
    Conference,
    Config,
    Edge,
    Extension,
    ExtensionSip,
    HangUp,
    Ivr,
    LearntTone,
    Line,
    Mail,
    Metering,
    Outbound,
    Prompts,
    Queue,
    Route,
    Site,
    Trunk,
    TrunkSip,
    Voicemail,
)
from firmware.config.problems import ConfigInvalid, ConfigProblem
from firmware.config.targets import Choice, ChoiceKind, Target, TargetKind, parse_choice, parse_target
from firmware.config.toml import dumps, loads

__all__ = [
    "Agent",
    "Choice",
    "ChoiceKind",
    "Cloud",
    "Conference",
    "Config",
    "ConfigInvalid",
    "ConfigProblem",
    "Edge",
    "Extension",
    "ExtensionSip",
    "HangUp",
    "Ivr",
    "LearntTone",
    "Line",
    "Mail",
    "Metering",
    "Outbound",
    "Prompts",
    "Queue",
    "Route",
    "Site",
    "Target",
    "TargetKind",
    "Trunk",
    "TrunkSip",
    "Voicemail",
    "check",
    "default_document",
    "dumps",
    "loads",
    "notices",
    "parse_choice",
    "parse_target",
]
