# SPDX-License-Identifier: GPL-2.0-or-later
"""Phones, trunks, mailboxes and queues of Asterisk's own files."""

from __future__ import annotations

import re
from collections.abc import Sequence

from firmware.importing.asterisk import dialplan
from firmware.importing.asterisk.calls_through import follow, numbers_of_names
from firmware.importing.asterisk.conf import Section, sections
from firmware.importing.asterisk.dialplan import Dialplan
from firmware.importing.freepbx import callers
from firmware.importing.freepbx.destinations import Known
from firmware.importing.freepbx.people import extension
from firmware.importing.freepbx.trunks import CODECS
from firmware.importing.plan import Json, Names, Plan
from firmware.importing.uploads import Source

Row = dict[str, str]
_NUMBER = re.compile(r"[0-9]{1,15}")
_URI = re.compile(r"sips?:(?:([^@;]+)@)?([A-Za-z0-9.-]+)(?::(\d{1,5}))?(?:;.*)?")
_REGISTER = re.compile(
    r"(?:(?:udp|tcp|tls)://)?([^:@]+)(?::([^@:]+))?(?::[^@]+)?@([A-Za-z0-9.-]+)(?::(\d{1,5}))?(?:/.*)?"
)
DEVICES = ("endpoint", "wizard", "friend", "peer", "user")
GENERAL = ("general", "global", "globals", "zonemessages", "system", "acl")


def read(sources: Sequence[Source], plan: Plan, known: Known) -> None:
    """Fills the plan; extensions come first, since queues lead to them."""
    files: dict[str, list[Section]] = {}
    plans: list[Dialplan] = []
    for source in sources:
        name = source.name.rpartition("/")[2]
        if name in _READERS:
            files.setdefault(name, []).extend(sections(source, plan))
        elif name == "extensions.conf":
            plans.append(dialplan.read(source, plan))
        else:
            plan.note(source.name, "This file is not known; see docs/importing.md.")
    boxes = _mailboxes(files.get("voicemail.conf", []))
    names = Names()
    for found in plans:
        known.numbers |= numbers_of_names(found, plan, _contexts(files))
    for name in ("pjsip.conf", "pjsip_wizard.conf", "sip.conf"):
        _READERS[name](files.get(name, []), boxes, names, plan, known)
    _queues(files.get("queues.conf", []), plan, known)
    for found in plans:
        follow(found, plan, known)


def _contexts(files: dict[str, list[Section]]) -> dict[str, str]:
    """Of devices: where what they dial begins."""
    found = [section for listed in files.values() for section in listed if section.kind in DEVICES]
    return {section.name: section.one("context", section.one("endpoint/context", "default")) for section in found}


def _mailboxes(found: list[Section]) -> dict[str, Row]:
    """`201 => 1234,Name,address,pager,options`, in whatever context."""
    boxes: dict[str, Row] = {}
    for section in found:
        if section.name not in GENERAL:
            for number, values in section.values.items():
                pin, name, email = ([part.strip() for part in values[-1].split(",")] + ["", "", ""])[:3]
                boxes[number] = {"voicemail_vmpwd": pin.lstrip("-"), "name": name, "voicemail_email": email}
    return boxes


def _phone(plan: Plan, known: Known, section: Section, secret: str, boxes: dict[str, Row], tech: str) -> None:
    number = known.numbers.get(section.name, section.name)
    known.peers[section.name] = number
    known.inner.add(section.one("context", "default"))
    box = boxes.get(number) or boxes.get(section.name, {})
    caller = re.sub(r"\s*<[^>]*>", "", section.one("callerid")).strip('" ')
    row = box | {
        "extension": number, "name": caller or box.get("name", ""), "tech": tech, "secret": secret,
        "voicemail_enable": "yes" if box else "no",
    }  # fmt: skip
    extension(plan, section.where, row, known)


def _account(plan: Plan, known: Known, names: Names, section: Section, account: Json) -> None:
    name = names.new(section.name, "trunk")
    known.trunks[section.name] = name
    known.outer.setdefault(section.one("context", "default"), []).append(name)
    plan.add("trunk", section.where, {"name": name, "sip": account | _codecs(section)})


def _codecs(section: Section) -> Json:
    found = [part.strip() for text in section.values.get("allow", ()) for part in text.lower().split(",")]
    ours = [CODECS[name] for name in found if name in CODECS]
    return {"codecs": list(dict.fromkeys(ours))} if ours else {}


def _server(uri: str) -> str:
    found = _URI.fullmatch(uri.strip())
    return "" if not found else found[2] + (f":{found[3]}" if found[3] and found[3] != "5060" else "")


