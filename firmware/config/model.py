# SPDX-License-Identifier: GPL-2.0-or-later
"""The configuration as frozen objects. Keys of the file that are no good Python names are aliases here.

`check` is the way to make one; nothing else guards what these types cannot say (see `cross.py`).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from firmware.config.dialplan import parse_pattern
from firmware.config.features import FEATURES
from firmware.config.hours import parse_days, parse_holiday, parse_span
from firmware.config.targets import Choice, Target, parse_choice, parse_target
from firmware.countries import CallerIdKind


class Section(BaseModel):
    """What all sections share: nothing unknown, nothing converted, nothing changed later."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, arbitrary_types_allowed=True)


def _matching(pattern: str, allowed: str) -> AfterValidator:
    compiled = re.compile(pattern)

    def check(text: str) -> str:
        if not compiled.fullmatch(text):
            raise ValueError(f'"{text}" cannot be used; use {allowed}')
        return text

    return AfterValidator(check)


def _pattern(text: str) -> str:
    parse_pattern(text)
    return text


def _network(text: str) -> str:
    try:
        if not ipaddress.IPv4Network(text, strict=False).prefixlen:
            raise ValueError("everything")
    except ValueError:
        raise ValueError(f'"{text}" is no network; use an IPv4 one such as 192.168.1.0/24 or 203.0.113.7') from None
    return text


def _target(value: object) -> Target:
    if not isinstance(value, str):
        raise ValueError("must be text such as queue:support")
    return parse_target(value)


def _choice(value: object) -> Target | Choice:
    if not isinstance(value, str):
        raise ValueError("must be text such as queue:support or repeat")
    return parse_choice(value)


def _voicemail(value: object) -> object:
    return ({} if value else None) if isinstance(value, bool) else value


def _url(text: str) -> str:
    allowed = "use an address like https://cloud.example.com/tipring"
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or not re.fullmatch(r"[\x21-\x7e]+", text):
        raise ValueError(f'"{text}" is not an http or https address; {allowed}')
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError(f'"{text}": leave out user, password, ? and #; {allowed}, and put the secret into cloud.token')
    return text.rstrip("/")


def _caller_id(text: str) -> str:
    if text not in tuple(CallerIdKind):
        raise ValueError(f'"{text}" is no kind of caller ID; use one of {", ".join(CallerIdKind)}')
    return text


def _cadence(times: tuple[int, ...]) -> tuple[int, ...]:
    pairs = len(times) in (2, 4, 6, 8) and all(60 <= ms <= 10_000 for ms in times)
    if not pairs and times != (0,):
        raise ValueError("give on and off times in pairs, at most four of 60 to 10000 ms each, e.g. [500, 500]; or [0]")
    return times


def _features(codes: dict[str, str]) -> dict[str, str]:
    unknown = sorted(set(codes) - set(FEATURES))
    if unknown:
        raise ValueError(f'"{unknown[0]}" is no feature; use one of {", ".join(FEATURES)}')
    return codes


def _each_once(values: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(values)) != len(values):
        raise ValueError("each can be there once")
    return values


def _session_timer(seconds: int) -> int:
    if seconds and not 90 <= seconds <= 86400:
        raise ValueError(f"{seconds} cannot be used; use 90 to 86400 s (RFC 4028), or 0 for none")
    return seconds


def _forward(text: str) -> str:
    if ":" in text:
        parse_target(text)
    elif not re.fullmatch(r"(\+?[0-9*#]{1,32})?", text):
        raise ValueError(f'"{text}" cannot be called; use a number as it is dialled, or a target such as queue:support')
    return text


def _also(value: object) -> object:
    return {"to": value} if isinstance(value, str) else value


def _read_by(parse: Callable[[str], object]) -> AfterValidator:
    """Text that `parse` can read."""

    def check(text: str) -> str:
        parse(text)
        return text

    return AfterValidator(check)


def _srtp(value: object) -> object:
    return {True: "mandatory", False: "off"}[value] if isinstance(value, bool) else value


