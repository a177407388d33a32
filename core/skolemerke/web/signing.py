"""The page on which a principal signs: by a mailed link, without an account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from skolemerke_forms.wording import Text

from skolemerke import speech
from skolemerke.applications import operations, queries
from skolemerke.applications.queries import Signing
from skolemerke.people.rights import Refused
from skolemerke.web import outages
from skolemerke.web.filling import moment_at, round_title, said

blueprint = Blueprint("signing", __name__, url_prefix="/declarations")


@dataclass(frozen=True)
class Typed:
    """What somebody wrote on the page, as they typed it."""

    name: str = ""
    role: str = ""
    note: str = ""
    declines: bool = False

    @classmethod
    def sent(cls) -> Typed:
        """What the form of this request says."""
        form = request.form
        name, note = form.get("name", "").strip(), form.get("note", "").strip()
        return cls(name, form.get("role", ""), note, declines=form.get("answer") == "decline")

    def problems(self) -> dict[str, str]:
        """What is missing, by field."""
        if self.declines:
            return {} if self.note else {"note": _("Write what should be different.")}
        found = {}
        if not self.name:
            found["name"] = _("Write your name.")
        if self.role not in _roles():
            found["role"] = _("Choose who you are.")
        return found

    def in_words(self) -> list[tuple[str, str]]:
        """What was typed, each under the name of its field; what says nothing is left out."""
        words = [
            (_("Your name"), self.name),
            (_("You are"), _roles().get(self.role, "")),
            (_("What should be different?"), self.note),
        ]
        return [(label, text) for label, text in words if text]


def _roles() -> dict[str, str]:
    return {"principal": _("The principal"), "deputy": _("The deputy principal")}


@blueprint.get("/<token>")
def sign(token: str) -> ResponseReturnValue:
    """What the principal is asked to sign, in full."""
    signing = _asked(token)
    return _unknown() if signing is None else _page(signing)


@blueprint.post("/<token>")
def answer(token: str) -> ResponseReturnValue:
    """Keep the signature, or why it was not given. What can't be taken stands on the page that says so."""
    signing = _asked(token)
    if signing is None:
        return _unknown()
    typed = Typed.sent()
    problems = typed.problems()
    if problems:
        return _page(signing, problems, typed), 422
    try:
        if typed.declines:
            operations.decline(token, typed.note)
        else:
            operations.sign(token, typed.name, "deputy" if typed.role == "deputy" else "principal")
    except operations.TooLong as refusal:
        return _page(signing, {"note" if typed.declines else "name": said(refusal)}, typed), 422
    except operations.ApplicationRefusal as refusal:
        now = _asked(token) or signing
        heading, text = _told(now) or (_("This could not be done"), said(refusal))
        return _message(now, heading, text, typed), 409
    except Refused:
        return _unknown()
    return redirect(url_for(".sign", token=token))


def _away(error: Exception) -> ResponseReturnValue:
    """The database can't be reached: what was written stands there, and can be sent again."""
    typed = Typed.sent()
    if not typed.in_words():
        return outages.show(error)
    outages.note(error)
    page = render_template(
        "declarations/message.html",
        heading=_("We can't reach our records just now"),
        text=_("What you asked for can't be shown or done at this moment. What was saved before is still there."),
        typed=typed.in_words(),
        what_to_do=_("It was not sent. Wait a minute, then press “Send again”."),
        may_send=True,
        sent=request.form.items(),
    )
    return page, 503, outages.LATER


for _fault in outages.FAULTS:
    blueprint.register_error_handler(_fault, _away)


def _asked(token: str) -> Signing | None:
    """What a link asks for. Its page is in the language of the mail, unless the reader has chosen another."""
    signing = queries.signing_page(token)
    if signing is not None and "language" not in session:
        g.language = speech.nearest(signing.language)
    return signing


def _page(signing: Signing, problems: dict[str, str] | None = None, typed: Typed | None = None) -> str:
    told = _told(signing)
    if told is not None:
        return _message(signing, *told, typed)
    problems = problems or {}
    due = moment_at(signing.due, signing.agency) if signing.due else ""
    return render_template(
        "declarations/sign.html",
        **_frame(signing),
        token=(request.view_args or {}).get("token", ""),
        text=Text.of(signing.text, signing.language),
        consent_text=Text.of(signing.consent_text, signing.language),
        consent=signing.consent,
        parts=signing.sections,
        answers_language=signing.language,
        asked_by=signing.asked_by,
        deadline=_("Please sign by %(when)s.", when=due) if due else "",
        roles=list(_roles().items()),
        values=typed or Typed(name=signing.declaration.head_name),
        problems=problems,
        errors=[("role-0" if field == "role" else field, message) for field, message in problems.items()],
        has_errors=bool(problems),
    )


def _told(signing: Signing) -> tuple[str, str] | None:
    """What stands on the page where nothing can be signed any more: a heading and a sentence."""
    answered = signing.declaration.answered_at
    when = moment_at(answered, signing.agency) if answered else ""
    known = {
        "signed": (
            _("Thank you"),
            _(
                "You signed on %(when)s. The teachers have been told. There is nothing more for you to do.",
                when=when,
            ),
        ),
        "declined": (
            _("You did not sign"),
            _(
                "The teachers have been told, on %(when)s. "
                "If they change the application, they can send you a new link.",
                when=when,
            ),
        ),
        "paper": (
            _("Signed on paper"),
            _(
                "The teachers have added a page that was signed on paper. "
                "There is nothing more for you to do with this link."
            ),
        ),
        "returned": (
            _("Signed on paper"),
            _("The page that was signed on paper could not be taken. The teachers have been told why."),
        ),
        "outdated": (
            _("The application was changed"),
            _("What this link was sent for has been changed since. Ask the teachers to send you a new link."),
        ),
    }
    if signing.state in known:
        return known[signing.state]
    if signing.is_open:
        return None
    return (
        _("The time for signing is over"),
        _("The application can't be signed any more. Ask the agency in your country what this means for the school."),
    )


def _unknown() -> ResponseReturnValue:
    heading = _("This link is not known")
    text = _(
        "It may have been copied only in part, or a newer one was sent. "
        "Open the link in the latest mail, or ask the teachers to send a new one."
    )
    return render_template("declarations/message.html", heading=heading, text=text, **_unsent(Typed.sent())), 404


def _message(signing: Signing, heading: str, text: str, typed: Typed | None = None) -> str:
    return render_template(
        "declarations/message.html", **_frame(signing), heading=heading, text=text, **_unsent(typed or Typed())
    )


def _unsent(typed: Typed) -> dict[str, Any]:
    """What was typed on a page on which nothing can be answered any more."""
    what_to_do = _(
        "It was not sent. Copy it: write it on the page of the link in the latest mail, "
        "or tell the teachers in another way."
    )
    return {"typed": typed.in_words(), "what_to_do": what_to_do}


def _frame(signing: Signing) -> dict[str, Any]:
    return {"school": signing.school, "round_name": round_title(signing.round_id)}
