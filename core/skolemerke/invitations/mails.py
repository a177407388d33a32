"""How invitations and reminders are written: the agency's words or ours, filled with the facts of one reader."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache, partial
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime
from flask import Flask

from skolemerke import database, outbox
from skolemerke.agencies.models import Agency
from skolemerke.invitations import templates
from skolemerke.invitations.kinds import GREETING, GREETING_WITHOUT_A_NAME, KINDS, NEEDED
from skolemerke.invitations.wording import Wording, wording_for
from skolemerke.links import absolute
from skolemerke.mailing import stopping
from skolemerke.mailing.addresses import one_line
from skolemerke.outbox import Letter, Mail
from skolemerke.registry.models import School
from skolemerke.rounds.composition import host
from skolemerke.rounds.queries import calendar_of
from skolemerke.rounds.stored import record_of
from skolemerke.speech import ALIASES, ZONE, moment, nearest, say, speaking

SIGN_IN = "/sign-in"
LONGEST_NAME = 120
"""Characters of a name that a mail says; the register may hold longer ones."""


def register(app: Flask) -> None:
    """Say how the mails of this room are written."""
    for kind in KINDS:
        outbox.of(app).register(kind, partial(render, kind), bulk=True)


def render(kind: str, mail: Mail) -> Letter:
    """Write a mail in its reader's language. Raises `UnknownRound` while the plugin of its round is missing."""
    session = database.read()
    school = session.get_one(School, mail.school_id)
    agency = session.get(Agency, mail.agency_id) if mail.agency_id else None
    words = wording_for(kind, agency, mail.language)
    return written(words, agency, mail.round_id or "", school=school.name, name=mail.name, stop=stopping.link(mail.id))


def preview(agency: Agency, words: Wording, round_id: str) -> Letter:
    """A mail as a reader would get it, with made-up names. Raises `UnknownRound`."""
    with speaking(words.language):
        names = {"school": say("Sample school"), "name": say("Kim Sample")}
    return written(words, agency, round_id, **names, stop=absolute(stopping.PATH + "sample"))


def written(words: Wording, agency: Agency | None, round_id: str, *, school: str, name: str, stop: str) -> Letter:
    """Words filled with the facts of one reader; each fact is one line, whatever the register holds."""
    name, school = one_line(name, LONGEST_NAME), one_line(school, LONGEST_NAME)
    closes = calendar_of(round_id, agency.id if agency else None).closes
    facts = {
        "greeting": _greeting(name, words.language),
        "name": name,
        "school": school,
        "round": _title(round_id, words.language),
        "deadline": _moment(closes, agency.timezone if agency else ZONE, words.language),
        "link": absolute(SIGN_IN),
        "about": absolute("/"),
        "agency": one_line(agency.name) if agency else "",
        "contact": _contact(agency),
        "stop": stop,
    }
    subject = templates.read(words.subject).filled({**facts, "name": name or "–", "agency": facts["agency"] or "–"})
    return Letter(subject, templates.read(words.body).filled(facts, NEEDED) + "\n", words.language)


def _contact(agency: Agency | None) -> str:
    known = (agency.reply_to or agency.contact_email, agency.contact_url) if agency else ()
    return ", ".join(one_line(text) for text in known if text)


def _greeting(name: str, language: str) -> str:
    if language not in ALIASES:
        return f"{name}," if name else "–"
    with speaking(language):
        return say(GREETING, name=name) if name else say(GREETING_WITHOUT_A_NAME)


def _title(round_id: str, language: str) -> str:
    """The title of a round in a language; that which was noted when its plugin is missing."""
    stated = host().rounds.get(round_id)
    if stated is not None:
        return one_line(stated.said(language, stated.language).title)
    record = record_of(database.read(), round_id)
    return one_line(record.title) if record else round_id


def _moment(value: datetime, zone: str, language: str) -> str:
    """An instant in words, also in a language that the interface does not speak."""
    locale = _locale(language) if language not in ALIASES else None
    if locale is not None:
        local = value.astimezone(ZoneInfo(zone))
        return f"{format_datetime(local, 'd MMMM y HH:mm', locale=locale)} ({local.tzname()})"
    with speaking(nearest(language)):
        return moment(value, zone)


@lru_cache(maxsize=128)
def _locale(language: str) -> Locale | None:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return None