_HOST = r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?)"
_PORT = r"(:(6553[0-5]|655[0-2]\d|65[0-4]\d\d|6[0-4]\d{3}|[1-5]\d{4}|[1-9]\d{0,3}))"

Text = Annotated[str, _matching(r"[^\x00-\x1f\x7f]{0,80}", "up to 80 characters without line breaks")]
Name = Annotated[str, _matching(r"[^\W_][\w.-]{0,63}", "letters, digits, - _ and . (at most 64)")]
Number = Annotated[str, _matching(r"[0-9]{1,15}", "1 to 15 digits")]
OutsideNumber = Annotated[str, _matching(r"(\+?[0-9*#]{1,32})?", "digits, * and #, with + in front or not")]
PortId = Annotated[str, _matching(r"[a-z]{1,8}[1-9][0-9]{0,2}", "a port such as fxo1 or fxs1")]
Secret = Annotated[str, _matching(r"[^\x00-\x1f\x7f]{1,256}", "1 to 256 characters without line breaks")]
Contact = Annotated[str, _matching(_HOST + _PORT, "HOST:PORT, e.g. 192.0.2.10:5060")]
Registrar = Annotated[str, _matching(f"(sips?:)?{_HOST}{_PORT}?", "HOST or HOST:PORT, e.g. sip.example.com:5060")]
FilePath = Annotated[str, _matching(r"/[^\x00-\x1f\x7f]{1,250}", "the whole path of a file, e.g. /etc/tipring/ca.pem")]
Codec = Literal["ulaw", "alaw", "g722", "opus"]
Network = Annotated[str, AfterValidator(_network)]
DialPattern = Annotated[str, AfterValidator(_pattern)]
TargetText = Annotated[Target, BeforeValidator(_target)]
ChoiceText = Annotated[Target | Choice, BeforeValidator(_choice)]
Key = Annotated[str, _matching(r"[0-9*#]{1,4}", "1 to 4 of the keys 0 to 9, * and #")]
PromptName = Annotated[str, _matching(r"([^\W_][\w-]{0,62})?", "letters, digits, - and _ (at most 63)")]
Email = Annotated[str, _matching(r"([^@\s<>,;\"]{1,64}@[A-Za-z0-9.-]{1,190})?", "an address like anna@example.com")]
ToneFrequency = Annotated[float, Field(ge=200, le=3400, allow_inf_nan=False)]
FeatureCode = Annotated[str, _matching(r"([*#][0-9*#]{1,5})?", "* or # and up to 5 more, or nothing to switch it off")]
Pin = Annotated[str, _matching(r"([0-9]{4,12})?", "4 to 12 digits, or nothing")]
ForwardTo = Annotated[str, AfterValidator(_forward)]
Gain = Annotated[float, Field(ge=-12, le=12, allow_inf_nan=False)]
DisaPin = Annotated[str, _matching(r"[0-9]{6,12}", "6 to 12 digits")]
CallClass = Literal["internal", "local", "national", "international"]
Days = Annotated[str, _read_by(parse_days)]
Spans = Annotated[tuple[Annotated[str, _read_by(parse_span)], ...], Field(strict=False)]
Holidays = Annotated[tuple[Annotated[str, _read_by(parse_holiday)], ...], Field(strict=False)]
Patterns = Annotated[tuple[DialPattern, ...], Field(strict=False)]
Limit = Annotated[int, Field(ge=0, le=100_000)]
Seconds = Annotated[float, Field(allow_inf_nan=False)]


class Site(Section):
    name: Text = "Tipring"
    country: str = "us"
    language: Literal["en", "zh"] = "en"
    timezone: str = "UTC"


class Phones(Section):
    """All phones. `off_hook_tone_s`: busy or congestion tone to one on a port that nobody is on; then the howler.

    `rtp_timeout_s`: a SIP phone that sends nothing for so long is gone (0: never).
    """

    distinctive_rings: bool = True
    off_hook_tone_s: Annotated[Seconds, Field(ge=1, le=600)] = 30
    howler_s: Annotated[Seconds, Field(ge=0, le=600)] = 60
    rtp_timeout_s: Annotated[int, Field(ge=0, le=3600)] = 60


