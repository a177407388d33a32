"""What a file is, by its content: PDF, JPEG, PNG, DOCX or ODT, and nothing else.

Documents in zip archives are recognised by their directory alone; nothing is unpacked, and an archive that would
be large when unpacked is refused before its directory is read.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import BinaryIO

from skolemerke.applications.refusals import EvidenceRefused
from skolemerke.speech import marked as _

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"

MEDIA_TYPES = {".pdf": PDF, ".jpg": JPEG, ".jpeg": JPEG, ".png": PNG, ".docx": DOCX, ".odt": ODT}
"""What a file must be, by the ending of its name."""

PAPER_ENDINGS = frozenset({".pdf", ".jpg", ".jpeg", ".png"})
"""The endings of a scanned or photographed page."""

PHONE_ENDINGS = frozenset({".heic", ".heif", ".avif"})
"""The endings of photos that are refused in words of their own: not every reader can open them."""

MAX_DIRECTORY = 1_000_000
MAX_UNPACKED = 250_000_000
MAX_RATIO = 200
END_OF_ARCHIVE = b"PK\x05\x06"
END_SIZE, MAX_COMMENT = 22, 65_535
TEXT_PART = b"wordprocessingml.document.main+xml"


@dataclass(frozen=True)
class _End:
    """The end record of a zip archive."""

    directory_size: int


def media_type_of(file: BinaryIO, size: int) -> str | None:
    """The media type of a file, or none when it is not one of ours. Raises `EvidenceRefused` for an archive that
    would do harm."""
    file.seek(0)
    head = file.read(64)
    end = _end_of_archive(file, size)
    if head.startswith(b"PK\x03\x04"):
        return _document_in(file, size, end) if end else None
    if end is not None:
        # Two kinds of file in one: what it is would depend on who reads it.
        return None
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR":
        return PNG
    return None


def _end_of_archive(file: BinaryIO, size: int) -> _End | None:
    """The record with which a zip archive ends, where the file ends with one."""
    length = min(size, END_SIZE + MAX_COMMENT)
    file.seek(size - length)
    tail = file.read(length)
    at = tail.rfind(END_OF_ARCHIVE)
    while at >= 0:
        record = tail[at : at + END_SIZE]
        if len(record) == END_SIZE:
            *_counts, directory_size, _offset, comment = struct.unpack("<4HIIH", record[4:])
            if at + END_SIZE + comment == len(tail):
                return _End(directory_size)
        at = tail.rfind(END_OF_ARCHIVE, 0, at)
    return None


def _document_in(file: BinaryIO, size: int, end: _End) -> str | None:
    if end.directory_size > min(size, MAX_DIRECTORY):
        raise _too_large_unpacked()
    try:
        with zipfile.ZipFile(file) as archive:
            _refuse_bomb(archive, size)
            return _document_of(archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError, KeyError):
        return None


def _refuse_bomb(archive: zipfile.ZipFile, size: int) -> None:
    members = archive.infolist()
    unpacked, packed = sum(m.file_size for m in members), sum(m.compress_size for m in members)
    # Members that overlap would add up to more than the file that holds them.
    if unpacked > min(MAX_UNPACKED, max(1, size) * MAX_RATIO) or packed > size:
        raise _too_large_unpacked()


def _document_of(archive: zipfile.ZipFile) -> str | None:
    members = {member.filename: member for member in archive.infolist()}
    if any(_is_suspect(member) for member in members.values()):
        return None
    if "mimetype" in members:
        return ODT if _beginning(archive, "mimetype", 128) == ODT.encode() and "content.xml" in members else None
    if "word/document.xml" in members and "[Content_Types].xml" in members:
        return DOCX if TEXT_PART in _beginning(archive, "[Content_Types].xml", 65_536) else None
    return None


def _is_suspect(member: zipfile.ZipInfo) -> bool:
    """Whether a member is encrypted, holds a macro, or has a name that leads out of the archive."""
    parts = member.filename.split("/")
    is_macro = parts[-1].lower() == "vbaproject.bin" or parts[0] == "Basic"
    return bool(member.flag_bits & 1) or is_macro or ".." in parts or member.filename.startswith("/")


def _beginning(archive: zipfile.ZipFile, name: str, length: int) -> bytes:
    with archive.open(name) as member:
        return member.read(length)


def _too_large_unpacked() -> EvidenceRefused:
    return EvidenceRefused(
        _("The document is packed so tightly that it can't be checked. Save it as PDF and add that instead.")
    )
