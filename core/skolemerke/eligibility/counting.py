"""The counts of a run, with the overrides that held when it was made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from skolemerke.contract.criteria import Verdict
from skolemerke.eligibility.asking import Screening
from skolemerke.eligibility.models import Run
from skolemerke.eligibility.packing import unpacked, whole
from skolemerke.eligibility.staging import StagedRun
from skolemerke.eligibility.standing import Overridden, overrides_of, put_over
from skolemerke.registry.models import Teacher
from skolemerke.registry.queries import serving
from skolemerke.rounds.models import Edition
from skolemerke.rounds.queries import content


@dataclass(frozen=True)
class CriterionCount:
    """How many schools one criterion let through."""

    id: str
    met: int = 0
    not_met: int = 0
    unclear: int = 0


@dataclass(frozen=True)
class CheckReport:
    """The counts of one run. `moved` names the agencies whose schools were judged as of another instant than `at`,
    because they have screenings of their own, each with its instant."""

    round: str
    run: int
    at: str
    schools: int
    eligible: int
    unclear: int
    ineligible: int
    teachers_invitable: int
    criteria: tuple[CriterionCount, ...]
    moved: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        """The counts as `eligibility check` prints them."""
        return {**asdict(self), "criteria": [asdict(count) for count in self.criteria]}


def counted(
    session: Session, staged: StagedRun, run: Run, round_id: str, screenings: Sequence[Screening]
) -> CheckReport:
    """Count a run of a round before it is written; rows of a kind are few, whatever the number of schools."""
    at = run.at
    verdict = staged.verdicts.c
    outcomes: dict[Verdict, int] = dict.fromkeys(Verdict, 0)
    criteria: dict[str, dict[Verdict, int]] = {}

    def add(names: tuple[str, ...], verdicts: tuple[Verdict, ...], times: int) -> None:
        outcomes[whole(verdicts)] += times
        for name, verdict in zip(names, verdicts, strict=True):
            criteria.setdefault(name, dict.fromkeys(Verdict, 0))[verdict] += times

    rows = session.execute(
        select(verdict.edition_id, verdict.verdicts, func.count())
        .group_by(verdict.edition_id, verdict.verdicts)
        .order_by(verdict.edition_id)
    ).all()
    for edition_id, packed, times in rows:
        names = tuple(criterion.id for criterion in content(session.get_one(Edition, edition_id)).criteria)
        add(names, tuple(unpacked(packed, len(names))), times)
    overrides = overrides_of(session, round_id)
    concerned = session.execute(select(staged.verdicts).where(verdict.school_id.in_(overrides))).all()
    overridden = list(put_over(session, concerned, overrides))
    for item in overridden:
        add(item.criteria, item.computed, -1)
        add(item.criteria, item.standing, 1)
    return CheckReport(
        round=round_id,
        run=run.number,
        at=at.isoformat(),
        schools=sum(outcomes.values()),
        eligible=outcomes[Verdict.MET],
        unclear=outcomes[Verdict.UNCLEAR],
        ineligible=outcomes[Verdict.NOT_MET],
        teachers_invitable=_invitable(session, staged, overridden, screenings),
        criteria=tuple(
            CriterionCount(name, found[Verdict.MET], found[Verdict.NOT_MET], found[Verdict.UNCLEAR])
            for name, found in criteria.items()
        ),
        moved={
            edition.agency.code: screening.at.isoformat()
            for screening in screenings
            for edition in screening.editions
            if edition.agency is not None and screening.at != at
        },
    )


def _invitable(
    session: Session, staged: StagedRun, overridden: Sequence[Overridden], screenings: Sequence[Screening]
) -> int:
    """The teachers with an address who serve an eligible school of the run on the day of its check, each once."""
    verdict = staged.verdicts.c
    put = {item.school_id: whole(item.standing) for item in overridden}
    eligible = or_(
        and_(verdict.outcome == int(Verdict.MET), verdict.school_id.not_in(put)),
        verdict.school_id.in_([school_id for school_id, outcome in put.items() if outcome is Verdict.MET]),
    )
    there = or_(
        *(
            and_(
                verdict.edition_id.in_([edition.id for edition in screening.editions]),
                serving(screening.at.date()),
            )
            for screening in screenings
        )
    )
    statement = (
        select(func.count(func.distinct(Teacher.email)))
        .select_from(staged.verdicts)
        .join(Teacher, Teacher.school_id == verdict.school_id)
        .where(eligible, Teacher.email != "", there)
    )
    return session.scalar(statement) or 0
