"""The check of all schools of an edition as one `INSERT … SELECT`, and each criterion tried alone before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Insert, String, Subquery, and_, case, cast, func, insert, literal, or_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from skolemerke.contract.criteria import CriterionKind, RegistryTables, Verdict
from skolemerke.database import table_of
from skolemerke.eligibility.models import SchoolVerdict
from skolemerke.eligibility.packing import MOST_CRITERIA, SEPARATOR
from skolemerke.plugin_host.faults import fault_of
from skolemerke.registry.models import School
from skolemerke.rounds.composition import FrozenCriterion, host
from skolemerke.rounds.models import Edition
from skolemerke.rounds.queries import content

COLUMNS = {"school_id", "found", "verdict"}
OWN_PLUGINS = {"core-criteria", "skolemerke"}


class CriterionFault(Exception):
    """A criterion can't be checked; the text names it, its kind, the plugin of that, and what is wrong."""


@dataclass(frozen=True)
class Asked:
    """One criterion as a part of the statement: its rows, and what holds for schools that it does not name."""

    criterion: FrozenCriterion
    kind: CriterionKind
    rows: Subquery

    def verdict(self) -> ColumnElement[int]:
        """The verdict as a whole number; what is no verdict is unclear."""
        given = self.rows.c.verdict
        decided = or_(given == int(Verdict.NOT_MET), given == int(Verdict.MET))
        return case(
            (self.rows.c.school_id.is_(None), literal(int(self.kind.unnamed.verdict))),
            (decided, given),
            else_=literal(int(Verdict.UNCLEAR)),
        )

    def found(self) -> ColumnElement[str]:
        """What was found, as text."""
        return case(
            (self.rows.c.school_id.is_(None), literal(self.kind.unnamed.found, String)),
            else_=func.coalesce(cast(self.rows.c.found, String), literal("", String)),
        )


@dataclass(frozen=True)
class Screening:
    """The editions that ask the same of their schools, and what they ask."""

    editions: tuple[Edition, ...]
    asked: tuple[Asked, ...]


def screenings(editions: Sequence[Edition], tables: RegistryTables, at: datetime) -> list[Screening]:
    """What is to be asked, for all editions; those with the same criteria are asked at once.

    Calls the kinds of criterion. Raises `CriterionFault`.
    """

    def criteria_of(edition: Edition) -> str:
        return repr([(criterion.kind, criterion.parameters) for criterion in content(edition).criteria])

    made = []
    for _, same in groupby(sorted(editions, key=criteria_of), key=criteria_of):
        group = tuple(same)
        criteria = content(group[0]).criteria
        if len(criteria) > MOST_CRITERIA:
            raise CriterionFault(f"round {group[0].round_id} has {len(criteria)} criteria; at most {MOST_CRITERIA} fit")
        made.append(Screening(group, tuple(_ask(criterion, tables, at) for criterion in criteria)))
    return made


def try_alone(session: Session, screening: Screening) -> None:
    """Let the database plan each criterion alone, so that a bad one names itself. Raises `CriterionFault`."""
    for asked in screening.asked:
        rows = asked.rows.c
        try:
            session.execute(select(rows.school_id, asked.found(), asked.verdict()).limit(0))
        except SQLAlchemyError as error:
            raise _fault(asked.criterion, error) from error


def blame(session: Session, screening: Screening) -> None:
    """Find out which criterion a failed statement is to be blamed on. Raises `CriterionFault`, or nothing."""
    for asked in screening.asked:
        rows = asked.rows.c
        try:
            session.execute(select(func.max(asked.found()), func.max(asked.verdict())).select_from(asked.rows)).all()
            twice = select(rows.school_id).group_by(rows.school_id).having(func.count() > 1).limit(1)
            repeated = session.scalar(twice)
        except SQLAlchemyError as error:
            raise _fault(asked.criterion, error) from error
        if repeated is not None:
            raise _fault(asked.criterion, ValueError("its statement gives more than one row for a school"))


