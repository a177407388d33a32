"""The verdicts of a run as the tables hold them, and as the oracle would have them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from skolemerke import database
from skolemerke.contract.criteria import Verdict
from skolemerke.eligibility.models import Run, SchoolVerdict
from skolemerke.eligibility.packing import found_by_each, unpacked
from skolemerke.registry.models import School
from skolemerke.rounds.models import Edition
from skolemerke.rounds.queries import content
from sqlalchemy import select

from support.oracle import Files, answer, outcome

Stored = dict[str, tuple[str, dict[str, tuple[str, str]]]]


def stored(round_id: str, number: int) -> Stored:
    """The outcome of each school of a run, and of each criterion what was found and its verdict."""
    found: Stored = {}
    rows = database.read().execute(
        select(School.school_id, SchoolVerdict, Edition)
        .join(School, School.id == SchoolVerdict.school_id)
        .join(Edition, Edition.id == SchoolVerdict.edition_id)
        .join(Run, Run.id == SchoolVerdict.run_id)
        .where(Run.round_id == round_id, Run.number == number)
    )
    for school, row, edition in rows:
        criteria = content(edition).criteria
        words = [verdict.word for verdict in unpacked(row.verdicts, len(criteria))]
        parts = found_by_each(row.found, len(criteria))
        each = {item.id: (text, word) for item, text, word in zip(criteria, parts, words, strict=True)}
        found[school] = (Verdict(row.outcome).word, each)
    return found


def expected(
    files: Files, criteria: list[tuple[str, str, Any]], on: str, schools: Iterable[str] | None = None
) -> Stored:
    """The same by the oracle, of all schools or of some."""
    made: Stored = {}
    for school in files.schools if schools is None else schools:
        each = {name: answer(files, school, kind, parameters, on) for name, kind, parameters in criteria}
        made[school] = (outcome([verdict for _, verdict in each.values()]), each)
    return made
