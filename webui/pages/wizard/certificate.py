# SPDX-License-Identifier: GPL-2.0-or-later
"""All checks at once, at any time, and what they found as a certificate: to print, and as signed JSON."""

from __future__ import annotations

import json

from bottle import HTTPResponse

from firmware.store.acceptance import AcceptanceFile
from webui.pages.route import Visit, redirect
from webui.pages.wizard.checks import DONE, acceptance
from webui.pages.wizard.steps import STEPS

PATH = "/wizard/acceptance"
DOING = {kind: step.path for step in STEPS for kind in step.kinds} | {"emergency": "/settings/plan"}


def show(visit: Visit) -> HTTPResponse:
    """Only the checks when the open page asks for them anew."""
    known = acceptance(visit)
    missing = [check for check in known["checks"] if check["result"] not in DONE]
    values = {
        "checks": known["checks"],
        "missing": missing,
        "at": PATH,
        "doing": DOING,
        "away": not visit.box.live.up,
    }
    if visit.wants_part:
        return visit.part("wizard_acceptance_live.html", **values)
    return visit.page("wizard_acceptance.html", certificates=AcceptanceFile(visit.box.state).certificates(), **values)


def issue(visit: Visit) -> HTTPResponse:
    """Every check is run now."""
    made = visit.box.live.ask("acceptance.certify", author=visit.author)
    visit.note("acceptance", f"{made['id']}: {made['verdict']}")
    return redirect(f"{PATH}/{made['id']}")


def again(visit: Visit) -> HTTPResponse:
    """What people saw has to be seen again."""
    visit.box.live.ask("acceptance.again")
    return redirect("/wizard")


def one(visit: Visit, id: str) -> HTTPResponse:
    """To print. It is shown as it was signed."""
    from firmware.acceptance.certificate import fingerprint

    certificate = AcceptanceFile(visit.box.state).certificate(id)
    key = fingerprint(certificate["public_key"])
    return visit.page("wizard_certificate.html", certificate=certificate, fingerprint=key)


def download(visit: Visit, id: str) -> HTTPResponse:
    """As JSON, for `tipring certificate verify`."""
    certificate = AcceptanceFile(visit.box.state).certificate(id)
    headers = {
        "Content-Type": "application/json",
        "Content-Disposition": f'attachment; filename="acceptance-{certificate["issued_at"][:10]}.json"',
        "Cache-Control": "no-store",
    }
    return HTTPResponse(json.dumps(certificate, ensure_ascii=False, indent=2), headers=headers)
