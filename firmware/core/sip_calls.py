# SPDX-License-Identifier: GPL-2.0-or-later
"""INVITEs that come and go: whose they are, and what goes with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pjsua2 as pj

from drivers.lineaudio import replaced_call
from firmware.calls import caller_policy, codecs, inbound, replacing
from firmware.calls.arrival import Arrival
from firmware.calls.causes import Cause
from firmware.calls.leg import Caller, Failed
from firmware.calls.passport import attested
from firmware.calls.sip_leg import SipLeg, dialled_number, identity
from firmware.config import Extension, Trunk, TrunkSip
from firmware.core.account_config import host_of, uri
from firmware.core.accounts import Accounts
from firmware.core.place import Place
from firmware.edge import origin
from firmware.media.endpoint import Endpoint

if TYPE_CHECKING:
    from firmware.core.pbx import Pbx


class SipCalls:
    """From phones behind the edge, from providers, from strangers; to phones and to providers. `on_trunk` hears of
    trunks whose state is another one."""

    def __init__(self, pbx: Pbx, endpoint: Endpoint, on_trunk: Callable[[str, str], None]) -> None:
        self._pbx, self._endpoint = pbx, endpoint
        self.accounts = Accounts(endpoint, self._on_invite, on_trunk)
        endpoint.select_accounts(self._select)

    def _select(self, chosen: int, source: str, message: str) -> int:
        """Settings of codecs, SRTP and REFER are a trunk's for what comes from its provider."""
        if self._pbx.edge and origin.origin_of(lambda name: header(message, name), self._pbx.edge.secret):
            return int(self.accounts.phones.getId())
        return self.accounts.select(chosen, source)

    def _on_invite(self, account: pj.Account, call_id: int, message: str, source: str, trunk: str | None) -> None:
        edged = origin.origin_of(lambda name: header(message, name), self._pbx.edge.secret) if self._pbx.edge else None
        if edged:
            source, trunk = edged.source, None  # its account is whichever pjsip found fitting
        trunk = trunk or self.accounts.trunk_at(source)
        name = edged.extension if edged and edged.extension else trunk or f"sip:{source}"
        leg = SipLeg.incoming(name, account, call_id, self._endpoint.loop.kick)
        sip = self._sip_of(trunk)
        leg.rtp_timeout_s = sip.rtp_timeout_s if sip else self._pbx.config.phones.rtp_timeout_s
        leg.may_refer = sip is None or sip.refer
        caller = caller_policy.calling(lambda name: header(message, name), bool(sip and sip.trusted))
        number = dialled_number(message)
        if trunk and number == self.accounts.username(trunk):
            number = identity(header(message, "To")).number  # it calls our contact; To says which number was dialled
        with codecs.preferring(codecs.offered(message)):
            self._take_in(leg, edged, caller, number, trunk, message)

    def _take_in(
        self, leg: SipLeg, edged: origin.Origin | None, caller: Caller, number: str, trunk: str | None, message: str
    ) -> None:
        replaced = replaced_call()
        if edged and edged.extension and replaced is not None:
            leg.number = edged.extension
            self._pbx.spawn(replacing.take_over(self._pbx, leg, replaced))
        elif replaced is not None:
            self._pbx.spawn(leg.refuse(Cause.NOT_ALLOWED))  # only a phone of the house
        elif edged and edged.extension:
            self._pbx.spawn(inbound.from_phone(self._pbx, leg, edged.extension, number))
        elif self._pbx.edge and not edged and not trunk:
            self._pbx.spawn(leg.refuse(Cause.NOT_ALLOWED))  # past the edge, and no provider
        else:
            stranger = bool(edged and not trunk and not edged.is_near(self._pbx.config.edge.trusted))
            said = attested(
                header(message, "Identity"), header(message, "P-Asserted-Identity") or header(message, "From")
            )
            arrival = Arrival(
                leg, caller,
                lambda: inbound.from_sip(self._pbx, leg, caller, number, trunk, stranger=stranger, said=said),
            )  # fmt: skip
            self._pbx.arrived(trunk or "", arrival)

    def _sip_of(self, trunk: str | None) -> TrunkSip | None:
        known = self._pbx.config.trunk(trunk)
        return known.sip if known else None

    def call_phone(self, extension: Extension, sender: str, headers: Mapping[str, str] = {}) -> SipLeg:
        """Sends an INVITE to the extension's SIP phones, with more headers. Failed when none would ring."""
        if extension.sip and not extension.sip.address and self._pbx.edge:
            target = f"sip:{extension.number}@127.0.0.1:{self._pbx.edge.ports.inside}"
            account, kick = self.accounts.phones, self._endpoint.loop.kick
            known = {**headers, origin.HEADER: self._pbx.edge.secret}
            return self._to_phone(SipLeg.call(extension.number, account, target, sender, kick, known))
        if not extension.sip or not extension.sip.address:
            raise Failed(Cause.OUT_OF_ORDER, f"{extension.number} has no SIP phone")
        target, kick = f"sip:{extension.number}@{extension.sip.address}", self._endpoint.loop.kick
        return self._to_phone(SipLeg.call(extension.number, self.accounts.local, target, sender, kick, headers))

    def _to_phone(self, leg: SipLeg) -> SipLeg:
        leg.rtp_timeout_s = self._pbx.config.phones.rtp_timeout_s
        return leg

    def call_provider(self, trunk: Trunk, place: Place, digits: str, caller: Caller) -> SipLeg:
        """Sends an INVITE to a SIP trunk. Failed when it cannot be sent."""
        assert trunk.sip
        extensions = self._pbx.config.extensions
        inside = {e.number for e in extensions} | {e.outside_number for e in extensions if e.outside_number}
        shown = caller_policy.shown(caller, trunk.sip, host_of(place.registrar), inside)
        target, kick = uri(trunk.sip, place.registrar, digits), self._endpoint.loop.kick
        leg = SipLeg.call(trunk.name, place.account, target, shown.sender, kick, shown.headers)
        leg.redirects, leg.rtp_timeout_s, leg.may_refer = trunk.sip.redirects, trunk.sip.rtp_timeout_s, trunk.sip.refer
        return leg


def header(message: str, name: str) -> str:
    """A header's value in a SIP message, "" when it is not there. Long names only (pjsip prints them so)."""
    wanted = f"\n{name.lower()}:"
    at = message.lower().find(wanted)
    return message[at + len(wanted) :].partition("\r\n")[0].strip() if at >= 0 else ""