class ExtensionSip(Section):
    """SIP phones. None for `password`: a generated one, which the box keeps. `address` is for one phone that does not
    register: calls go straight there."""

    password: Secret | None = None
    address: Contact | None = None


class Metering(Section):
    """Charging pulses to a phone on a port while it talks outside: one at the answer, and one each `every_s`."""

    every_s: Annotated[Seconds, Field(ge=1, le=3600)]
    hz: Literal[12000, 16000] = 16000
    pulse_ms: Annotated[int, Field(ge=50, le=500)] = 120


class Voicemail(Section):
    """An extension's box. Seconds: `after_s` until an unanswered call goes there, `max_s` for a message.

    Without `pin` it is opened from its own phone only. `email`: messages go there too.
    """

    pin: Pin = ""
    email: Email = ""
    after_s: Annotated[Seconds, Field(ge=1, le=300)] = 20
    max_s: Annotated[Seconds, Field(ge=5, le=1800)] = 180
    max_messages: Annotated[int, Field(ge=1, le=1000)] = 100


class Also(Section):
    """What else rings for an extension, `after_s` later: another extension, or a number outside.

    `confirm`: whoever answers outside presses 1 first, so that no mailbox takes the call.
    """

    to: TargetText
    after_s: Annotated[Seconds, Field(ge=0, le=120)] = 0
    confirm: bool = True


class Extension(Section):
    """From `caller_id` to `metering`: for a telephone on the port, docs/signals/phones.md, docs/signals/caller-id.md.

    From `ring` to `withhold`: docs/extensions.md. Whoever sits there may choose other values for those in
    `firmware.calls.choices.NAMES`. `call_class` (`class` in the file) and what follows: docs/dial-plan.md.
    """

    number: Number
    name: Text = ""
    port: PortId | None = None
    sip: ExtensionSip | None = None
    voicemail: Annotated[Voicemail | None, BeforeValidator(_voicemail)] = None
    caller_id: Annotated[str, AfterValidator(_caller_id)] | None = None
    caller_id_charset: Literal["ascii", "latin1"] | None = None
    echo_canceller: bool = True
    flash: bool = True
    flash_max_ms: Annotated[int, Field(ge=150, le=2000)] | None = None
    reversal_on_answer: bool = False
    metering: Metering | None = None
    ring: Literal["together", "in_turn"] = "together"
    turn_s: Annotated[Seconds, Field(ge=3, le=120)] = 15
    also: Annotated[tuple[Annotated[Also, BeforeValidator(_also)], ...], Field(strict=False)] = ()
    no_answer_s: Annotated[Seconds, Field(ge=3, le=300)] = 25
    do_not_disturb: bool = False
    call_waiting: bool = True
    forward_always: ForwardTo = ""
    forward_busy: ForwardTo = ""
    forward_no_answer: ForwardTo = ""
    forward_unregistered: ForwardTo = ""
    pickup_group: Name | None = None
    outside_number: OutsideNumber = ""
    outside_name: Text = ""
    withhold: bool = False
    call_class: CallClass = Field(default="international", alias="class")
    class_pin: Pin = ""
    emergency_number: OutsideNumber = ""


class HangUp(Section):
    """How a line says that the far end hung up; what is left out is the country's, or on unless it must be learnt.

    `battery_ms`: battery gone for so long. `tones`: busy and congestion tone. `silence_s`: nothing heard; 0 is never.
    """

    battery_ms: Annotated[int, Field(ge=50, le=5000)] | None = None
    polarity: bool | None = None
    tones: bool | None = None
    dial_tone: bool | None = None
    silence_s: Annotated[int, Field(ge=0, le=3600)] = 0


