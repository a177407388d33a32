"""What the frame of every page needs: whose site it is, where one can go, the language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel import Locale
from flask import Flask, g, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select

from skolemerke import database, speech
from skolemerke.agencies import queries as agencies
from skolemerke.agencies.models import Agency
from skolemerke.applications.queries import AgencyLike
from skolemerke.registry.models import School
from skolemerke.web import guard, languages


@dataclass(frozen=True)
class Link:
    """A link of the navigation."""

    text: str
    href: str
    is_here: bool = False


def register(app: Flask) -> None:
    """Give the templates of an application what the frame needs."""
    app.jinja_env.globals.update(
        direction=direction,
        in_language=in_language,
        moment=moment,
        navigation=navigation,
        site_name=site_name,
        when=when,
    )


def visitor_agency() -> Agency | None:
    """The agency that answers for who is asking: an officer's own, that of a teacher's school, or the only one here."""
    if "agency" not in g:
        g.agency = _find_agency()
    found: Agency | None = g.agency
    return found


def show_as(agency: AgencyLike) -> None:
    """Let the frame of this page be that of an agency, which is known to answer for who is asking."""
    g.shown_as = agency


def show_as_one_of(schools: Iterable[School]) -> None:
    """Let the frame of this page be that of the agency of the reader's first school, for a page that has read them."""
    agencies_of = [one.agency for one in sorted(schools, key=lambda one: one.id) if one.agency is not None]
    if agencies_of and not guard.actor().agencies:
        show_as(agencies_of[0])


def _shown_as() -> AgencyLike | None:
    found: AgencyLike | None = g.get("shown_as")
    return found or visitor_agency()


def site_name() -> str:
    """Whose site the visitor sees."""
    agency = _shown_as()
    return agency.name if agency else _("Applications and results")


def moment(value: datetime) -> str:
    """An instant in the reader's words, in the zone of the visitor's agency."""
    with speech.speaking(languages.current_language()):
        return speech.moment(value, _zone())


def when(value: date | None) -> Markup:
    """A day or an instant in the reader's words, as `moment` says it, for a narrow place: marked as a time, and in one
    span each what is not to be broken. Nothing for none."""
    if value is None:
        return Markup()
    with speech.speaking(languages.current_language()):
        if isinstance(value, datetime):
            day, time = speech.day_and_time(value, _zone())
            stamp = value.astimezone(ZoneInfo(_zone())).isoformat(timespec="seconds")
            return Markup('<time datetime="{}"><span>{},</span> <span>{}</span></time>').format(stamp, day, time)
        return Markup('<time datetime="{}"><span>{}</span></time>').format(value.isoformat(), speech.day(value))


def _zone() -> str:
    agency = _shown_as()
    return agency.timezone if agency else speech.ZONE


def direction() -> str:
    """Whether the reader's language is written from the left (`ltr`) or from the right (`rtl`)."""
    return Locale.parse(languages.current_language()).text_direction


def in_language(code: str) -> str:
    """The address of this page in another language."""
    here: str | None = g.get("address")
    if here is None:
        kept = [(name, value) for name, value in request.args.items(multi=True) if name != "language"]
        here = g.address = f"{request.script_root}{request.path}?{urlencode([*kept, ('language', '')])}"
    return f"{here}{code}"


def navigation() -> list[Link]:
    """Where the visitor can go from every page."""
    actor, path = guard.actor(), request.path
    whose = {"everybody"}
    if actor.schools:
        whose.add("teacher")
    if actor.is_staff:
        whose.add("staff")
    if not actor.is_known:
        whose.add("unknown")
    places = _places(languages.current_language(), request.script_root)
    return [Link(text, href, _is_here(path, href)) for whom, text, href in places if whom in whose]


@lru_cache(maxsize=128)
def _places(_language: str, _root: str) -> tuple[tuple[str, str, str], ...]:
    """Where one can go, in the language of this request: for whom, its name, its address."""
    return (
        ("everybody", _("About the label"), url_for("public.label_page")),
        ("everybody", _("Rounds"), url_for("public.rounds_list")),
        ("everybody", _("Schools with the label"), url_for("labels.schools")),
        ("teacher", _("My applications"), "/applications"),
        ("staff", _("Administration"), "/admin/"),
        ("unknown", _("Sign in"), "/sign-in"),
    )


def _is_here(path: str, href: str) -> bool:
    return path == href or (href != "/" and path.startswith(href.rstrip("/") + "/"))


def _find_agency() -> Agency | None:
    actor, session = guard.actor(), database.read()
    if actor.agencies:
        return session.get(Agency, min(actor.agencies))
    if actor.schools:
        theirs = select(Agency).join(School, School.agency_id == Agency.id).where(School.id.in_(actor.schools))
        found = session.scalars(theirs.order_by(School.id).limit(1)).first()
        if found is not None:
            return found
    return agencies.only_agency()
