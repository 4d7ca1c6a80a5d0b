# SPDX-License-Identifier: GPL-2.0-or-later
"""How each kind of channel tells of alarms. What a way raises says whether it is tried again."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from firmware.api import Control
from firmware.language import DEFAULT, said
from firmware.store import webhooks
from firmware.store.config_db import ConfigDb
from firmware.store.connect import transaction
from firmware.store.notices import TEST, Notice
from firmware.uplink import alarm_words, smtp, syslog

TRAP_S = 60.0
CALL_S = 150.0  # a call, from dialling until somebody pressed a key
SNMP_PORT = 162
SNMP_ENGINE = bytes.fromhex("80001f8805")  # RFC 3411: octets chosen by the holder of enterprise number 8072
_ROOT = Path(__file__).parents[2]


class Later(Exception):
    """It did not work this time."""


class Never(Exception):
    """It will never work."""


@dataclass(frozen=True, slots=True)
class Told:
    """It is told; `said`: what is worth knowing about it."""

    said: str = ""


Channel = dict[str, Any]
Way = Callable[[Channel, dict[str, Any], Sequence[Notice], sqlite3.Connection], Told]


def ways(state: Path) -> dict[str, Way]:
    """All of them, by the keys of `[[alarm_channel]]`."""
    box = ConfigDb(state).box_id()
    return {
        "mail": _mail,
        "syslog": _syslog,
        "webhook": _webhook(state / "history.db"),
        "snmp": _snmp(box),
        "call": _call(state / "control.sock"),
    }


def site_of(document: dict[str, Any]) -> str:
    """What the box is called."""
    name: str = document.get("site", {}).get("name", "")
    return name or "Tipring"


def language_of(channel: Channel, document: dict[str, Any]) -> str:
    """What those whom it tells read and hear: the channel's own, else the site's."""
    language: str = channel.get("language") or document.get("site", {}).get("language", DEFAULT)
    return language


def _mail(channel: Channel, document: dict[str, Any], found: Sequence[Notice], db: sqlite3.Connection) -> Told:
    if "mail" not in document:
        raise Later("no mail server is configured")
    site = document.get("site", {})
    mail = alarm_words.compose(
        found,
        sender=document["mail"]["sender"],
        site=site_of(document),
        to=channel["mail"],
        language=language_of(channel, document),
        zone=ZoneInfo(site.get("timezone", "UTC")),
    )
    try:
        smtp.send(document["mail"], mail)
    except smtp.Never as error:
        raise Never(str(error)) from error
    return Told()


def _syslog(channel: Channel, document: dict[str, Any], found: Sequence[Notice], db: sqlite3.Connection) -> Told:
    syslog.send(channel["syslog"], found, site_of(document))
    return Told()


def _webhook(path: Path) -> Way:
    """Into the queue of the webhook, which has its own way of trying again."""

    def tell(channel: Channel, document: dict[str, Any], found: Sequence[Notice], db: sqlite3.Connection) -> Told:
        with transaction(db, path):
            for notice in found:
                type = webhooks.TEST if notice.what == TEST else f"tipring.alarm.{notice.what}"
                subject = notice.id if notice.what == TEST else notice.event
                data = notice.data | {"text": said(notice.data["text"], language_of(channel, document))}
                webhooks.add(db, channel["webhook"], f"{type}:{subject}", type, subject, data, notice.at)
        return Told()

    return tell


def engine_id(box: str) -> str:
    """How receivers of SNMPv3 traps know the box, in hexadecimal."""
    return (SNMP_ENGINE + uuid.UUID(box).bytes[:12]).hex()


def _snmp(box: str) -> Way:
    def tell(channel: Channel, document: dict[str, Any], found: Sequence[Notice], db: sqlite3.Connection) -> Told:
        settings = channel["snmp"]
        task = {
            "engine": engine_id(box),
            "site": site_of(document),
            "settings": settings,
            "address": syslog.address_of(settings["server"], SNMP_PORT),
            "notices": [(notice.what, notice.data) for notice in found],
        }
        command = [sys.executable, "-m", "firmware.uplink.trap"]
        try:
            done = subprocess.run(
                command, cwd=_ROOT, input=json.dumps(task), capture_output=True, text=True, timeout=TRAP_S, check=False
            )
        except subprocess.TimeoutExpired:
            raise Later(f"{settings['server']} did not answer within {TRAP_S:.0f} s") from None
        if done.returncode:
            raise Later((done.stderr.strip().splitlines() or ["no reason given"])[-1])
        unconfirmed = "user" in settings and not settings.get("inform", True)
        return Told(f"sent by the engine 0x{engine_id(box)}" if unconfirmed else "")

    return tell


def _call(control: Path) -> Way:
    """Each number in turn, until somebody has pressed 1. Those who only listened do not count."""

    def tell(channel: Channel, document: dict[str, Any], found: Sequence[Notice], db: sqlite3.Connection) -> Told:
        wanted = [notice for notice in found if notice.what == TEST or _is_news(db, notice)]
        if not wanted:
            return Told("it was over, or somebody knew of it")
        language, outcomes = language_of(channel, document), []
        for number in channel["call"]:
            with Control(control, timeout_s=CALL_S) as core:
                answer = core.request(
                    "alarms.call",
                    number=number,
                    ids=[notice.alarm for notice in wanted],
                    texts=[said(notice.data["text"], language) for notice in wanted],
                    language=language,
                )
            if answer["outcome"] == "acknowledged":
                return Told(f"{number} pressed 1")
            outcomes.append(f"{number}: {answer['outcome'].replace('_', ' ')}")
        raise Later("; ".join(outcomes))

    return tell


def _is_news(db: sqlite3.Connection, notice: Notice) -> bool:
    row = db.execute("SELECT cleared_at, acknowledged_at FROM alarms WHERE id = ?", (notice.alarm,)).fetchone()
    return row is not None and not row["cleared_at"] and not row["acknowledged_at"]
