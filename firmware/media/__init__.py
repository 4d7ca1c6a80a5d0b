# SPDX-License-Identifier: GPL-2.0-or-later
"""pjsua2 and lineaudio brought together in the asyncio thread.

No pj object is touched from another thread, and none is left to the garbage collector.
"""
