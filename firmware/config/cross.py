# SPDX-License-Identifier: GPL-2.0-or-later
"""What types cannot say: names that must exist, things that may be there only once.

It reads the raw document, taking only values of the right type, so that one run names these errors
together with the ones of the types.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import ssl
import zoneinfo
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from firmware import countries
from firmware.config.dialplan import match
from firmware.config.features import FEATURES, codes_in_force
from firmware.config.problems import ConfigProblem, path_of
from firmware.config.targets import Target, TargetKind, parse_choice, parse_target

Document = dict[str, Any]


@functools.cache
def _time_zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _text(table: Document, key: str) -> str | None:
    value = table.get(key)
    return value if isinstance(value, str) else None


def _texts(table: Document, key: str) -> list[tuple[int, str]]:
    value = table.get(key)
    items = enumerate(value) if isinstance(value, (list, tuple)) else ()
    return [(index, item) for index, item in items if isinstance(item, str)]


def _tables(document: Document, key: str) -> list[tuple[int, Document]]:
    value = document.get(key)
    items = enumerate(value) if isinstance(value, (list, tuple)) else ()
    return [(index, item) for index, item in items if isinstance(item, dict)]


def _table(document: Document, key: str) -> Document:
    value = document.get(key)
    return value if isinstance(value, dict) else {}


def _choice(names: Collection[str], empty: str) -> str:
    return f"use one of {', '.join(sorted(names))}" if names else empty


@dataclass(frozen=True)
class Names:
    """Everything that the document names."""

    extensions: frozenset[str]
    lines: frozenset[str]
    trunks: frozenset[str]
    queues: frozenset[str]
    conferences: frozenset[str]
    groups: frozenset[str]
    pagings: frozenset[str]
    schedules: frozenset[str]
    disa: frozenset[str]
    ivrs: frozenset[str]
    boxes: frozenset[str]

    @classmethod
    def of(cls, document: Document) -> Names:
        def named(table: str, key: str) -> frozenset[str]:
            return frozenset(name for _, item in _tables(document, table) if (name := _text(item, key)) is not None)

        boxes = (_text(item, "number") for _, item in _tables(document, "extension") if item.get("voicemail"))
        return cls(
            extensions=named("extension", "number"),
            lines=named("line", "port"),
            trunks=named("trunk", "name"),
            queues=named("queue", "name"),
            conferences=named("conference", "name"),
            ivrs=named("ivr", "name"),
            boxes=frozenset(number for number in boxes if number),
            schedules=named("schedule", "name"),
            disa=named("disa", "name"),
            groups=named("group", "name"),
            pagings=named("paging", "name"),
        )


def site(document: Document) -> Iterator[ConfigProblem]:
    """Country and time zone exist."""
    table = _table(document, "site")
    country, zone = _text(table, "country"), _text(table, "timezone")
    if country is not None and country not in countries.codes():
        allowed = ", ".join(sorted(countries.codes()))
        yield ConfigProblem("site.country", f'"{country}" is not a country this box knows; use one of {allowed}')
    if zone is not None and zone not in _time_zones():
        message = f'"{zone}" is not a time zone; use a name like UTC, Europe/Berlin or Asia/Shanghai'
        yield ConfigProblem("site.timezone", message)


def _port_uses(document: Document) -> Iterator[tuple[str, str, str]]:
    """Path, port, and the kind that it must be of: extensions and lines (trunks share ports with lines)."""
    for table, kind in (("extension", "fxs"), ("line", "fxo")):
        for index, item in _tables(document, table):
            if (port := _text(item, "port")) is not None:
                yield path_of(table, index, "port"), port, kind
    for index, item in _tables(document, "trunk"):
        for place, port in _texts(item, "ports"):
            yield path_of("trunk", index, "ports", place), port, "fxo"


def _port_problem(port: str, kind: str, ports: Collection[str] | None) -> str | None:
    fitting = [name for name in ports or () if name.startswith(kind)]
    allowed = _choice(fitting, f"this box has no {kind} port") if ports is not None else f"use an {kind} port"
    if port.startswith(("fxo", "fxs")) and not port.startswith(kind):
        plug = "telephones are on fxs ports" if kind == "fxs" else "lines are on fxo ports"
        return f'"{port}" is of the wrong kind, {plug}; {allowed}'
    if ports is not None and port not in ports:
        return f'"{port}" is not a port of this box; {allowed}'
    return None


def ports_exist(document: Document, ports: Collection[str] | None) -> Iterator[ConfigProblem]:
    """Each port is there (when it is known which there are) and of the right kind."""
    for path, port, kind in _port_uses(document):
        if message := _port_problem(port, kind, ports):
            yield ConfigProblem(path, message)


def _once(uses: Iterator[tuple[str, str]], what: str, advice: str) -> Iterator[ConfigProblem]:
    seen: dict[str, str] = {}
    for path, name in uses:
        if name in seen:
            yield ConfigProblem(path, f'{what} "{name}" is taken by {seen[name]}; {advice}')
        seen.setdefault(name, path)


def named_once(document: Document) -> Iterator[ConfigProblem]:
    """Ports, numbers, names and ids are given out once."""

    def of(table: str, key: str) -> Iterator[tuple[str, str]]:
        for index, item in _tables(document, table):
            if (name := _text(item, key)) is not None:
                yield path_of(table, index, key), name

    def numbers() -> Iterator[tuple[str, str]]:
        yield from of("extension", "number")
        yield from of("queue", "number")
        yield from of("conference", "number")
        yield from of("group", "number")
        yield from of("paging", "number")
        yield from of("ivr", "number")

    def plugged() -> Iterator[tuple[str, str]]:
        yield from of("extension", "port")
        yield from of("line", "port")

    def grouped() -> Iterator[tuple[str, str]]:
        for index, item in _tables(document, "trunk"):
            for place, port in _texts(item, "ports"):
                yield path_of("trunk", index, "ports", place), port

    yield from _once(plugged(), "port", "use each port once")
    yield from _once(grouped(), "port", "a port can be in one trunk only")
    yield from _once(numbers(), "number", "everything that is dialled inside needs a number of its own")
    yield from _once(of("trunk", "name"), "name", "give each trunk its own")
    yield from _once(of("queue", "name"), "name", "give each queue its own")
    yield from _once(of("conference", "name"), "name", "give each conference its own")
    yield from _once(of("group", "name"), "name", "give each group its own")
    yield from _once(of("paging", "name"), "name", "give each its own")
    yield from _once(of("ivr", "name"), "name", "give each menu its own")
    yield from _once(of("agent", "id"), "id", "give each agent its own")
    yield from _once(of("agent", "extension"), "extension", "one agent sits at one extension")
    yield from _once(of("schedule", "name"), "name", "give each schedule its own")
    yield from _once(of("disa", "name"), "name", "give each its own")


def means_of_ringing(document: Document) -> Iterator[ConfigProblem]:
    """An extension has something that rings; a trunk has something to call out on."""
    for index, item in _tables(document, "extension"):
        if item.get("port") is None and item.get("sip") is None and not item.get("also"):
            message = 'the extension has neither port nor sip; give port = "fxs1" or sip = { password = "…" }'
            yield ConfigProblem(path_of("extension", index, "port"), message)
    for index, item in _tables(document, "trunk"):
        if ("sip" in item) == bool("ports" in item):
            message = 'a trunk is either sip = { registrar = "…" } or ports = ["fxo1"]; give one of the two'
            yield ConfigProblem(path_of("trunk", index), message)
        elif item.get("ports") == []:
            yield ConfigProblem(path_of("trunk", index, "ports"), "is empty; name at least one fxo port")


def trunk_accounts(document: Document) -> Iterator[ConfigProblem]:
    """What belongs to TLS and SRTP is used with them, certificates can be read, and something shows a number."""
    for index, item in _tables(document, "trunk"):
        sip = _table(item, "sip")
        for key in ("ca_file", "tls_verify"):
            if key in sip and sip.get("transport") != "tls":
                yield ConfigProblem(path_of("trunk", index, "sip", key), 'is for transport = "tls"; leave it out')
        if "srtp_keying" in sip and sip.get("srtp", "off") in ("off", False):
            message = 'is for srtp = "optional" or "mandatory"; leave it out'
            yield ConfigProblem(path_of("trunk", index, "sip", "srtp_keying"), message)
        if sip.get("codecs") == []:
            message = "is empty; name at least one of ulaw, alaw, g722, opus, or leave it out"
            yield ConfigProblem(path_of("trunk", index, "sip", "codecs"), message)
        if sip.get("caller_id") == "own" and not sip.get("number") and not sip.get("username"):
            message = '"own" needs a number to show; give number = "…"'
            yield ConfigProblem(path_of("trunk", index, "sip", "caller_id"), message)
        if (file := _text(sip, "ca_file")) is not None and (why := unusable_certificates(file)):
            yield ConfigProblem(path_of("trunk", index, "sip", "ca_file"), why)


def unusable_certificates(file: str) -> str | None:
    """Why a file holds no certificates that a connection could be verified with, None when it does."""
    try:
        ssl.create_default_context().load_verify_locations(file)
    except ssl.SSLError:
        return f'"{file}" holds no certificate; use a file in PEM form (-----BEGIN CERTIFICATE-----)'
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return f'"{file}" cannot be read ({reason}); use the whole path of a file on this box'
    return None


def feature_codes(document: Document) -> Iterator[ConfigProblem]:
    """No code is another one, or begins like one that takes digits behind it."""
    table = _table(document, "features")
    changed = {name: code for name, code in table.items() if isinstance(code, str)}
    codes = codes_in_force(changed)
    for name, other in itertools.permutations(codes, 2):
        clash = codes[other] == codes[name] or (FEATURES[other].argument and codes[name].startswith(codes[other]))
        if clash and name in changed:
            yield ConfigProblem(f"features.{name}", f'"{codes[name]}" is taken by {other}; use another code')


OF_A_PORT = ("flash", "flash_max_ms", "reversal_on_answer", "metering")


def settings_of_ports(document: Document) -> Iterator[ConfigProblem]:
    """What only a phone on a port can have is not given to another one."""
    for index, item in _tables(document, "extension"):
        for key in OF_A_PORT:
            if key in item and "port" not in item:
                yield ConfigProblem(path_of("extension", index, key), "needs a port: give this extension an fxs port")


def agents(document: Document, names: Names) -> Iterator[ConfigProblem]:
    """Agents sit at extensions that exist and serve queues that exist."""
    for index, item in _tables(document, "agent"):
        extension = _text(item, "extension")
        if extension is not None and extension not in names.extensions:
            allowed = _choice(names.extensions, "there is no extension yet, add one")
            message = f'there is no extension "{extension}"; {allowed}'
            yield ConfigProblem(path_of("agent", index, "extension"), message)
        for queue in _table(item, "queues"):
            if isinstance(queue, str) and queue not in names.queues:
                allowed = _choice(names.queues, "there is no queue yet, add one")
                yield ConfigProblem(path_of("agent", index, "queues", queue), f'there is no queue "{queue}"; {allowed}')


def _nowhere(target: Target, names: Names, document: Document) -> str | None:
    if target.kind == TargetKind.EXTERNAL:
        if _tables(document, "outbound"):
            return None
        return f'"{target}" needs a way out, and there is none; add an [[outbound]] table'
    known = {
        TargetKind.QUEUE: names.queues,
        TargetKind.EXTENSION: names.extensions,
        TargetKind.TRUNK: names.trunks,
        TargetKind.CONFERENCE: names.conferences,
        TargetKind.GROUP: names.groups,
        TargetKind.PAGING: names.pagings,
        TargetKind.DISA: names.disa,
        TargetKind.IVR: names.ivrs,
        TargetKind.VOICEMAIL: names.boxes,
    }[target.kind]
    if target.value in known:
        return None
    if target.kind == TargetKind.VOICEMAIL:
        advice = _choice(known, "give an extension voicemail = true")
        return f"the extension {target.value} has no voicemail; {advice}"
    return f'there is no {target.kind} "{target.value}"; {_choice(known, f"there is no {target.kind} yet, add one")}'


def _no_fax(target: Target, port: str, document: Document) -> str | None:
    if target.kind not in (TargetKind.EXTENSION, TargetKind.TRUNK):
        return f'"{target}" cannot take a fax; use extension:NUMBER or trunk:NAME'
    trunks = [item for _, item in _tables(document, "trunk") if _text(item, "name") == target.value]
    if target.kind == TargetKind.TRUNK and trunks and trunks[0].get("ports") == [port]:
        return f"{port} is in use by the fax itself; use another trunk"
    return None


_LEADS_ON = {"overflow": TargetKind.QUEUE, "then": TargetKind.GROUP}


def targets(document: Document, names: Names) -> Iterator[ConfigProblem]:
    """Routes, overflows and faxes lead to something."""
    uses = [(path_of("queue", i, "overflow"), item, "overflow") for i, item in _tables(document, "queue")]
    uses += [(path_of("route", i, "to"), item, "to") for i, item in _tables(document, "route")]
    uses += [(path_of("group", i, "then"), item, "then") for i, item in _tables(document, "group")]
    uses += [(path_of("line", i, "fax"), item, "fax") for i, item in _tables(document, "line")]
    for path, item, key in uses:
        try:
            target = parse_target(_text(item, key) or "")
        except ValueError:
            continue  # the types have said so
        own = Target(_LEADS_ON[key], _text(item, "name") or "") if key in _LEADS_ON else None
        message = f"a {own.kind} cannot lead into itself; name another target" if own and target == own else None
        if key == "fax":
            message = _no_fax(target, _text(item, "port") or "", document)
        if message := message or _nowhere(target, names, document):
            yield ConfigProblem(path, message)


FORWARDS = ("forward_always", "forward_busy", "forward_no_answer", "forward_unregistered")


def ringing(document: Document, names: Names) -> Iterator[ConfigProblem]:
    """What rings beside an extension's phones, where its calls are forwarded, and who is in a group."""
    for index, item in _tables(document, "extension"):
        yield from _also(index, item, names, document)
        for key in FORWARDS:
            if (to := _text(item, key)) and (message := _no_forward(item, to, names, document)):
                yield ConfigProblem(path_of("extension", index, key), message)
    for table in ("group", "paging"):
        for index, item in _tables(document, table):
            yield from _members(table, index, item, names, document)


