"""The details of a line of the chain of changes in the reader's words: what each is called, and what its code words
mean. What nobody put into words here, as a plugin or an older version may have written it, stands as it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _
from flask_babel import ngettext

from skolemerke.admin.mails import kind_in_words
from skolemerke.admin.stopped import CAUSES
from skolemerke.web.criteria_words import DATES
from skolemerke.web.languages import NAMES, day
from skolemerke.web.site import moment
from skolemerke.web.words import country_name, word_of

KEYS = {
    "address": _("Address"),
    "agency": _("Agency"),
    "already": _("Queued before"),
    "application": _("The application's number"),
    "applications": _("Applications"),
    "arrived_at": _("Arrived"),
    "at": _("As of"),
    "before": _("Before"),
    "body": _("Text"),
    "by": _("By what"),
    "cannot_score": _("Could not be scored"),
    "cause": _("Cause"),
    "changed": _("Changed"),
    "code": _("Code"),
    "consent": _("Consent"),
    "contact_email": _("Address"),
    "contact_url": _("Website"),
    "content_hash": _("Hash of the content"),
    "count": _("How many"),
    "countries": _("Countries"),
    "criterion": _("Condition"),
    "dates": _("Dates"),
    "decision": _("The decision's number"),
    "detail": _("Reason"),
    "edition": _("The edition"),
    "eligible": _("May apply"),
    "evidence": _("Evidence"),
    "feedback": _("Feedback to the school"),
    "file": _("File"),
    "files": _("What became of the rows"),
    "finding": _("Judged as"),
    "from_edition": _("The edition before"),
    "gone": _("No longer in the register"),
    "granted": _("Labels granted"),
    "hash": _("Hash"),
    "ineligible": _("May not apply"),
    "judgement": _("The judgement's number"),
    "judgements": _("Judgements"),
    "kind": _("Kind"),
    "labels": _("Labels"),
    "language": _("Language"),
    "level": _("At the level of"),
    "made": _("Score sheets that were made"),
    "mails": _("Mails"),
    "moved": _("Judged as of another instant"),
    "name": _("Name"),
    "new": _("Newly in the register"),
    "not_sent_again": _("Mails to schools that have changed and not sent again"),
    "not_started": _("Mails to schools that have not begun"),
    "not_submitted": _("Mails to schools that have not submitted"),
    "note": _("Note for colleagues"),
    "number": _("The submission's number"),
    "occasion": _("Occasion"),
    "outcome": _("Result"),
    "outcomes": _("Results"),
    "overlay": _("The adjustment"),
    "part": _("Part"),
    "plugins": _("Plugins"),
    "publication": _("The release's number"),
    "question": _("The question"),
    "queued": _("Queued"),
    "reason": _("Reason"),
    "reasons": _("Reasons"),
    "receipt": _("Receipt"),
    "refused": _("Labels refused"),
    "rejected": _("Rejected rows"),
    "released": _("Released"),
    "reply_to": _("Answers go to"),
    "role": _("Role"),
    "round": _("Round"),
    "rows": _("Rows of the file"),
    "run": _("The number of the check or scoring"),
    "same": _("Unchanged"),
    "school": _("The school's number"),
    "schools": _("Schools"),
    "sender_name": _("Name of the sender"),
    "sent": _("What was sent"),
    "sha256": _("Hash of the file"),
    "subject": _("Subject"),
    "teachers_invitable": _("Teachers who can be invited"),
    "timezone": _("Time zone"),
    "to": _("To"),
    "to_edition": _("The edition after"),
    "unclear": _("Unclear"),
    "undecided": _("Without a decision"),
    "verdict": _("Result of the check"),
    "why": _("Why it was let through"),
    "words": _("Texts"),
}
"""What the details are called, whichever line they belong to."""


def _occasion(code: str) -> str:
    days, _at, deadline = code.partition("@")
    if not (days.isdecimal() and deadline):
        return code
    return str(ngettext("%(num)s day before %(day)s", "%(num)s days before %(day)s", int(days), day=day(deadline)))


def _one_of(words: Mapping[str, object]) -> Callable[[str], str]:
    return lambda code: str(words.get(code, code))


VALUES: dict[str, Callable[[str], str]] = {
    "by": _one_of(
        {
            "link": _("the link or the code of a mail"),
            "link in another browser": _("the link of a mail, in another browser than it was asked for in"),
            "provider": _("an identity provider"),
            "door": _("a door of the demo"),
        }
    ),
    "cause": _one_of(CAUSES),
    "consent": word_of,
    "countries": country_name,
    "finding": word_of,
    "kind": kind_in_words,
    "language": _one_of(NAMES),
    "level": _one_of({"agency": _("Agency"), "central": _("Central service")}),
    "occasion": _occasion,
    "outcome": word_of,
    "role": _one_of(
        {
            "officer": _("officer of an agency"),
            "central": _("the central service"),
            "administrator": _("administrator of the installation"),
        }
    ),
    "sent": _one_of(
        {
            "answers": _("answers"),
            "rows": _("a row of an answer"),
            "file": _("a file"),
            "link": _("a link"),
            "consent": _("the answer about publication"),
        }
    ),
    "to": _one_of(
        {"teachers": _("teachers"), "heads": _("heads of schools"), "everybody": _("teachers and heads of schools")}
    ),
    "verdict": word_of,
}
"""How the code words of a detail are said; other texts stand as they are, and instants are said as such."""

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?[+-]\d\d:\d\d", re.ASCII)


def details_in_words(details: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The details of a line, each with what it is called and what it says, in the order of the former."""
    return sorted((_called(key), _said(key, value)) for key, value in details.items())


def _called(key: str) -> str:
    return str(KEYS.get(key) or DATES.get(key) or word_of(key))


def _said(key: str, value: Any) -> str:
    """A value in words: parts of one are lines, several that have parts are parted by an empty line."""
    if isinstance(value, Mapping):
        return "\n".join(f"{_called(name)}: {_said(name, part)}" for name, part in value.items())
    if isinstance(value, list):
        parting = "\n\n" if any(isinstance(item, Mapping) for item in value) else ", "
        return parting.join(_said(key, item) for item in value)
    if value is None:
        return "–"
    if isinstance(value, bool):
        return word_of("yes" if value else "no")
    text = str(value)
    if INSTANT.fullmatch(text):
        return moment(datetime.fromisoformat(text))
    return VALUES[key](text) if key in VALUES else text
