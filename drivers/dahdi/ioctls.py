# SPDX-License-Identifier: GPL-2.0-or-later
"""What DAHDI's header `dahdi/user.h` (dahdi-linux 2.11.1 and 3.x) says, in Python, under the header's names.

Hook and battery as the core keeps them (`RxSig`) are from `dahdi/kernel.h`: DAHDI_GET_PARAMS shows them. Times are
milliseconds.
"""

from __future__ import annotations

import ctypes
import enum

# ---- asm-generic/ioctl.h: how a request is coded --------------------------------------------------

_NR_BITS, _TYPE_BITS, _SIZE_BITS = 8, 8, 14
_TYPE_SHIFT = _NR_BITS
_SIZE_SHIFT = _TYPE_SHIFT + _TYPE_BITS
_DIR_SHIFT = _SIZE_SHIFT + _SIZE_BITS
_WRITE, _READ = 1, 2
_INT = ctypes.sizeof(ctypes.c_int)

DAHDI_CODE = 0xDA


def _request(direction: int, number: int, size: int) -> int:
    return direction << _DIR_SHIFT | size << _SIZE_SHIFT | DAHDI_CODE << _TYPE_SHIFT | number


def _ior(number: int, size: int = _INT) -> int:
    return _request(_READ, number, size)


def _iow(number: int, size: int = _INT) -> int:
    return _request(_WRITE, number, size)


def _iowr(number: int, size: int = _INT) -> int:
    return _request(_READ | _WRITE, number, size)


# ---- structures -----------------------------------------------------------------------------------

DAHDI_MAX_CADENCE = 16
DAHDI_MAX_DTMF_BUF = 256
DAHDI_MAX_SPANS = 128
DAHDI_MAX_CHANNELS = 1024
DAHDI_MAX_EVENTSIZE = 64
DAHDI_MAX_ECHOCANPARAMS = 8


class Params(ctypes.Structure):
    """struct dahdi_params: a channel. Only the times can be set."""

    _fields_ = [
        *((name, ctypes.c_int) for name in (
            "channo", "spanno", "chanpos", "sigtype", "sigcap", "rxisoffhook", "rxbits", "txbits", "txhooksig",
            "rxhooksig", "curlaw", "idlebits",
        )),
        ("name", ctypes.c_char * 40),
        *((name, ctypes.c_int) for name in (
            "prewinktime", "preflashtime", "winktime", "flashtime", "starttime", "rxwinktime", "rxflashtime",
            "debouncetime", "pulsebreaktime", "pulsemaketime", "pulseaftertime",
        )),
        ("chan_alarms", ctypes.c_uint32),
    ]  # fmt: skip


class SpanInfo(ctypes.Structure):
    """struct dahdi_spaninfo: a span, which for analog cards is the card."""

    _pack_ = 1
    _fields_ = [
        ("spanno", ctypes.c_int),
        ("name", ctypes.c_char * 20),
        ("desc", ctypes.c_char * 40),
        *((name, ctypes.c_int) for name in (
            "alarms", "txlevel", "rxlevel", "bpvcount", "crc4count", "ebitcount", "fascount",
        )),
        *((name, ctypes.c_uint32) for name in ("fecount", "cvcount", "becount", "prbs", "errsec")),
        *((name, ctypes.c_int) for name in (
            "irqmisses", "syncsrc", "numchans", "totalchans", "totalspans", "lbo", "lineconfig",
        )),
        *((name, ctypes.c_char * 40) for name in ("lboname", "location", "manufacturer", "devicetype")),
        ("irq", ctypes.c_int),
        ("linecompat", ctypes.c_int),
        ("spantype", ctypes.c_char * 6),
    ]  # fmt: skip


class BufferInfo(ctypes.Structure):
    """struct dahdi_bufferinfo: how many blocks of which size the core keeps each way."""

    _fields_ = [
        (name, ctypes.c_int)
        for name in ("txbufpolicy", "rxbufpolicy", "numbufs", "bufsize", "readbufs", "writebufs")
    ]  # fmt: skip


class Gains(ctypes.Structure):
    """struct dahdi_gains: which G.711 code becomes which; `chan` 0 is the channel itself."""

    _fields_ = [("chan", ctypes.c_int), ("rxgain", ctypes.c_ubyte * 256), ("txgain", ctypes.c_ubyte * 256)]


class DialOperation(ctypes.Structure):
    """struct dahdi_dialoperation: what to dial; a leading P means pulses."""

    _fields_ = [("op", ctypes.c_int), ("dialstr", ctypes.c_char * DAHDI_MAX_DTMF_BUF)]


class EchoCancelParam(ctypes.Structure):
    """struct dahdi_echocanparam: what one kind of canceller understands, as in MG2's "aggressive"."""

    _fields_ = [("name", ctypes.c_char * 16), ("value", ctypes.c_int32)]


class EchoCancelParams(ctypes.Structure):
    """struct dahdi_echocanparams, with room for all of its params. 8 taps a millisecond; 0 switches it off."""

    _fields_ = [
        ("tap_length", ctypes.c_uint32),
        ("param_count", ctypes.c_uint32),
        ("params", EchoCancelParam * DAHDI_MAX_ECHOCANPARAMS),
    ]


