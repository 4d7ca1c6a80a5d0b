# SPDX-License-Identifier: GPL-2.0-or-later
"""The one pjsua2 endpoint: its settings, its transports, its life."""

from __future__ import annotations

import errno
import logging
import socket
import ssl
from collections.abc import Callable
from typing import Any

from drivers import lineaudio  # before pjsua2: one libpjsua

import pjsua2 as pj  # isort: skip

from firmware import __version__
from firmware.errors import TipringError
from firmware.media.pj_error import PjError, reason
from firmware.media.sip_loop import SipLoop
from firmware.media.tls import TlsJudge

log = logging.getLogger(__name__)

MAX_CALLS = 500
CODECS = {"PCMU/8000": 254, "PCMA/8000": 253, "G722/16000": 252, "opus/48000": 251}  # the others are off
OPUS_HZ, OPUS_BIT_S, OPUS_COMPLEXITY = 16000, 24000, 4  # wideband, as G.722; what the bridge transcodes is 8 kHz anyway
SYSTEM_CA = ssl.get_default_verify_paths().cafile or "/etc/ssl/certs/ca-certificates.crt"
RTP_FIRST, RTP_RANGE = 10000, 10000  # UDP ports; pjsip takes the next free pair


class _PjLog(pj.LogWriter):  # type: ignore[misc]
    """pjsip's own log, into ours."""

    def write(self, entry: pj.LogEntry) -> None:
        logging.getLogger("pjsip").log(logging.WARNING if entry.level <= 2 else logging.DEBUG, entry.msg.rstrip())


class _Pj(pj.Endpoint):  # type: ignore[misc]
    """pjsip asks which account a request is for, and whether a TLS connection is the right one."""

    def __init__(self, tls: TlsJudge) -> None:
        super().__init__()
        self._tls = tls
        self.on_select: Callable[[int, str, str], int] = lambda chosen, source, message: chosen

    def onSelectAccount(self, prm: Any) -> None:
        try:
            prm.accountIndex = self.on_select(prm.accountIndex, prm.rdata.srcAddress, prm.rdata.wholeMsg)
        except Exception:
            log.exception("a fault in the choice of an account")

    def onTransportState(self, prm: Any) -> None:
        if prm.state != pj.PJSIP_TP_STATE_CONNECTED or not prm.type.startswith("TLS"):
            return
        accepted = False
        try:
            accepted = self._tls.judge(prm.tlsInfo)
        except Exception:
            log.exception("a fault in the judgement of a certificate")
        if not accepted:
            lineaudio.shut_down(int(prm.hnd))


