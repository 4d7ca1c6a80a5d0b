# SPDX-License-Identifier: GPL-2.0-or-later
"""What the reference says is what the box does: each setting, its default, each subcommand."""

import json
import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from firmware.cli import COMMANDS
from firmware.config import (
    CallBackRules,
    Config,
    ExtensionSip,
    HangUp,
    LearntTone,
    Membership,
    SurveyQuestion,
    TollLimits,
    TrunkSip,
    Voicemail,
    Waiting,
    Wallboard,
)
from firmware.config.alarms import Snmp, Syslog
from firmware.config.backup import S3, Sftp
from firmware.config.features import FEATURES
from firmware.config.schema import keys, model_in

REFERENCE = Path(__file__).parents[2] / "docs/reference"
INNER = {
    "extension": (Voicemail,),
    "trunk": (TrunkSip,),
    "line": (HangUp, LearntTone),
    "agent": (Membership,),
    "tolls": (TollLimits,),
    "queue": (Waiting, CallBackRules, Wallboard),
    "survey": (SurveyQuestion,),
    "backup_target": (S3, Sftp),
    "alarm_channel": (Syslog, Snmp),
}
TABLES = {name: model_in(annotation) for name, annotation in keys(Config).items()}


def sections() -> dict[str, str]:
    text = (REFERENCE / "configuration.md").read_text()
    return dict(re.findall(r"^## \[+(\w+)\]+\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL))


def rows(section: str) -> dict[str, str]:
    return dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", section, re.MULTILINE))


def test_every_table_has_its_section():
    assert set(sections()) == set(TABLES)


def test_every_feature_is_described_with_its_code():
    codes = {name: f'`"{feature.code}"`' for name, feature in FEATURES.items()}
    assert rows(sections()["features"]) == codes


@pytest.mark.parametrize("table", [table for table, model in TABLES.items() if model])
def test_every_key_is_described_with_its_default(table):
    model, documented = TABLES[table], rows(sections()[table])
    known = {field.alias or name: field for name, field in model.model_fields.items()}
    nested = {key for inner in INNER.get(table, ()) for key in keys(inner)}
    assert set(documented) == set(known) | nested
    for key, field in known.items():
        default = field.get_default(call_default_factory=True)
        if not field.is_required() and default is not None and default != ():
            shown = "{}" if isinstance(default, BaseModel) else json.dumps(default)
            assert documented[key].strip("`") == shown, key


def test_the_keys_of_a_sip_phone_are_described():
    assert all(f"{key} = " in sections()["extension"] for key in keys(ExtensionSip))


def test_every_subcommand_is_described():
    text = (REFERENCE / "command-line.md").read_text()
    assert [command for command in COMMANDS if f"`tipring {command}" not in text] == []
