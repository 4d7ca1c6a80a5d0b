# SPDX-License-Identifier: GPL-2.0-or-later
"""The certificate of pages and SIP phones: seen, replaced, asked for at an authority, made anew by the box."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bottle import HTTPResponse

from firmware import times
from firmware.acme.files import PLACE, AcmeFiles
from firmware.edge import certificate as store
from firmware.edge.files import EdgeFiles
from firmware.errors import Invalid, NotFound, TipringError
from webui import auth
from webui.http import status_of
from webui.i18n import N_
from webui.pages.route import PageRoute, Visit, redirect
from webui.pages.settings.sheet import Sheet
from webui.pages.settings.submit import routes_of
from webui.settings.blank import blank
from webui.settings.fields import Field

HOME = "/settings/certificate"
LARGEST = 64 * 1024  # octets of a file; a chain of four has about 8 KiB
SAVED = f"{HOME}?saved=1"

ACME = Sheet(
    "acme", f"{HOME}/acme", HOME, N_("From an authority by itself (ACME)"),
    (
        Field("enabled", N_("Get the certificate by itself, and renew it"), "switch"),
        Field("names", N_("Names of the box"), "lines",
              N_("One a line, such as pbx.example.com. Each must lead to this box from the internet."), wide=True),
        Field("agreed_terms", N_("The authority's terms of service are agreed to"), "switch",
              N_("Those of Let's Encrypt: letsencrypt.org/repository")),
        Field("contact", N_("E-mail for the authority"), hint=N_("May be left empty.")),
        Field("port", N_("Port where the authority finds the box"), "number",
              N_("Empty: 80. Another one if the router leads port 80 there.")),
        Field("directory", N_("Address of the authority"), hint=N_("Empty: Let's Encrypt."), wide=True),
        Field("ca_file", N_("File that vouches for it (PEM)"),
              hint=N_("Only for an authority of your own, such as /etc/tipring/ca.pem.")),
    ),
    single=True,
    note=N_("Port 80 of these names must lead to the box while a certificate is ordered; nothing listens there "
            "otherwise. The one in place stays until the new one is complete."),
)  # fmt: skip


def certificate(visit: Visit, problems: dict[str, str] | None = None, status: int = 200) -> HTTPResponse:
    """The page, with what is wrong with what was sent."""
    files = EdgeFiles(visit.box.state)
    found = store.read(files.certificate) if files.certificate.exists() else None
    host = urlsplit(visit.request.url).hostname or ""
    values: dict[str, Any] = {
        "certificate": found,
        "soon": found is not None and found.expires_soon(times.now()),
        "host": host if found is not None and not found.is_for(host) else "",
        "names": visit.form("names") or visit.box.document().get("edge", {}).get("domain") or "",
        "problems": blank(problems or {}),
        "saved": bool(visit.request.query.get("saved")),
        "acme": blank(visit.box.document().get("acme", {})),
        "order": AcmeFiles(visit.box.state).status(),
        "under_way": visit.box.renewal.under_way,
    }
    return visit.page("settings_certificate.html", status, **values)


def _pem(visit: Visit, name: str) -> bytes:
    """A file of the form, b"" for none. Invalid for one that is no PEM file, by what is in it and by its size."""
    file = visit.request.files.get(name)
    if file is None or not file.raw_filename:
        return b""
    content: bytes = file.file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise Invalid(N_("The file is too large for a certificate or a key."), field=name)
    if b"-----BEGIN " not in content or not content.isascii():
        raise Invalid(N_("This is no PEM file: a text with a line -----BEGIN …-----."), field=name)
    return content


def _install(visit: Visit) -> None:
    chain, key = _pem(visit, "certificate"), _pem(visit, "key")
    if not chain:
        raise Invalid(N_("Choose the file with the certificate."), field="certificate")
    files = EdgeFiles(visit.box.state)
    with tempfile.TemporaryDirectory(dir=files.folder) as folder:
        paths = [Path(folder, "certificate.pem"), Path(folder, "key.pem")]
        for path, content in zip(paths, (chain, key), strict=True):
            path.write_bytes(content)
        found = store.install(files, paths[0], paths[1] if key else None)
    _in_force(visit, files, found)


def _in_force(visit: Visit, files: EdgeFiles, found: store.Certificate) -> None:
    store.reload(files)
    visit.note("certificate", found.fingerprint[:23])


def _tried(visit: Visit, make: Any) -> HTTPResponse:
    try:
        answer: HTTPResponse | None = make()
    except TipringError as error:
        at = error.field if error.field in ("certificate", "key", "names") else "all"
        return certificate(visit, {at: visit.tell(error)}, status_of(error))
    return answer or redirect(SAVED)


def install(visit: Visit) -> HTTPResponse:
    """One that an authority signed; without a key, for the one in place."""
    return _tried(visit, lambda: _install(visit))


def own(visit: Visit) -> HTTPResponse:
    """Made anew by the box."""
    files = EdgeFiles(visit.box.state)
    return _tried(visit, lambda: _in_force(visit, files, store.make_own(files, visit.form("names").split())))


def request(visit: Visit) -> HTTPResponse:
    """The file that an authority wants."""
    return _tried(visit, lambda: _request(visit))


def _request(visit: Visit) -> HTTPResponse:
    files = EdgeFiles(visit.box.state)
    store.ensure(files)
    headers = {
        "Content-Type": "application/pkcs10",
        "Content-Disposition": 'attachment; filename="tipring.csr"',
        "Cache-Control": "no-store",
    }
    return HTTPResponse(store.request(files, visit.form("names").split()), headers=headers)


def order(visit: Visit) -> HTTPResponse:
    """By ACME, now."""
    return _tried(visit, lambda: _order(visit))


def _order(visit: Visit) -> HTTPResponse:
    if not visit.box.document().get("acme", {}).get("enabled"):
        raise Invalid(N_("Switch it on first."), field="acme")
    visit.box.renewal.order()
    visit.note("certificate", "ACME")
    return redirect(f"{HOME}#acme")


def proof(visit: Visit, token: str) -> HTTPResponse:
    """What the authority asks for while an order is open (RFC 8555, section 8.3). NotFound."""
    content = AcmeFiles(visit.box.state).answer(token)
    if content is None:
        raise NotFound("No open order of a certificate has this token.")
    return HTTPResponse(content, headers={"Content-Type": "application/octet-stream", "Cache-Control": "no-store"})


ROUTES = [
    PageRoute("GET", HOME, certificate, roles=auth.CONFIGURE),
    PageRoute("POST", HOME, install, roles=auth.CONFIGURE),
    *routes_of(ACME),
    PageRoute("POST", f"{HOME}/acme/order", order, roles=auth.CONFIGURE),
    PageRoute("GET", f"{PLACE}<token>", proof, roles=None),
    PageRoute("POST", f"{HOME}/own", own, roles=auth.CONFIGURE),
    PageRoute("POST", f"{HOME}/request", request, roles=auth.CONFIGURE),
]
