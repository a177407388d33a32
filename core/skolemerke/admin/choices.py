"""What lists can be narrowed to: the values that are there, in words."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import select

from skolemerke import database
from skolemerke.admin.lists import Narrowing
from skolemerke.agencies.queries import all_agencies
from skolemerke.people.rights import within
from skolemerke.registry.models import School
from skolemerke.rounds.queries import known_rounds
from skolemerke.web import guard
from skolemerke.web.words import country_name


def of_country(column: Any) -> Narrowing:
    """To one country of the schools that the actor may see."""
    return Narrowing("country", lazy_gettext("Country"), column, countries)


def of_agency(column: Any) -> Narrowing:
    """To one agency of the actor."""
    return Narrowing("agency", lazy_gettext("Agency"), column, _agencies)


def of_round(column: Any) -> Narrowing:
    """To one round."""
    return Narrowing("round", lazy_gettext("Round"), column, lambda: [(name, name) for name in known_rounds()])


def of_words(name: str, label: Any, column: Any, words: dict[str, Any]) -> Narrowing:
    """To one of a few known words."""
    return Narrowing(name, label, column, lambda: [(word, str(said)) for word, said in words.items()])


def countries() -> list[tuple[str, str]]:
    """The countries of the schools that the actor may see, with their names."""
    seen = select(School.country).where(within(guard.actor(), School.agency_id)).distinct().order_by(School.country)
    return [(code, country_name(code)) for code in database.read().scalars(seen)]


def _agencies() -> list[tuple[str, str]]:
    actor = guard.actor()
    return [
        (str(agency.id), agency.name)
        for agency in all_agencies()
        if actor.sees_all_agencies or agency.id in actor.agencies
    ]


MAIL_STATES = {
    "queued": lazy_gettext("waiting"),
    "sending": lazy_gettext("being sent"),
    "sent": lazy_gettext("sent"),
    "failed": lazy_gettext("failed"),
    "unknown": lazy_gettext("not known whether it was sent"),
}

__all__ = ["MAIL_STATES", "countries", "of_agency", "of_country", "of_round", "of_words"]
