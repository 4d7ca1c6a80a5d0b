# SPDX-License-Identifier: GPL-2.0-or-later
"""Configuration files of Asterisk as people write them: pjsip.conf (with its wizard's), sip.conf, voicemail.conf,
queues.conf. A dial plan (extensions.conf) is a program: it is not run, and not guessed at."""
