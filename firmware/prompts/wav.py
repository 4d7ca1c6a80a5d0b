# SPDX-License-Identifier: GPL-2.0-or-later
"""Any WAV file as telephone sound: 8 kHz, mono, 16 bit, at one level. Nothing in a file is believed.

`python -m firmware.prompts.wav` is a filter from standard input to standard output, for `convert.py`.
Little is imported: it starts for each sound.
"""

from __future__ import annotations

import io
import math
import struct
import sys
import wave
from array import array
from collections.abc import Sequence
from operator import mul

from firmware.confine import confine

RATE = 8000
PEAK_0_DBM0 = 32768 / 10 ** (3.14 / 20)  # ITU-T G.711: the overload point is +3.14 dBm0
PROMPT_DBM0 = -16.0
MOST_GAIN_DB = 30.0  # beyond it is noise that nobody wants to hear
LONGEST_S = 300.0
SHORTEST_S = 0.05
CPU_S, MEMORY = 30, 1 << 30
PCM, FLOAT, ALAW, ULAW, EXTENSIBLE = 1, 3, 6, 7, 0xFFFE  # RFC 2361

Samples = Sequence[float]


class BadSound(ValueError):
    """No sound that can be used; says what is wrong and what is allowed."""


def telephone(data: bytes, dbm0: float = PROMPT_DBM0) -> bytes:
    """A WAV file's sound as the telephone has it. BadSound."""
    samples, rate = decoded(data)
    sound = resampled(samples, rate)
    if len(sound) < SHORTEST_S * RATE:
        raise BadSound("there is no sound in the file")
    return encoded(levelled(sound, dbm0))


# ---- reading ---------------------------------------------------------------------------------


