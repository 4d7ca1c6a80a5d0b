# SPDX-License-Identifier: GPL-2.0-or-later
"""Backups: one encrypted file, where it goes, how long it stays, and the way back. See docs/backup.md.

Everything heavy runs in a short-lived process (`python -m firmware.backup`): nothing else imports the libraries.
"""
