"""What is to be done besides the form: the consent, the principal's declaration, the check, and submitting."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from skolemerke.applications.queries import ApplicationStatus
from skolemerke.web.filling import moment_at
from skolemerke.web.gaps import missing_answers
from skolemerke.web.not_sent import not_sent_words


@dataclass(frozen=True)
class Step:
    """One step: where it is done, and where it stands."""

    name: str
    href: str
    word: str
    tone: str
    sentence: str = ""
    # Whether the school can do something about it now.
    is_waiting_for_school: bool = False


def steps_of(status: ApplicationStatus) -> list[Step]:
    """The steps that follow the form, in their order."""
    return [consent_step(status), declaration_step(status), _check_step(status), _submit_step(status)]


def consent_step(status: ApplicationStatus) -> Step:
    """Whether the school may be named in the list."""
    href = url_for("declarations.consent", public_id=status.application.public_id)
    name = _("Consent to be named in the list of schools")
    if status.consent:
        said = _("Yes, the school may be named") if status.consent == "yes" else _("No, the school is not named")
        return Step(name, href, _("Done"), "good", said)
    told = _("The answer has no influence on the result.")
    return Step(name, href, _("Not answered"), "plain", told, is_waiting_for_school=True)


def declaration_step(status: ApplicationStatus) -> Step:
    """Whether the principal has signed."""
    href = url_for("declarations.declaration", public_id=status.application.public_id)
    name = _("Declaration of the principal")
    found = status.declaration
    due = moment_at(found.due, status.application.agency) if found.due else ""
    by_then = _("Needed by %(when)s.", when=due) if due else ""
    who = found.declaration.head_name if found.declaration else ""
    signer = found.declaration.signer_name if found.declaration else ""
    known = {
        "none": (_("Not asked"), "plain", by_then),
        "asked": (_("Waiting"), "wait", _("Waiting for %(name)s to sign.", name=who)),
        "declined": (_("Declined"), "stop", _("Read why, and ask again.")),
        "paper": (_("Waiting"), "wait", _("The agency looks at the signed page.")),
        "returned": (_("Given back"), "stop", _("Read why, and add another page.")),
        "outdated": (_("To be signed again"), "wait", _("The answers were changed after the request.")),
        "signed": (_("Signed"), "good", _("Signed by %(name)s.", name=signer)),
    }
    word, tone, sentence = known[found.state]
    is_waiting = found.state not in {"asked", "paper", "signed"}
    return Step(name, href, word, tone, sentence, is_waiting_for_school=is_waiting)


def _check_step(status: ApplicationStatus) -> Step:
    href = url_for("submitting.check", public_id=status.application.public_id)
    # As the page itself counts: consent has a step of its own.
    count = len(missing_answers(status))
    if not count:
        return Step(_("Check the application"), href, _("Nothing is missing"), "good")
    sentence = ngettext("One thing is missing.", "%(num)s things are missing.", count)
    return Step(_("Check the application"), href, _("To be done"), "plain", sentence, is_waiting_for_school=True)


def _submit_step(status: ApplicationStatus) -> Step:
    public_id = status.application.public_id
    sent = status.submission
    if sent is None:
        word = _("Ready") if status.can_submit else _("Not yet")
        tone = "good" if status.can_submit else "plain"
        href = url_for("submitting.submit", public_id=public_id)
        return Step(_("Submit the application"), href, word, tone, is_waiting_for_school=True)
    when = moment_at(sent.arrived_at, status.application.agency)
    if status.changed_since and status.is_open:
        href, told = (
            url_for("submitting.submit", public_id=public_id),
            _("Changed since %(when)s. Submit it again.", when=when),
        )
        return Step(_("Submit the application again"), href, _("Changed"), "wait", told, is_waiting_for_school=True)
    # Also when nothing can be done about it any more: whoever changed something must not believe that it counts.
    unsent = not_sent_words(status.application, sent) if status.changed_since else ""
    href, told = url_for("submitting.receipt", public_id=public_id), unsent or _("Arrived on %(when)s", when=when)
    return Step(_("Receipt"), href, _("Submitted"), "good", told)
