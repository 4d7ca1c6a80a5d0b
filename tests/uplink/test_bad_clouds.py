# SPDX-License-Identifier: GPL-2.0-or-later
"""Clouds that are not what they should be: rude, broken, or somebody else."""

import contextlib
import shutil
import socket
import ssl
import subprocess
import threading

import pytest


class RawServer:
    """Says the given bytes to each connection after reading a little, then closes it; the last ones stay."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)
        self.asked = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                with client, contextlib.suppress(OSError):
                    client.settimeout(5)
                    client.recv(1000)
                    answer = self.answers[min(self.asked, len(self.answers) - 1)]
                    self.asked += 1
                    client.sendall(answer)

    def close(self) -> None:
        self._listener.close()


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 999999 ?\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 503 No\r\nRetry-After: soon\r\nContent-Length: 0\r\n\r\n",
    ],
    ids=["silence", "garbage", "no status", "elsewhere", "soon"],
)
def test_what_is_no_acknowledgement_is_tried_again(box, uplink, until, answer):
    server = RawServer(answer, OK)
    box.connect_to(server.url)
    box.end_call()
    uplink.start()
    until(lambda: not box.pending(), "the call")
    assert server.asked == 2
    assert box.parked() == 0
    server.close()


def test_a_refusal_before_the_whole_audio_was_read_is_understood(box, uplink, until):
    refusal = b"HTTP/1.1 413 Too large\r\nContent-Length: 9\r\nConnection: close\r\n\r\ntoo large"
    server = RawServer(OK, refusal, OK)
    box.connect_to(server.url)
    box.end_recording(b"x" * 20_000_000)
    uplink.start()
    until(lambda: not box.pending(), "the event, the refusal and the alarm")
    assert (box.parked(), server.asked) == (1, 3)
    assert "(status 413)" in box.history.alarms()[0].text
    assert "413 Too large: too large" in uplink.log.read_text()
    server.close()


def test_a_cloud_that_refuses_all_and_says_something_new_each_time_raises_few_alarms(box, cloud, uplink, until):
    cloud.answer = lambda method, path, body: (403, {"X-Request": str(len(cloud.requests))})
    cloud.says = lambda: f"request {len(cloud.requests)} is denied"
    for _ in range(20):
        box.end_call()
    box.end_recording(b"x")
    uplink.start()
    until(lambda: not box.pending(), "the end of it")
    refused = {"tipring.call.ended", "tipring.recording.ready", "tipring.recording.audio", "tipring.alarm.raised"}
    assert len(box.history.alarms()) == len(refused)
    assert box.parked() == 20 + 2 + len(refused)


def test_an_endless_answer_is_not_read(box, uplink, until):
    server = RawServer(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + b"x" * 5000)
    box.connect_to(server.url)
    box.end_call()
    uplink.start()
    until(lambda: not box.pending(), "the call")
    server.close()


def test_a_name_that_does_not_resolve_is_only_waited_for(box, cloud, uplink, until):
    box.connect_to("http://nowhere.invalid/")
    call = box.end_call()
    uplink.start()
    until(lambda: "next try" in uplink.log.read_text(), "a failure")
    box.connect_to(cloud.url)
    until(lambda: cloud.subjects() == [call], "the call")


@pytest.mark.skipif(not shutil.which("openssl"), reason="needs openssl to make a certificate")
def test_tls_is_verified(box, cloud, uplink, until, monkeypatch):
    key, certificate = box.state / "key.pem", box.state / "certificate.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost"
    command += f" -addext subjectAltName=DNS:localhost -keyout {key} -out {certificate}"
    subprocess.run(command.split(), check=True, capture_output=True, timeout=30)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    cloud.down()
    cloud.up(tls)
    box.connect_to(cloud.url.replace("http://127.0.0.1", "https://localhost"))
    call = box.end_call()
    uplink.start()
    until(lambda: "CERTIFICATE_VERIFY_FAILED" in uplink.log.read_text(), "a refusal of the stranger")
    assert cloud.events == []
    uplink.kill()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    uplink.start()
    until(lambda: cloud.subjects() == [call], "the call, to a cloud with a good certificate")
