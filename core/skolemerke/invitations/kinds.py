"""The mails that go to many: which there are, and how we word them where an agency does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from skolemerke.speech import marked as _
from skolemerke.speech import say

INVITATION, HEAD, START, SUBMIT = "invitation", "invitation_head", "reminder_start", "reminder_submit"
CHANGED = "reminder_changed"

PLACEHOLDERS = ("greeting", "name", "school", "round", "deadline", "link", "about", "agency", "contact", "stop")
IN_SUBJECT = ("name", "school", "round", "deadline", "agency")
NEEDED = ("stop",)
"""Whoever wants no more of such mail must find the way in each."""


PLACEHOLDER_WORDS = {
    "greeting": _("a greeting with the name"),
    "name": _("the name of the person"),
    "school": _("the name of the school"),
    "round": _("the title of the round"),
    "deadline": _("the last moment to send the application in"),
    "link": _("where one signs in"),
    "about": _("the page about the label"),
    "agency": _("the name of the agency"),
    "contact": _("address and website of the agency"),
    "stop": _("where one says to want no more of such mail; it must stand in the text"),
}

GREETING = _("Dear %(name)s,")
GREETING_WITHOUT_A_NAME = _("Good day,")
DEADLINE = _("The last moment to send it in is %(deadline)s.")
SIGN_IN_HERE = _("Sign in here:")
READ_MORE = _("What the label is about: %(link)s")
LINK_IS_SAFE = _("The address is the same for everybody. It is no key: you get a link or a code of your own by mail.")
CONTACT = _("Questions? Write to %(agency)s: %(contact)s")
WHY_TEACHER = _("You get this mail because you are registered as an eTwinning teacher at %(school)s.")
WHY_HEAD = _("You get this mail because the eTwinning register names you as head of %(school)s.")
STOP = _("To get no more invitations and reminders: %(link)s")


@dataclass(frozen=True)
class Kind:
    """A kind of mail that an agency may word. `parts` gives our own paragraphs in the language that is spoken."""

    id: str
    title: str
    subject: str
    parts: Callable[[], list[str]]

    def default_subject(self) -> str:
        """Our own subject, as a template, in the language that is spoken."""
        return say(self.subject, school="{school}", round="{round}")

    def default_body(self) -> str:
        """Our own text, as a template, in the language that is spoken."""
        return "\n\n".join(["{greeting}", *self.parts()])


def _invitation() -> list[str]:
    news = _(
        "Good news: %(school)s meets the conditions and may apply for the %(round)s. Congratulations on what you do!"
    )
    what = _(
        "What to do: sign in with this e-mail address, fill in the self-assessment together with your colleagues, and "
        "send it in. You can stop and go on whenever you like; what you write is kept. In the end your head teacher or "
        "the deputy signs a declaration."
    )
    return [_of_school(news), say(what), _deadline(), _sign_in(), *_end(WHY_TEACHER)]


def _head() -> list[str]:
    news = _(
        "Good news: %(school)s meets the conditions and may apply for the %(round)s. Its registered eTwinning teachers "
        "are invited by mail as well."
    )
    what = _(
        "What you can do: talk with your colleagues about who fills in the self-assessment. In the end you or your "
        "deputy sign a declaration; you get a link for that by mail and need no account."
    )
    return [_of_school(news), say(what), _deadline(), *_end(WHY_HEAD)]


def _start() -> list[str]:
    news = _("%(school)s may apply for the %(round)s, and nobody of you has begun yet. There is still time.")
    what = _("It is a self-assessment that you fill in together with your colleagues. What you write is kept.")
    return [_of_school(news), _deadline(), say(what), _sign_in(), *_end(WHY_TEACHER)]


def _submit() -> list[str]:
    news = _("You and your colleagues at %(school)s have begun to apply for the %(round)s, and not yet sent it in.")
    what = _(
        "Only an application that was sent in counts. The check on its last page says what is missing; it can be "
        "changed and sent in again until the deadline."
    )
    return [_of_school(news), _deadline(), say(what), _sign_in(), *_end(WHY_TEACHER)]


def _changed() -> list[str]:
    news = _(
        "You and your colleagues at %(school)s have sent in the application for the %(round)s and changed it "
        "afterwards. The changes were not sent in."
    )
    what = _(
        "What you sent in counts as it was then, without the changes. If they are to count, send the application in "
        "again before the deadline; if the principal had signed, the new version has to be signed as well."
    )
    return [_of_school(news), say(what), _deadline(), _sign_in(), *_end(WHY_TEACHER)]


KINDS = {
    kind.id: kind
    for kind in (
        Kind(INVITATION, _("Invitation of teachers"), _("%(school)s may apply for the %(round)s"), _invitation),
        Kind(HEAD, _("Invitation of heads of schools"), _("%(school)s may apply for the %(round)s"), _head),
        Kind(
            START,
            _("Reminder: nobody has begun"),
            _("Reminder: %(school)s may apply for the %(round)s"),
            _start,
        ),
        Kind(
            SUBMIT,
            _("Reminder: not sent in"),
            _("Reminder: the application of %(school)s for the %(round)s is not sent in"),
            _submit,
        ),
        Kind(
            CHANGED,
            _("Reminder: changed and not sent in again"),
            _("Reminder: the changes in the application of %(school)s for the %(round)s are not sent in"),
            _changed,
        ),
    )
}


def _of_school(message: str) -> str:
    return say(message, school="{school}", round="{round}")


def _deadline() -> str:
    return say(DEADLINE, deadline="{deadline}")


def _sign_in() -> str:
    return "\n".join([say(SIGN_IN_HERE), "{link}", say(LINK_IS_SAFE)])


def _end(why: str) -> list[str]:
    reason = say(why, school="{school}")
    return [
        say(READ_MORE, link="{about}"),
        say(CONTACT, agency="{agency}", contact="{contact}"),
        "\n".join([reason, say(STOP, link="{stop}")]),
    ]