class LearntTone(Section):
    """A tone as one line has it: up to three frequencies in Hz at once, on and off times in ms; [0] never pauses."""

    frequencies: Annotated[tuple[ToneFrequency, ...], Field(strict=False, min_length=1, max_length=3)]
    cadence_ms: Annotated[tuple[int, ...], Field(strict=False), AfterValidator(_cadence)]


class Line(Section):
    """What the telephone company plugged into an FXO port; `number` is its number there.

    `caller_id` is a `CallerIdKind`; None is the country's. Gains in dB: `rx` from the line, `tx` to it.
    `fax` is where a caller goes who turns out to be a fax machine.
    """

    port: PortId
    name: Text = ""
    number: OutsideNumber = ""
    caller_id: Annotated[str, AfterValidator(_caller_id)] | None = None
    hangup: HangUp = Field(default_factory=HangUp)
    busy_tone: LearntTone | None = None
    rx_gain_db: Gain = 0.0
    tx_gain_db: Gain = 0.0
    echo_canceller: bool = True
    fax: TargetText | None = None
    dialling: Literal["tone", "pulse"] = "tone"


class TrunkSip(Section):
    """A SIP account. `registers` (`register` in the file) is false for a peer that knows our address.

    Everything else is explained in docs/trunks.md. Times of 0: never.
    """

    registrar: Registrar
    backups: Annotated[tuple[Registrar, ...], Field(strict=False, max_length=4)] = ()
    username: Text = ""
    password: Text = ""
    transport: Literal["udp", "tcp", "tls"] = "udp"
    tls_verify: bool = True
    ca_file: FilePath | None = None
    srtp: Annotated[Literal["off", "optional", "mandatory"], BeforeValidator(_srtp)] = "off"
    srtp_keying: Literal["sdes", "dtls"] = "sdes"
    registers: bool = Field(default=True, alias="register")
    health_s: Annotated[int, Field(ge=0, le=3600)] = 30
    codecs: Annotated[tuple[Codec, ...], Field(strict=False), AfterValidator(_each_once)] = ("ulaw", "alaw", "g722")
    number: OutsideNumber = ""
    caller_id: Literal["caller", "extension", "own"] = "caller"
    trusted: bool = False
    redirects: Annotated[int, Field(ge=0, le=5)] = 0
    refer: bool = False
    session_timer_s: Annotated[int, AfterValidator(_session_timer)] = 1800
    rtp_timeout_s: Annotated[int, Field(ge=0, le=3600)] = 60


class Trunk(Section):
    """A way out: a SIP account, or a group of FXO ports taken in this order."""

    name: Name
    sip: TrunkSip | None = None
    ports: Annotated[tuple[PortId, ...], Field(strict=False)] = ()


class Agent(Section):
    """`queues` maps the names of queues to the agent's tier there (1 is asked first)."""

    id: Name
    name: Text = ""
    extension: Number
    queues: dict[Name, Annotated[int, Field(ge=1, le=99)]] = Field(default_factory=dict)


class Queue(Section):
    """Times in seconds. `greeting` is the name of a prompt. `overflow` is where to go after `max_wait_s`."""

    name: Name
    number: Number | None = None
    strategy: Annotated[
        Literal["longest_idle"], BeforeValidator(lambda v: "longest_idle" if v == "longest-idle" else v)
    ] = "longest_idle"
    ring_timeout_s: Annotated[Seconds, Field(ge=1, le=300)] = 20
    wrap_up_s: Annotated[Seconds, Field(ge=0, le=3600)] = 10
    max_wait_s: Annotated[Seconds, Field(ge=1, le=86400)] = 300
    record: bool = True
    ring: Literal["normal", "group"] = "normal"
    overflow: TargetText | None = None
    greeting: Name | None = None


class Conference(Section):
    """A room in which everybody who calls it talks; `pin` is asked for, "" lets everybody in."""

    name: Name
    number: Number | None = None
    pin: Pin = ""