class VmwiInfo(ctypes.Structure):
    """struct dahdi_vmwi_info: how a message lamp is lit."""

    _fields_ = [("vmwi_type", ctypes.c_uint)]


class RingCadence(ctypes.Structure):
    """struct dahdi_ring_cadence: times on and off in turn, 0 ends them."""

    _fields_ = [("ringcadence", ctypes.c_int * DAHDI_MAX_CADENCE)]


# ---- requests -------------------------------------------------------------------------------------

FLUSH = _iow(3)
GET_PARAMS = _iowr(5, ctypes.sizeof(Params))
SET_PARAMS = _iow(5, ctypes.sizeof(Params))
HOOK = _iow(7)
GETEVENT = _ior(8)
SPANSTAT = _iowr(10, ctypes.sizeof(SpanInfo))
SETGAINS = _iow(16, ctypes.sizeof(Gains))
GET_BUFINFO = _ior(27, ctypes.sizeof(BufferInfo))
SET_BUFINFO = _iow(27, ctypes.sizeof(BufferInfo))
DIAL = _iow(31, ctypes.sizeof(DialOperation))
ECHOCANCEL_PARAMS = _iow(33, EchoCancelParams.params.offset)  # sizeof of the header's, whose array has no length
SPECIFY = _iow(38)
SETLAW = _iow(39)
SETCADENCE = _iow(42, ctypes.sizeof(RingCadence))
TIMERCONFIG = _iow(47)
TIMERACK = _iow(48)
ONHOOKTRANSFER = _iow(51)
SETPOLARITY = _iow(92)
VMWI = _iowr(94)
VMWI_CONFIG = _iow(95, ctypes.sizeof(VmwiInfo))

# ---- values ---------------------------------------------------------------------------------------

ELAST = 500  # errno of read and write while an event waits to be fetched


class Signalling(enum.IntFlag):
    """DAHDI_SIG_*: named for what the *far* end is: an FXS port speaks to an FXO device, so it is FXOKS."""

    NONE = 0
    FXSLS = 1 << 0 | 1 << 13
    FXSGS = 1 << 1 | 1 << 13
    FXSKS = 1 << 2 | 1 << 13
    FXOLS = 1 << 3 | 1 << 12
    FXOGS = 1 << 4 | 1 << 12
    FXOKS = 1 << 5 | 1 << 12
    ANY_FXO = 1 << 12
    ANY_FXS = 1 << 13
    BROKEN = 1 << 31


class Hook(enum.IntEnum):
    """Values for HOOK."""

    ONHOOK = 0
    OFFHOOK = 1
    WINK = 2
    FLASH = 3
    START = 4
    RING = 5
    RINGOFF = 6


class RxSig(enum.IntEnum):
    """enum dahdi_rxsig of dahdi/kernel.h, in `Params.rxhooksig`: for an FXO port ONHOOK means no battery."""

    ONHOOK = 0
    OFFHOOK = 1
    START = 2
    RING = 3
    INITIAL = 4


class Alarm(enum.IntFlag):
    """DAHDI_ALARM_*"""

    NONE = 0
    RECOVER = 1 << 0
    LOOPBACK = 1 << 1
    YELLOW = 1 << 2
    RED = 1 << 3
    BLUE = 1 << 4
    NOTOPEN = 1 << 5


class Event(enum.IntEnum):
    """DAHDI_EVENT_* that analog ports send."""

    NONE = 0
    ONHOOK = 1
    RINGOFFHOOK = 2
    WINKFLASH = 3
    ALARM = 4
    NOALARM = 5
    DIALCOMPLETE = 9
    RINGERON = 10
    RINGEROFF = 11
    HOOKCOMPLETE = 12
    BITSCHANGED = 13
    PULSE_START = 14
    POLARITY = 17
    RINGBEGIN = 18
    EC_DISABLED = 19
    REMOVED = 20
    NEONMWI_ACTIVE = 21
    NEONMWI_INACTIVE = 22


EVENT_PULSEDIGIT = 1 << 16  # with the digit's character


class Vmwi(enum.IntFlag):
    """DAHDI_VMWI_*: what lights the message lamp of a phone."""

    NONE = 0
    LREV = 1 << 0  # polarity reversed
    HVDC = 1 << 1  # 90 V DC
    HVAC = 1 << 2  # 90 V AC, for a neon lamp


class Law(enum.IntEnum):
    """DAHDI_LAW_*: ITU-T G.711."""

    DEFAULT = 0
    MULAW = 1
    ALAW = 2


class DialOp(enum.IntEnum):
    """DAHDI_DIAL_OP_*"""

    APPEND = 1
    REPLACE = 2
    CANCEL = 3


class Flush(enum.IntFlag):
    """DAHDI_FLUSH_*"""

    READ = 1
    WRITE = 2
    EVENT = 4


POLICY_IMMEDIATE = 0
