# SPDX-License-Identifier: GPL-2.0-or-later
"""Backups on a server by SSH. By asyncssh. The server's key is kept at the first use; another one later is refused."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import BinaryIO, TypeVar, cast

import asyncssh

from firmware.backup.hosts import Hosts
from firmware.backup.naming import PART
from firmware.config.backup import Sftp
from firmware.errors import TipringError, Unavailable

T = TypeVar("T")
_WAIT_S = 30.0
_PIECE = 1 << 18


class Server:
    """A place for backups."""

    def __init__(self, settings: Sftp, state: Path) -> None:
        self._settings, self._hosts = settings, Hosts(state)
        self._name = f"{settings.user}@{settings.host}"
        self._folder = settings.folder or "."

    def check(self) -> None:
        async def work(sftp: asyncssh.SFTPClient) -> None:
            await sftp.makedirs(self._folder, exist_ok=True)

        self._run(work)

    def put(self, name: str, stream: BinaryIO) -> int:
        final = self._at(name)

        async def work(sftp: asyncssh.SFTPClient) -> int:
            try:
                await self._copied(sftp, final + PART, stream)
                await sftp.posix_rename(final + PART, final)
            except BaseException:
                with contextlib.suppress(asyncssh.Error, OSError):
                    await sftp.remove(final + PART)
                raise
            return (await sftp.stat(final)).size or 0

        return self._run(work)

    @staticmethod
    async def _copied(sftp: asyncssh.SFTPClient, path: str, stream: BinaryIO) -> None:
        async with sftp.open(path, "wb") as file:
            while piece := await asyncio.to_thread(stream.read, _PIECE):
                await file.write(piece)
            with contextlib.suppress(asyncssh.SFTPOpUnsupported):
                await file.fsync()

    def files(self) -> list[tuple[str, int]]:
        async def work(sftp: asyncssh.SFTPClient) -> list[tuple[str, int]]:
            found = await sftp.readdir(self._folder)
            return [(str(one.filename), one.attrs.size or 0) for one in found]

        return self._run(work)

    @contextlib.contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """By a thread that fills a pipe: who reads does not know of asyncio."""
        reading, writing = os.pipe()
        failed: list[TipringError] = []

        def fetch() -> None:
            with os.fdopen(writing, "wb") as pipe:
                try:
                    self._run(lambda sftp: _fetched(sftp, self._at(name), pipe))
                except BrokenPipeError:
                    return
                except TipringError as error:
                    failed.append(error)

        thread = threading.Thread(target=fetch, name="sftp", daemon=True)
        thread.start()
        try:
            with os.fdopen(reading, "rb") as pipe:
                yield pipe
        finally:
            thread.join()
            if failed:
                raise failed[0]

    def delete(self, name: str) -> None:
        self._run(lambda sftp: sftp.remove(self._at(name)))

    def _at(self, name: str) -> str:
        return f"{self._folder}/{name}"

    def _run(self, work: Callable[[asyncssh.SFTPClient], Awaitable[T]]) -> T:
        async def connected() -> T:
            async with self._connected() as sftp:
                return await work(sftp)

        try:
            return asyncio.run(connected())
        except asyncssh.HostKeyNotVerifiable as error:
            message = (
                f"{self._settings.host} has another key than at the first backup. If the server was replaced, forget "
                "its key; if not, somebody stands between."
            )
            raise Unavailable(message, code="other_host_key") from error
        except asyncssh.PermissionDenied as error:
            message = f"{self._name} was refused. Check the password, or give the server the box's key."
            raise Unavailable(message) from error
        except (asyncssh.Error, OSError, TimeoutError) as error:
            if isinstance(error, BrokenPipeError):
                raise
            raise Unavailable(f"{self._name} cannot be used: {str(error) or 'no answer in time'}.") from error

    def _connected(self) -> AbstractAsyncContextManager[asyncssh.SFTPClient]:
        return self._sftp()

    @contextlib.asynccontextmanager
    async def _sftp(self) -> AsyncIterator[asyncssh.SFTPClient]:
        where = self._settings
        key = self._hosts.key_of(where.host, where.port) or await self._met()
        known = asyncssh.import_known_hosts(f"* {key}\n")
        async with (
            asyncssh.connect(
                where.host, where.port, username=where.user, password=where.password or None, known_hosts=known,
                client_keys=[] if where.password else [self._hosts.own_key()], agent_path=None, config=None,
                connect_timeout=_WAIT_S, login_timeout=_WAIT_S, keepalive_interval=_WAIT_S,
            ) as connection,
            connection.start_sftp_client() as sftp,
        ):  # fmt: skip
            yield sftp

    async def _met(self) -> str:
        """The key that the server shows at the first use."""
        where = self._settings
        key = await asyncio.wait_for(asyncssh.get_server_host_key(where.host, where.port, config=None), _WAIT_S)
        if key is None:
            raise Unavailable(f"{where.host} shows no key.")
        text = key.export_public_key().decode().strip()
        self._hosts.keep(where.host, where.port, " ".join(text.split()[:2]))
        return text


async def _fetched(sftp: asyncssh.SFTPClient, path: str, pipe: BinaryIO) -> None:
    async with sftp.open(path, "rb", encoding=None) as file:
        while piece := await file.read(_PIECE):
            await asyncio.to_thread(pipe.write, cast(bytes, piece))