def decoded(data: bytes) -> tuple[Samples, int]:
    """Mono samples in the range of 16 bits, and their rate in Hz. BadSound."""
    if len(data) < 12 or data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise BadSound("this is no WAV file; save the sound as WAV (8 or 16 bit, any rate) and try again")
    head, body = _chunks(data)
    code, channels, rate, block, bits = _format(head)
    if not 1 <= channels <= 8 or not 4000 <= rate <= 192_000:
        raise BadSound(f"{channels} channels at {rate} Hz cannot be used; use 1 to 8 channels at 4000 to 192000 Hz")
    width = bits // 8
    if bits % 8 or block != width * channels:
        raise BadSound("its header contradicts itself; save it anew")
    body = body[: len(body) // block * block]
    if len(body) // block > LONGEST_S * rate:
        raise BadSound(f"it is longer than {LONGEST_S:.0f} s")
    samples = _samples(body, code, bits)
    if channels > 1:
        samples = [sum(frame) / channels for frame in zip(*[iter(samples)] * channels, strict=True)]
    return samples, rate


def _chunks(data: bytes) -> tuple[bytes, bytes]:
    """The chunks `fmt ` and `data`; one whose size is too large ends with the file."""
    head = None
    at = 12
    while at + 8 <= len(data):
        name, size = data[at : at + 4], struct.unpack_from("<I", data, at + 4)[0]
        content = data[at + 8 : at + 8 + size]
        if name == b"fmt ":
            head = content
        elif name == b"data" and head is not None:
            return head, content
        at += 8 + size + size % 2
    raise BadSound("the WAV file has no sound in it")


def _format(head: bytes) -> tuple[int, int, int, int, int]:
    if len(head) < 16:
        raise BadSound("its header is cut off")
    code, channels, rate, _, block, bits = struct.unpack_from("<HHIIHH", head)
    if code == EXTENSIBLE and len(head) >= 26:
        code = struct.unpack_from("<H", head, 24)[0]
    return code, channels, rate, block, bits


def _samples(body: bytes, code: int, bits: int) -> Samples:
    if code == PCM and bits in (8, 16, 24, 32):
        return _integers(body, bits // 8)
    if code == FLOAT and bits == 32:
        floats = array("f", body)
        if sys.byteorder == "big":
            floats.byteswap()
        return [max(-1.0, min(1.0, x)) * 32767 if math.isfinite(x) else 0.0 for x in floats]
    if code in (ALAW, ULAW) and bits == 8:
        table = [(_alaw if code == ALAW else _ulaw)(octet) for octet in range(256)]
        return [table[octet] for octet in body]
    raise BadSound(f"its encoding ({code}, {bits} bit) is not known; use PCM of 8, 16, 24 or 32 bit, or G.711")


def _integers(body: bytes, width: int) -> array[int]:
    """The upper 16 bits of each."""
    upper = bytearray(len(body) // width * 2)
    upper[1::2] = body[width - 1 :: width]
    if width > 1:
        upper[0::2] = body[width - 2 :: width]
    else:
        upper[1::2] = bytes(octet ^ 0x80 for octet in upper[1::2])  # 8 bits have no sign
    samples = array("h", bytes(upper))
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def _ulaw(octet: int) -> int:
    """ITU-T G.711, table 2."""
    octet ^= 0xFF
    size = (((octet & 15) << 3) + 132 << (octet >> 4 & 7)) - 132
    return -size if octet & 0x80 else size


def _alaw(octet: int) -> int:
    """ITU-T G.711, table 1."""
    octet ^= 0x55
    segment, size = octet >> 4 & 7, (octet & 15) << 4 | 8
    if segment:
        size = size + 256 << segment - 1
    return size if octet & 0x80 else -size


# ---- shaping ---------------------------------------------------------------------------------


def resampled(samples: Samples, rate: int, taps: int = 24) -> Samples:
    """To 8 kHz by a windowed sinc that ends at 3.4 kHz, the telephone's band."""
    if rate == RATE:
        return samples
    half = math.ceil(taps * max(1.0, rate / RATE))
    kernels: dict[int, list[float]] = {}
    padded = [0.0] * half + list(samples) + [0.0] * (half + 1)
    result = []
    for n in range(len(samples) * RATE // rate):
        whole, rest = divmod(n * rate, RATE)
        kernel = kernels.get(rest)
        if kernel is None:
            kernel = kernels[rest] = _kernel(rest / RATE, half, 2 * min(3400.0, 0.45 * rate) / rate)
        result.append(sum(map(mul, kernel, padded[whole + 1 : whole + 1 + 2 * half])))
    return result


def _kernel(offset: float, half: int, cutoff: float) -> list[float]:
    """The filter's taps for a place between two samples; their sum is 1."""
    taps = []
    for k in range(1 - half, half + 1):
        x = k - offset
        phase = math.pi * cutoff * x
        sinc = 1.0 if abs(phase) < 1e-9 else math.sin(phase) / phase
        taps.append(sinc * (0.5 + 0.5 * math.cos(math.pi * x / half)) if abs(x) < half else 0.0)
    whole = sum(taps)
    return [tap / whole for tap in taps]


def level(samples: Samples) -> float:
    """The level in dBm0 while there is sound: 20 ms blocks more than 20 dB below the loudest do not count."""
    blocks = [samples[n : n + 160] for n in range(0, len(samples), 160)]
    powers = [sum(map(mul, block, block)) / len(block) for block in blocks]
    loudest = max(powers, default=0.0)
    active = [power for power in powers if power > loudest / 100]
    return 10 * math.log10(2 * sum(active) / len(active) / PEAK_0_DBM0**2) if active else -math.inf


def levelled(samples: Samples, dbm0: float) -> Samples:
    """At this level; peaks are rounded off softly instead of being clipped."""
    now = level(samples)
    gain = 10 ** (min(dbm0 - now, MOST_GAIN_DB) / 20) if math.isfinite(now) else 1.0
    knee, top = 20000.0, 32000.0
    result = []
    for sample in samples:
        x = sample * gain
        if abs(x) > knee:
            x = math.copysign(knee + (top - knee) * math.tanh((abs(x) - knee) / (top - knee)), x)
        result.append(x)
    return result


def encoded(samples: Samples) -> bytes:
    """A WAV file of 8 kHz, mono, 16 bit."""
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(array("h", [max(-32768, min(32767, round(sample))) for sample in samples]).tobytes())
    return made.getvalue()


def main() -> int:
    """The filter; what is wrong with the sound is said on standard error."""
    confine(CPU_S, MEMORY)
    try:
        made = telephone(sys.stdin.buffer.read())
    except BadSound as error:
        print(error, file=sys.stderr)
        return 1
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
