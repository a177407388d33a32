"""What is held about a person, and taking away what need not be kept.

Each room that holds something about people declares it here, as it declares its verbs to `rights`. Submissions,
signatures and decisions are kept: they are why a school holds a label or does not. What erasing leaves of an account
is a number without a name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Text, cast, delete, func, or_, select
from sqlalchemy.orm import Session

from skolemerke import audit, database, outbox
from skolemerke.audit import AuditDetails, AuditLine
from skolemerke.database import WriteSession
from skolemerke.outbox import Mail
from skolemerke.people.actors import Actor
from skolemerke.people.models import Account, RecoveryCode, SecondFactor, SignInSession, SignInToken
from skolemerke.people.rights import require
from skolemerke.people.signing_in import normal_address
from skolemerke.registry.models import School, Teacher


@dataclass(frozen=True)
class Subject:
    """The person: the address in small letters, and the accounts that are theirs."""

    address: str
    accounts: tuple[int, ...]

    @property
    def refs(self) -> list[str]:
        """How the audit chain names the accounts."""
        return [f"account:{account_id}" for account_id in self.accounts]


Gather = Callable[[Session, Subject], dict[str, Any]]
"""What a room holds about a person, as JSON data by kind."""

Erase = Callable[[WriteSession, Subject], tuple[dict[str, int], dict[str, int]]]
"""Takes away what a room need not keep; gives how many rows were erased, and how many are kept, by kind."""


@dataclass(frozen=True)
class Erasure:
    """What was erased and what is kept, as numbers of rows by kind."""

    erased: dict[str, int] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)


class NobodyThere(LookupError):
    """Nothing is held under the address."""


class StillStaff(ValueError):
    """The person has a role; who serves can't be erased."""


_rooms: dict[str, tuple[Gather, Erase | None]] = {}


def declare(room: str, gather: Gather, erase: Erase | None = None) -> None:
    """Say what a room holds about a person and, where it need not keep all of it, how that is taken away."""
    _rooms[room] = (gather, erase)


def export(actor: Actor, who: str) -> dict[str, Any]:
    """Everything that is held about the owner of an address. Raises `NobodyThere`, `NotAnAddress`, `Refused`."""
    require(actor, "person.export")
    session = database.read()
    subject = _subject(session, who)
    found = {room: gather(session, subject) for room, (gather, _erase) in sorted(_rooms.items())}
    if not subject.accounts and not any(part for held in found.values() for part in held.values()):
        raise NobodyThere(subject.address)
    return {"address": subject.address, **found}


def erase(actor: Actor, who: str, *, dry_run: bool = False) -> Erasure:
    """Take away what need not be kept about the owner of an address. Raises as `export`, and `StillStaff`."""
    export(actor, who)
    done = Erasure()
    with database.write() as session:
        require(actor, "person.erase")
        subject = _subject(session, who)
        for _gather, take in (held for _room, held in sorted(_rooms.items())):
            if take is not None:
                erased, kept = take(session, subject)
                done.erased.update(erased)
                done.kept.update(kept)
        for ref in subject.refs:
            audit.record(session, "person.erased", ref, actor=actor.ref)
        if dry_run:
            session.rollback()
    return done


def rows_of(session: Session, statement: Any) -> list[dict[str, Any]]:
    """The rows of a statement of columns, as JSON data."""
    return [{name: _plain(value) for name, value in row._mapping.items()} for row in session.execute(statement)]  # noqa: SLF001 - SQLAlchemy documents it


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _subject(session: Session, who: str) -> Subject:
    address = normal_address(who)
    ids = session.scalars(select(Account.id).where(Account.email == address).order_by(Account.id))
    return Subject(address, tuple(ids))