def _also(index: int, item: Document, names: Names, document: Document) -> Iterator[ConfigProblem]:
    value = item.get("also")
    for place, entry in enumerate(value if isinstance(value, (list, tuple)) else ()):
        text = _text(entry, "to") if isinstance(entry, dict) else entry
        try:
            target = parse_target(text if isinstance(text, str) else "")
        except ValueError:
            continue  # the types have said so
        message = _nowhere(target, names, document)
        if target.kind not in (TargetKind.EXTENSION, TargetKind.EXTERNAL):
            message = f'"{target}" does not ring; use extension:NUMBER or external:NUMBER'
        if target == Target(TargetKind.EXTENSION, _text(item, "number") or ""):
            message = "the extension itself rings anyway; name another one"
        if message:
            yield ConfigProblem(path_of("extension", index, "also", place), message)


def _no_forward(item: Document, to: str, names: Names, document: Document) -> str | None:
    if to in (_text(item, "number"), f"extension:{_text(item, 'number')}"):
        return "an extension cannot be forwarded to itself; name another number"
    if ":" in to:
        try:
            return _nowhere(parse_target(to), names, document)
        except ValueError:
            return None  # the types have said so
    if to in _numbers(document) or _goes_out(document, to):
        return None
    return f'nothing in the dial plan matches "{to}"; use a number as a phone of the house dials it'