class Group(Section):
    """Extensions that ring for one number. `turn_s` is each one's time unless all ring together; `then` is where a call
    goes that nobody took within `timeout_s`."""

    name: Name
    number: Number | None = None
    members: Annotated[tuple[Number, ...], Field(strict=False, min_length=1)]
    strategy: Literal["together", "in_turn", "round_robin"] = "together"
    turn_s: Annotated[Seconds, Field(ge=3, le=120)] = 15
    timeout_s: Annotated[Seconds, Field(ge=3, le=600)] = 30
    then: TargetText | None = None


class Paging(Section):
    """SIP phones that answer by themselves and let their loudspeakers be heard."""

    name: Name
    number: Number | None = None
    members: Annotated[tuple[Number, ...], Field(strict=False, min_length=1)]


class Ivr(Section):
    """A menu. `prompt` is the name of a prompt; `digits` maps keys to targets, or to what a menu does itself.

    After `timeout_s` and `retries` repetitions a caller who pressed nothing goes to `timeout`, one who pressed what is
    not offered to `invalid`; without them the box says goodbye. `extensions`: their numbers may be dialled.
    """

    name: Name
    number: Number | None = None
    prompt: PromptName = ""
    digits: dict[Key, ChoiceText] = Field(default_factory=dict)
    timeout_s: Annotated[Seconds, Field(ge=1, le=60)] = 5
    retries: Annotated[int, Field(ge=0, le=9)] = 2
    timeout: ChoiceText | None = None
    invalid: ChoiceText | None = None
    extensions: bool = False
    language: Literal["", "en", "zh"] = ""


class Prompts(Section):
    """Prompts of the office. `pin` is asked of whoever records one from a phone; "" asks nobody."""

    pin: Pin = ""


class Mail(Section):
    """The server that takes messages of voicemail boxes. `sender` is their From."""

    server: Annotated[str, _matching(f"{_HOST}{_PORT}?", "HOST or HOST:PORT, e.g. mail.example.com:587")]
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: Text = ""
    password: Text = ""
    sender: Annotated[str, _matching(r"[^@\s<>,;\"]{1,64}@[A-Za-z0-9.-]{1,190}", "an address like box@example.com")]


class Route(Section):
    """Where calls from one line, to one number, or from one trunk go."""

    line: PortId | None = None
    did: OutsideNumber | None = None
    trunk: Name | None = None
    schedule: str | None = None
    to: TargetText


class Outbound(Section):
    """Numbers that go out: digits that match `pattern` lose `strip` digits, get `prepend`, try `trunks` in order.

    Where several have the same pattern, the one with the lower `cost` is tried first.
    """

    pattern: DialPattern
    strip: Annotated[int, Field(ge=0, le=32)] = 0
    prepend: OutsideNumber = ""
    trunks: Annotated[tuple[Name, ...], Field(strict=False, min_length=1)]
    call_class: Literal["local", "national", "international", "emergency"] = Field(default="national", alias="class")
    cost: Annotated[int, Field(ge=0, le=1000)] = 0


class Schedule(Section):
    """Opening hours at the site. `hours`: days and times, {"mon-fri" = ["08:00-12:30"]}; holidays have their own."""

    name: Name
    hours: dict[Days, Spans] = Field(default_factory=dict)
    holidays: Holidays = ()
    holiday_hours: Spans = ()


class NumberLists(Section):
    """Patterns of callers (`_in`) and of numbers called (`_out`). What is allowed is allowed though it is blocked."""

    block_in: Patterns = ()
    allow_in: Patterns = ()
    block_out: Patterns = ()
    allow_out: Patterns = ()
    reject_anonymous: bool = False


class Emergency(Section):
    """`numbers` beside the country's; `callback`: who is called back; `alert`: extensions that ring at such a call."""

    numbers: Annotated[tuple[Number, ...], Field(strict=False)] = ()
    trunks: Annotated[tuple[Name, ...], Field(strict=False)] = ()
    callback: OutsideNumber = ""
    alert: Annotated[tuple[Number, ...], Field(strict=False)] = ()


class TollLimits(Section):
    """Calls and minutes within an hour and a day, for all extensions together."""

    calls_per_hour: Limit = 30
    minutes_per_hour: Limit = 120
    calls_per_day: Limit = 100
    minutes_per_day: Limit = 600


