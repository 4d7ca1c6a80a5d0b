# SPDX-License-Identifier: GPL-2.0-or-later
"""Kamailio's RPC: JSON-RPC 2.0, one datagram a request and one an answer."""

from __future__ import annotations

import itertools
import json
import socket
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from firmware.errors import TipringError, Unavailable

DOWN = "edge_unavailable"
"""The code of the error when the edge is not there."""
NOT_FOUND = 404
_LARGEST = 65536  # bytes of an answer


class RpcError(TipringError):
    """Kamailio refused. `status` is its number, as in SIP."""

    code = "edge_refused"

    def __init__(self, method: str, status: int, message: str) -> None:
        super().__init__(f"The SIP edge refused {method}: {status} {message}.")
        self.status = status


class Rpc:
    """A connection. Not for several threads at once. Unavailable (`edge_unavailable`) when nobody answers."""

    def __init__(self, path: Path, timeout_s: float = 2.0) -> None:
        self._ids = itertools.count(1)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.settimeout(timeout_s)
        try:
            self._socket.bind("")  # an abstract address of the kernel's choice: an answer needs one
            self._socket.connect(str(path))
        except OSError as error:
            self._socket.close()
            raise _down(f"{path}: {error.strerror}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._socket.close()

    def call(self, method: str, *parameters: str | int) -> Any:
        """The result. RpcError when Kamailio refuses."""
        id = next(self._ids)
        request = {"jsonrpc": "2.0", "method": method, "params": parameters, "id": id}
        try:
            self._socket.send(json.dumps(request).encode())
            while (answer := json.loads(self._socket.recv(_LARGEST))).get("id") != id:
                pass  # of an earlier question whose answer came too late
        except (OSError, ValueError) as error:
            raise _down(str(error)) from error
        if "error" in answer:
            raise RpcError(method, int(answer["error"]["code"]), str(answer["error"]["message"]))
        return answer.get("result")


def _down(why: str) -> Unavailable:
    return Unavailable(f"The SIP edge does not answer ({why}). Is it running? tipring up starts it.", code=DOWN)