def _numbers(document: Document) -> set[str]:
    tables = ("extension", "queue", "conference", "group", "paging", "ivr")
    return {number for table in tables for _, item in _tables(document, table) if (number := _text(item, "number"))}


def _goes_out(document: Document, number: str) -> bool:
    for _, item in _tables(document, "outbound"):
        with contextlib.suppress(ValueError):
            if match(_text(item, "pattern") or "", number) == "full":
                return True
    return False


def _members(table: str, index: int, item: Document, names: Names, document: Document) -> Iterator[ConfigProblem]:
    sip = {_text(extension, "number") for _, extension in _tables(document, "extension") if "sip" in extension}
    for place, member in _texts(item, "members"):
        message = None
        if member not in names.extensions:
            allowed = _choice(names.extensions, "there is no extension yet, add one")
            message = f'there is no extension "{member}"; {allowed}'
        elif table == "paging" and member not in sip:
            message = f'"{member}" has no SIP phone, and others cannot answer by themselves; leave it out'
        if message:
            yield ConfigProblem(path_of(table, index, "members", place), message)


def menus(document: Document, names: Names) -> Iterator[ConfigProblem]:
    """What menus lead to is there; whoever presses nothing, or always the wrong key, comes to an end."""
    for path, text in _choices(document):
        try:
            choice = parse_choice(text)
        except ValueError:
            continue  # the types have said so
        if isinstance(choice, Target) and (message := _nowhere(choice, names, document)):
            yield ConfigProblem(path, message)
    for key in ("timeout", "invalid"):
        yield from _circles(document, key)


