"""Who stands behind an address: one person of the register, several who share a mailbox, staff, or nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from skolemerke import clock, database
from skolemerke.database import WriteSession
from skolemerke.people.models import Account, Role
from skolemerke.registry.models import Person, School, Teacher
from skolemerke.registry.queries import serving, today

STAFF = "staff"
"""The key of the member of staff who shares a mailbox with teachers."""


@dataclass(frozen=True)
class Identity:
    """A person behind an address. `key` is the register's id of a teacher behind `teacher:`, or `STAFF`."""

    key: str
    name: str
    language: str = ""
    schools: tuple[str, ...] = ()


class WhichPerson(Exception):
    """Several people share the address; whoever signs in must say which one they are."""

    def __init__(self, identities: Sequence[Identity]) -> None:
        super().__init__("several people share this address")
        self.identities = tuple(identities)


def behind(session: Session, email: str) -> list[Identity]:
    """Everybody behind an address, in the register's order. Staff without a post as a teacher comes last."""
    found = _teachers(session, email)
    plain = session.scalars(
        select(Account)
        .join(Role, Role.account_id == Account.id)
        .where(Account.email == email, Account.teacher_id == "")
    ).first()
    if plain is not None and len(found) != 1:
        found.append(Identity(STAFF, plain.name or plain.email, plain.language))
    return found


def account_behind(session: WriteSession, email: str, person: str = "") -> Account | None:
    """The account of whoever signs in with an address, made if there is none; none when nobody is behind it.

    `person` is the key of the one who was chosen. Raises `WhichPerson` while that must be asked.
    """
    found = behind(session, email)
    if not found:
        return None
    if len(found) == 1:
        return _account_of_only(session, email, found[0])
    chosen = next((identity for identity in found if identity.key == person), None)
    if chosen is None:
        raise WhichPerson(found)
    if chosen.key == STAFF:
        return ensure_account(session, email, chosen.name, chosen.language)
    return _account_of_one(session, email, chosen, roles=found[-1].key == STAFF)


def ensure_account(session: WriteSession, address: str, name: str, language: str, teacher_id: str = "") -> Account:
    """The account of an address, or of one teacher at it; made if there is none."""
    values = {
        "email": address,
        "teacher_id": teacher_id,
        "name": name,
        "language": language,
        "created_at": clock.now(),
    }
    session.execute(
        database.insert(session, Account)
        .values(**values)
        .on_conflict_do_nothing(index_elements=["email", "teacher_id"])
    )
    account = session.scalars(select(Account).where(Account.email == address, Account.teacher_id == teacher_id)).one()
    account.name = account.name or name
    account.language = account.language or language
    return account


def _teachers(session: Session, email: str) -> list[Identity]:
    rows = session.execute(
        select(Person.teacher_id, Teacher.name, Teacher.language, School.name.label("school"))
        .join(Person, Person.id == Teacher.person_id)
        .join(School, School.id == Teacher.school_id)
        .where(Teacher.email == email, serving(today()), School.gone.is_(False))
        .order_by(Teacher.id)
    ).all()
    grouped: dict[str, list[tuple[str, str, str]]] = {}
    for row in rows:
        grouped.setdefault(row.teacher_id, []).append((row.name, row.language, row.school))
    return [
        Identity(f"teacher:{teacher_id}", own[0][0], own[0][1], tuple(dict.fromkeys(school for _, _, school in own)))
        for teacher_id, own in grouped.items()
    ]


def _account_of_only(session: WriteSession, email: str, identity: Identity) -> Account:
    """The account that the person had while others shared the mailbox, else that of the address."""
    own = _own_account(session, email, identity)
    return own or ensure_account(session, email, identity.name, identity.language)


def _account_of_one(session: WriteSession, email: str, identity: Identity, *, roles: bool) -> Account:
    """The account of one of several. The one whose name the address's account bears takes it over, with what was
    written in it before the mailbox was shared; not where it is that of a member of staff."""
    own = _own_account(session, email, identity)
    if own is not None:
        return own
    teacher_id = identity.key.removeprefix("teacher:")
    before = session.scalars(select(Account).where(Account.email == email, Account.teacher_id == "")).first()
    if before is not None and not roles and before.name == identity.name:
        before.teacher_id = teacher_id
        return before
    return ensure_account(session, email, identity.name, identity.language, teacher_id)


def _own_account(session: Session, email: str, identity: Identity) -> Account | None:
    teacher_id = identity.key.removeprefix("teacher:")
    return session.scalars(
        select(Account).where(Account.email == email, Account.teacher_id == teacher_id, Account.teacher_id != "")
    ).first()
