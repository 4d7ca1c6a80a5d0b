# SPDX-License-Identifier: GPL-2.0-or-later
"""Extensions of FreePBX, with their phones and mailboxes: from a backup, or from the Bulk Handler's CSV."""

from __future__ import annotations

from firmware.importing.freepbx.destinations import Known
from firmware.importing.freepbx.tables import Backup
from firmware.importing.plan import Json, Plan, mailbox, phone, text_of

Row = dict[str, str]
SIP = ("sip", "pjsip")
NO_MAILBOX = ("", "novm", "disabled")
LONGEST_RING_S = 300


def extensions(backup: Backup, plan: Plan, known: Known) -> None:
    """Those of the module core; the PINs and addresses of their mailboxes are in voicemail."""
    secrets = backup.settings("sip")
    devices = {row.get("user") or row.get("id", ""): row for _, row in backup.devices()}
    boxes = {row.get("extension") or place: row for place, row in _boxes(backup).items()}
    for where, row in backup.rows("Core", "Users", "users"):
        number = row.get("extension", "")
        device = devices.get(number, {})
        box = boxes.get(number, {})
        whole = device | secrets.get(device.get("id", number), {}) | box | row
        extension(plan, where, whole | {"tech": device.get("tech", "")}, known)


def _boxes(backup: Backup) -> dict[str, Row]:
    found = backup.of("Voicemail", "mailboxData")
    rows = found.items() if isinstance(found, dict) else ()
    return {key: {name: str(value or "") for name, value in row.items()} for key, row in rows if isinstance(row, dict)}


def extension(plan: Plan, where: str, row: Row, known: Known) -> None:
    """One, of the columns that backup and CSV have in common."""
    number, tech = row.get("extension", ""), row.get("tech", "").lower()
    made: Json = {"number": number, "name": text_of(row.get("name"))}
    if tech in SIP or (not tech and row.get("secret")):
        made["sip"] = phone(plan, where, number, row.get("secret", ""))
    elif tech:
        plan.note(where, f"Extension {number} is a {tech} device; choose a phone port, or a SIP phone, for it.")
    if _has_mailbox(row):
        made["voicemail"] = mailbox(plan, where, row.get("voicemail_vmpwd", ""), row.get("voicemail_email", ""))
    ring = row.get("ringtimer", "")
    if ring.isdigit() and 0 < int(ring) <= LONGEST_RING_S:
        made["no_answer_s"] = max(3, int(ring))
        if "voicemail" in made:
            made["voicemail"]["after_s"] = int(ring)
    known.extensions.add(number)
    plan.add("extension", where, made)
    _left_over(plan, where, row)


def _has_mailbox(row: Row) -> bool:
    said = row.get("voicemail_enable", "").lower()
    return said == "yes" or (not said and row.get("voicemail", "") not in NO_MAILBOX)


def _left_over(plan: Plan, where: str, row: Row) -> None:
    """What callers or the person would miss."""
    for key, what in (
        ("outboundcid", "the number shown outside"), ("noanswer_dest", "where calls go that nobody takes"),
        ("busy_dest", "where calls go while it is busy"), ("chanunavail_dest", "where calls go without a phone"),
    ):  # fmt: skip
        if value := row.get(key, ""):
            plan.note(where, f'Extension {row.get("extension", "")}: {what} ("{value[:80]}") is not taken over.')
