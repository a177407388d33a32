"""Mails made by one statement from the registry: the columns of the outbox, filled for everybody at once.

The key of each mail keeps it from being made twice, however often the statement is run.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from sqlalchemy import (
    JSON,
    ColumnElement,
    FromClause,
    Insert,
    Integer,
    Null,
    Select,
    String,
    and_,
    cast,
    func,
    literal,
    null,
    select,
)

from skolemerke import clock, database, outbox
from skolemerke.agencies.models import Agency
from skolemerke.database import Instant, WriteSession, table_of
from skolemerke.invitations.kinds import HEAD
from skolemerke.mailing.queries import wants_bulk
from skolemerke.outbox import Mail
from skolemerke.registry.models import School, Teacher
from skolemerke.registry.queries import serving, today

LANGUAGE = "en"
"""The language of a mail where neither teacher nor school nor agency has one."""


def head_address() -> ColumnElement[str]:
    """The address of a school's head, as addresses are compared."""
    return func.lower(func.trim(School.head_email))


def reachable_teachers() -> ColumnElement[bool]:
    """The teachers of a school who are registered there, have an address and want such mail."""
    return and_(School.gone.is_(False), Teacher.email != "", serving(today()), wants_bulk(Teacher.email))


def reachable_heads() -> ColumnElement[bool]:
    """The schools whose head has an address of its own: one that is none of the school's teachers'."""
    colleague = (
        select(Teacher.id)
        .where(Teacher.school_id == School.id, serving(today()), Teacher.email == head_address())
        .correlate(School)
        .exists()
    )
    return and_(School.gone.is_(False), head_address() != "", ~colleague, wants_bulk(head_address()))


def key_of_teacher(*words: str) -> ColumnElement[str]:
    """The key of a mail to a teacher for a school: each person, school and occasion once."""
    return (
        literal("/".join(words) + "/", String)
        + cast(Teacher.school_id, String)
        + literal("/", String)
        + cast(Teacher.person_id, String)
    )


def teachers() -> FromClause:
    """Teachers with their schools and agencies."""
    joined = table_of(Teacher).join(table_of(School), Teacher.school_id == School.id)
    return joined.outerjoin(table_of(Agency), Agency.id == School.agency_id)


def heads() -> FromClause:
    """Schools with their agencies."""
    return table_of(School).outerjoin(table_of(Agency), Agency.id == School.agency_id)


def mails_to_teachers(
    session: WriteSession,
    kind: str,
    round_id: str,
    *,
    key: ColumnElement[str],
    who: ColumnElement[bool],
    application: Any = None,
) -> int:
    """Queue a mail to each teacher of a condition that has none of that key yet; gives how many."""
    columns = {
        "dedupe_key": key,
        "address": Teacher.email,
        "name": Teacher.name,
        "language": _first_of(Teacher.language, School.language, Agency.language),
        "message_id": _message_id("", Teacher.id),
        "application_id": _nothing(Integer()) if application is None else application,
    }
    return _queue(session, kind, round_id, columns, select().select_from(teachers()).where(who).order_by(Teacher.id))


def mails_to_heads(session: WriteSession, round_id: str, who: ColumnElement[bool]) -> int:
    """Queue an invitation to the head of each school of a condition that has none yet; gives how many."""
    columns = {
        "dedupe_key": literal(f"{HEAD}/{round_id}/", String) + cast(School.id, String),
        "address": func.trim(School.head_email),
        "name": School.head_name,
        "language": _first_of(School.language, Agency.language),
        "message_id": _message_id("h", School.id),
        "application_id": _nothing(Integer()),
    }
    return _queue(session, HEAD, round_id, columns, select().select_from(heads()).where(who).order_by(School.id))


def insert_once(
    session: WriteSession,
    model: type[database.Base],
    columns: list[str],
    rows: Select[*tuple[Any, ...]],
    key: list[str],
) -> Insert:
    """The statement that adds the rows whose key is not there yet."""
    made = database.insert(session, table_of(model)).from_select(columns, rows, include_defaults=False)
    statement: Insert = made.on_conflict_do_nothing(index_elements=key)
    return statement


def _queue(
    session: WriteSession, kind: str, round_id: str, columns: dict[str, Any], rows: Select[*tuple[Any, ...]]
) -> int:
    chosen: dict[str, Any] = {
        **columns,
        "kind": literal(kind, String),
        "agency_id": School.agency_id,
        "round_id": literal(round_id, String),
        "school_id": School.id,
        "payload": literal({}, JSON),
        "state": literal(outbox.QUEUED, String),
        "attempts": literal(0),
        "created_at": literal(clock.now(), Instant),
        "due_at": literal(clock.real(), Instant),
        "sent_at": _nothing(Instant()),
        "error": literal("", String),
        "claimed_by": literal("", String),
    }
    made = insert_once(session, Mail, list(chosen), rows.with_only_columns(*chosen.values()), ["dedupe_key"])
    # Without being asked, SQLAlchemy does not keep the count of an INSERT on PostgreSQL.
    return session.connection().execute(made.execution_options(preserve_rowcount=True)).rowcount


def _message_id(mark: str, number: Any) -> ColumnElement[str]:
    return literal(f"{mark}{uuid4().hex}.", String) + cast(number, String)


def _first_of(*languages: Any) -> ColumnElement[str]:
    return func.coalesce(*(func.nullif(language, "") for language in languages), LANGUAGE)


def _nothing(kind: Any) -> ColumnElement[Null]:
    return cast(null(), kind)
