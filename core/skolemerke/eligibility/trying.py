"""What if a parameter were another: which schools would come in and which would drop out. Nothing is stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import or_, select

from skolemerke import database
from skolemerke.agencies.models import Agency
from skolemerke.contract.criteria import Verdict
from skolemerke.eligibility.asking import Asked, Screening, as_a_whole, ask, screenings, try_alone
from skolemerke.eligibility.checking import each_school
from skolemerke.eligibility.models import Override
from skolemerke.eligibility.packing import whole
from skolemerke.eligibility.queries import NotScreened
from skolemerke.eligibility.standing import overrides_of
from skolemerke.people.actors import SYSTEM, Actor
from skolemerke.people.rights import within
from skolemerke.registry.models import School
from skolemerke.registry.tables import tables
from skolemerke.rounds.composition import FrozenCriterion, host
from skolemerke.rounds.queries import current_edition, require_round
from skolemerke.speech import Refusal
from skolemerke.speech import marked as _

AT_ONCE = 500


class SettingRefusal(Refusal):
    """A parameter can't be set so; the text says what it takes."""


@dataclass(frozen=True)
class Setting:
    """One parameter of one criterion, as typed; an empty value leaves the parameter out."""

    criterion: str
    parameter: str
    value: str


@dataclass(frozen=True)
class CountryCount:
    """How many schools of a country are eligible as the round is, and would be."""

    agency: str
    country: str
    before: int
    after: int
    added: int
    dropped: int


@dataclass(frozen=True)
class WhatIf:
    """What a setting would do: counts by country, and the schools that it adds or drops."""

    round: str
    settings: tuple[Setting, ...]
    countries: tuple[CountryCount, ...]
    added: tuple[School, ...]
    dropped: tuple[School, ...]

    def as_json(self) -> dict[str, Any]:
        """The answer as `eligibility what-if` prints it."""
        return {
            "round": self.round,
            "set": {f"{one.criterion}.{one.parameter}": one.value for one in self.settings},
            "countries": [vars(count) for count in self.countries],
            "added": [_named(school) for school in self.added],
            "dropped": [_named(school) for school in self.dropped],
        }


def setting(text: str) -> Setting:
    """A setting as typed: `criterion.parameter=value`. Raises `SettingRefusal`."""
    name, equals, value = text.partition("=")
    criterion, dot, parameter = name.strip().partition(".")
    if not (equals and dot and criterion and parameter):
        raise SettingRefusal(_("'%(text)s' sets nothing: write it like active_teachers.at_least=2"), text=text)
    return Setting(criterion, parameter, value.strip())


def what_if(
    round_id: str,
    settings: Sequence[Setting],
    instants: Mapping[int | None, datetime],
    *,
    actor: Actor = SYSTEM,
) -> WhatIf:
    """Judge all schools as the round is and with other parameters, and say what differs.

    `instants` gives for each agency (none: countries without one) the instant after which facts are ignored. An
    officer's overrides hold in both. Raises `NotScreened`, `SettingRefusal`, `CriterionFault`, `UnknownRound`.
    """
    require_round(round_id)
    session = database.read()
    editions = [
        (edition, at)
        for agency_id, at in instants.items()
        if (edition := current_edition(session, round_id, agency_id)) is not None
    ]
    if not editions:
        raise NotScreened(f"round {round_id} was not checked yet: run 'skolemerke eligibility check {round_id}' first")
    overrides = overrides_of(session, round_id)
    eligible: dict[int, tuple[bool, bool]] = {}
    for screening in _changeable(screenings(editions, tables()), settings):
        for school_id, before, after in _judged(screening, settings, overrides, actor):
            eligible[school_id] = (before, after)
    return _told(round_id, settings, eligible)


def _changeable(found: list[Screening], settings: Sequence[Setting]) -> list[Screening]:
    known = {asked.criterion.id for screening in found for asked in screening.asked}
    for one in settings:
        if one.criterion not in known:
            raise SettingRefusal(
                _("there is no criterion '%(criterion)s': it has %(known)s"),
                criterion=one.criterion,
                known=", ".join(sorted(known)),
            )
    return found


