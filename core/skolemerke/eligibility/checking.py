"""The check of all schools of an edition as one statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select

from skolemerke.database import table_of
from skolemerke.eligibility.asking import Screening, as_a_whole
from skolemerke.eligibility.packing import joined
from skolemerke.registry.models import School
from skolemerke.rounds.models import Edition

VERDICT = ("school_id", "edition_id", "outcome", "verdicts", "found")
"""The columns of a stored verdict, without its run."""


def verdicts_of(screening: Screening, agency_id: int | None) -> Select[Any]:
    """The verdicts of all schools of these editions: a column for each of `VERDICT`, in this order."""
    rows = each_school(screening, agency_id).subquery("each_school").c
    verdicts = [rows[f"verdict_{at}"] for at in range(len(screening.asked))]
    return select(
        rows.school_id,
        rows.edition_id,
        as_a_whole(verdicts),
        _packed(verdicts),
        joined([rows[f"found_{at}"] for at in range(len(screening.asked))]),
    )


def each_school(screening: Screening, agency_id: int | None) -> Select[Any]:
    """For each school of these editions its `edition_id`, and of each criterion `verdict_0`, `found_0` and so on."""
    edition = table_of(Edition)
    named = [item.verdict().label(f"verdict_{at}") for at, item in enumerate(screening.asked)]
    found = [item.found().label(f"found_{at}") for at, item in enumerate(screening.asked)]
    source: Any = table_of(School).join(edition, edition.c.agency_key == func.coalesce(School.agency_id, 0))
    for item in screening.asked:
        source = source.outerjoin(item.rows, item.rows.c.school_id == School.id)
    each = (
        select(School.id.label("school_id"), edition.c.id.label("edition_id"), *named, *found)
        .select_from(source)
        .where(School.gone.is_(False), edition.c.id.in_([edition.id for edition in screening.editions]))
    )
    return each if agency_id is None else each.where(School.agency_id == agency_id)


def _packed(verdicts: Sequence[ColumnElement[int]]) -> ColumnElement[int]:
    number: ColumnElement[int] = literal(0)
    for at, verdict in enumerate(verdicts):
        number = number + verdict * literal(4**at)
    return number
