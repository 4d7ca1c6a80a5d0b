# SPDX-License-Identifier: GPL-2.0-or-later
"""Sends SNMP notifications (docs/TIPRING-MIB.txt), in a process of its own: `python -m firmware.uplink.trap`, the task
as JSON on standard input. pysnmp costs 20 MB that the uplink need not keep.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Mapping
from typing import Any

from pysnmp.entity.engine import SnmpEngine
from pysnmp.hlapi.v3arch.asyncio import (
    CommunityData,
    ContextData,
    NotificationType,
    ObjectIdentity,
    UdpTransportTarget,
    UsmUserData,
    send_notification,
    usmAesCfb128Protocol,
    usmHMAC192SHA256AuthProtocol,
    usmNoAuthProtocol,
    usmNoPrivProtocol,
)
from pysnmp.proto import errind
from pysnmp.proto.rfc1902 import Counter32, Integer32, OctetString

ROOT = "1.3.6.1.4.1.8072.9999.9999.8474"  # netSnmpPlaypen: until Tipring has a number of its own
NOTIFICATIONS = {"raised": f"{ROOT}.0.1", "cleared": f"{ROOT}.0.2", "test": f"{ROOT}.0.3"}
SEVERITIES = {"warning": 1, "error": 2, "critical": 3}
WAIT_S, AGAIN = 3.0, 2  # for the answer to an inform, and how often it is sent again
BOOTS_SINCE = 1_735_689_600  # 2025, in seconds since 1970
REFUSED = {
    errind.WrongDigest: "the password, or its algorithm (SHA-256), is not the one that it knows of this user",
    errind.UnknownUserName: "it does not know this user",
    errind.UnsupportedSecurityLevel: "it does not know this user with these passwords",
    errind.DecryptionError: "the privacy_password, or its algorithm (AES-128), is not the one that it knows",
    errind.NotInTimeWindow: "its clock of SNMPv3 and the box's differ",
}
SILENT = {
    "community": "it does not answer; see its address, and whether it knows the community",
    "user": "it does not answer; see its address",
    "privacy_password": "it does not answer; see its address, and whether it knows the privacy_password and AES-128",
}


def bindings(alarm: Mapping[str, Any], site: str) -> list[tuple[str, Any]]:
    """The objects of a notification."""
    return [
        (f"{ROOT}.1.1.0", OctetString(alarm["id"].encode())),
        (f"{ROOT}.1.2.0", OctetString(alarm["kind"].encode())),
        (f"{ROOT}.1.3.0", Integer32(SEVERITIES[alarm["severity"]])),
        (f"{ROOT}.1.4.0", OctetString(alarm["text"].encode()[:1000])),
        (f"{ROOT}.1.5.0", Counter32(int(alarm.get("count", 1)))),
        (f"{ROOT}.1.6.0", OctetString(site.encode()[:255])),
    ]


def _who(settings: Mapping[str, Any]) -> CommunityData | UsmUserData:
    if settings.get("community"):
        return CommunityData(settings["community"], mpModel=1)  # noqa: S508 (many receivers know nothing else)
    password, privacy = settings.get("password"), settings.get("privacy_password")
    return UsmUserData(
        settings["user"],
        password,
        privacy,
        authProtocol=usmHMAC192SHA256AuthProtocol if password else usmNoAuthProtocol,
        privProtocol=usmAesCfb128Protocol if privacy else usmNoPrivProtocol,
    )


def _engine(id: str) -> SnmpEngine:
    """Whoever receives traps knows engines by how often they have started, and each process is
    a start (RFC 3414, section 2.2): the count follows the clock, so that it rises without being kept."""
    engine = SnmpEngine(OctetString(bytes.fromhex(id)))
    (boots,) = engine.get_mib_builder().import_symbols("__SNMP-FRAMEWORK-MIB", "snmpEngineBoots")
    boots.syntax = boots.syntax.clone(max(1, int(time.time()) - BOOTS_SINCE))
    return engine


def _why(error: Any, status: Any, settings: Mapping[str, Any]) -> str:
    """Why the receiver did not take it. What cannot be decrypted it drops without a word."""
    if isinstance(error, errind.RequestTimedOut):
        return next(said for name, said in reversed(SILENT.items()) if settings.get(name))
    return REFUSED.get(type(error)) or str(error or status.prettyPrint())


async def send(task: Mapping[str, Any]) -> None:
    """Each of `notices`, as `settings` say. OSError when the receiver does not confirm one."""
    engine = _engine(task["engine"])
    try:
        await _send(engine, task)
    finally:
        engine.close_dispatcher()


async def _send(engine: SnmpEngine, task: Mapping[str, Any]) -> None:
    settings = task["settings"]
    host, port = task["address"]
    target = await UdpTransportTarget.create((host, port), timeout=WAIT_S, retries=AGAIN)
    kind = "inform" if settings.get("inform", True) else "trap"
    for what, alarm in task["notices"]:
        told = NotificationType(ObjectIdentity(NOTIFICATIONS[what])).add_varbinds(*bindings(alarm, task["site"]))
        error, status, _, _ = await send_notification(engine, _who(settings), target, ContextData(), kind, told)
        if error or status:
            raise OSError(f"the receiver {host} did not take it: {_why(error, status, settings)}")


def main() -> int:
    """0 when all were taken; else a sentence on standard error."""
    try:
        asyncio.run(send(json.load(sys.stdin)))
    except Exception as error:  # pysnmp has errors of its own for a wrong name, a wrong key, a wrong answer
        print(" ".join(str(error).split()) or type(error).__name__, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
