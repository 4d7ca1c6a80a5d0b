# SPDX-License-Identifier: GPL-2.0-or-later
"""What the sound and the signs of a line say about it. Pure: samples and events in, findings out; no clock and no I/O.

`bursts` and `tones` read sound, `caller_id` what comes around the first ring, `hang_up` how a call ended, `country`
whose exchange it is, `proposal` what to configure, `baseline` what is usual on a line and what is new.

Sound is bytes of 16-bit samples at 8 kHz; times are milliseconds since its beginning.
"""
