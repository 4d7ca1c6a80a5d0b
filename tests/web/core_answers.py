# SPDX-License-Identifier: GPL-2.0-or-later
"""What a core answers that takes every order: the objects of docs/reference/control.md."""

from __future__ import annotations

from typing import Any

import office
from fake_core import CoreError

AT = "2026-11-22T11:00:00.000Z"
SETTINGS = {"extension": "201", "name": "Reception", "lamp": "idle", "do_not_disturb": False, "call_waiting": True,
            "forward_always": "", "forward_busy": "", "forward_no_answer": "", "forward_unregistered": "",
            "chosen": []}  # fmt: skip
PHONE = {"extension": "202", "name": "Office", "server": "192.0.2.1", "port": 5060, "transport": "udp", "user": "202",
         "password": "secret", "transports": [{"transport": "udp", "server": "192.0.2.1:5060"}], "websocket": None,
         "sip": "sip:202@192.0.2.1"}  # fmt: skip
DEVICE = {"extension": "202", "contact": "sip:202@192.0.2.9", "transport": "udp", "source": "192.0.2.9:5060",
          "user_agent": "Phone", "since": AT, "expires": AT}  # fmt: skip
CALL_BACK = {"id": "b1", "queue": "support", "number": "5551234", "name": "", "language": "", "call": None,
             "started_at": AT, "since": AT, "wanted_at": None, "due_at": AT, "tries": 0, "state": "waiting",
             "reason": "", "agent": None, "last_call": None, "refused": False, "ended_at": None}  # fmt: skip
SMS = {"id": "s1", "direction": "inbound", "modem": "mobile", "number": "+12125550123", "text": "hello", "at": AT,
       "state": "received", "author": "", "reason": "", "parts": 1, "sent_at": None, "delivered_at": None}  # fmt: skip
MODEM = {"name": "mobile", "device": "/dev/serial/by-id/usb-modem", "number": "", "state": "up", "trouble": "",
         "model": "E3372", "sim": "ready", "registration": "home", "operator": "Testnet", "signal_dbm": -71,
         "stored": 0, "capacity": 20, "waiting": 0}  # fmt: skip
FOUND = {"device": "/dev/serial/by-id/usb-other", "kind": "cellular", "detail": "E3372", "used_by": "", "can": []}
FOUND_VOICE = {"device": "/dev/serial/by-id/usb-voice", "kind": "voice", "detail": "CX93010", "used_by": "",
               "can": ["both_ways", "caller_id"]}  # fmt: skip
VOICE = {"port": "fxo201", "device": "/dev/serial/by-id/usb-line", "model": "CX93010", "fault": "",
         "can": ["by_turns"], "taken": True}  # fmt: skip
CONTACT = {"number": "5551234", "name": "Anna"}
NIGHT = {"mode": "auto", "schedules": [{"name": "day", "open": True, "until": None}]}
TOLLS = [{"kind": "premium", "stopped_since": None, "reason": "", "used": {"calls_per_hour": 0},
          "limits": {"calls_per_hour": 10}}]  # fmt: skip
REPORT = {"id": "d1", "line": "fxo1", "at": AT, "state": "running", "step": "silence", "steps": [], "error": None,
          "findings": {}, "proposal": [], "check": None, "clips": []}  # fmt: skip
TRUNK = {"name": "cloud", "kind": "sip", "state": "up", "calls": 0, "registered": True, "reachable": True,
         "latency_ms": 12.5, "last_error": "", "ports": [], "places": []}  # fmt: skip
MESSAGE = {"id": "m1", "box": "201", "call": "c1", "from_number": "5551234", "from_name": "", "started_at": AT,
           "duration_s": 3.0, "bytes": 9, "sha256": "", "state": "new"}  # fmt: skip
UPDATE = {"version": "0.1.0", "method": "rauc", "under_way": False, "may_call_off": False, "url": "",
          "progress": {"phase": "none", "version": "", "former": "", "slot": "", "percent": 0, "text": "", "by": "",
                       "at": "", "calls": 0, "trial_s": 0, "until": None, "left_s": None}}  # fmt: skip
