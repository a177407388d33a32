"""What the pages of an application share: which application it is, its form, its round, and how times are said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, format_time
from flask import abort, current_app, g, request
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from skolemerke_forms.definition import Form, Section

from skolemerke import clock, database, speech
from skolemerke.applications import operations, queries
from skolemerke.applications.drafts import closed_to, dates_of, takes_changes
from skolemerke.applications.models import Application
from skolemerke.applications.queries import AgencyLike, DraftFacts, DraftLike
from skolemerke.contract.rounds import Calendar, Round
from skolemerke.people import rights
from skolemerke.rounds.composition import host
from skolemerke.web import guard, site
from skolemerke.web.languages import current_language
from skolemerke.web.round_view import title_of

TITLES = "skolemerke.round_titles"


def application_or_404(public_id: str) -> Application:
    """The application of that address; one that the reader may not see answers as one that is not there."""
    found = queries.by_public_id(guard.actor(), public_id)
    if found is None:
        abort(404)
    _show_its_agency(found)
    return found


def draft_or_404(public_id: str) -> tuple[DraftFacts, bool]:
    """The same, read in one statement, and whether the reader may change it now."""
    found = queries.draft_of(guard.actor(), public_id)
    if found is None:
        abort(404)
    application, is_open, dates = found
    g.nearing = {application.id: _nearing(application, dates if is_open else None)}
    _show_its_agency(application)
    return application, is_open and rights.may(guard.actor(), "application.edit", application)


def _show_its_agency(application: DraftLike) -> None:
    """For a teacher of the school the page is one of its agency's."""
    if application.school_id in guard.actor().schools and application.agency is not None:
        site.show_as(application.agency)


def form_of(application: DraftLike) -> Form:
    """The form of an application in the reader's language."""
    return queries.form_of(application, current_language())


def section_or_404(form: Form, section_id: str) -> Section:
    """The section of that id."""
    found = form.section(section_id)
    if found is None:
        abort(404)
    return found


def frame(application: DraftLike, here: str) -> dict[str, Any]:
    """What the frame of every page of an application is drawn from; `here` is the page's own name."""
    return {
        "application": application,
        "round_name": round_title(application.round_id),
        "here": here,
        "nearing": nearing(application),
    }


@dataclass(frozen=True)
class Nearing:
    """That the deadline of an application is near, in words."""

    words: str
    is_last_day: bool


LAST_DAYS = 7
"""So many days before its deadline each page of an application says how long there is."""


def nearing(application: DraftLike) -> Nearing | None:
    """Whether the deadline is near, for those who can still write; none for everybody else."""
    known: dict[int, Nearing | None] = g.get("nearing", {})
    if application.id in known:
        return known[application.id]
    session = database.read()
    is_open = takes_changes(session, application, clock.now())
    return _nearing(application, dates_of(session, application.round_id, application.agency_id) if is_open else None)


def _nearing(application: DraftLike, dates: Calendar | None) -> Nearing | None:
    now, zone = clock.now(), zone_of(application.agency)
    if dates is None or application.school_id not in guard.actor().schools:
        return None
    days = (_day(dates.closes, zone) - _day(now, zone)).days
    if days > LAST_DAYS:
        return None
    return Nearing(_until_when(dates, application.agency), days <= 0)


def _until_when(dates: Calendar, agency: AgencyLike | None) -> str:
    """Until when something can be sent, and how long that is."""
    when, now = moment_at(dates.closes, agency), clock.now()
    if now <= dates.closes:
        return f"{_('Submit the application by %(when)s.', when=when)} {time_left(dates.closes, agency)}"
    until = moment_at(dates.takes_until, agency)
    return str(_("The deadline was %(when)s. What has arrived by %(until)s is still taken.", when=when, until=until))


def buffer_key(application: DraftLike) -> str:
    """Under which name a browser keeps what its reader wrote in an application and has not saved."""
    return f"{application.public_id}:{guard.actor().account_id}"


WRITER = "writer"
"""The field in which a page says whose it is: the account that it was drawn for."""


def writer() -> str:
    """Whose a page is that is drawn now, as it will say when it is sent."""
    return str(guard.actor().account_id or "")


def is_anothers() -> bool:
    """Whether what was sent was written on a page of another account than the one that is signed in now."""
    told = request.form.get(WRITER, "")
    return bool(told) and told != writer()


def another_words() -> str:
    """That somebody else is signed in now than who wrote, and who."""
    me = guard.actor()
    return str(
        _(
            "%(name)s is signed in in this browser now, and somebody else opened this page. Nothing is saved until the "
            "writer has signed in again, or you go on as %(name)s.",
            name=me.name or me.email,
        )
    )


