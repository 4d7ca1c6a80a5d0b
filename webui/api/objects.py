# SPDX-License-Identifier: GPL-2.0-or-later
"""What the API's answers are made of, as the components of its document. The words are those of docs/reference."""

from __future__ import annotations

from collections.abc import Mapping

from firmware import records
from firmware.archive.notebook import Note
from firmware.prompts.store import Prompt
from firmware.store.access import Role
from firmware.store.access_log import Entry
from firmware.store.webhooks import Delivery
from firmware.update.progress import Phase
from webui.api.schema import (
    ANY,
    COUNT,
    NUMBER,
    OBJECT,
    SECONDS,
    TEXT,
    TIME,
    TRUTH,
    Schema,
    both,
    each,
    many,
    may_lack,
    maybe,
    obj,
    one_of,
    record,
    ref,
)

ERROR = obj(
    error=obj(
        code=TEXT, message=TEXT, field=maybe(TEXT), errors=may_lack(many(obj(path=TEXT, message=TEXT))),
    )
)  # fmt: skip

PORT = obj(
    id=TEXT, kind=one_of("fxo", "fxs"), state=one_of("idle", "ringing", "in_use", "no_battery", "fault"), name=TEXT,
    detail=TEXT,
)  # fmt: skip
PLACE = obj(
    registrar=TEXT, address=maybe(TEXT), registered=maybe(TRUTH), reachable=maybe(TRUTH), latency_ms=maybe(NUMBER),
    last_error=maybe(TEXT),
)  # fmt: skip
TRUNK = obj(
    name=TEXT, kind=one_of("sip", "lines"), state=one_of("up", "degraded", "down", "unknown"), calls=COUNT,
    registered=maybe(TRUTH), reachable=maybe(TRUTH), latency_ms=maybe(NUMBER), last_error=maybe(TEXT),
    ports=many(TEXT), places=many(PLACE),
)  # fmt: skip
MODEM = obj(
    name=TEXT, device=TEXT, number=TEXT, state=one_of("up", "no_network", "fault"), trouble=TEXT, model=TEXT,
    sim=one_of("unknown", "ready", "pin", "puk", "absent"),
    registration=one_of("unknown", "none", "home", "searching", "denied", "roaming"), operator=TEXT,
    signal_dbm=maybe(NUMBER), stored=COUNT, capacity=COUNT, waiting=COUNT,
)  # fmt: skip
_CAN = many(one_of("both_ways", "by_turns", "ways_unknown", "caller_id"))
FOUND_MODEM = obj(
    device=TEXT, kind=one_of("cellular", "voice", "other", "silent", "busy"), detail=TEXT, used_by=TEXT, can=_CAN
)
VOICE_MODEM = obj(port=TEXT, device=TEXT, model=TEXT, fault=TEXT, can=_CAN, taken=TRUTH)
ACTIVE_CALL = obj(
    id=TEXT, direction=one_of(*records.Direction),
    state=one_of("ringing", "greeting", "waiting", "offered", "talking", "dialling", "survey", "ending"),
    from_number=TEXT, from_name=TEXT, to_number=TEXT, line=maybe(TEXT), trunk=maybe(TEXT), queue=maybe(TEXT),
    agent=maybe(TEXT), started_at=TIME, answered_at=maybe(TIME), connected_at=maybe(TIME),
    wait_s=maybe(SECONDS), recording=TRUTH, emergency=TRUTH,
    on_hold=TRUTH, legs=many(obj(kind=one_of("analog", "sip"), name=TEXT, extension=TEXT)),
    consultation=maybe(obj(by=TEXT, number=TEXT, state=one_of("calling", "talking", "failed"))),
)  # fmt: skip
CALLER = obj(
    call=maybe(TEXT), number=TEXT, name=TEXT, since=TIME, priority=NUMBER, callback=TRUTH, position=may_lack(COUNT),
    expected_wait_s=may_lack(maybe(SECONDS)), required=may_lack(each(NUMBER)), offered_to=may_lack(many(TEXT)),
)  # fmt: skip
QUEUE = obj(
    name=TEXT, number=maybe(TEXT), strategy=TEXT, waiting=COUNT, talking=COUNT, longest_wait_since=maybe(TIME),
    expected_wait_s=may_lack(maybe(SECONDS)), available=COUNT, agents=many(TEXT), callers=many(ref("Caller")),
)  # fmt: skip
LAST_CALL = obj(call=TEXT, queue=TEXT, code=maybe(TEXT), codes=many(TEXT), required=TRUTH)
AGENT = obj(
    id=TEXT, name=TEXT, number=maybe(TEXT), extension=maybe(TEXT),
    state=one_of("available", "offered", "on_call", "wrap_up", "paused", "logged_out", "unavailable"), reason=TEXT,
    since=TIME, call=maybe(TEXT), queues=many(TEXT), logged_in=many(TEXT), logged_out_of=many(TEXT),
    wrap_up_until=maybe(TIME), last_call=maybe(LAST_CALL),
)  # fmt: skip
FIGURES = obj(
    logged_in_s=SECONDS, ready_s=SECONDS, unavailable_s=SECONDS, paused_s=SECONDS, paused_by_reason=each(SECONDS),
    unpaid_s=SECONDS, ring_s=SECONDS, talk_s=SECONDS, hold_s=SECONDS, wrap_s=SECONDS, handle_s=SECONDS, calls=COUNT,
    missed=COUNT, average_handle_s=maybe(SECONDS), occupancy=maybe(NUMBER), codes=each(COUNT),
)  # fmt: skip
STATISTICS = obj(
    since=TIME,
    agents=many(both(ref("Figures"), id=TEXT, name=TEXT, by_queue=each(ref("Figures")))),
    queues=many(both(ref("Figures"), name=TEXT)),
)
LEG, STEP = record(records.LegRecord), record(records.TrailEvent)
CALL = obj(
    id=TEXT, active=maybe(ref("ActiveCall")), trail=many(STEP), legs=many(LEG), from_number=TEXT, to_number=TEXT,
    started_at=TIME,
)  # fmt: skip
EXTENSION = obj(
    extension=TEXT, name=TEXT, lamp=one_of("idle", "ringing", "busy"), do_not_disturb=TRUTH, call_waiting=TRUTH,
    forward_always=TEXT, forward_busy=TEXT, forward_no_answer=TEXT, forward_unregistered=TEXT, chosen=many(TEXT),
)  # fmt: skip
DEVICE = obj(
    extension=TEXT, contact=TEXT, transport=one_of("udp", "tcp", "tls", "wss", "ws"), source=TEXT, user_agent=TEXT,
    since=maybe(TIME), expires=maybe(TIME),
)  # fmt: skip
PHONE = obj(
    extension=TEXT, name=TEXT, server=TEXT, port=maybe(COUNT), transport=TEXT, user=TEXT, password=TEXT,
    transports=many(obj(transport=TEXT, server=TEXT)), websocket=maybe(TEXT), sip=TEXT,
)  # fmt: skip
BAN = obj(address=TEXT, reason=one_of("flood", "scanner", "guessing"), since=TIME, until=maybe(TIME))
MAILBOX = obj(box=TEXT, name=TEXT, new=COUNT, saved=COUNT)
NIGHT = obj(
    mode=one_of("auto", "day", "night"), schedules=many(obj(name=TEXT, open=TRUTH, until=maybe(TEXT)))
)  # fmt: skip
TOLL = obj(
    kind=one_of("international", "premium"), stopped_since=maybe(TIME), reason=maybe(TEXT), used=each(NUMBER),
    limits=each(maybe(NUMBER)),
)  # fmt: skip
SIMULATED = obj(steps=many(TEXT), ends=one_of("answered", "refused"), target=maybe(TEXT), picture=OBJECT)
CONFERENCE = obj(
    name=TEXT, number=TEXT, locked=TRUTH,
    guests=many(obj(call=TEXT, number=TEXT, name=TEXT, since=TIME)),
)  # fmt: skip
FEATURE = obj(name=TEXT, code=TEXT, default=TEXT, argument=maybe(TEXT), what=TEXT)
CONFIG_CHANGE = obj(path=TEXT, before=ANY, after=ANY)
REVISION = obj(revision=COUNT, at=TIME, author=TEXT, changes=many(ref("ConfigChange")))
UPDATE = obj(
    version=TEXT,
    method=one_of("rauc", "package", "none"),
    under_way=TRUTH,
    may_call_off=TRUTH,
    url=TEXT,
    progress=obj(
        phase=one_of(*Phase),
        version=TEXT,
        former=TEXT,
        slot=TEXT,
        percent=COUNT,
        text=TEXT,
        by=TEXT,
        at=TEXT,
        calls=COUNT,
        trial_s=NUMBER,
        until=maybe(TIME),
        left_s=maybe(NUMBER),
    ),
)
TRIAL = obj(revision=COUNT, former=COUNT, author=TEXT, began_at=TIME, until=TIME, left_s=NUMBER)
REHEARSED = obj(
    message=TEXT, how=one_of("inbound", "dialled", "overflow"), origin=TEXT, number=TEXT, calls=COUNT,
    days=may_lack(many(COUNT)), minutes=may_lack(many(COUNT)), before=OBJECT, after=OBJECT, examples=many(OBJECT),
)  # fmt: skip
REHEARSAL = obj(days=COUNT, calls=COUNT, of=COUNT, moved=COUNT, groups=many(REHEARSED))
PREVIEW = obj(
    revision=COUNT, changes=many(ref("ConfigChange")), notices=many(obj(path=TEXT, message=TEXT)), emergency=TEXT,
    rehearsal=maybe(REHEARSAL),
)  # fmt: skip
PROPOSED = obj(key=TEXT, value=ANY, confidence=NUMBER, why=TEXT, clip=maybe(TEXT))
EXAMINATION = obj(
    id=TEXT, line=TEXT, at=TIME, state=one_of("running", "done", "failed", "cancelled"), step=maybe(TEXT),
    steps=many(obj(step=TEXT, at=TIME, data=ANY)), error=maybe(obj(code=TEXT, message=TEXT)), findings=ANY,
    proposal=many(ref("Proposed")), check=ANY, clips=many(TEXT),
)  # fmt: skip
DISK = obj(
    used_bytes=COUNT, held_bytes=COUNT, bytes_a_day=NUMBER, free_bytes=COUNT, limit_bytes=maybe(COUNT),
    room_bytes=NUMBER, days_left=maybe(NUMBER), evicts=TRUTH,
)  # fmt: skip
REPORT = obj(
    since=TIME, until=TIME, timezone=TEXT, of=one_of("queues", "calls"), by=TEXT, filters=each(TEXT),
    rows=many(OBJECT), total=OBJECT, call_backs=may_lack(OBJECT), surveys=may_lack(many(OBJECT)),
)  # fmt: skip
SURVEY = obj(
    survey=TEXT, question=TEXT, asked=COUNT, answered=COUNT, satisfied=COUNT, mean=maybe(NUMBER), share=maybe(NUMBER)
)
USER = obj(name=TEXT, role=one_of(*Role), totp=TRUTH, queues=many(TEXT), extension=TEXT)
TOKEN = obj(id=TEXT, name=TEXT, role=one_of(*Role), queues=many(TEXT), created_at=TIME)
COUNTRY = obj(code=TEXT, name=TEXT, names=each(TEXT), emergency=many(TEXT))
ERASURE = obj(id=TEXT, at=TIME, author=TEXT, reason=TEXT, counts=each(COUNT))
AUDIT = obj(id=TEXT, at=TIME, who=TEXT, what=TEXT, detail=TEXT)
BOARD_EVENT = obj(id=TEXT, at=TIME, kind=one_of("drill", "lifeline", "button"), result=TEXT, by=TEXT)
BOARD = obj(
    up=TRUTH, report=maybe(OBJECT), drills=many(BOARD_EVENT), moves=many(BOARD_EVENT), resets=many(BOARD_EVENT)
)  # fmt: skip

