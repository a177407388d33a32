"""Two runs of a round beside each other: which schools came, which went, and which fact did it.

Compared is what the check found; overrides of officers stand in both runs alike and are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from skolemerke import database
from skolemerke.contract.criteria import Verdict
from skolemerke.eligibility.explaining import figure
from skolemerke.eligibility.models import Run, SchoolVerdict
from skolemerke.eligibility.packing import found_by_each, unpacked
from skolemerke.eligibility.queries import NotScreened, computed_as
from skolemerke.people.actors import SYSTEM, Actor
from skolemerke.people.rights import within
from skolemerke.registry.models import School
from skolemerke.rounds.models import Edition
from skolemerke.rounds.queries import content, require_round


@dataclass(frozen=True)
class ChangedFact:
    """One criterion whose verdict is another in the later run; `found` as stored, none where it was not asked."""

    id: str
    before: Verdict | None
    after: Verdict | None
    found_before: str
    found_after: str

    def as_json(self) -> dict[str, Any]:
        """The change as `eligibility compare` prints it."""
        return {
            "id": self.id,
            "before": {"verdict": self.before.word if self.before is not None else None,
                       "found": figure(self.found_before)},
            "after": {"verdict": self.after.word if self.after is not None else None,
                      "found": figure(self.found_after)},
        }  # fmt: skip


@dataclass(frozen=True)
class MovedSchool:
    """A school that is eligible in one of two runs only. Without facts it was not checked in the other run."""

    school: School
    facts: tuple[ChangedFact, ...]

    def as_json(self) -> dict[str, Any]:
        """The school as `eligibility compare` prints it."""
        return {
            "school": self.school.school_id,
            "name": self.school.name,
            "country": self.school.country,
            "criteria": [fact.as_json() for fact in self.facts],
        }


@dataclass(frozen=True)
class Comparison:
    """The schools that are eligible in the later run only (`came`), and in the earlier one only (`went`)."""

    first: Run
    last: Run
    came: tuple[MovedSchool, ...]
    went: tuple[MovedSchool, ...]

    def as_json(self) -> dict[str, Any]:
        """The comparison as `eligibility compare` prints it."""
        return {
            "round": self.first.round_id,
            "from": self.first.number,
            "to": self.last.number,
            "came": [moved.as_json() for moved in self.came],
            "went": [moved.as_json() for moved in self.went],
        }


def compare(
    round_id: str, first: int | None = None, last: int | None = None, *, actor: Actor = SYSTEM
) -> Comparison:  # fmt: skip
    """Compare two runs by their numbers: the last with the one before it unless they are named.

    Where one of them is of a single agency, only its schools are compared. Raises `NotScreened`, `UnknownRound`.
    """
    require_round(round_id)
    session = database.read()
    runs = session.scalars(select(Run).where(Run.round_id == round_id).order_by(Run.number)).all()
    known = {run.number: run for run in runs}
    if last is None:
        last = max(known, default=0)
    if first is None:
        first = max((number for number in known if number < last), default=0)
    for number in (first, last):
        if number not in known:
            have = f"it has {len(known)}" if known else f"run 'skolemerke eligibility check {round_id}' first"
            raise NotScreened(f"round {round_id} has no run {number or 'to compare with'}: {have}")
    earlier, later = known[first], known[last]
    return Comparison(
        earlier, later, came=_only_in(later, earlier, actor, is_later=True), went=_only_in(earlier, later, actor)
    )


def _only_in(run: Run, other: Run, actor: Actor, *, is_later: bool = False) -> tuple[MovedSchool, ...]:
    """The schools that are eligible in `run` and not in `other`."""
    there = aliased(SchoolVerdict)
    scope = [School.agency_id == agency_id for agency_id in {run.agency_id, other.agency_id} if agency_id is not None]
    rows = database.read().execute(
        select(School, SchoolVerdict, there)
        .join(SchoolVerdict, SchoolVerdict.school_id == School.id)
        .outerjoin(there, and_(there.school_id == SchoolVerdict.school_id, there.run_id == other.id))
        .where(
            SchoolVerdict.run_id == run.id,
            computed_as(Verdict.MET),
            or_(there.school_id.is_(None), there.outcome != int(Verdict.MET)),
            within(actor, School.agency_id),
            *scope,
        )
        .order_by(School.country, School.school_id)
    )
    moved = []
    for school, here, elsewhere in rows:
        pair = (elsewhere, here) if is_later else (here, elsewhere)
        moved.append(MovedSchool(school, _facts(*pair) if elsewhere is not None else ()))
    return tuple(moved)


def _facts(before: SchoolVerdict, after: SchoolVerdict) -> tuple[ChangedFact, ...]:
    old, new = _read(before), _read(after)
    nothing = (None, "")
    return tuple(
        ChangedFact(name, old.get(name, nothing)[0], new.get(name, nothing)[0], old.get(name, nothing)[1],
                    new.get(name, nothing)[1])
        for name in {**new, **old}
        if old.get(name, nothing)[0] is not new.get(name, nothing)[0]
    )  # fmt: skip


def _read(row: SchoolVerdict) -> dict[str, tuple[Verdict, str]]:
    edition = database.read().get_one(Edition, row.edition_id)
    names = [criterion.id for criterion in content(edition).criteria]
    found = found_by_each(row.found, len(names))
    return {
        name: (verdict, text)
        for name, verdict, text in zip(names, unpacked(row.verdicts, len(names)), found, strict=True)
    }