def _choices(document: Document) -> Iterator[tuple[str, str]]:
    for index, item in _tables(document, "ivr"):
        for keys, text in _table(item, "digits").items():
            if isinstance(text, str):
                yield path_of("ivr", index, "digits", str(keys)), text
        for key in ("timeout", "invalid"):
            if (text := _text(item, key)) is not None:
                yield path_of("ivr", index, key), text


def _circles(document: Document, key: str) -> Iterator[ConfigProblem]:
    """Menus whose callers would be sent round for ever."""
    following: dict[str, str] = {}
    for _, item in _tables(document, "ivr"):
        name, to = _text(item, "name"), _text(item, key) or ""
        if name:
            following[name] = name if to.startswith(("repeat", "language:")) else to.removeprefix("ivr:")
    for index, item in _tables(document, "ivr"):
        at = start = _text(item, "name") or ""
        seen = [start]
        while (at := following.get(at, "")) in following and at not in seen:
            seen.append(at)
        if at == start and at in following:
            way = " → ".join([*seen, start])
            message = f"callers would go round for ever ({way}); lead one of these menus somewhere else"
            yield ConfigProblem(path_of("ivr", index, key), message)


def routes(document: Document, names: Names) -> Iterator[ConfigProblem]:
    """Each route says exactly one origin, which exists. Those of an origin are tried in order, so each has its turn."""
    seen: dict[tuple[str, str], dict[str | None, str]] = {}
    for index, item in _tables(document, "route"):
        schedule = _text(item, "schedule")
        if schedule is not None and schedule not in names.schedules:
            allowed = _choice(names.schedules, "there is no schedule yet, add one")
            yield ConfigProblem(path_of("route", index, "schedule"), f'there is no schedule "{schedule}"; {allowed}')
        origins = [key for key in ("line", "did", "trunk") if item.get(key) is not None]
        if len(origins) != 1:
            given = " and ".join(origins) or "none"
            message = f"a route has exactly one of line, did or trunk; this one has {given}"
            yield ConfigProblem(path_of("route", index), message)
            continue
        name = _text(item, origins[0])
        if name is not None:
            earlier = seen.setdefault((origins[0], name), {})
            yield from _origin(index, origins[0], name, names, schedule, earlier)
            earlier.setdefault(schedule, path_of("route", index, origins[0]))


