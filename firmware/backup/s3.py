# SPDX-License-Identifier: GPL-2.0-or-later
"""Backups in a bucket: Amazon's S3, or what speaks its protocol. By minio's library: signature 4, uploads in parts."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import BinaryIO, cast
from urllib.parse import urlsplit

import minio
import urllib3

from firmware.config.backup import S3
from firmware.errors import Unavailable

PART_BYTES = 16 * 1024 * 1024  # in memory at a time; 10,000 parts are 160 GB
_WAIT_S, _TRIES = 60.0, 3


class Bucket:
    """A place for backups."""

    def __init__(self, settings: S3) -> None:
        address = urlsplit(settings.endpoint)
        self._bucket, self._name = settings.bucket, f"{settings.bucket} at {address.netloc}"
        self._prefix = f"{settings.folder}/" if settings.folder else ""
        pool = urllib3.PoolManager(timeout=_WAIT_S, retries=urllib3.Retry(_TRIES, backoff_factor=1.0))
        self._client = minio.Minio(
            address.netloc, settings.access_key, settings.secret, secure=address.scheme == "https",
            region=settings.region or None, http_client=pool,
        )  # fmt: skip

    def check(self) -> None:
        with self._told():
            if not self._client.bucket_exists(self._bucket):
                raise Unavailable(f"There is no bucket {self._name}. Make it, or check its name and region.")

    def put(self, name: str, stream: BinaryIO) -> int:
        counted = _Counted(stream)
        with self._told():
            self._client.put_object(
                self._bucket, self._prefix + name, cast(BinaryIO, counted), -1, "application/octet-stream",
                part_size=PART_BYTES, num_parallel_uploads=1,
            )  # fmt: skip
        return counted.octets

    def files(self) -> list[tuple[str, int]]:
        with self._told():
            found = self._client.list_objects(self._bucket, self._prefix)
            return [(str(one.object_name).removeprefix(self._prefix), one.size or 0) for one in found]

    @contextlib.contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        with self._told():
            response = self._client.get_object(self._bucket, self._prefix + name)
            try:
                yield cast(BinaryIO, response)
            finally:
                response.close()
                response.release_conn()

    def delete(self, name: str) -> None:
        with self._told():
            self._client.remove_object(self._bucket, self._prefix + name)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except minio.error.S3Error as error:
            raise Unavailable(f"The bucket {self._name} refuses: {error.message or error.code}") from error
        except (minio.error.MinioException, urllib3.exceptions.HTTPError) as error:
            raise Unavailable(f"The bucket {self._name} cannot be reached: {error}") from error


class _Counted:
    """The stream, and how much of it was taken."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self.octets = stream, 0

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self.octets += len(data)
        return data
