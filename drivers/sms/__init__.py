# SPDX-License-Identifier: GPL-2.0-or-later
"""Short messages as the network carries them (3GPP TS 23.038, 23.040): pure."""

from drivers.sms.gsm import Alphabet
from drivers.sms.pdu import NUMBER, BadPdu, Deliver, Outcome, Part, Report, coding_of, parts_of, read, submit

__all__ = [
    "NUMBER", "Alphabet", "BadPdu", "Deliver", "Outcome", "Part", "Report", "coding_of", "parts_of", "read", "submit",
]  # fmt: skip
