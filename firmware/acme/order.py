# SPDX-License-Identifier: GPL-2.0-or-later
"""One order from its beginning to the certificate in force. The old one stays until the new one is complete."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from firmware import service, times
from firmware.acme.authority import Prove, account_key, new_key, signed
from firmware.acme.due import again_in
from firmware.acme.files import AcmeFiles
from firmware.acme.proofs import ProofServer
from firmware.config.acme import Acme
from firmware.edge import certificate
from firmware.edge.files import EdgeFiles
from firmware.errors import Conflict, Invalid, TipringError

log = logging.getLogger(__name__)

CUT_SHORT = "The order was cut short; another one is begun later."


def order(state: Path, acme: Acme) -> certificate.Certificate:
    """What is in force then, for pages and SIP edge. TipringError says what is wrong; it is kept for those who look."""
    if not acme.enabled:
        raise Invalid("[acme] is not switched on. Set enabled, names and agreed_terms first.", field="acme.enabled")
    try:
        lock = service.hold_lock(state, "acme")
    except Conflict as error:
        raise Conflict("A certificate is being ordered already; wait for it.") from error
    files = AcmeFiles(state)
    with lock:
        files.begin()
        try:
            return _ordered(files, acme)
        finally:
            files.end()


def _ordered(files: AcmeFiles, acme: Acme) -> certificate.Certificate:
    failures, now = files.status().failures + 1, times.now()
    files.keep(now, failures, CUT_SHORT, now + again_in(failures))  # who is killed has failed
    try:
        with _proofs(files, acme.port) as prove:
            found = _put_in_force(files, acme, prove)
    except TipringError as error:
        files.keep(now, failures, error.message, now + again_in(failures, error.code))
        raise
    files.keep(now)
    log.info("%s signed a certificate until %s", found.issuer, found.expires)
    return found


def _put_in_force(files: AcmeFiles, acme: Acme, prove: Prove) -> certificate.Certificate:
    new, key = files.order / "certificate.pem", files.order / "key.pem"
    files.write(key, new_key())
    files.write(new, signed(acme, account_key(files), key.read_bytes(), prove))
    return take_over(EdgeFiles(files.state), new, key, acme.names)


def take_over(edge: EdgeFiles, new: Path, key: Path, names: tuple[str, ...]) -> certificate.Certificate:
    """Checked as one by hand is. Invalid when it is not what was ordered; then the one before stays."""
    missing = [name for name in names if not certificate.read(new).is_for(name)]
    if missing:
        raise Invalid(f"The authority's certificate is not for {', '.join(missing)}; the old one stays.", field="names")
    found = certificate.install(edge, new, key)
    certificate.reload(edge)
    return found


@contextmanager
def _proofs(files: AcmeFiles, port: int) -> Iterator[Prove]:
    """Where an order's proofs are shown, while it is open: by tipring-web if it has that port, else by us."""

    def prove(token: str, content: str) -> None:
        file = files.proof(token)
        if file is None:
            raise Invalid("The authority's token is none (RFC 8555, section 8.1).", code="acme_refused")
        files.write(file, content.encode())

    if service.address_of(files.state, "web").startswith("http://") and _port_of_web(files.state) == port:
        yield prove
        return
    with ProofServer(port, files) as server:
        threading.Thread(target=server.serve_forever, args=(0.1,), name="proofs", daemon=True).start()
        try:
            yield prove
        finally:
            server.shutdown()


def _port_of_web(state: Path) -> int:
    return int(service.address_of(state, "web").rpartition(":")[2] or 0)