SEVERITIES = tuple(severity.value for severity in records.Severity)
WEBHOOK = obj(
    name=TEXT, url=TEXT, events=many(TEXT), waiting=COUNT, failing_since=maybe(TIME), disabled_at=maybe(TIME),
    reason=TEXT,
)  # fmt: skip

ALARM_CHANNEL = obj(
    name=TEXT, way=one_of("mail", "call", "webhook", "syslog", "snmp"), to=many(TEXT), severity=one_of(*SEVERITIES),
    areas=many(TEXT), waiting=COUNT, trouble=TEXT,
)  # fmt: skip
ALARM_NOTICE = obj(
    id=TEXT, channel=TEXT, alarm=TEXT, what=one_of("raised", "cleared", "test"), at=TIME, text=TEXT,
    severity=one_of(*SEVERITIES), state=one_of("waiting", "done", "failed"), tries=COUNT, due_at=TIME,
    tried_at=maybe(TIME), said=TEXT,
)  # fmt: skip

COMPONENTS: Mapping[str, Schema] = {
    "Error": ERROR, "Port": PORT, "Trunk": TRUNK, "ActiveCall": ACTIVE_CALL, "Queue": QUEUE, "Caller": CALLER,
    "Agent": AGENT, "Figures": FIGURES, "Statistics": STATISTICS, "Cdr": record(records.Cdr), "Call": CALL,
    "AgentChange": record(records.AgentChange), "CallBack": record(records.CallBack),
    "SurveyAnswer": record(records.SurveyAnswer), "Survey": SURVEY,
    "Recording": record(records.Recording, without=("path",)), "Note": record(Note), "Audit": AUDIT, "Disk": DISK,
    "Erasure": ERASURE, "Message": record(records.Message), "Mailbox": MAILBOX, "Prompt": record(Prompt),
    "Alarm": record(records.Alarm), "Extension": EXTENSION, "Device": DEVICE, "Phone": PHONE, "Ban": BAN,
    "Night": NIGHT, "Toll": TOLL, "Simulated": SIMULATED, "Conference": CONFERENCE, "Feature": FEATURE,
    "ConfigChange": CONFIG_CHANGE, "Revision": REVISION, "Trial": TRIAL, "Update": UPDATE, "Preview": PREVIEW,
    "Proposed": PROPOSED, "Examination": EXAMINATION, "Report": REPORT,
    "User": USER, "Token": TOKEN, "AccessEntry": record(Entry), "Country": COUNTRY,
    "Webhook": WEBHOOK, "Delivery": record(Delivery),
    "Contact": record(records.Contact), "CallNote": record(records.CallNote),
    "Board": BOARD, "AlarmChannel": ALARM_CHANNEL, "AlarmNotice": ALARM_NOTICE,
    "Sms": record(records.Sms), "Modem": MODEM, "FoundModem": FOUND_MODEM,
    "VoiceModem": VOICE_MODEM,
}  # fmt: skip
