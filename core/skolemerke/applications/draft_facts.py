"""What a page asks of a draft: read in one statement, by columns, without making an object of any row.

The page of a section is asked for more often than all others. Whoever needs no more than this takes a `DraftLike`,
and may be given an `Application` as well.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeAlias

from sqlalchemy import JSON, Text, bindparam, cast, column, exists, func, literal_column, select
from sqlalchemy.orm import Session

from skolemerke import database
from skolemerke.agencies.models import Agency
from skolemerke.applications.models import STANDING, Application, Declaration, Evidence, stands
from skolemerke.database import table_of
from skolemerke.people.models import Account
from skolemerke.registry.models import School
from skolemerke.rounds.models import Edition, RoundRecord
from skolemerke.rounds.stored import moved_column


@dataclass(frozen=True)
class AgencyFacts:
    """An agency, as far as it was read."""

    id: int
    name: str
    timezone: str


@dataclass(frozen=True)
class SchoolFacts:
    """A school, as far as it was read."""

    id: int
    school_id: str
    name: str
    country: str
    city: str
    region: str
    level: str
    pupils: int | None
    address: str
    site: str
    head_name: str
    registered_on: date


@dataclass(frozen=True)
class EditionFacts:
    """An edition by its hash; what it froze is read where it is not known yet."""

    id: int
    hash: str

    @cached_property
    def content(self) -> str:
        """The canonical text."""
        return database.read().scalars(select(Edition.content).where(Edition.id == self.id)).one()


@dataclass(frozen=True)
class DraftFacts:
    """A draft, as far as it was read, whether anything stands by its questions, whether a declaration was signed, asked
    for or added on paper (`is_declared`), and what says whether its round takes changes: `opened_at`, `closed_at` and
    `dates` are those of its round, the last as its agency moved them.

    `named` is the text that `names` is made of.
    """

    id: int
    public_id: str
    round_id: str
    school_id: int
    agency_id: int | None
    document: str
    saved_at: datetime | None
    settled_at: datetime | None
    school: SchoolFacts
    agency: AgencyFacts | None
    edition: EditionFacts
    opened_at: datetime | None
    closed_at: datetime | None
    dates: dict[str, Any] | None
    has_evidence: bool
    is_declared: bool
    named: str

    @cached_property
    def names(self) -> dict[int, str]:
        """The names of whoever saved an answer as it stands, by account."""
        pairs = (one.split(OF, maxsplit=1) for one in self.named.split(NEXT) if one)
        return {int(account): name for account, name in pairs}

    @cached_property
    def answers(self) -> dict[str, Any]:
        """The document of its answers, understood when somebody asks for it."""
        found: dict[str, Any] = json.loads(self.document)
        return found


OF, NEXT = "\x1f", "\x1e"
"""Between an account and its name, and between two accounts, where names are read as one text."""

AgencyLike: TypeAlias = Agency | AgencyFacts
SchoolLike: TypeAlias = School | SchoolFacts
DraftLike: TypeAlias = Application | DraftFacts


def facts_of(public_id: str) -> DraftFacts | None:
    """The draft of that address, for whoever may see it: the caller asks `may`."""
    row = database.rows(_BY_ADDRESS, public_id=public_id).first()
    return None if row is None else _facts(row)


def facts_in(session: Session, application_id: int) -> DraftFacts | None:
    """The same of a draft that an operation holds, by its whole number."""
    row = session.connection().execute(_BY_NUMBER, {"number": application_id}).first()
    return None if row is None else _facts(row)


def _facts(row: Any) -> DraftFacts:
    return DraftFacts(
        id=row.id,
        public_id=row.public_id,
        round_id=row.round_id,
        school_id=row.school_id,
        agency_id=row.agency_id,
        document=row.document,
        saved_at=row.saved_at,
        settled_at=row.settled_at,
        school=SchoolFacts(*row[: len(_OF_SCHOOL)]),
        agency=None if row.agency_id is None else AgencyFacts(row.agency_id, row.agency_name, row.timezone),
        edition=EditionFacts(row.edition_id, row.hash),
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        dates=row.moved,
        has_evidence=bool(row.has_evidence),
        is_declared=bool(row.is_declared),
        named=row.named or "",
    )


_application, _school, _agency = table_of(Application), table_of(School), table_of(Agency)
_edition, _round = table_of(Edition), table_of(RoundRecord)
_OF_SCHOOL = [_school.c[one.name].label(f"its_{one.name}") for one in fields(SchoolFacts)]

_account = table_of(Account)
_answer = func.json_each(_application.c.answers).table_valued(column("value", JSON), name="answer")
# Written into the statement: as parameters they would have it written anew each time.
_OF, _NEXT, _BLANK, _EMPTY = (literal_column(f"'{one}'", Text) for one in (OF, NEXT, " ", ""))
_NAME = func.replace(func.coalesce(func.nullif(_account.c.name, _EMPTY), _account.c.email), _NEXT, _BLANK)
_PAIRS = func.aggregate_strings(cast(_account.c.id, Text) + _OF + _NAME, _NEXT)  # type: ignore[arg-type]  # see above
_NAMED = select(_PAIRS).where(_account.c.id.in_(select(_answer.c.value["by"].as_integer()).correlate(_application)))

_states = tuple(literal_column(f"'{one}'", Text) for one in STANDING)
_DECLARED = exists().where(Declaration.application_id == _application.c.id, Declaration.state.in_(_states))

# Made once: what SQLAlchemy works out of a statement, it keeps with it.
_FACTS = (
    select(*_OF_SCHOOL)
    .add_columns(_application.c.id, _application.c.public_id, _application.c.round_id, _application.c.school_id)
    .add_columns(_application.c.agency_id, _application.c.saved_at, _application.c.settled_at)
    .add_columns(_application.c.edition_id, _edition.c.hash, _agency.c.name.label("agency_name"), _agency.c.timezone)
    .add_columns(cast(_application.c.answers, Text).label("document"), _round.c.opened_at, _round.c.closed_at)
    .add_columns(moved_column(_application.c.round_id, _application.c.agency_id))
    .add_columns(exists().where(Evidence.application_id == _application.c.id, stands()).label("has_evidence"))
    .add_columns(_DECLARED.label("is_declared"))
    .add_columns(_NAMED.scalar_subquery().label("named"))
    .select_from(_application)
    .join(_edition, _edition.c.id == _application.c.edition_id)
    .join(_school, _school.c.id == _application.c.school_id)
    .outerjoin(_agency, _agency.c.id == _application.c.agency_id)
    .outerjoin(_round, _round.c.round_id == _application.c.round_id)
)
_BY_ADDRESS = _FACTS.where(_application.c.public_id == bindparam("public_id"))
_BY_NUMBER = _FACTS.where(_application.c.id == bindparam("number"))
