# SPDX-License-Identifier: GPL-2.0-or-later
"""Native audio. Python decides who hears whom; every sample is moved by C (`native/`).

Import this package before pjsua2: both share one libpjsua.
"""

from drivers.lineaudio.analyse import Frame, analyse, peaks
from drivers.lineaudio.caller_id import (
    LONGEST_NUMBER,
    CallerId,
    MessageWaiting,
    compose_japanese,
    compose_mdmf,
    compose_sdmf,
    compose_waiting,
    parse_message,
)
from drivers.lineaudio.clock import (
    ClockStats,
    clock_stats,
    connect,
    disconnect,
    follow_clock,
    slot_level,
    start_clock,
    stop_clock,
)
from drivers.lineaudio.data_link import JAPAN, OFF_HOOK, ON_HOOK, Framing, framed
from drivers.lineaudio.events import NativeEvents
from drivers.lineaudio.line import (
    Damage,
    EchoReport,
    FaxTone,
    Hear,
    Heard,
    HeardKind,
    Law,
    LineAudio,
    LineStats,
    Modem,
    Mute,
    cancel_memory,
    data_memory,
    hear_memory,
    tone_memory,
)
from drivers.lineaudio.player import Player, Sound
from drivers.lineaudio.recorder import Recorded, Recorder, stall_writer
from drivers.lineaudio.rtp import direct, install_rtp, part, rtp_stats, stop_rtp
from drivers.lineaudio.sip import Refer, install_sip, next_refer, next_timer_s, refer_result, sip_event_fd
from drivers.lineaudio.tones import SoundStep, ToneStep

__all__ = [
    "JAPAN",
    "LONGEST_NUMBER",
    "OFF_HOOK",
    "ON_HOOK",
    "CallerId",
    "ClockStats",
    "Damage",
    "EchoReport",
    "FaxTone",
    "Frame",
    "Framing",
    "Hear",
    "Heard",
    "HeardKind",
    "Law",
    "LineAudio",
    "LineStats",
    "MessageWaiting",
    "Modem",
    "Mute",
    "NativeEvents",
    "Player",
    "Recorded",
    "Recorder",
    "Refer",
    "Sound",
    "SoundStep",
    "ToneStep",
    "analyse",
    "cancel_memory",
    "clock_stats",
    "compose_japanese",
    "compose_mdmf",
    "compose_sdmf",
    "compose_waiting",
    "connect",
    "data_memory",
    "direct",
    "disconnect",
    "follow_clock",
    "framed",
    "hear_memory",
    "install_rtp",
    "install_sip",
    "next_refer",
    "next_timer_s",
    "parse_message",
    "part",
    "peaks",
    "refer_result",
    "rtp_stats",
    "sip_event_fd",
    "slot_level",
    "stall_writer",
    "start_clock",
    "stop_clock",
    "stop_rtp",
    "tone_memory",
]
