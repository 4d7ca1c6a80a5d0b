# SPDX-License-Identifier: GPL-2.0-or-later
"""The control socket: JSON lines, requests with answers and a subscription (docs/reference/control.md)."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from firmware import modes
from firmware.config import ConfigInvalid
from firmware.errors import Invalid, TipringError

log = logging.getLogger(__name__)

LINE_LIMIT = 4 * 1024 * 1024  # bytes of one request: a configuration fits many times
BACKLOG = 2000  # events a subscriber may be behind, then it is cut off and comes again

Handler = Callable[[dict[str, Any]], Awaitable[Any]]


class ControlServer:
    """Answers requests by `handlers`, and sends what is published to every subscriber."""

    def __init__(self, path: Path, handlers: dict[str, Handler], snapshot: Callable[[], dict[str, Any]]) -> None:
        self._path, self._handlers, self._snapshot = path, handlers, snapshot
        self._subscribers: set[asyncio.Queue[bytes | None]] = set()
        self._clients: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    def add(self, handlers: dict[str, Handler]) -> None:
        """More methods."""
        self._handlers |= handlers

    async def start(self) -> None:
        """Listens; a stale socket of a dead core is replaced."""
        self._path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, str(self._path), limit=LINE_LIMIT)
        self._path.chmod(modes.file())

    async def stop(self) -> None:
        """Cuts everybody off."""
        if self._server:
            self._server.close()
        for task in list(self._clients):
            task.cancel()
        if self._clients:
            await asyncio.wait(self._clients, timeout=1)
        self._path.unlink(missing_ok=True)

    def publish(self, event: str, data: dict[str, Any]) -> None:
        """To every subscriber; one that is too slow is cut off."""
        if not self._subscribers:
            return
        line = _line({"event": event, "data": data})
        for queue in list(self._subscribers):
            try:
                queue.put_nowait(line)
            except asyncio.QueueFull:
                self._subscribers.discard(queue)
                queue.get_nowait()
                queue.put_nowait(None)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._clients.add(task)
        try:
            while line := await reader.readline():
                subscribed = await self._one(line, writer)
                if subscribed:
                    await self._feed(subscribed, reader, writer)
                    return
        except (ConnectionError, ValueError, asyncio.CancelledError) as error:
            log.debug("control client left: %s", error)
        finally:
            self._clients.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _one(self, line: bytes, writer: asyncio.StreamWriter) -> asyncio.Queue[bytes | None] | None:
        request: Any = None
        queue: asyncio.Queue[bytes | None] | None = None
        try:
            request = json.loads(line)
            if not isinstance(request, dict) or not isinstance(request.get("params", {}), dict):
                raise Invalid("A request is an object with id, method and params.", code="bad_request")
            if request.get("method") == "subscribe":
                queue = asyncio.Queue(BACKLOG)
                self._subscribers.add(queue)
                answer: dict[str, Any] = {"result": {"status": self._snapshot()}}
            else:
                answer = {"result": await self._call(request)}
        except TipringError as error:
            answer = {"error": _error(error)}
        except json.JSONDecodeError as error:
            answer = {"error": _error(Invalid(f"Not JSON: {error}", code="bad_request"))}
        writer.write(_line({"id": request.get("id") if isinstance(request, dict) else None, **answer}))
        await writer.drain()
        return queue

    async def _call(self, request: dict[str, Any]) -> Any:
        handler = self._handlers.get(str(request.get("method")))
        if not handler:
            raise Invalid(f"There is no method {request.get('method')!r}.", code="no_such_method", field="method")
        try:
            return await handler(request.get("params", {}))
        except TipringError:
            raise
        except Exception as error:
            log.exception("control method %s failed", request.get("method"))
            raise TipringError(f"The box failed to do this ({error}). The log says more.") from error

    async def _feed(
        self, queue: asyncio.Queue[bytes | None], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        ended = asyncio.ensure_future(reader.read(1))
        line = asyncio.ensure_future(queue.get())
        try:
            while not ended.done():
                await asyncio.wait({line, ended}, return_when=asyncio.FIRST_COMPLETED)
                if not line.done() or line.result() is None:
                    return
                writer.write(line.result() or b"")
                await writer.drain()
                line = asyncio.ensure_future(queue.get())
        finally:
            line.cancel()
            ended.cancel()
            self._subscribers.discard(queue)


def _line(message: dict[str, Any]) -> bytes:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _error(error: TipringError) -> dict[str, Any]:
    body: dict[str, Any] = {"code": error.code, "message": error.message, "field": error.field, "kind": error.kind}
    if isinstance(error, ConfigInvalid):
        body["errors"] = [{"path": problem.path, "message": problem.message} for problem in error.errors]
    return body
