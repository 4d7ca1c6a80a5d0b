# SPDX-License-Identifier: GPL-2.0-or-later
"""What to enter into a SIP phone, and the same as a QR code: on request only, never in an address, never cached."""

from __future__ import annotations

from typing import Any

from bottle import HTTPResponse
from markupsafe import Markup

from webui import auth
from webui.http import read_body
from webui.pages.route import PageRoute, Visit


def qr_code(text: str) -> Markup:
    """A QR code (ISO/IEC 18004, error correction M) as SVG to stand within a page."""
    import segno  # here: 1.2 MB that few visitors need

    drawn = segno.make(text, error="m", micro=False).svg_inline(border=4, dark="#000", light="#fff", omitsize=True)
    return Markup(drawn)  # noqa: S704  segno writes squares, none of the text


def show(visit: Visit, number: str) -> HTTPResponse:
    read_body(visit.request)
    return _shown(visit, visit.box.live.ask("phone", extension=number))


def new_password(visit: Visit, number: str) -> HTTPResponse:
    """Phones with the old one are out."""
    read_body(visit.request)
    return _shown(visit, visit.box.live.ask("phone", extension=number, new_password=True))


def _shown(visit: Visit, found: dict[str, Any]) -> HTTPResponse:
    return visit.part("softphone.html", number=found["extension"], phone=found, code=qr_code(found["sip"]))


def hide(visit: Visit, number: str) -> HTTPResponse:
    return visit.part("softphone.html", number=number, phone=None)


ROUTES = [
    PageRoute("GET", "/phones/<number>/softphone", hide, roles=auth.CONFIGURE),
    PageRoute("POST", "/phones/<number>/softphone", show, roles=auth.CONFIGURE),
    PageRoute("POST", "/phones/<number>/password", new_password, roles=auth.CONFIGURE),
]