class PremiumLimits(TollLimits):
    """The same, narrower."""

    calls_per_hour: Limit = 5
    minutes_per_hour: Limit = 15
    calls_per_day: Limit = 10
    minutes_per_day: Limit = 30


class Tolls(Section):
    """Limits against toll fraud. `premium_numbers` beside the country's. `cut_calls`: those that go on end as well."""

    premium_numbers: Patterns = ()
    international: TollLimits = Field(default_factory=TollLimits)
    premium: PremiumLimits = Field(default_factory=PremiumLimits)
    cut_calls: bool = False


class Disa(Section):
    """Direct inward system access: who calls in and knows the PIN calls on from the house, up to a class."""

    name: Name
    pin: DisaPin
    call_class: CallClass = Field(default="national", alias="class")


class Cloud(Section):
    """Where history is forwarded; `recordings`: the audio too. `url` has no slash at its end."""

    url: Annotated[str, AfterValidator(_url)]
    token: Annotated[str, _matching(r"[\x21-\x7e]{0,4096}", "printable ASCII without spaces")] = ""
    recordings: bool = True


class Edge(Section):
    """The SIP edge. Ports None: next to that of `--sip`, 0: none. `trusted` networks are never banned nor slowed down.

    `domain` is a name of the box that phones may have as their server. A ban takes `ban_after` wrong guesses.
    """

    domain: Annotated[str, _matching(_HOST, "a name like pbx.example.com")] | None = None
    tls_port: Annotated[int, Field(ge=0, le=65535)] | None = None
    wss_port: Annotated[int, Field(ge=0, le=65535)] | None = None
    trusted: Annotated[tuple[Network, ...], Field(strict=False)] = ()
    ban_after: Annotated[int, Field(ge=3, le=100)] = 8
    ban_s: Annotated[int, Field(ge=60, le=604800)] = 3600


class Config(Section):
    """The whole configuration; each table of the file under its plural."""

    site: Site = Field(default_factory=Site)
    extensions: Annotated[tuple[Extension, ...], Field(strict=False)] = Field(default=(), alias="extension")
    lines: Annotated[tuple[Line, ...], Field(strict=False)] = Field(default=(), alias="line")
    trunks: Annotated[tuple[Trunk, ...], Field(strict=False)] = Field(default=(), alias="trunk")
    agents: Annotated[tuple[Agent, ...], Field(strict=False)] = Field(default=(), alias="agent")
    queues: Annotated[tuple[Queue, ...], Field(strict=False)] = Field(default=(), alias="queue")
    conferences: Annotated[tuple[Conference, ...], Field(strict=False)] = Field(default=(), alias="conference")
    groups: Annotated[tuple[Group, ...], Field(strict=False)] = Field(default=(), alias="group")
    pagings: Annotated[tuple[Paging, ...], Field(strict=False)] = Field(default=(), alias="paging")
    ivrs: Annotated[tuple[Ivr, ...], Field(strict=False)] = Field(default=(), alias="ivr")
    prompts: Prompts = Field(default_factory=Prompts)
    mail: Mail | None = None
    routes: Annotated[tuple[Route, ...], Field(strict=False)] = Field(default=(), alias="route")
    outbound: Annotated[tuple[Outbound, ...], Field(strict=False)] = ()
    schedules: Annotated[tuple[Schedule, ...], Field(strict=False)] = Field(default=(), alias="schedule")
    disa: Annotated[tuple[Disa, ...], Field(strict=False)] = ()
    numbers: NumberLists = Field(default_factory=NumberLists)
    emergency: Emergency = Field(default_factory=Emergency)
    tolls: Tolls = Field(default_factory=Tolls)
    edge: Edge = Field(default_factory=Edge)
    phones: Phones = Field(default_factory=Phones)
    features: Annotated[dict[str, FeatureCode], AfterValidator(_features)] = Field(default_factory=dict)
    cloud: Cloud | None = None
