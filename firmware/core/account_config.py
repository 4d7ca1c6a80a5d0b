# SPDX-License-Identifier: GPL-2.0-or-later
"""What pjsua is told of an account: whoever calls the box, phones behind the edge, or a provider."""

from __future__ import annotations

import ipaddress
import socket

import pjsua2 as pj

from firmware.config import TrunkSip
from firmware.media.endpoint import RTP_FIRST, RTP_RANGE, Endpoint

REGISTER_EVERY_S = 300
RETRY_S = 30
MIN_SE_S = 90  # RFC 4028, section 5
SRTP = {
    "off": pj.PJMEDIA_SRTP_DISABLED, "optional": pj.PJMEDIA_SRTP_OPTIONAL, "mandatory": pj.PJMEDIA_SRTP_MANDATORY,
}  # fmt: skip
KEYING = {"sdes": pj.PJMEDIA_SRTP_KEYING_SDES, "dtls": pj.PJMEDIA_SRTP_KEYING_DTLS_SRTP}


def local(endpoint: Endpoint) -> pj.AccountConfig:
    """For whoever calls."""
    config = pj.AccountConfig()
    config.idUri = f"sip:tipring@{endpoint.host if endpoint.bound else socket.gethostname()}"
    return _media(endpoint, config)


def phones(endpoint: Endpoint) -> pj.AccountConfig:
    """For those behind the edge."""
    config = pj.AccountConfig()
    config.idUri = "sip:tipring@127.0.0.1"
    config.sipConfig.transportId = endpoint.inside_id
    return _media(endpoint, config)


def provider(endpoint: Endpoint, sip: TrunkSip, registrar: str, address: str) -> pj.AccountConfig:
    """For one address of a trunk. TipringError when its certificates cannot be used."""
    config = pj.AccountConfig()
    config.idUri = f"sip:{sip.username or 'tipring'}@{host_of(registrar)}"
    if sip.transport == "udp":
        config.sipConfig.transportId = endpoint.outside_id
    elif sip.transport == "tls":
        config.sipConfig.transportId = endpoint.tls_id(sip.ca_file)
    if host_of(registrar) != address:
        config.sipConfig.proxies.append(_hop(sip, registrar, address))
    if sip.registers:
        config.regConfig.registrarUri = uri(sip, registrar, "")
        config.regConfig.timeoutSec, config.regConfig.retryIntervalSec = REGISTER_EVERY_S, RETRY_S
        config.regConfig.firstRetryIntervalSec = 5
    if sip.username:
        config.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", sip.username, 0, sip.password))
    _session_timer(sip, config.callConfig)
    config.mediaConfig.srtpUse = SRTP[sip.srtp]
    config.mediaConfig.srtpSecureSignaling = 0
    if sip.srtp != "off":
        config.mediaConfig.srtpOpt.keyings.append(KEYING[sip.srtp_keying])
    return _media(endpoint, config)


def _session_timer(sip: TrunkSip, call: pj.AccountCallConfig) -> None:
    if sip.session_timer_s:
        call.timerUse = pj.PJSUA_SIP_TIMER_OPTIONAL
        call.timerMinSESec, call.timerSessExpiresSec = MIN_SE_S, sip.session_timer_s
    else:
        call.timerUse = pj.PJSUA_SIP_TIMER_INACTIVE


def _media(endpoint: Endpoint, config: pj.AccountConfig) -> pj.AccountConfig:
    rtp = config.mediaConfig.transportConfig
    rtp.port, rtp.portRange = RTP_FIRST, RTP_RANGE
    rtp.randomizePort = True  # whoever still sends to a call of before must not be taken for the far end of this one
    if endpoint.bound:
        rtp.boundAddress = endpoint.host
    return config


# ---- addresses ---------------------------------------------------------------------------------


def is_address(host: str) -> bool:
    """Whether it is one, and no name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def host_of(registrar: str) -> str:
    """`sip.example.com` of `sip:sip.example.com:5060`."""
    bare = _bare(registrar)
    if bare.startswith("["):
        return bare[1 : bare.index("]")]
    return bare.partition(":")[0]


def port_of(sip: TrunkSip, registrar: str) -> int:
    """Of the provider; what the transport has by default when none is said."""
    port = _bare(registrar).rpartition("]")[2].rpartition(":")[2]
    return int(port) if port.isdigit() else 5061 if sip.transport == "tls" else 5060


def uri(sip: TrunkSip, registrar: str, user: str) -> str:
    """A SIP URI at the provider."""
    who = f"{user}@" if user else ""
    return f"sip:{who}{_bare(registrar)}{_transport(sip)}"


def _hop(sip: TrunkSip, registrar: str, address: str) -> str:
    """Where requests go, whatever name is in them; `hide` keeps it out of the Route header."""
    port = _bare(registrar).partition(":")[2]
    return f"<sip:{address}{':' + port if port else ''}{_transport(sip)};lr;hide>"


def _bare(registrar: str) -> str:
    return registrar.rpartition("sips:")[2].rpartition("sip:")[2]


def _transport(sip: TrunkSip) -> str:
    return "" if sip.transport == "udp" else f";transport={sip.transport}"