def _origin(
    index: int, key: str, name: str, names: Names, schedule: str | None, earlier: dict[str | None, str]
) -> Iterator[ConfigProblem]:
    path = path_of("route", index, key)
    known = {"line": names.lines, "trunk": names.trunks}.get(key)
    if known is not None and name not in known:
        message = f'there is no {key} "{name}"; {_choice(known, f"there is no {key} yet, add one")}'
        yield ConfigProblem(path, message)
    elif key == "did" and not name:
        yield ConfigProblem(path, "is empty; give the number that is called")
    elif None in earlier:
        message = f'{key} "{name}" is routed by {earlier[None]} already, at all times'
        yield ConfigProblem(path, f"{message}; keep one of the two, or give that one a schedule")
    elif schedule in earlier:
        message = f'{key} "{name}" is routed by {earlier[schedule]} already in the same hours; keep one of the two'
        yield ConfigProblem(path, message)


def outbound(document: Document, names: Names) -> Iterator[ConfigProblem]:
    """The trunks of outbound routes exist."""
    for index, item in _tables(document, "outbound"):
        for place, trunk in _texts(item, "trunks"):
            if trunk not in names.trunks:
                allowed = _choice(names.trunks, "there is no trunk yet, add one")
                path = path_of("outbound", index, "trunks", place)
                yield ConfigProblem(path, f'there is no trunk "{trunk}"; {allowed}')


def cross_check(document: Document, ports: Collection[str] | None) -> Iterator[ConfigProblem]:
    """All of it. `ports` are the box's; None: not known, so their existence is not checked."""
    names = Names.of(document)
    yield from site(document)
    yield from means_of_ringing(document)
    yield from settings_of_ports(document)
    yield from trunk_accounts(document)
    yield from ports_exist(document, ports)
    yield from named_once(document)
    yield from agents(document, names)
    yield from targets(document, names)
    yield from ringing(document, names)
    yield from menus(document, names)
    yield from routes(document, names)
    yield from outbound(document, names)
    yield from feature_codes(document)