def _pjsip(found: list[Section], boxes: dict[str, Row], names: Names, plan: Plan, known: Known) -> None:
    """Endpoints named by a number are phones, those with a registration or a fixed address are trunks."""
    kinds: dict[str, dict[str, Section]] = {}
    for section in found:
        kinds.setdefault(section.kind, {})[section.name] = section
    auths, aors = kinds.get("auth", {}), kinds.get("aor", {})
    registered = {section.one("endpoint") or name: section for name, section in kinds.get("registration", {}).items()}
    for name, endpoint in kinds.get("endpoint", {}).items():
        if _NUMBER.fullmatch(name) or name in known.numbers:
            auth = auths.get(endpoint.one("auth", name))
            _phone(plan, known, endpoint, auth.one("password") if auth else "", boxes, "pjsip")
            continue
        registration = registered.get(name)
        aor = aors.get(endpoint.one("aors", name))
        server = _server(registration.one("server_uri")) if registration else _server(aor.one("contact") if aor else "")
        auth = auths.get((registration or endpoint).one("outbound_auth") or endpoint.one("outbound_auth"))
        if not server:
            plan.note(endpoint.where, f'"{name}" is neither a phone (a number) nor a trunk with a server.')
            continue
        account = {"registrar": server} | ({} if registration else {"register": False})
        account |= {"username": auth.one("username"), "password": auth.one("password")} if auth else {}
        _account(plan, known, names, endpoint, account)


def _wizard(found: list[Section], boxes: dict[str, Row], names: Names, plan: Plan, known: Known) -> None:
    """pjsip_wizard.conf: `type = wizard`, with keys such as `inbound_auth/password`."""
    for section in found:
        if section.kind != "wizard":
            continue
        for key in [key for key in section.values if key.startswith("endpoint/")]:
            section.values[key.removeprefix("endpoint/")] = section.values[key]
        if _NUMBER.fullmatch(section.name) or section.name in known.numbers:
            _phone(plan, known, section, section.one("inbound_auth/password"), boxes, "pjsip")
        elif host := section.one("remote_hosts").partition(",")[0].strip():
            account: Json = {"registrar": host, "username": section.one("outbound_auth/username"),
                             "password": section.one("outbound_auth/password")}  # fmt: skip
            sends = section.one("sends_registrations") in ("yes", "true", "1")
            _account(plan, known, names, section, account | ({} if sends else {"register": False}))
        else:
            plan.note(section.where, f'"{section.name}" is neither a phone (a number) nor a trunk with remote_hosts.')


def _sip(found: list[Section], boxes: dict[str, Row], names: Names, plan: Plan, known: Known) -> None:
    """Peers with `host = dynamic` are phones; others are trunks, which register if a line `register` has their host."""
    lines = [value for section in found if section.name == "general" for value in section.values.get("register", ())]
    servers = {line[3] for text in lines if (line := _REGISTER.fullmatch(text))}
    for section in found:
        host = section.one("host")
        if section.name in GENERAL or section.kind not in ("friend", "peer", "user"):
            continue
        if (_NUMBER.fullmatch(section.name) or section.name in known.numbers) and host in ("dynamic", ""):
            _phone(plan, known, section, section.one("secret"), boxes, "sip")
        elif host and host != "dynamic":
            port = section.one("port", "5060")
            username = section.one("defaultuser") or section.one("username") or section.one("fromuser")
            account: Json = {"registrar": host if port == "5060" else f"{host}:{port}", "username": username}
            account |= {"password": section.one("remotesecret") or section.one("secret")}
            _account(plan, known, names, section, account | ({} if host in servers else {"register": False}))
        else:
            plan.note(section.where, f'"{section.name}" is no number: a phone here registers with its extension.')


def _queues(found: list[Section], plan: Plan, known: Known) -> None:
    names, agents = Names(), dict[str, dict[str, int]]()
    for section in (section for section in found if section.name not in GENERAL):
        name = names.new(section.name, "queue")
        numbered = section.name if _NUMBER.fullmatch(section.name) else ""
        known.queues[section.name] = name
        row = {key: values[-1] for key, values in section.values.items()} | {"extension": numbered}
        made = callers.queue(plan, known, section.where, name, row)
        plan.add("queue", section.where, made if numbered else {key: made[key] for key in made if key != "number"})
        for text in section.values.get("member", ()):
            tech, _, rest = text.partition("/")
            penalty = [*rest.split(","), "", ""][1].strip()
            name_of = rest.split(",")[0].strip()
            text = f"{tech.strip()}/{known.peers.get(name_of, name_of)}" + (f",{penalty}" if penalty.isdigit() else "")
            callers.member(plan, known, section.where, agents, name, text)
    for number, parts in agents.items():
        plan.add("agent", "queues.conf", {"id": number, "extension": number, "queues": parts})


_READERS = {
    "pjsip.conf": _pjsip, "pjsip_wizard.conf": _wizard, "sip.conf": _sip,
    "voicemail.conf": lambda *_: None, "queues.conf": lambda *_: None,
}  # fmt: skip
