"""The page on which a principal signs: by a mailed link, without an account."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from skolemerke_forms.wording import Text

from skolemerke import speech
from skolemerke.applications import operations, queries
from skolemerke.applications.queries import Signing
from skolemerke.people.rights import Refused
from skolemerke.web.filling import moment_at, round_title, said

blueprint = Blueprint("signing", __name__, url_prefix="/declarations")

ROLES = ("principal", "deputy")


@blueprint.get("/<token>")
def sign(token: str) -> ResponseReturnValue:
    """What the principal is asked to sign, in full."""
    signing = _asked(token)
    return _unknown() if signing is None else _page(signing)


@blueprint.post("/<token>")
def answer(token: str) -> ResponseReturnValue:
    """Keep the signature, or why it was not given."""
    signing = _asked(token)
    if signing is None:
        return _unknown()
    form = request.form
    name, role, note = form.get("name", "").strip(), form.get("role", ""), form.get("note", "").strip()
    declines = form.get("answer") == "decline"
    problems = _problems(name, role, note, declines=declines)
    if problems:
        return _page(signing, problems, name=name, role=role, note=note), 422
    try:
        if declines:
            operations.decline(token, note)
        else:
            operations.sign(token, name, "deputy" if role == "deputy" else "principal")
    except operations.Outdated:
        return _page(_asked(token) or signing), 409
    except operations.ApplicationRefusal as refusal:
        return _message(signing, _("This could not be done"), said(refusal)), 409
    except Refused:
        return _unknown()
    return redirect(url_for(".sign", token=token))


def _asked(token: str) -> Signing | None:
    """What a link asks for. Its page is in the language of the mail, unless the reader has chosen another."""
    signing = queries.signing_page(token)
    if signing is not None and "language" not in session:
        g.language = speech.nearest(signing.language)
    return signing


def _problems(name: str, role: str, note: str, *, declines: bool) -> dict[str, str]:
    if declines:
        return {} if note else {"note": _("Write what should be different.")}
    found = {}
    if not name:
        found["name"] = _("Write your name.")
    if role not in ROLES:
        found["role"] = _("Choose who you are.")
    return found


def _page(signing: Signing, problems: dict[str, str] | None = None, **typed: str) -> str:
    told = _told(signing)
    if told is not None:
        return _message(signing, *told)
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
        roles=[("principal", _("The principal")), ("deputy", _("The deputy principal"))],
        values={"name": signing.declaration.head_name, "role": "", "note": "", **typed},
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
    return render_template("declarations/message.html", heading=heading, text=text), 404


def _message(signing: Signing, heading: str, text: str) -> str:
    return render_template("declarations/message.html", **_frame(signing), heading=heading, text=text)


def _frame(signing: Signing) -> dict[str, Any]:
    return {"school": signing.school, "round_name": round_title(signing.round_id)}