def insert_verdicts(run_id: int, screening: Screening, agency_id: int | None) -> Insert:
    """The statement that stores the verdicts of all schools of these editions."""
    edition = table_of(Edition)
    asked = screening.asked
    named = [item.verdict().label(f"verdict_{at}") for at, item in enumerate(asked)]
    found = [item.found().label(f"found_{at}") for at, item in enumerate(asked)]
    source: Any = table_of(School).join(edition, edition.c.agency_key == func.coalesce(School.agency_id, 0))
    for item in asked:
        source = source.outerjoin(item.rows, item.rows.c.school_id == School.id)
    each = (
        select(School.id.label("school_id"), edition.c.id.label("edition_id"), *named, *found)
        .select_from(source)
        .where(School.gone.is_(False), edition.c.id.in_([edition.id for edition in screening.editions]))
    )
    if agency_id is not None:
        each = each.where(School.agency_id == agency_id)
    rows = each.subquery("each_school").c
    verdicts = [rows[f"verdict_{at}"] for at in range(len(asked))]
    chosen = select(
        literal(run_id),
        rows.school_id,
        rows.edition_id,
        _whole(verdicts),
        _packed(verdicts),
        _joined([rows[f"found_{at}"] for at in range(len(asked))]),
    )
    columns = ["run_id", "school_id", "edition_id", "outcome", "verdicts", "found"]
    return insert(table_of(SchoolVerdict)).from_select(columns, chosen)


def _ask(criterion: FrozenCriterion, tables: RegistryTables, at: datetime) -> Asked:
    kind = host().blocks.criterion_kinds.get(criterion.kind)
    if kind is None:
        raise CriterionFault(
            f"criterion {criterion.id}: no plugin offers its kind '{criterion.kind}' now: "
            "'skolemerke plugins list' says what became of it"
        )
    try:
        parameters = kind.Parameters.model_validate(criterion.parameters)
        rows = kind.statement(parameters, tables, at).subquery(f"criterion_{criterion.id}")
    except Exception as error:
        raise _fault(criterion, error) from error
    missing = sorted(COLUMNS - set(rows.c.keys()))
    if missing:
        raise _fault(criterion, ValueError(f"its statement has no column {', '.join(missing)}"))
    return Asked(criterion, kind, rows)


def _fault(criterion: FrozenCriterion, error: Exception) -> CriterionFault:
    owner = host().blocks.owners.get(("criterion_kinds", criterion.kind), "skolemerke")
    plugin = host().plugin(owner)
    name = "skolemerke" if owner in OWN_PLUGINS else owner
    # Only the first line: the rest is the statement itself.
    first = Exception(str(error).partition("\n")[0]) if isinstance(error, SQLAlchemyError) else error
    fault = fault_of(error, name, None, plugin.folder if plugin else None)
    place = f" ({fault.file}:{fault.line})" if fault.file else ""
    kind = f"{type(error).__name__}: {first}"
    return CriterionFault(f"criterion {criterion.id}, of kind {criterion.kind} of plugin {name}{place}: {kind}")


def _whole(verdicts: Sequence[ColumnElement[int]]) -> ColumnElement[int]:
    if not verdicts:
        return literal(int(Verdict.MET))
    return case(
        (or_(*(verdict == int(Verdict.NOT_MET) for verdict in verdicts)), literal(int(Verdict.NOT_MET))),
        (and_(*(verdict == int(Verdict.MET) for verdict in verdicts)), literal(int(Verdict.MET))),
        else_=literal(int(Verdict.UNCLEAR)),
    )


def _packed(verdicts: Sequence[ColumnElement[int]]) -> ColumnElement[int]:
    number: ColumnElement[int] = literal(0)
    for at, verdict in enumerate(verdicts):
        number = number + verdict * literal(4**at)
    return number


def _joined(found: Sequence[ColumnElement[str]]) -> ColumnElement[str]:
    text: ColumnElement[str] = literal("", String)
    for at, part in enumerate(found):
        text = part if at == 0 else text + literal(SEPARATOR, String) + part
    return text
