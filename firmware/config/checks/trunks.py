# SPDX-License-Identifier: GPL-2.0-or-later
"""Trunks: a way out, and accounts that fit together."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

from firmware.config.checks.document import Document, table_at, tables_at, text_at
from firmware.config.problems import ConfigProblem, path_of


def trunk_ways(document: Document) -> Iterator[ConfigProblem]:
    """A trunk has something to call out on."""
    for index, item in tables_at(document, "trunk"):
        if ("sip" in item) == bool("ports" in item):
            message = 'a trunk is either sip = { registrar = "…" } or ports = ["fxo1"]; give one of the two'
            yield ConfigProblem(path_of("trunk", index), message)
        elif item.get("ports") == []:
            yield ConfigProblem(path_of("trunk", index, "ports"), "is empty; name at least one fxo port")


def trunk_accounts(document: Document) -> Iterator[ConfigProblem]:
    """What belongs to TLS and SRTP is used with them, certificates can be read, and something shows a number."""
    for index, item in tables_at(document, "trunk"):
        sip = table_at(item, "sip")
        for key in ("ca_file", "tls_verify"):
            if key in sip and sip.get("transport") != "tls":
                yield ConfigProblem(path_of("trunk", index, "sip", key), 'is for transport = "tls"; leave it out')
        if "srtp_keying" in sip and sip.get("srtp", "off") in ("off", False):
            message = 'is for srtp = "optional" or "mandatory"; leave it out'
            yield ConfigProblem(path_of("trunk", index, "sip", "srtp_keying"), message)
        if sip.get("codecs") == []:
            message = "is empty; name at least one of ulaw, alaw, g722, opus, or leave it out"
            yield ConfigProblem(path_of("trunk", index, "sip", "codecs"), message)
        if sip.get("caller_id") == "own" and not sip.get("number") and not sip.get("username"):
            message = '"own" needs a number to show; give number = "…"'
            yield ConfigProblem(path_of("trunk", index, "sip", "caller_id"), message)
        if (file := text_at(sip, "ca_file")) is not None and (why := unusable_certificates(file)):
            yield ConfigProblem(path_of("trunk", index, "sip", "ca_file"), why)


def unusable_certificates(file: str) -> str | None:
    """Why a file holds no certificates that a connection could be verified with, None when it does."""
    try:
        ssl.create_default_context().load_verify_locations(file)
    except ssl.SSLError:
        return f'"{file}" holds no certificate; use a file in PEM form (-----BEGIN CERTIFICATE-----)'
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return f'"{file}" cannot be read ({reason}); use the whole path of a file on this box'
    return None
