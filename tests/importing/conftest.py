# SPDX-License-Identifier: GPL-2.0-or-later
"""Files as other telephone systems write them, of an office that there is not."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from firmware.importing import calls, reading, waiting
from firmware.importing import outcome as outcomes
from firmware.importing.merging import Existing
from firmware.importing.plan import PastCall, Plan

STRONG = "kR7vTq2mXw9pLd4z"
DOCUMENT: dict[str, Any] = {
    "site": {"name": "Office", "country": "us", "language": "en", "timezone": "Europe/Berlin"},
    "extension": [{"number": "201", "name": "Front desk", "port": "fxs1"}],
    "line": [{"port": "fxo1", "name": "Main"}],
    "trunk": [{"name": "lines", "ports": ["fxo1"]}],
    "queue": [{"name": "support", "number": "600"}],
    "agent": [{"id": "alice", "extension": "201", "queues": {"support": 1}}],
    "route": [{"line": "fxo1", "to": "queue:support"}],
    "outbound": [{"pattern": "9.", "strip": 1, "trunks": ["lines"]}],
}
PORTS = ["fxo1", "fxs1"]

DEVICES_SQL = f"""-- MariaDB dump
INSERT INTO `devices` VALUES ('201','pjsip','PJSIP/201','fixed','201','Front','',NULL),
('202','pjsip','PJSIP/202','fixed','202','O\\'Neill, Ann','',NULL),('203','dahdi','DAHDI/3','fixed','203','Fax','','');
INSERT INTO `sip` VALUES ('202','secret','{STRONG}',2),('202','dial','PJSIP/202',3),('204','secret','204204',2);
INSERT INTO `devices` VALUES ('204','sip','SIP/204','fixed','204','Store','',NULL);
"""  # noqa: S608
CDR_SQL = (
    "INSERT INTO `cdr` VALUES ('2026-03-02 09:00:00','\\\"Kunde\\\" <+4930123>','+4930123','700','ext-queues',"
    "'PJSIP/acme-00000001','PJSIP/202-00000002','Queue','700,t,,,30',65,50,'ANSWERED',3,'','1772438400.1','');\n"
)
USERS = [
    {"extension": "201", "name": "Front", "voicemail": "novm", "ringtimer": 0},
    {"extension": "202", "name": "O'Neill, Ann", "voicemail": "default", "ringtimer": 15, "outboundcid": "+49305550"},
    {"extension": "203", "name": "Fax", "voicemail": "novm", "ringtimer": 0},
    {"extension": "204", "name": "Store", "voicemail": "novm", "ringtimer": 0},
]
PJSIP = {
    "sip_server": "sip.acme.example", "sip_server_port": "5060", "username": "4930555", "secret": "trunksecret",
    "registration": "send", "transport": "0.0.0.0-tcp", "codecs": "alaw,g729,ulaw",
}  # fmt: skip
MODULES: dict[str, Any] = {
    "Core": {
        "Users": {"users": USERS},
        "Did": [
            {"extension": "+49305550", "cidnum": "", "destination": "timeconditions,1,1", "description": "Main"},
            {"extension": "+49305551", "cidnum": "", "destination": "app-announcement-3,s,1", "description": "News"},
            {"extension": "", "cidnum": "", "destination": "ivr-2,s,1", "description": "All others"},
        ],
        "Trunks": {
            "trunks": [
                {"trunkid": "1", "name": "Acme", "tech": "pjsip", "channelid": "acme", "disabled": "off"},
                {"trunkid": "2", "name": "Lines", "tech": "dahdi", "channelid": "g0", "disabled": "off"},
            ],
            "techTables": {"pjsip": [{"id": "1", "keyword": key, "data": value} for key, value in PJSIP.items()]},
        },
        "Routing": [{
            "route_id": "1", "name": "Out", "emergency_route": None, "password": "", "outcid": "",
            "time_group_id": None, "trunks": ["1"],
            "patterns": [
                {"match_pattern_prefix": "0", "match_pattern_pass": "NXXXXXX.", "match_cid": "",
                 "prepend_digits": "+49"},
                {"match_pattern_prefix": "", "match_pattern_pass": "1[", "match_cid": "", "prepend_digits": ""},
            ],
        }],
    },
    "Queues": {
        "tables": {
            "queues_config": [{"extension": "700", "descr": "Sales Team", "maxwait": "120", "dest": "ext-group,610,1"}],
            "queues_details": [
                {"id": "700", "keyword": "strategy", "data": "rrmemory", "flags": 0},
                {"id": "700", "keyword": "timeout", "data": "15", "flags": 0},
                {"id": "700", "keyword": "announce-position", "data": "yes", "flags": 0},
                {"id": "700", "keyword": "member", "data": "Local/202@from-queue/n,0", "flags": 0},
                {"id": "700", "keyword": "member", "data": "Local/201@from-queue/n,2", "flags": 1},
                {"id": "700", "keyword": "member", "data": "Local/999@from-queue/n,0", "flags": 2},
            ],
        },
        "astdb": [{"QPENALTY": {"700/agents/204": "1"}}, {"QPENALTY": {"700/dynmemberonly": "no"}}],
    },
    "Ringgroups": {"groups": [
        {"grpnum": "610", "description": "Everyone", "strategy": "hunt", "grptime": "20",
         "grplist": "202-204-0170123#", "postdest": "ext-local,vmu202,1"},
    ]},
    "Ivr": {
        "ivrs": {"2": [{"id": "2", "name": "Main menu", "timeout_time": "7", "timeout_loops": "3",
                        "directdial": "ext-local", "timeout_destination": "ext-queues,700,1",
                        "invalid_destination": "app-blackhole,hangup,1"}]},
        "entries": {"2": [
            {"ivr_id": "2", "selection": "1", "dest": "ext-queues,700,1"},
            {"ivr_id": "2", "selection": "2", "dest": "from-did-direct,202,1"},
            {"ivr_id": "2", "selection": "9", "dest": "app-directory,1,1"},
        ]},
    },
    "Timeconditions": {"tables": {
        "timeconditions": [
            {"timeconditions_id": "1", "displayname": "Holidays", "time": "5", "truegoto": "ext-local,vmu202,1",
             "falsegoto": "timeconditions,2,1"},
            {"timeconditions_id": "2", "displayname": "Hours", "time": "4", "truegoto": "ext-queues,700,1",
             "falsegoto": "ivr-2,s,1"},
        ],
        "timegroups_groups": [{"id": "4", "description": "Office hours"}, {"id": "5", "description": "Holidays"}],
        "timegroups_details": [
            {"id": "1", "timegroupid": "4", "time": "9:00-17:30|mon-fri|*|*"},
            {"id": "2", "timegroupid": "5", "time": "*|*|25-26|dec"},
        ],
    }},
    "Voicemail": {"mailboxData": {"202": {"extension": "202", "voicemail_vmpwd": "4711",
                                          "voicemail_email": "ann@office.example"}}},
    "Paging": {"tables": {}},
}  # fmt: skip


def plan_of(paths: list[Path], hear: Callable[[PastCall], None] = lambda call: None) -> Plan:
    """What is understood of files, by this process."""
    plan = Plan(hear=hear)
    with ExitStack() as stack:
        reading.read([(path.name, stack.enter_context(path.open("rb"))) for path in paths], plan)
    return plan


def outcome(paths: list[Path], document: dict[str, Any], ports: list[str], existing: Existing) -> dict[str, Any]:
    """What an import of them would do, with its calls."""
    with waiting.scratch() as kept:
        kept.begin()
        found = outcomes.outcome(plan_of(paths, kept.keep_call), document, ports, existing)
        past = [call for _, call in kept.calls(0, 1000)]
        cdrs = calls.as_cdrs(past, calls.house_of(found["document"]))
        return found | {"call_count": kept.call_count(), "calls": sorted(cdrs, key=lambda cdr: str(cdr["id"]))}


def packed(files: dict[str, bytes], path: Path) -> Path:
    """A tar.gz of files."""
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def freepbx_files() -> dict[str, bytes]:
    """What is in a backup."""
    files = {
        f"modulejson/{name}.json": json.dumps({"module": name.lower(), "configs": configs}).encode()
        for name, configs in MODULES.items()
    }
    files["files/tmp/Devices_dump/Devices.sql"] = DEVICES_SQL.encode()
    files["files/tmp/dbdump/cdr.sql"] = CDR_SQL.encode()
    files["files/var/spool/asterisk/voicemail/default/202/INBOX/msg0000.wav"] = b"RIFF" * 1000
    return files


@pytest.fixture
def freepbx(tmp_path: Path) -> Path:
    """A backup of FreePBX 17."""
    return packed(freepbx_files(), tmp_path / "20260301-040000-17.0.19.tar.gz")
