# SPDX-License-Identifier: GPL-2.0-or-later
"""Passkeys (WebAuthn level 2): a browser proves that it has the private key; our side of the two ceremonies.

The library is loaded when the first one is used: it would cost the service 15 MB for ever.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from bottle import LocalRequest

from firmware.errors import Invalid
from firmware.store.access import User
from firmware.store.second_factors import Passkey, SecondFactors

WRONG = "The passkey could not be checked. Try again."


def new_challenge() -> bytes:
    """32 random bytes (WebAuthn, section 13.4.3: at least 16)."""
    return secrets.token_bytes(32)


@dataclass(frozen=True, slots=True)
class Site:
    """Where the browser is: passkeys are bound to the host name, which must be no IP address."""

    host: str
    origin: str

    @classmethod
    def of(cls, request: LocalRequest) -> Site:
        """As the browser names us."""
        parts = urlsplit(f"{request.urlparts.scheme}://{request.get_header('Host', '')}")
        return cls(parts.hostname or "", f"{parts.scheme}://{parts.netloc}")


def ask_for_new(site: Site, user: User, known: list[Passkey], challenge: bytes) -> str:
    """The options of `navigator.credentials.create`, as JSON."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    selection = AuthenticatorSelectionCriteria(
        resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
    )
    return options_to_json(
        generate_registration_options(
            rp_id=site.host, rp_name="Tipring", user_name=user.name, user_id=user.name.encode(), challenge=challenge,
            authenticator_selection=selection,
            exclude_credentials=[PublicKeyCredentialDescriptor(base64url_to_bytes(key.id)) for key in known],
        )
    )  # fmt: skip


def keep_new(factors: SecondFactors, site: Site, user: User, name: str, answer: str, challenge: bytes) -> None:
    """Checks the browser's answer and keeps the public key. Invalid."""
    from webauthn import verify_registration_response
    from webauthn.helpers import bytes_to_base64url
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        made = verify_registration_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=site.host, expected_origin=site.origin,
            require_user_verification=True,
        )  # fmt: skip
    except (WebAuthnException, ValueError) as error:
        raise Invalid(WRONG, code="passkey") from error
    id = bytes_to_base64url(made.credential_id)
    factors.add_passkey(user.name, id, name, made.credential_public_key, made.sign_count)


def ask_for_known(site: Site, challenge: bytes) -> str:
    """The options of `navigator.credentials.get`, as JSON: any passkey that the browser has for this host."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import UserVerificationRequirement

    return options_to_json(
        generate_authentication_options(
            rp_id=site.host, challenge=challenge, user_verification=UserVerificationRequirement.REQUIRED
        )
    )


def user_of(factors: SecondFactors, site: Site, answer: str, challenge: bytes) -> str:
    """Whose passkey signed the challenge. Invalid."""
    from webauthn import verify_authentication_response
    from webauthn.helpers.exceptions import WebAuthnException

    known = factors.passkey(_credential_id(answer))
    if known is None:
        raise Invalid("This passkey is not known here (any more). Log in with the password.", code="passkey")
    try:
        used = verify_authentication_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=site.host, expected_origin=site.origin,
            credential_public_key=known.public_key, credential_current_sign_count=known.sign_count,
            require_user_verification=True,
        )  # fmt: skip
    except (WebAuthnException, ValueError) as error:
        raise Invalid(WRONG, code="passkey") from error
    factors.used_passkey(known.id, used.new_sign_count)
    return known.user


def _credential_id(answer: str) -> str:
    try:
        id = json.loads(answer)["id"]
    except (ValueError, TypeError, KeyError):
        raise Invalid(WRONG, code="passkey") from None
    return id if isinstance(id, str) else ""