def go_on_words() -> str:
    """The button with which whoever is signed in now takes over what was written."""
    me = guard.actor()
    return str(_("Go on as %(name)s", name=me.name or me.email))


def said(refusal: speech.Refusal | operations.NotTaken) -> str:
    """Why something was refused, in the reader's language."""
    with speech.speaking(current_language()):
        return refusal.in_words()


def may_edit(application: DraftLike) -> bool:
    """Whether the reader may change the application now."""
    if not rights.may(guard.actor(), "application.edit", application):
        return False
    return takes_changes(database.read(), application, clock.now())


def why_closed(application: DraftLike) -> str:
    """Why an application can't be changed now."""
    if not rights.may(guard.actor(), "application.edit", application):
        return str(_("You can read this application. Only the teachers of the school can change it."))
    return said(closed_to(database.read(), application, clock.now()))


def round_title(round_id: str) -> str:
    """The name of a round in the reader's language, also when its plugin is not there."""
    language = current_language()
    stated = host().rounds.get(round_id)
    if stated is None:
        return title_of(round_id, language)
    kept: dict[tuple[str, str], tuple[Round, str]] = current_app.extensions.setdefault(TITLES, {})
    found = kept.get((round_id, language))
    if found is None or found[0] is not stated:
        found = kept[round_id, language] = (stated, title_of(round_id, language))
    return found[1]


def zone_of(agency: AgencyLike | None) -> ZoneInfo:
    """The time zone in which the readers of an agency live."""
    return ZoneInfo(agency.timezone if agency else speech.ZONE)


def moment_at(value: datetime, agency: AgencyLike | None) -> str:
    """An instant in the reader's words and zone, with the name of the zone: for deadlines."""
    local = value.astimezone(zone_of(agency))
    time = format_time(local, "HH:mm", locale=_locale())
    return f"{format_date(local, 'full', locale=_locale())}, {time} ({local.tzname()})"


def short_time(value: datetime, agency: AgencyLike | None) -> str:
    """When something was saved: the hour when it was today, else the day with it."""
    zone = zone_of(agency)
    local, today = value.astimezone(zone), clock.now().astimezone(zone).date()
    hour = f"{local:%H:%M}"
    if local.date() == today:
        return hour
    if local.year == today.year:
        return f"{format_skeleton('MMMMd', local, locale=_locale())}, {hour}"
    return f"{format_date(local, 'long', locale=_locale())}, {hour}"


def deadline_words(status: queries.ApplicationStatus) -> dict[str, str]:
    """Until when an application can be sent (`deadline`), and the time that is left until then (`left`)."""
    if status.deadline is None:
        return {"deadline": _("The round is paused because of a fault. What you save is kept."), "left": ""}
    agency = status.application.agency
    if not status.is_open:
        return {"deadline": said(closed_to(database.read(), status.application, clock.now())), "left": ""}
    dates = dates_of(database.read(), status.application.round_id, status.application.agency_id)
    if dates is not None and dates.closes < clock.now():
        return {"deadline": _until_when(dates, agency), "left": ""}
    when = moment_at(status.deadline, agency)
    return {"deadline": _("Submit the application by %(when)s.", when=when), "left": time_left(status.deadline, agency)}


def others_names(accounts: Iterable[int | None]) -> Mapping[int, str]:
    """The names of accounts, asked for at once; the reader's own is not needed."""
    return queries.names_of({one for one in accounts if one is not None} - {guard.actor().account_id or 0})


def save_words(application: DraftLike, at: datetime, by: int | None, names: Mapping[int, str]) -> str:
    """Who saved something, and when; `by` is an account, `names` are those of `others_names`."""
    when = short_time(at, application.agency)
    if by is not None and by == guard.actor().account_id:
        return str(_("Last saved by you: %(when)s", when=when))
    name = names.get(by or 0)
    if name:
        return str(_("Last saved by %(name)s: %(when)s", name=name, when=when))
    return str(_("Last saved: %(when)s", when=when))


def time_left(until: datetime, agency: AgencyLike | None) -> str:
    """How long there is until a deadline, in words; empty when it has passed."""
    now = clock.now()
    if until < now:
        return ""
    zone = zone_of(agency)
    days = (_day(until, zone) - _day(now, zone)).days
    if days > 0:
        return str(ngettext("One day left.", "%(num)s days left.", days))
    if until - now >= timedelta(hours=1):
        return str(ngettext("One hour left.", "%(num)s hours left.", int((until - now) / timedelta(hours=1))))
    return str(_("Less than one hour left."))


def _day(value: datetime, zone: ZoneInfo) -> date:
    return value.astimezone(zone).date()


def _locale() -> str:
    # English here is that of Europe: the day before the month.
    locale = str(get_locale())
    return "en_GB" if locale == "en" else locale
