"""The files of a form while it is read. A disk that is full, or too much at once, costs the file and not the text that
came with it."""

from __future__ import annotations

import io
from contextlib import suppress
from tempfile import SpooledTemporaryFile
from typing import IO, Any, BinaryIO, cast

from flask import Flask
from werkzeug.datastructures import FileStorage

from skolemerke.applications.operations import EvidenceRefused, NoRoom, TooMuchAtOnce
from skolemerke.applications.storing import NO_ROOM
from skolemerke.web.received import Received

IN_MEMORY = 512 * 1024
"""So many bytes of a file are held before it is put on the disk."""


MOST_KEPT = 64 * 1024 * 1024
"""So many bytes of files are kept of one form."""

MOST_READ = 4 * MOST_KEPT
"""So large a form with files is read to its end, for the text in it; of its files only so much is kept."""


class Room:
    """How much the files of one form may still take."""

    def __init__(self) -> None:
        self.left = MOST_KEPT


class Arriving:
    """A file that is read from a request; empty, and `lost` says why, when it can't be taken in."""

    def __init__(self, room: Room) -> None:
        self.lost: EvidenceRefused | None = None
        self._room, self._taken = room, 0
        self._file: IO[bytes] = cast("IO[bytes]", SpooledTemporaryFile(IN_MEMORY, "w+b"))  # noqa: SIM115 - closed with the request

    def write(self, content: bytes) -> int:
        """Take in more; of a file that is lost, nothing."""
        if self.lost is not None:
            return len(content)
        if len(content) > self._room.left:
            self._lose(TooMuchAtOnce())
            return len(content)
        self._room.left -= len(content)
        self._taken += len(content)
        try:
            self._file.write(content)
        except OSError as error:
            self._lose_to(error)
        return len(content)

    def seek(self, place: int, whence: int = 0) -> int:
        """Go to a place. What was taken in last may be written only now."""
        try:
            return self._file.seek(place, whence)
        except OSError as error:
            self._lose_to(error)
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

    def _lose_to(self, error: OSError) -> None:
        if error.errno not in NO_ROOM:
            raise error
        self._lose(NoRoom())

    def _lose(self, why: EvidenceRefused) -> None:
        """Give back what was taken: a smaller file that comes later may find room."""
        self.lost = why
        self._room.left += self._taken
        self.close()
        self._file = io.BytesIO()


class ArrivingRequest(Received):
    """A request whose text is read also when there is no room for its files."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self._room = Room()
        if self.mimetype == "multipart/form-data":
            self.max_content_length = MOST_READ

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return cast("IO[bytes]", Arriving(self._room))


def register(app: Flask) -> None:
    """Let an application read its requests so."""
    app.request_class = ArrivingRequest


def stream_of(sent: FileStorage) -> BinaryIO:
    """What a file of a form holds. Raises `NoRoom` or `TooMuchAtOnce` when it could not be taken in."""
    if isinstance(sent.stream, Arriving) and sent.stream.lost is not None:
        raise sent.stream.lost
    return cast("BinaryIO", sent.stream)