class Endpoint:
    """pjsip in the asyncio thread. Start it once a process; pjsua is a singleton."""

    def __init__(self, host: str, port: int, inside: int | None = None) -> None:
        """`inside`: a port on 127.0.0.1 too, where the SIP edge is met; then `port` is for providers only."""
        self.host, self.port, self.inside = host, port, inside
        self.outside_id = self.inside_id = pj.PJSUA_INVALID_ID  # transports of UDP; invalid: whichever fits
        self.bound = host not in ("", "0.0.0.0", "::")  # noqa: S104
        self._log = _PjLog()
        self.tls = TlsJudge()
        self._tls_ids: dict[str, int] = {}
        self._pj = _Pj(self.tls)
        self.loop = SipLoop(self._pj.libHandleEvents)

    def start(self) -> None:
        """Opens the SIP sockets and starts the clock. TipringError when the address cannot be used."""
        self._pj.libCreate()
        self._pj.libInit(self._config())
        self.port = self.port or _free_port(self.host if self.bound else "")
        outside = self._listen(pj.PJSIP_TRANSPORT_UDP, self.host if self.bound else "", self.port)
        self._listen(pj.PJSIP_TRANSPORT_TCP, self.host if self.bound else "", self.port)
        if self.inside:
            self.outside_id, self.inside_id = outside, self._listen(pj.PJSIP_TRANSPORT_UDP, "127.0.0.1", self.inside)
        lineaudio.install_rtp()  # threads begin when nothing can go wrong any more
        lineaudio.install_sip()
        lineaudio.start_clock()
        for codec in self._pj.codecEnum2():
            wanted = next((p for name, p in CODECS.items() if codec.codecId.startswith(name)), 0)
            self._pj.codecSetPriority(codec.codecId, wanted)
        self._set_opus()
        self._pj.libStart()
        self.loop.start()

    def _set_opus(self) -> None:
        opus = self._pj.getCodecOpusConfig()
        opus.sample_rate, opus.channel_cnt, opus.bit_rate = OPUS_HZ, 1, OPUS_BIT_S
        opus.complexity, opus.cbr, opus.packet_loss = OPUS_COMPLEXITY, False, 5
        self._pj.setCodecOpusConfig(opus)

    def select_accounts(self, choose: Callable[[int, str, str], int]) -> None:
        """`choose` gets pjsua's choice, the source ("host:port") and the message of a request, and returns another."""
        self._pj.on_select = choose

    def tls_id(self, ca_file: str | None) -> int:
        """A TLS transport that trusts these authorities (None: the system's). TipringError when they cannot be used."""
        file = ca_file or SYSTEM_CA
        if file not in self._tls_ids:
            self._tls_ids[file] = self._open_tls(file)
        return self._tls_ids[file]

    def _open_tls(self, file: str) -> int:
        transport = pj.TransportConfig()
        transport.boundAddress = self.host if self.bound else ""
        transport.tlsConfig.CaListFile = file
        transport.tlsConfig.proto = pj.PJ_SSL_SOCK_PROTO_TLS1_2 | pj.PJ_SSL_SOCK_PROTO_TLS1_3
        transport.tlsConfig.verifyServer = False  # TlsJudge does
        try:
            return int(self._pj.transportCreate(pj.PJSIP_TRANSPORT_TLS, transport))
        except PjError as error:
            raise TipringError(f"TLS with the certificates of {file}: {reason(error)}", code="tls") from error

    def stop(self) -> None:
        """Ends calls, sockets and threads; after this no pj object may be used."""
        self.loop.stop()
        lineaudio.stop_clock()
        lineaudio.stop_rtp()
        self._pj.libDestroy(pj.PJSUA_DESTROY_NO_RX_MSG)

    def handle_events(self) -> None:
        """Lets pjsip do what is due."""
        self._pj.libHandleEvents(0)

    def _config(self) -> pj.EpConfig:
        config = pj.EpConfig()
        config.logConfig.level = 3
        config.logConfig.consoleLevel = 0
        config.logConfig.decor = 0
        config.logConfig.writer = self._log
        agent = config.uaConfig
        agent.maxCalls, agent.threadCnt, agent.mainThreadOnly = MAX_CALLS, 0, True
        agent.userAgent = f"Tipring/{__version__}"
        media = config.medConfig
        media.clockRate = media.sndClockRate = 8000
        media.audioFramePtime, media.maxMediaPorts, media.quality, media.ecTailLen = 20, 4000, 3, 0
        media.noVad, media.hasIoqueue, media.threadCnt = True, True, 1
        media.jbInit, media.jbMinPre, media.jbMaxPre, media.jbMax = 0, 0, 80, 300  # ms; it grows with the jitter seen
        return config

    def _listen(self, kind: int, host: str, port: int) -> int:
        transport = pj.TransportConfig()
        transport.boundAddress = host
        transport.port = port
        try:
            return int(self._pj.transportCreate(kind, transport))
        except PjError as error:
            raise TipringError(
                f"SIP cannot listen on {host or self.host}:{port} ({reason(error)}). "
                "Another program may use it; choose another one with --sip HOST:PORT.",
                code="sip_address",
            ) from error


def _free_port(host: str) -> int:
    """A port that is free for UDP and for TCP. TipringError when the host is none of this machine."""
    for _ in range(100):
        try:
            with socket.create_server((host, 0)) as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
                port: int = tcp.getsockname()[1]
                udp.bind((host, port))
                return port
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise TipringError(f"SIP cannot listen on {host} ({error.strerror}).", code="sip_address") from error
    raise TipringError("There is no free port for SIP.", code="sip_address")