def _judged(
    screening: Screening, settings: Sequence[Setting], overrides: Mapping[int, Mapping[str, Override]], actor: Actor
) -> Iterator[tuple[int, bool, bool]]:
    """The schools that are eligible before or after, with which of the two holds."""
    # The changed criteria stand behind the stated ones, under names of their own.
    put_in = [
        ask(_with(item, settings), tables(), screening.at, "set")
        for item in screening.asked
        if any(one.criterion == item.criterion.id for one in settings)
    ]
    both = Screening(screening.editions, screening.at, (*screening.asked, *put_in))
    try_alone(database.read(), both)
    rows = each_school(both, None).where(within(actor, School.agency_id)).subquery()
    names = [item.criterion.id for item in screening.asked]
    stated = [rows.c[f"verdict_{at}"] for at in range(len(names))]
    places = {item.criterion.id: len(names) + at for at, item in enumerate(put_in)}
    put = [rows.c[f"verdict_{places.get(name, at)}"] for at, name in enumerate(names)]
    worth = or_(
        as_a_whole(stated) == int(Verdict.MET),
        as_a_whole(put) == int(Verdict.MET),
        rows.c.school_id.in_(list(overrides)),
    )
    for school_id, *verdicts in database.read().execute(select(rows.c.school_id, *stated, *put).where(worth)):
        officer = overrides.get(school_id, {})
        pair = []
        for half in (verdicts[: len(names)], verdicts[len(names) :]):
            stands = [
                Verdict(officer[name].verdict) if name in officer else Verdict(verdict)
                for name, verdict in zip(names, half, strict=True)
            ]
            pair.append(whole(stands) is Verdict.MET)
        yield school_id, pair[0], pair[1]


def _with(item: Asked, settings: Iterable[Setting]) -> FrozenCriterion:
    """The criterion with the parameters that were set. Raises `SettingRefusal`."""
    criterion, kind = item.criterion, host().blocks.criterion_kinds[item.criterion.kind]
    parameters = dict(criterion.parameters)
    for one in settings:
        if one.criterion != criterion.id:
            continue
        rest = {name: value for name, value in parameters.items() if name != one.parameter}
        if not one.value:
            tries: list[dict[str, Any]] = [rest]
        else:
            parts = [part.strip() for part in one.value.split(",")]
            tries = [{**rest, one.parameter: one.value}, {**rest, one.parameter: parts}]
        parameters = _first_valid(kind.Parameters, tries, one)
    return criterion.model_copy(update={"parameters": parameters})


def _first_valid(model: Any, tries: list[dict[str, Any]], one: Setting) -> dict[str, Any]:
    fault = ""
    for parameters in tries:
        try:
            return dict(model.model_validate(parameters).model_dump(mode="json", by_alias=True))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            fault = fault or f"{'.'.join(str(step) for step in first['loc'])}: {first['msg']}".strip(": ")
    setting_ = f"{one.criterion}.{one.parameter}={one.value}"
    raise SettingRefusal(_("%(setting)s can't be: %(fault)s"), setting=setting_, fault=fault)


def _told(round_id: str, settings: Sequence[Setting], eligible: dict[int, tuple[bool, bool]]) -> WhatIf:
    counts: dict[tuple[str, str], list[int]] = {}
    added: list[School] = []
    dropped: list[School] = []
    session = database.read()
    ids = sorted(eligible)
    for some in (ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE)):
        rows = session.execute(
            select(School, Agency.code).outerjoin(Agency, Agency.id == School.agency_id).where(School.id.in_(some))
        )
        for school, code in rows:
            before, after = eligible[school.id]
            count = counts.setdefault((code or "", school.country), [0, 0, 0, 0])
            for at, holds in enumerate((before, after, after and not before, before and not after)):
                count[at] += holds
            if before != after:
                (added if after else dropped).append(school)

    def place(school: School) -> tuple[str, str]:
        return school.country, school.school_id

    return WhatIf(
        round_id,
        tuple(settings),
        tuple(CountryCount(*where, *count) for where, count in sorted(counts.items())),
        tuple(sorted(added, key=place)),
        tuple(sorted(dropped, key=place)),
    )


def _named(school: School) -> dict[str, str]:
    return {"school": school.school_id, "name": school.name, "country": school.country}
