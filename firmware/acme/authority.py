# SPDX-License-Identifier: GPL-2.0-or-later
"""The conversation with an authority, by the library of certbot; its errors as sentences that say what to do."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import requests
from acme import challenges, client, crypto_util, errors, messages
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from josepy.jwa import ES256
from josepy.jwk import JWKEC

from firmware import __version__
from firmware.acme.due import RATE_LIMITED
from firmware.acme.files import AcmeFiles
from firmware.config.acme import Acme
from firmware.errors import Invalid, TipringError, Unavailable

PATIENCE = timedelta(minutes=3)  # for proofs to be looked at and the certificate to be signed
Prove = Callable[[str, str], None]  # token, what stands there


def new_key() -> bytes:
    """A key on P-256 as PEM."""
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def signed(acme: Acme, account: bytes, key: bytes, prove: Prove) -> bytes:
    """A certificate with its chain (PEM) for `key`. TipringError says what is wrong, and what to do."""
    with _told(acme):
        authority = _known_to(acme, account)
        order = authority.new_order(crypto_util.make_csr(key, list(acme.names)))
        for authorization in order.authorizations:
            _answer(authority, authorization.body, prove)
        done = authority.poll_and_finalize(order, datetime.now() + PATIENCE)  # the library counts in local time
        return done.fullchain_pem.encode()


def account_key(files: AcmeFiles) -> bytes:
    """Made at the first order, and kept."""
    if not files.account.exists():
        files.write(files.account, new_key())
    return files.account.read_bytes()


def _known_to(acme: Acme, account: bytes) -> client.ClientV2:
    """With an account by our key, that of before or a new one."""
    loaded = serialization.load_pem_private_key(account, None)
    trust: bool | str = acme.ca_file or True  # what requests takes
    net = client.ClientNetwork(
        JWKEC(key=loaded), alg=ES256, verify_ssl=trust, user_agent=f"tipring/{__version__}"  # type: ignore[arg-type]
    )  # fmt: skip
    authority = client.ClientV2(client.ClientV2.get_directory(acme.directory, net), net)
    wanted = messages.NewRegistration.from_data(email=acme.contact, terms_of_service_agreed=acme.agreed_terms)
    try:
        authority.new_account(wanted)
    except errors.ConflictError as known:
        there = messages.RegistrationResource(uri=known.location, body=messages.Registration())
        there = authority.query_registration(there)
        if there.body.contact != wanted.contact and wanted.contact:
            authority.update_registration(there, messages.Registration.from_data(email=acme.contact))
    return authority


def _answer(authority: client.ClientV2, body: messages.Authorization, prove: Prove) -> None:
    if body.status == messages.STATUS_VALID:
        return  # proven by an order before
    challenge = next((one for one in body.challenges if isinstance(one.chall, challenges.HTTP01)), None)
    if challenge is None:
        raise Invalid(f"The authority does not prove {body.identifier.value} by http-01.", code="acme_refused")
    response, content = challenge.response_and_validation(authority.net.key)
    prove(challenge.chall.encode("token"), content)
    authority.answer_challenge(challenge, response)


@contextlib.contextmanager
def _told(acme: Acme) -> Iterator[None]:
    try:
        yield
    except errors.ValidationError as error:
        raise _unproven(error, acme) from error
    except errors.TimeoutError as error:
        raise Unavailable("The authority did not sign in time; it is asked again.", code="acme_away") from error
    except errors.IssuanceError as error:
        raise _refused(error.error) from error
    except messages.Error as error:
        raise _refused(error) from error
    except (requests.RequestException, errors.Error, ValueError) as error:
        raise Unavailable(
            f"The authority at {acme.directory} cannot be reached, or is none ({_why(error)}). "
            "Check the box's way to the internet, and the address.",
            code="acme_away",
        ) from error


def _why(error: Exception) -> str:
    """The innermost cause, in one line."""
    while isinstance(error.args[0] if error.args else None, Exception):
        error = error.args[0]
    reason = getattr(error, "reason", None)
    return " ".join(str(reason or error).split())[:200] or type(error).__name__


def _unproven(error: errors.ValidationError, acme: Acme) -> TipringError:
    told = {one.body.identifier.value: _detail(one.body) for one in error.failed_authzrs}
    name, why = next(iter(told.items()))
    names = ", ".join(told)
    return Invalid(
        f"The authority could not see that {names} is this box ({why}). {name} must lead here from the internet, and "
        f"its port 80 to port {acme.port} of the box.",
        code="acme_challenge",
        field="names",
    )


def _detail(body: messages.Authorization) -> str:
    return next((str(one.error.detail or one.error.code) for one in body.challenges if one.error), "no reason told")


def _refused(error: messages.Error) -> TipringError:
    detail = " ".join((error.detail or error.description or error.code or "no reason told").split())
    kind = error.typ.rpartition(":")[2]  # the library knows codes for a part of them only
    if kind == "rateLimited":
        return Unavailable(f"The authority was asked too often ({detail}). It is asked again later.", code=RATE_LIMITED)
    if kind == "userActionRequired":
        return Invalid(
            f"The authority wants its terms of service agreed to ({detail}).", code="acme_terms", field="agreed_terms"
        )
    names = [str(part.identifier.value) for part in error.subproblems or () if part.identifier]
    about = f" {', '.join(names)}" if names else ""
    return Invalid(f"The authority signs nothing for{about or ' the box'} ({detail}).", code="acme_refused")
