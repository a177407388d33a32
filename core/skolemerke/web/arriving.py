"""The files of a form while it is read. A disk that is full costs the file and not the text that came with it."""

from __future__ import annotations

import io
from contextlib import suppress
from tempfile import SpooledTemporaryFile
from typing import IO, BinaryIO, cast

from flask import Flask
from werkzeug.datastructures import FileStorage

from skolemerke.applications.operations import NoRoom
from skolemerke.applications.storing import NO_ROOM
from skolemerke.web.received import Received

IN_MEMORY = 512 * 1024
"""So many bytes of a file are held before it is put on the disk."""


class Arriving:
    """A file that is read from a request; empty, and `is_lost`, when there is no room for it on the disk."""

    def __init__(self) -> None:
        self.is_lost = False
        self._file: IO[bytes] = cast("IO[bytes]", SpooledTemporaryFile(IN_MEMORY, "w+b"))  # noqa: SIM115 - closed with the request

    def write(self, content: bytes) -> int:
        """Take in more; of a file that is lost, nothing."""
        try:
            if not self.is_lost:
                self._file.write(content)
        except OSError as error:
            self._lose(error)
        return len(content)

    def seek(self, place: int, whence: int = 0) -> int:
        """Go to a place. What was taken in last may be written only now."""
        try:
            return self._file.seek(place, whence)
        except OSError as error:
            self._lose(error)
            return 0

    def read(self, size: int = -1) -> bytes:
        """The bytes from here on."""
        return self._file.read(size)

    def tell(self) -> int:
        """The place in the file."""
        return self._file.tell()

    def close(self) -> None:
        """Let go of the file."""
        with suppress(OSError):
            self._file.close()

    def _lose(self, error: OSError) -> None:
        if error.errno not in NO_ROOM:
            raise error
        self.is_lost = True
        self.close()
        self._file = io.BytesIO()


class ArrivingRequest(Received):
    """A request whose text is read also when there is no room for its files."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return cast("IO[bytes]", Arriving())


def register(app: Flask) -> None:
    """Let an application read its requests so."""
    app.request_class = ArrivingRequest


def stream_of(sent: FileStorage) -> BinaryIO:
    """What a file of a form holds. Raises `NoRoom` when it could not be taken in."""
    if getattr(sent.stream, "is_lost", False):
        raise NoRoom
    return cast("BinaryIO", sent.stream)
