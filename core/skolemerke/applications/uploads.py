"""Files that are sent in pieces, so that a line that breaks costs one piece and not the file.

`begin` says name, size and SHA-256 of a file; `receive` takes its pieces in order; `finish` makes it evidence by the
same steps as a file that comes at once. Each may be repeated: beginning the same file goes on with the one that was
begun, a piece that came already is answered with how much is there, and finishing twice gives the same evidence.
Only the account that began it may go on, while it may edit the application.

How much has arrived is the length of the file on the disk, so that a piece costs no row. A piece is not synced: the
whole is compared with its hash, and synced, before it becomes evidence.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from skolemerke import clock, database
from skolemerke.applications.drafts import held
from skolemerke.applications.evidence import file_piece, look_first, new_piece, require_place
from skolemerke.applications.identifiers import new_public_id
from skolemerke.applications.lateness import noted_when_closed
from skolemerke.applications.models import Application, Evidence, Upload
from skolemerke.applications.refusals import EvidenceRefused, NoRoom
from skolemerke.applications.sniffing import MEDIA_TYPES
from skolemerke.applications.storing import (
    CHUNK,
    NO_ROOM,
    folder,
    is_kept_as_it_is,
    plain_name,
    require_likely,
    stored,
)
from skolemerke.people.actors import Actor
from skolemerke.people.rights import Refused, require

AT_ONCE = 10
"""So many files one account may have begun for an application; the oldest gives way to another."""

KEPT = timedelta(days=1)
"""How long what was begun may be gone on with."""

LARGEST_PIECE = 1024 * 1024

ARRIVING = ".arriving"
SHA256 = re.compile(r"[0-9a-f]{64}")


class Elsewhere(Exception):
    """A piece does not follow what is there: `received` says how much that is."""

    def __init__(self, received: int) -> None:
        super().__init__(f"{received} bytes have arrived")
        self.received = received


@dataclass(frozen=True)
class Told:
    """What is said of a file before it arrives: its name, its size, and the SHA-256 of what is in it."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Begun:
    """A file that may be sent: what it is called in addresses, how much is there, and what it became."""

    public_id: str
    received: int
    evidence: Evidence | None


class _FinishedMeanwhile(Exception):
    """The same file was finished by another request."""


@noted_when_closed("file")
def begin(actor: Actor, application_id: int, question_id: str, told: Told) -> Begun:
    """Begin a file, or go on with the same file. Nothing is asked for that can't be kept in the end.

    Raises `EvidenceRefused`, `Closed`, `Refused`, and `ValueError` for what is no SHA-256.
    """
    if not SHA256.fullmatch(told.sha256):
        raise ValueError("a SHA-256 has 64 digits, 0 to 9 and a to f")
    told = replace(told, name=plain_name(told.name))
    require_likely(told.name, told.size, MEDIA_TYPES.keys())
    with database.write() as session:
        application = held(session, actor, "application.edit", application_id)
        mine = _begun_by(session, actor, application)
        same = next((one for one in mine if _is_of(one, question_id, told) and _is_open(session, one)), None)
        if same is None or same.evidence_id is None:
            require_place(session, application, question_id, size=told.size if is_kept_as_it_is(told.name) else 0)
        unwanted = _too_many(mine) if same is None else []
        for one in unwanted:
            session.delete(one)
        upload = same or _upload(actor, application, question_id, told)
        session.add(upload)
        piece = session.get(Evidence, upload.evidence_id) if upload.evidence_id else None
    for one in unwanted:
        _path(one).unlink(missing_ok=True)
    return Begun(upload.public_id, _received(upload), piece)


def received(actor: Actor, application_id: int, public_id: str) -> int:
    """How many bytes of a file have arrived. Raises `Refused`."""
    return _received(_mine(database.read(), actor, application_id, public_id))


def receive(actor: Actor, application_id: int, public_id: str, offset: int, piece: bytes) -> int:
    """Take the piece that begins at a place; gives how many bytes are there now.

    Raises `Elsewhere`, `NoRoom`, `Refused`, and `ValueError` for a piece that is too large.
    """
    upload = _mine(database.read(), actor, application_id, public_id)
    if len(piece) > LARGEST_PIECE:
        raise ValueError(f"a piece has at most {LARGEST_PIECE} bytes")
    here = _received(upload)
    if upload.evidence_id is not None or offset != here or here + len(piece) > upload.size:
        raise Elsewhere(here)
    try:
        folder().mkdir(parents=True, exist_ok=True)
        _path(upload).touch()
        with _path(upload).open("r+b") as file:
            # At its place, not at the end: the same piece sent twice at the same time lies there once.
            file.seek(offset)
            file.write(piece)
    except OSError as error:
        if error.errno in NO_ROOM:
            raise NoRoom from error
        raise
    return _received(upload)


