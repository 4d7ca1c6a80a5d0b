# SPDX-License-Identifier: GPL-2.0-or-later
"""A certificate from an authority by itself: ACME (RFC 8555), proven by http-01.

`due` says when, `order` does it in a short-lived process (`python -m firmware.acme`): nothing else imports the library.
"""
