"""The standing verdict of a school: that of the latest run that held it, with the overrides of officers.

Of all schools it is a condition of a statement; of a few it is read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, and_, false, select
from sqlalchemy.orm import Session, aliased, defer

from skolemerke import database
from skolemerke.contract.criteria import Verdict
from skolemerke.eligibility.models import Override, Run, SchoolVerdict
from skolemerke.eligibility.packing import unpacked, whole
from skolemerke.rounds.models import Edition
from skolemerke.rounds.queries import content


@dataclass(frozen=True)
class Overridden:
    """The verdicts of a school on which an officer has put another: as computed, and as they stand."""

    school_id: int
    criteria: tuple[str, ...]
    computed: tuple[Verdict, ...]
    standing: tuple[Verdict, ...]


@dataclass(frozen=True)
class Standing:
    """How a school stands in a round: the verdict as a whole, and whether an officer took it out: one of its criteria
    was put to `not met`, with a reason."""

    verdict: Verdict
    is_taken_out: bool = False


def standings(round_ids: Collection[str], schools: Collection[int]) -> dict[tuple[str, int], Standing]:
    """How each of some schools stands in each of some rounds, by both; in two statements, however many there are.

    A school that no run of a round holds that counts is not there.
    """
    if not round_ids or not schools:
        return {}
    session = database.read()
    overrides = _overrides(session, round_ids, schools)
    found: dict[tuple[str, int], Standing] = {}
    for round_id, rows in groupby(_verdicts_among(session, round_ids, schools), key=lambda row: row.round_id):
        held = list(rows)
        newest: dict[int, SchoolVerdict] = {}
        counted = counting(dict.fromkeys((row.id, row.agency_id) for row in held))
        for row in held:
            if row.SchoolVerdict and row.id in counted:
                newest.setdefault(row.SchoolVerdict.school_id, row.SchoolVerdict)
        found |= {(round_id, key): Standing(Verdict(verdict.outcome)) for key, verdict in newest.items()}
        put = overrides.get(round_id, {})
        for item in put_over(session, [one for key, one in newest.items() if key in put], put):
            found[round_id, item.school_id] = Standing(whole(item.standing), _takes_out(item, put[item.school_id]))
    return found


def _verdicts_among(session: Session, round_ids: Collection[str], schools: Collection[int]) -> Sequence[Any]:
    """The runs of some rounds, the newest first, each with its verdicts of some schools."""
    return session.execute(
        select(Run.round_id, Run.id, Run.agency_id, SchoolVerdict, Edition)
        .outerjoin(SchoolVerdict, and_(SchoolVerdict.run_id == Run.id, SchoolVerdict.school_id.in_(schools)))
        .outerjoin(Edition, Edition.id == SchoolVerdict.edition_id)
        .where(Run.round_id.in_(round_ids))
        .order_by(Run.round_id, Run.number.desc())
        .options(defer(Edition.content))
    ).all()


def taken_out(session: Session, round_id: str) -> set[int]:
    """The schools that an officer took out of a round."""
    overrides = _overrides_once(session, round_id)
    return {
        item.school_id
        for item in overridden_verdicts(session, round_id)
        if _takes_out(item, overrides.get(item.school_id, {}))
    }


def _takes_out(item: Overridden, put: Mapping[str, Override]) -> bool:
    return any(name in item.criteria and one.verdict == Verdict.NOT_MET for name, one in put.items())


def standing(session: Session, round_id: str) -> ColumnElement[bool]:
    """The condition that a row is the standing verdict of its school: of the runs that count the latest that holds
    it."""
    statement = select(Run.id, Run.agency_id).where(Run.round_id == round_id).order_by(Run.number.desc())
    counted = counting(database.once(session, ("runs", round_id), lambda: session.execute(statement).all()))
    if not counted:
        return false()
    if len(counted) == 1:
        return SchoolVerdict.run_id == counted[0]
    later = aliased(SchoolVerdict)
    superseded = (
        select(later.school_id)
        .where(
            later.school_id == SchoolVerdict.school_id, later.run_id > SchoolVerdict.run_id, later.run_id.in_(counted)
        )
        .exists()
    )
    return and_(SchoolVerdict.run_id.in_(counted), ~superseded)


def counting(runs: Iterable[Any]) -> list[int]:
    """Which runs of a round count, of all with their agencies, the newest first: the latest of all schools, and of
    each agency the latest that was made after it."""
    counted: dict[int | None, int] = {}
    for run_id, agency_id in runs:
        counted.setdefault(agency_id, run_id)
        if agency_id is None:
            break
    return list(counted.values())


def overrides_of(
    session: Session, round_id: str, schools: Collection[int] | None = None
) -> dict[int, dict[str, Override]]:
    """The overrides of a round that hold, by school and criterion: of each the latest."""
    return _overrides(session, [round_id], schools).get(round_id, {})


def _overrides(
    session: Session, round_ids: Collection[str], schools: Collection[int] | None
) -> dict[str, dict[int, dict[str, Override]]]:
    statement = select(Override).where(Override.round_id.in_(round_ids)).order_by(Override.id)
    if schools is not None:
        statement = statement.where(Override.school_id.in_(schools))
    found: dict[str, dict[int, dict[str, Override]]] = {}
    for override in session.scalars(statement):
        of_round = found.setdefault(override.round_id, {})
        of_round.setdefault(override.school_id, {})[override.criterion_id] = override
    return found


def _overrides_once(session: Session, round_id: str) -> dict[int, dict[str, Override]]:
    """All overrides of a round, read once for a request."""
    return database.once(session, ("overrides", round_id), lambda: overrides_of(session, round_id))


def overridden_verdicts(session: Session, round_id: str) -> Iterator[Overridden]:
    """The standing verdicts of all schools with overrides."""
    overrides = _overrides_once(session, round_id)
    if not overrides:
        return
    found = session.execute(
        select(SchoolVerdict, Edition)
        .join(Edition, Edition.id == SchoolVerdict.edition_id)
        .where(standing(session, round_id), SchoolVerdict.school_id.in_(overrides))
        # What an edition froze is most often known by its hash.
        .options(defer(Edition.content))
    ).all()
    yield from put_over(session, [verdict for verdict, _edition in found], overrides)


def put_over(
    session: Session, rows: Sequence[Any], overrides: Mapping[int, Mapping[str, Override]]
) -> Iterator[Overridden]:
    """What overrides make of verdicts, which are rows as `SchoolVerdict` has them."""
    asked = {
        edition_id: [criterion.id for criterion in content(session.get_one(Edition, edition_id)).criteria]
        for edition_id in {row.edition_id for row in rows}
    }
    for row in rows:
        criteria = asked[row.edition_id]
        computed = unpacked(row.verdicts, len(criteria))
        put = overrides[row.school_id]
        stands = [
            Verdict(put[name].verdict) if name in put else verdict
            for name, verdict in zip(criteria, computed, strict=True)
        ]
        yield Overridden(row.school_id, tuple(criteria), tuple(computed), tuple(stands))


def standing_of_overridden(session: Session, round_id: str) -> dict[int, Verdict]:
    """The standing verdict as a whole of all schools with overrides, read once for a request."""
    return database.once(
        session,
        ("overridden", round_id),
        lambda: {item.school_id: whole(item.standing) for item in overridden_verdicts(session, round_id)},
    )