def _gather(session: Session, subject: Subject) -> dict[str, Any]:
    accounts = session.scalars(select(Account).where(Account.id.in_(subject.accounts)).order_by(Account.id)).all()
    sessions = select(
        SignInSession.created_at, SignInSession.seen_at, SignInSession.ended_at, SignInSession.device
    ).where(SignInSession.account_id.in_(subject.accounts))
    factors = select(SecondFactor.made_at, SecondFactor.confirmed_at).where(
        SecondFactor.account_id.in_(subject.accounts)
    )
    mails = select(
        Mail.kind, Mail.name, Mail.language, Mail.state, Mail.created_at, Mail.sent_at, Mail.payload, Mail.round_id
    )
    teachers = select(
        Teacher.name, Teacher.email, Teacher.language, Teacher.role, Teacher.registered_on, Teacher.left_on
    ).add_columns(School.school_id, School.name.label("school"))
    changes = select(AuditLine.number, AuditLine.at, AuditLine.verb, AuditLine.subject, AuditDetails.details)
    return {
        "accounts": [
            {
                "name": account.name,
                "language": account.language,
                "teacher_id": account.teacher_id,
                "created_at": account.created_at.isoformat(),
                "roles": [role.role for role in account.roles],
            }
            for account in accounts
        ],
        "sessions": rows_of(session, sessions),
        "second_factors": rows_of(session, factors),
        "mails": rows_of(session, mails.where(Mail.address == subject.address).order_by(Mail.id)),
        "register": rows_of(
            session, teachers.join(School, School.id == Teacher.school_id).where(Teacher.email == subject.address)
        ),
        "head_of": rows_of(
            session,
            select(School.school_id, School.name, School.head_name).where(
                func.lower(School.head_email) == subject.address
            ),
        ),
        "changes": rows_of(
            session,
            changes.outerjoin(AuditDetails, AuditDetails.number == AuditLine.number)
            .where(or_(AuditLine.actor.in_(subject.refs), _speaks_of(subject)))
            .order_by(AuditLine.number),
        ),
    }


def _erase(session: WriteSession, subject: Subject) -> tuple[dict[str, int], dict[str, int]]:
    accounts = session.scalars(select(Account).where(Account.id.in_(subject.accounts)).with_for_update()).all()
    if any(account.roles for account in accounts):
        raise StillStaff(subject.address)
    for account in accounts:
        account.email, account.teacher_id = f"erased-{account.id}@erased.invalid", ""
        account.name, account.language = "", ""
    erased = {"accounts": len(accounts)}
    for name, table in (
        ("sessions", SignInSession),
        ("second_factors", SecondFactor),
        ("recovery_codes", RecoveryCode),
    ):
        found = delete(table).where(table.account_id.in_(subject.accounts)).returning(table.account_id)
        erased[name] = len(session.scalars(found).all())
    asked = delete(SignInToken).where(SignInToken.email == subject.address).returning(SignInToken.id)
    erased["sign_ins"] = len(session.scalars(asked).all())
    erased["mails"] = _erase_mails(session, subject)
    numbers = session.scalars(_numbers(subject)).all()
    session.execute(delete(AuditDetails).where(AuditDetails.number.in_(numbers)))
    erased["audit_details"] = len(numbers)
    erased["register"], kept = _erase_register(session, subject)
    return erased, kept


def _erase_mails(session: WriteSession, subject: Subject) -> int:
    """Mail that has left loses its address and what it carried; mail that has not is not sent."""
    rows = session.scalars(select(Mail).where(Mail.address == subject.address).with_for_update()).all()
    for row in rows:
        if row.state == outbox.QUEUED:
            session.delete(row)
        else:
            row.address, row.name, row.payload, row.error = "", "", {}, ""
    return len(rows)


def _erase_register(session: WriteSession, subject: Subject) -> tuple[int, dict[str, int]]:
    """Rows that the register no longer brings lose their names. Those that it still brings would come back."""
    rows: Sequence[Teacher] = session.scalars(select(Teacher).where(Teacher.email == subject.address)).all()
    gone = [row for row in rows if row.gone]
    for row in gone:
        row.name, row.email = "", ""
    heads = select(func.count()).select_from(School).where(func.lower(School.head_email) == subject.address)
    return len(gone), {"register": len(rows) - len(gone), "head_of": session.scalar(heads) or 0}


def _numbers(subject: Subject) -> Any:
    return (
        select(AuditDetails.number).join(AuditLine, AuditLine.number == AuditDetails.number).where(_speaks_of(subject))
    )


def _speaks_of(subject: Subject) -> Any:
    """The condition that a line, or what it commits to, speaks of the person."""
    words = subject.address.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    in_details = func.lower(cast(AuditDetails.details, Text)).like(f"%{words}%", escape="\\")
    return or_(AuditLine.subject.in_(subject.refs), in_details)


declare("people", _gather, _erase)