PLACE = {"call": "c1", "number": "5551234", "name": "", "since": AT, "priority": 0, "callback": False,
         "queue": "support"}  # fmt: skip


def answers() -> dict[str, Any]:
    """For `FakeCore.answers`."""
    return {
        **{name: {} for name in ("call.hangup", "call.transfer", "call.supervise", "bans.lift", "voicemail.delete")},
        **dict.fromkeys(
            ("agent.set_state", "agent.wrap_up", "agent.disposition"), office.agent("bob", "Bob", "paused")
        ),
        **dict.fromkeys((f"waiting.{order}" for order in ("move", "prioritise", "front", "assign", "pick")), PLACE),
        **dict.fromkeys(("doctor.start", "doctor.cancel"), REPORT),
        **dict.fromkeys(("extension.settings", "extension.set"), _extension),
        **dict.fromkeys(("night", "night.set"), NIGHT),
        **dict.fromkeys(("tolls", "tolls.lift"), TOLLS),
        **dict.fromkeys(("call_back.add", "call_back.cancel"), CALL_BACK),
        **{name: {"id": "c1"} for name in ("call.originate", "prompt.record")},
        **{
            name: {"revision": 2}
            for name in ("config.apply", "config.rollback", "config.trial.confirm", "config.trial.end")
        },
        "agents.today": office.today(),
        "bans": [{"address": "192.0.2.7", "reason": "guessing", "since": AT, "until": None}],
        "call.park": {"slot": "701"},
        "call.recording": {"recording": True, "recording_silent": ""},
        "call_backs": [CALL_BACK | {"due": True}],
        "conferences": [{"name": "board", "number": "800", "locked": False, "guests": []}],
        "config.history": [],
        "config.trial": {
            "trial": {"revision": 2, "former": 1, "author": "owner", "began_at": AT, "until": AT, "left_s": 12.5}
        },
        "config.preview": {"revision": 1, "changes": [], "notices": [], "emergency": "", "rehearsal": None},
        "contact.delete": {},
        "contact.save": CONTACT,
        "contacts": {"items": [CONTACT], "count": 1},
        "contacts.import": {"count": 1},
        "countries": [{"code": "us", "name": "", "emergency": ["911"]}],
        "doctor.accept": {"accepted": []},
        "doctor.apply": {"revision": 2, "settings": {}},
        "doctor.show": {"line": "fxo1", "report": REPORT, "baseline": None, "learnt": [], "lessons": {}},
        "erase": {"id": "e1", "at": AT, "author": "owner", "reason": "asked", "counts": {}, "lists": 0, "left_in": []},
        "extensions": [SETTINGS],
        "features": [{"name": "echo", "code": "*43", "default": "*43", "argument": "", "what": "echo"}],
        "phone": PHONE,
        "phones": [DEVICE],
        "sms": [SMS],
        "sms.send": SMS,
        "modems": [MODEM],
        "modems.find": [FOUND, FOUND_VOICE],
        "modems.voice": [VOICE],
        "modem.take": {"port": "fxo202", "revision": 2},
        "modem.give_back": {"revision": 3},
        "modem.ussd": {"text": "Your balance is 4.20", "more": False},
        **{name: {} for name in ("modem.ussd_end", "modem.unlock")},
        "simulate": {"steps": ["It rings."], "ends": "answered", "target": None, "picture": {}},
        "trunks": [TRUNK],
        **dict.fromkeys(("update", "update.start", "update.call_off", "update.keep", "update.back"), UPDATE),
        "voicemail": [{"box": "201", "name": "Reception", "new": 1, "saved": 0}],
        "voicemail.mark": MESSAGE,
    }


def _extension(params: dict[str, Any]) -> Any:
    if params["extension"] != "201":
        raise CoreError("no_such_extension", "There is no such extension.", kind="not_found")
    return SETTINGS
