# SPDX-License-Identifier: GPL-2.0-or-later
"""The configuration: a model, checks with a path for each error, TOML in and out."""

from firmware.config.cellular import Cellular
from firmware.config.changes import Change, changes
from firmware.config.check import check, notices
from firmware.config.defaults import default_document
from firmware.config.distribution import Membership
from firmware.config.emergency import Emergency
from firmware.config.extensions import Also, Extension, ExtensionSip, Metering
from firmware.config.groups import Conference, Group, Paging
from firmware.config.limits import Disa, NumberLists, TollLimits, Tolls
from firmware.config.lines import HangUp, LearntTone, Line
from firmware.config.menus import Ivr, Prompts
from firmware.config.model import Config
from firmware.config.network import Cloud, Edge
from firmware.config.problems import ConfigInvalid, ConfigProblem
from firmware.config.queues import Agent, Queue
from firmware.config.recordings import Recorded, Recordings
from firmware.config.routes import Outbound, Route, Schedule
from firmware.config.site import Site
from firmware.config.targets import Choice, ChoiceKind, Target, TargetKind, parse_choice, parse_target
from firmware.config.toml import dumps, loads
from firmware.config.trunks import Trunk, TrunkSip
from firmware.config.voicemail import Mail, Voicemail
from firmware.config.waiting import CALL_BACK, CallBackRules, Survey, SurveyQuestion, Waiting
from firmware.config.wallboard import Wallboard
from firmware.config.wrap_up import Disposition, PauseReason

__all__ = [
    "CALL_BACK",
    "Agent",
    "Also",
    "CallBackRules",
    "Cellular",
    "Change",
    "Choice",
    "ChoiceKind",
    "Cloud",
    "Conference",
    "Config",
    "ConfigInvalid",
    "ConfigProblem",
    "Disa",
    "Disposition",
    "Edge",
    "Emergency",
    "Extension",
    "ExtensionSip",
    "Group",
    "HangUp",
    "Ivr",
    "LearntTone",
    "Line",
    "Mail",
    "Membership",
    "Metering",
    "NumberLists",
    "Outbound",
    "Paging",
    "PauseReason",
    "Prompts",
    "Queue",
    "Recorded",
    "Recordings",
    "Route",
    "Schedule",
    "Site",
    "Survey",
    "SurveyQuestion",
    "Target",
    "TargetKind",
    "TollLimits",
    "Tolls",
    "Trunk",
    "TrunkSip",
    "Voicemail",
    "Waiting",
    "Wallboard",
    "changes",
    "check",
    "default_document",
    "dumps",
    "loads",
    "notices",
    "parse_choice",
    "parse_target",
]