@noted_when_closed("file")
def finish(actor: Actor, application_id: int, public_id: str) -> Evidence:
    """Make a file that has arrived evidence; again gives the same.

    Raises `Elsewhere` when it is not whole (at 0 when it is not the file that was begun), `NoRoom`, after which it
    may be tried again, any other `EvidenceRefused`, after which it is gone, `Closed` and `Refused`.
    """
    upload = _mine(database.read(), actor, application_id, public_id)
    if upload.evidence_id is None:
        try:
            _require_whole(upload)
            _keep(actor, application_id, upload)
        except (_FinishedMeanwhile, Elsewhere, FileNotFoundError):
            # Another request may have finished it, and taken away what had arrived.
            if _became(upload) is None:
                raise
        except NoRoom:
            raise
        except EvidenceRefused:
            cancel(actor, application_id, public_id)
            raise
        _path(upload).unlink(missing_ok=True)
    return database.read().get_one(Evidence, _became(upload))


def cancel(actor: Actor, application_id: int, public_id: str) -> None:
    """Let go of a file that was begun; what it became stays. Raises `Refused`."""
    with database.write() as session:
        upload = _mine(session, actor, application_id, public_id)
        if upload.evidence_id is None:
            session.delete(upload)
    _path(upload).unlink(missing_ok=True)


def forget_old() -> int:
    """Let go of everything that was begun more than a day ago; gives how many."""
    with database.write() as session:
        old = session.scalars(select(Upload).where(Upload.began_at < clock.real() - KEPT)).all()
        for upload in old:
            session.delete(upload)
    for upload in old:
        _path(upload).unlink(missing_ok=True)
    return len(old)


def file_of(stored_as: str) -> str:
    """The name under which a file lies while it arrives."""
    return f"{stored_as}{ARRIVING}"


def _keep(actor: Actor, application_id: int, upload: Upload) -> None:
    look_first(actor, application_id, upload.question_id)
    with (
        _path(upload).open("rb") as whole,
        stored(whole, upload.name, MEDIA_TYPES.keys()) as file,
        database.write() as session,
    ):
        application = held(session, actor, "application.edit", application_id)
        row = session.scalars(select(Upload).where(Upload.id == upload.id).with_for_update()).one_or_none()
        if row is None:
            raise Refused(f"{actor.ref} may not application.edit")
        if row.evidence_id is not None:
            raise _FinishedMeanwhile
        require_place(session, application, upload.question_id, size=file.size)
        application.saved_at = clock.now()
        piece = file_piece(new_piece(application, actor, upload.question_id), file)
        session.add(piece)
        session.flush()
        row.evidence_id = piece.id


def _require_whole(upload: Upload) -> None:
    here = _received(upload)
    if here != upload.size:
        raise Elsewhere(here)
    digest = hashlib.sha256()
    with _path(upload).open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    if digest.hexdigest() != upload.sha256:
        _path(upload).unlink(missing_ok=True)
        raise Elsewhere(0)


def _became(upload: Upload) -> int | None:
    """The evidence that a file has become, as it is known now."""
    read = database.read()
    read.rollback()
    return read.scalar(select(Upload.evidence_id).where(Upload.id == upload.id))


def _mine(session: Session, actor: Actor, application_id: int, public_id: str) -> Upload:
    """A file that this actor has begun for an application that it may still edit. Raises `Refused`."""
    application = session.get(Application, application_id)
    upload = session.scalars(
        select(Upload).where(
            Upload.public_id == public_id,
            Upload.application_id == application_id,
            Upload.account_id == actor.account_id,
        )
    ).one_or_none()
    if application is None or upload is None:
        raise Refused(f"{actor.ref} may not application.edit")
    require(actor, "application.edit", application)
    return upload


def _begun_by(session: Session, actor: Actor, application: Application) -> list[Upload]:
    mine = select(Upload).where(Upload.application_id == application.id, Upload.account_id == actor.account_id)
    return list(session.scalars(mine.order_by(Upload.id)))


def _is_open(session: Session, upload: Upload) -> bool:
    """Whether a file may be gone on with: it is under way, or what it became still stands."""
    if upload.evidence_id is None:
        return True
    return session.get_one(Evidence, upload.evidence_id).removed_at is None


def _is_of(upload: Upload, question_id: str, told: Told) -> bool:
    return (upload.question_id, Told(upload.name, upload.size, upload.sha256)) == (question_id, told)


def _too_many(mine: list[Upload]) -> list[Upload]:
    under_way = [one for one in mine if one.evidence_id is None]
    return under_way[: max(0, len(under_way) - AT_ONCE + 1)]


def _upload(actor: Actor, application: Application, question_id: str, told: Told) -> Upload:
    return Upload(
        public_id=new_public_id(),
        application_id=application.id,
        account_id=actor.account_id,
        question_id=question_id,
        name=told.name,
        size=told.size,
        sha256=told.sha256,
        stored_as=secrets.token_hex(16),
        began_at=clock.real(),
    )


def _received(upload: Upload) -> int:
    """How much has arrived; of a file that became evidence, all of it."""
    if upload.evidence_id is not None:
        return upload.size
    try:
        return _path(upload).stat().st_size
    except FileNotFoundError:
        return 0


def _path(upload: Upload) -> Path:
    return folder() / file_of(upload.stored_as)
