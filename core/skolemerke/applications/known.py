"""What the registry knows of a school, as a form shows it and as a submission freezes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from skolemerke_forms.answers import Known, KnownRow
from skolemerke_forms.definition import Form
from skolemerke_forms.questions import RegistryList, row_ids
from sqlalchemy.orm import Session

from skolemerke import clock, database
from skolemerke.applications.draft_facts import SchoolLike
from skolemerke.registry.listed import Listed, listed


def known_of(session: Session, school: SchoolLike, form: Form) -> Known:
    """What a form asks the registry of a school now; nothing, and no question to the database, when it asks nothing."""
    if not form.needs_registry:
        return Known()
    sources = sorted({question.source for question in form.questions() if isinstance(question, RegistryList)})
    return database.once(session, ("known", school.id, *sources), lambda: _known(session, school, sources))


def _known(session: Session, school: SchoolLike, sources: Sequence[str]) -> Known:
    found = listed(session, school.id, sources, clock.now())
    return Known(facts=_facts(school), lists={source: tuple(_rows(found[source])) for source in sources})


def counted(known: Known, form: Form, raw: Mapping[str, Any]) -> Known:
    """The part of it that an application relies on: the facts that a question shows, the rows that were ticked."""
    facts = {question.prefill for question in form.questions() if question.read_only}
    ticked: dict[str, set[str]] = {}
    for question in form.questions():
        if isinstance(question, RegistryList):
            ticked.setdefault(question.source, set()).update(row_ids(raw.get(question.id)))
    return Known(
        facts={name: value for name, value in known.facts.items() if name in facts},
        lists={
            source: kept
            for source, rows in known.lists.items()
            if (kept := tuple(row for row in rows if row.id in ticked.get(source, ())))
        },
    )


def _facts(school: SchoolLike) -> dict[str, str]:
    facts = {
        "school.id": school.school_id,
        "school.name": school.name,
        "school.city": school.city,
        "school.country": school.country,
        "school.region": school.region,
        "school.level": school.level,
        "school.pupils": school.pupils,
        "school.address": school.address,
        "school.site": school.site,
        "school.head_name": school.head_name,
        "school.registered_on": school.registered_on.isoformat() if school.registered_on else None,
    }
    return {name: str(value) for name, value in facts.items() if value not in (None, "")}


def _rows(found: Iterable[Listed]) -> Iterable[KnownRow]:
    # The id of a row stands in addresses: whatever the registry calls a thing, this is short and safe there.
    return (
        KnownRow(
            id=sha256(one.id.encode()).hexdigest()[:12],
            label=one.name or one.id,
            kind=one.kind,
            day=one.day.isoformat() if one.day else "",
            details=one.details,
        )
        for one in found
    )
