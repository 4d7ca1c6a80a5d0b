# SPDX-License-Identifier: GPL-2.0-or-later
"""DAHDI's interface in numbers: sizes and requests as a C compiler makes them of dahdi/user.h on x86-64 and arm64."""

from __future__ import annotations

import ctypes

import pytest

from drivers.dahdi import ioctls


@pytest.mark.parametrize(
    ("structure", "size"),
    [
        (ioctls.Params, 136),
        (ioctls.SpanInfo, 314),
        (ioctls.BufferInfo, 24),
        (ioctls.Gains, 516),
        (ioctls.DialOperation, 260),
        (ioctls.RingCadence, 64),
        (ioctls.EchoCancelParam, 20),
        (ioctls.VmwiInfo, 4),
    ],
)
def test_a_structure_is_as_large_as_the_kernels(structure: type[ctypes.Structure], size: int) -> None:
    assert ctypes.sizeof(structure) == size


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("GET_PARAMS", 0xC088DA05),
        ("SET_PARAMS", 0x4088DA05),
        ("HOOK", 0x4004DA07),
        ("GETEVENT", 0x8004DA08),
        ("SPANSTAT", 0xC13ADA0A),
        ("SETGAINS", 0x4204DA10),
        ("SET_BUFINFO", 0x4018DA1B),
        ("DIAL", 0x4104DA1F),
        ("SPECIFY", 0x4004DA26),
        ("SETCADENCE", 0x4040DA2A),
        ("ONHOOKTRANSFER", 0x4004DA33),
        ("SETPOLARITY", 0x4004DA5C),
        ("VMWI", 0xC004DA5E),
        ("VMWI_CONFIG", 0x4004DA5F),
        ("ECHOCANCEL_PARAMS", 0x4008DA21),
        ("TIMERCONFIG", 0x4004DA2F),
        ("TIMERACK", 0x4004DA30),
    ],
)
def test_a_request_has_the_number_that_the_kernel_knows(name: str, number: int) -> None:
    assert getattr(ioctls, name) == number


def test_params_have_their_fields_where_the_kernel_writes_them() -> None:
    offsets = {name: getattr(ioctls.Params, name).offset for name in ("sigtype", "rxhooksig", "name", "chan_alarms")}
    assert offsets == {"sigtype": 12, "rxhooksig": 36, "name": 48, "chan_alarms": 132}


def test_a_span_is_packed_and_read_as_the_kernel_writes_it() -> None:
    raw = (3).to_bytes(4, "little") + b"WCTDM/0".ljust(20, b"\0") + b"Wildcard TDM410P Board 1".ljust(40, b"\0")
    span = ioctls.SpanInfo.from_buffer_copy(raw + (8).to_bytes(4, "little") + bytes(314 - 68))
    assert (span.spanno, span.desc, span.alarms) == (3, b"Wildcard TDM410P Board 1", ioctls.Alarm.RED)


def test_signalling_is_named_for_the_far_end() -> None:
    assert ioctls.Signalling.FXOKS == 0x1020
    assert ioctls.Signalling.FXSKS == 0x2004
    assert ioctls.Signalling.ANY_FXO in ioctls.Signalling.FXOKS
