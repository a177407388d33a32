"""The text of an invitation."""

from __future__ import annotations

from flask import Flask

from skolemerke import database, outbox
from skolemerke.agencies.models import Agency
from skolemerke.invitations.operations import KIND
from skolemerke.links import absolute
from skolemerke.outbox import Letter, Mail
from skolemerke.registry.models import School
from skolemerke.rounds.composition import host
from skolemerke.rounds.models import RoundRecord
from skolemerke.rounds.queries import calendar_of
from skolemerke.speech import ZONE, moment, say, speaking

SIGN_IN = "/sign-in"


def _(message: str) -> str:
    """Mark a message for translation; it is translated where it is shown."""
    return message


SUBJECT = _("%(school)s may apply for the %(round)s")
GREETING = _("Dear %(name)s,")
GREETING_WITHOUT_A_NAME = _("Good day,")
NEWS = _("Good news: %(school)s meets the conditions and may apply for the %(round)s. Congratulations on what you do!")
WHAT_TO_DO = _(
    "What to do: sign in with this e-mail address, fill in the self-assessment together with your colleagues, and "
    "send it in. You can stop and go on whenever you like; what you write is kept. In the end your head teacher or "
    "the deputy signs a declaration."
)
DEADLINE = _("The last moment to send it in is %(deadline)s.")
SIGN_IN_HERE = _("Sign in here: %(link)s")
READ_MORE = _("What the label is about: %(link)s")
LINK_IS_SAFE = _("The address is the same for everybody. It is no key: you get a link or a code of your own by mail.")
CONTACT = _("Questions? Write to %(agency)s: %(contact)s")
WHY_YOU = _("You get this mail because you are registered as an eTwinning teacher at %(school)s.")


def register(app: Flask) -> None:
    """Say how an invitation is written."""
    outbox.of(app).register(KIND, render)


def render(mail: Mail) -> Letter:
    """Write an invitation in its language."""
    session = database.read()
    school = session.get_one(School, mail.school_id)
    agency = session.get(Agency, mail.agency_id) if mail.agency_id else None
    round_id = mail.round_id or ""
    with speaking(mail.language):
        facts = {"school": _one_line(school.name), "round": _title(round_id, mail.language)}
        name = _one_line(mail.name)
        closes = calendar_of(round_id, mail.agency_id).closes
        parts = [
            say(GREETING, name=name) if name else say(GREETING_WITHOUT_A_NAME),
            say(NEWS, **facts),
            say(WHAT_TO_DO),
            say(DEADLINE, deadline=moment(closes, agency.timezone if agency else ZONE)),
            "\n".join([say(SIGN_IN_HERE, link=absolute(SIGN_IN)), say(LINK_IS_SAFE)]),
            say(READ_MORE, link=absolute("/")),
            *_contact(agency),
            say(WHY_YOU, **facts),
        ]
        return Letter(say(SUBJECT, **facts), "\n\n".join(parts) + "\n")


def _title(round_id: str, language: str) -> str:
    """The title of a round in a language; that which was noted when its plugin is missing."""
    stated = host().rounds.get(round_id)
    if stated is not None:
        return stated.said(language, stated.language).title
    record = database.read().get(RoundRecord, round_id)
    return record.title if record else round_id


def _contact(agency: Agency | None) -> list[str]:
    contacts = [text for text in (agency.contact_email, agency.contact_url) if text] if agency else []
    if agency is None or not contacts:
        return []
    return [say(CONTACT, agency=_one_line(agency.name), contact=", ".join(map(_one_line, contacts)))]


def _one_line(text: str) -> str:
    """A name of the registry on one line: it must not bring lines of its own into a mail."""
    return " ".join(text.split())
