"""Files on disk: received into a temporary file, checked, synced, and only then given their place."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import re
import secrets
import unicodedata
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from skolemerke.applications.pictures import FORMATS, drawn_anew
from skolemerke.applications.refusals import EvidenceRefused, NoRoom
from skolemerke.applications.sniffing import MEDIA_TYPES, PHONE_ENDINGS, media_type_of
from skolemerke.config import current_config
from skolemerke.speech import marked as _

MEGABYTE = 1024 * 1024
CHUNK = 64 * 1024
PICTURES_ARRIVE_LARGER = 2
MAX_NAME = 120
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
UNFINISHED = ".part"


@dataclass(frozen=True)
class StoredFile:
    """A file in its place, not yet spoken of by any row."""

    stored_as: str
    name: str
    media_type: str
    size: int
    sha256: str


def folder() -> Path:
    """Where evidence lies, outside of anything that is served."""
    return current_config().instance / "evidence"


@contextmanager
def stored(stream: BinaryIO, name: str, endings: Collection[str]) -> Iterator[StoredFile]:
    """Receive a file and give it its place; it is removed again when anything is raised in the block.

    A picture is drawn anew (`pictures`). Raises `EvidenceRefused` when it is too large, empty, not what its name
    says, or the disk is full.
    """
    name = plain_name(name)
    ending = _ending_of(name, endings)
    path = folder()
    stored_as = secrets.token_hex(16)
    temporary = path / f"{stored_as}{UNFINISHED}"
    try:
        path.mkdir(parents=True, exist_ok=True)
        size, sha256 = _receive(stream, temporary, _most(ending))
        _require_kind(temporary, size, ending)
        if MEDIA_TYPES[ending] in FORMATS:
            size, sha256 = _draw_anew(temporary, MEDIA_TYPES[ending])
        temporary.replace(path / stored_as)
        _sync_folder(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        (path / stored_as).unlink(missing_ok=True)
        if error.errno in NO_ROOM:
            raise NoRoom from error
        raise
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    try:
        yield StoredFile(stored_as, name, MEDIA_TYPES[ending], size, sha256)
    except BaseException:
        (path / stored_as).unlink(missing_ok=True)
        raise


def require_likely(name: str, size: int, endings: Collection[str]) -> None:
    """Raise `EvidenceRefused` for a file of which its name or its size says before it arrives that it is not taken."""
    ending = _ending_of(plain_name(name), endings)
    if size <= 0:
        raise _empty()
    if size > _most(ending):
        raise _too_large(_most(ending))


def is_kept_as_it_is(name: str) -> bool:
    """Whether a file is as large when it is kept as when it arrives; a picture is not."""
    return MEDIA_TYPES.get(Path(plain_name(name)).suffix.lower()) not in FORMATS


def plain_name(name: str) -> str:
    """A file's name without folders and without characters that are not seen; its ending is kept."""
    last = re.split(r"[/\\]", name)[-1]
    last = "".join(c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c)[0] != "C").strip(" .")
    if len(last) > MAX_NAME:
        ending = Path(last).suffix[:10]
        last = last[: MAX_NAME - len(ending)] + ending
    return last


def _ending_of(name: str, endings: Collection[str]) -> str:
    ending = Path(name).suffix.lower()
    if ending in PHONE_ENDINGS:
        raise EvidenceRefused(
            _(
                "“%(name)s” is a photo in a form that many can't open: add it as JPEG. On an iPhone open the photo, "
                "choose Share, Options, “Most Compatible”, and save it to Files. For new photos: Settings, Camera, "
                "Formats, “Most Compatible”."
            ),
            name=name,
        )
    if ending not in endings:
        kinds = ", ".join(sorted(endings))
        raise EvidenceRefused(
            _("“%(name)s” can't be added: the kinds of file that are taken end in %(kinds)s."), name=name, kinds=kinds
        )
    return ending


def _most(ending: str) -> int:
    """How large a file may be when it arrives; a picture is made smaller before it is kept."""
    most = current_config().max_upload_mb * MEGABYTE
    return most * PICTURES_ARRIVE_LARGER if MEDIA_TYPES[ending] in FORMATS else most


def _draw_anew(path: Path, media_type: str) -> tuple[int, str]:
    """Put a picture that was drawn anew in the place of the one that arrived."""
    drawn = drawn_anew(path, media_type)
    path.unlink()
    return _receive(io.BytesIO(drawn), path, current_config().max_upload_mb * MEGABYTE)


def _receive(stream: BinaryIO, path: Path, most: int) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    with path.open("xb") as file:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > most:
                raise _too_large(most)
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    if size == 0:
        raise _empty()
    return size, digest.hexdigest()


def _empty() -> EvidenceRefused:
    return EvidenceRefused(_("The file is empty."))


def _too_large(most: int) -> EvidenceRefused:
    return EvidenceRefused(
        _("The file is larger than %(limit)s MB. Make it smaller, or add a link to it."), limit=str(most // MEGABYTE)
    )


def _require_kind(path: Path, size: int, ending: str) -> None:
    with path.open("rb") as file:
        found = media_type_of(file, size)
    if found != MEDIA_TYPES[ending]:
        raise EvidenceRefused(
            _(
                "The content of the file is not that of a file that ends in %(ending)s. "
                "Save it anew as PDF, and add that."
            ),
            ending=ending,
        )


def _sync_folder(path: Path) -> None:
    """Make the new name last; not every system can."""
    if os.name != "posix":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
