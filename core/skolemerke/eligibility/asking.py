"""The criteria of editions as parts of SQL statements, each tried alone so that a bad one names itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import ColumnElement, String, Subquery, and_, case, func, literal, or_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from skolemerke.contract.criteria import CriterionKind, RegistryTables, Verdict
from skolemerke.eligibility.packing import MOST_CRITERIA, stored_text
from skolemerke.plugin_host.faults import fault_of
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
        """What was found, as it is stored."""
        return case(
            (self.rows.c.school_id.is_(None), literal(self.kind.unnamed.found, String)),
            else_=stored_text(self.rows.c.found),
        )


@dataclass(frozen=True)
class Screening:
    """The editions that ask the same of their schools as of the same instant, and what they ask."""

    editions: tuple[Edition, ...]
    at: datetime
    asked: tuple[Asked, ...]

    def among(self, tables: RegistryTables) -> Screening:
        """The same, asked of other tables. Calls the kinds of criterion. Raises `CriterionFault`."""
        asked = tuple(ask(item.criterion, tables, self.at) for item in self.asked)
        return Screening(self.editions, self.at, asked)


def screenings(editions: Iterable[tuple[Edition, datetime]], tables: RegistryTables) -> list[Screening]:
    """What is to be asked, for editions each with its instant; those that ask the same are asked at once.

    Calls the kinds of criterion. Raises `CriterionFault`.
    """

    def question(item: tuple[Edition, datetime]) -> tuple[str, str]:
        edition, at = item
        criteria = [(criterion.kind, criterion.parameters) for criterion in content(edition).criteria]
        return at.isoformat(), repr(criteria)

    made = []
    for _, same in groupby(sorted(editions, key=question), key=question):
        group = list(same)
        first, at = group[0]
        criteria = content(first).criteria
        if len(criteria) > MOST_CRITERIA:
            raise CriterionFault(f"round {first.round_id} has {len(criteria)} criteria; at most {MOST_CRITERIA} fit")
        asked = tuple(ask(criterion, tables, at) for criterion in criteria)
        made.append(Screening(tuple(edition for edition, _ in group), at, asked))
    return made


def ask(criterion: FrozenCriterion, tables: RegistryTables, at: datetime, name: str = "criterion") -> Asked:
    """One criterion as a part of a statement, under a name. Calls its kind. Raises `CriterionFault`."""
    kind = host().blocks.criterion_kinds.get(criterion.kind)
    if kind is None:
        raise CriterionFault(
            f"criterion {criterion.id}: no plugin offers its kind '{criterion.kind}' now: "
            "'skolemerke plugins list' says what became of it"
        )
    try:
        parameters = kind.Parameters.model_validate(criterion.parameters)
        rows = kind.statement(parameters, tables, at).subquery(f"{name}_{criterion.id}")
    except Exception as error:
        raise _fault(criterion, error) from error
    missing = sorted(COLUMNS - set(rows.c.keys()))
    if missing:
        raise _fault(criterion, ValueError(f"its statement has no column {', '.join(missing)}"))
    return Asked(criterion, kind, rows)


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


def as_a_whole(verdicts: Sequence[ColumnElement[int]]) -> ColumnElement[int]:
    """The verdict over all criteria: any not met; else any unclear; else met."""
    if not verdicts:
        return literal(int(Verdict.MET))
    return case(
        (or_(*(verdict == int(Verdict.NOT_MET) for verdict in verdicts)), literal(int(Verdict.NOT_MET))),
        (and_(*(verdict == int(Verdict.MET) for verdict in verdicts)), literal(int(Verdict.MET))),
        else_=literal(int(Verdict.UNCLEAR)),
    )


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
