# SPDX-License-Identifier: GPL-2.0-or-later
"""Trunks and outbound routes of FreePBX."""

from __future__ import annotations

import re

from firmware.importing.freepbx.destinations import Known
from firmware.importing.freepbx.tables import Backup
from firmware.importing.plan import Json, Names, Plan

Row = dict[str, str]
CODECS = {"ulaw": "ulaw", "alaw": "alaw", "g722": "g722", "opus": "opus"}
TRANSPORTS = ("udp", "tcp", "tls")


def trunks(backup: Backup, plan: Plan, known: Known) -> None:
    """SIP accounts. Lines are named by ports here, which nobody can guess."""
    names, pjsip, sip = Names(), backup.settings("pjsip"), backup.settings("sip")
    for where, row in backup.rows("Core", "Trunks", "trunks"):
        id, tech = row.get("trunkid", ""), row.get("tech", "").lower()
        title = row.get("name") or row.get("channelid", "")
        if row.get("disabled") == "on":
            plan.note(where, f'Trunk "{title}" is switched off there; it is not taken over.')
            continue
        account = _pjsip(pjsip.get(id, {})) if tech == "pjsip" else _sip(sip, id) if tech == "sip" else None
        if account is None or not account["registrar"]:
            what = "has no server" if account else f"is of the kind {tech}; lines of a card are set up by their ports"
            plan.note(where, f'Trunk "{title}" {what}.')
            continue
        known.trunks[id] = names.new(title, f"trunk{id}")
        plan.add("trunk", where, {"name": known.trunks[id], "sip": account})


def _pjsip(row: Row) -> Json:
    server = row.get("sip_server", "")
    port = row.get("sip_server_port", "")
    if not server and (uri := re.match(r"sips?:(?:[^@]*@)?([^:;>]+)(?::(\d+))?", row.get("server_uri", ""))):
        server, port = uri[1], uri[2] or ""
    transport = row.get("transport", "").rpartition("-")[2]
    made: Json = {"registrar": _address(server, port, transport)}
    made |= {"username": row.get("auth_username") or row.get("username", ""), "password": row.get("secret", "")}
    made |= {"transport": transport} if transport in TRANSPORTS else {}
    made |= {"register": False} if row.get("registration", "send") != "send" else {}
    return made | _codecs(row.get("codecs", ""))


def _sip(tables: dict[str, Row], id: str) -> Json:
    """chan_sip, which keeps a peer and a line `register` apart."""
    peer = tables.get(f"tr-peer-{id}", {})
    made: Json = {"registrar": _address(peer.get("host", ""), peer.get("port", ""), "udp")}
    made |= {"username": peer.get("username") or peer.get("defaultuser", ""), "password": peer.get("secret", "")}
    made |= {"register": False} if f"tr-reg-{id}" not in tables else {}
    return made | _codecs(peer.get("allow", ""))


def _address(server: str, port: str, transport: str) -> str:
    usual = "5061" if transport == "tls" else "5060"
    return f"{server}:{port}" if server and port not in ("", usual) else server


def _codecs(text: str) -> Json:
    """In their order; what nobody here speaks is left out, and without any the usual ones are offered."""
    found = [CODECS[name] for name in re.split(r"[,&|\s]+", text.lower()) if name in CODECS]
    return {"codecs": list(dict.fromkeys(found))} if found else {}


def outbound(backup: Backup, plan: Plan, known: Known) -> None:
    """Each pattern of a route is an entry of ours."""
    routes = backup.of("Core", "Routing")
    for place, route in enumerate(routes if isinstance(routes, list) else ()):
        if isinstance(route, dict):
            _route(plan, known, f"Core.json: Routing[{place}]", route)


def _route(plan: Plan, known: Known, where: str, route: Json) -> None:
    title = str(route.get("name") or "")
    ways = [str(trunk) for trunk in route.get("trunks") or ()]
    names = [known.trunks[way] for way in ways if way in known.trunks]
    if not names:
        plan.note(where, f'Route "{title}": none of its trunks was taken over; add it by hand.')
        return
    if str(route.get("emergency_route") or "").lower() == "yes":
        plan.note(
            where, f'Route "{title}" is for emergency calls, which go out here by every way there is; see Settings.'
        )
        return
    for key, what in (("password", "a PIN"), ("outcid", "a caller ID"), ("time_group_id", "times")):
        if str(route.get(key) or "") not in ("", "0"):
            plan.note(where, f'Route "{title}" has {what}, which outbound routes do not have here.')
    for number, pattern in enumerate(route.get("patterns") or ()):
        if isinstance(pattern, dict):
            _pattern(
                plan, f"{where}.patterns[{number}]", {key: str(value or "") for key, value in pattern.items()}, names
            )


def _pattern(plan: Plan, where: str, row: Row, trunks: list[str]) -> None:
    prefix, passed = row.get("match_pattern_prefix", ""), row.get("match_pattern_pass", "")
    if row.get("match_cid"):
        plan.note(where, f'The pattern "{prefix}{passed}" is for certain callers only; that is not taken over.')
        return
    plan.add("outbound", where, {
        "pattern": (prefix + passed).upper(),
        "strip": len(re.sub(r"\[[^\]]*\]", "X", prefix)) or None,
        "prepend": row.get("prepend_digits") or None,
        "trunks": trunks,
    })  # fmt: skip
