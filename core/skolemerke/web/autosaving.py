"""Saving while somebody writes: what a script of the section's page sends, and what it is told.

It is an addition to the buttons of the page, never in their place; it saves by the same operation. Nothing is
acknowledged before it is stored.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask import request as sent
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError, generate_csrf
from skolemerke_forms.definition import Section
from skolemerke_forms.fields import posted_answers

from skolemerke.applications import operations, queries
from skolemerke.applications.queries import DraftFacts
from skolemerke.web import guard, outages
from skolemerke.web.asked import name_at
from skolemerke.web.filling import (
    another_words,
    buffer_key,
    draft_or_404,
    form_of,
    go_on_words,
    is_anothers,
    said,
    section_or_404,
    short_time,
    writer,
)
from skolemerke.web.section_state import writing_words

blueprint = Blueprint("autosaving", __name__, url_prefix="/applications")


@blueprint.get("/<public_id>/<section_id>/autosave")
def ready(public_id: str, section_id: str) -> ResponseReturnValue:
    """The token with which a page that has stood open can save again after somebody signed in anew, and who that is."""
    if not guard.actor().is_known:
        return {}, 401
    application, _may_edit = draft_or_404(public_id)
    section_or_404(form_of(application), section_id)
    return {
        "token": generate_csrf(),
        "writer": writer(),
        "key": buffer_key(application),
        "another": another_words(),
        "goOn": go_on_words(),
    }


@blueprint.post("/<public_id>/<section_id>/autosave")
def save(public_id: str, section_id: str) -> ResponseReturnValue:
    """Save the answers that were sent; says what was saved, what a colleague has changed, and what can't be taken."""
    if not guard.actor().is_known:
        return {}, 401
    if is_anothers():
        return {"stale": True}, 400
    application, _may_edit = draft_or_404(public_id)
    form = form_of(application)
    section = section_or_404(form, section_id)
    answers, versions = posted_answers(section, sent.form)
    try:
        page = sent.form.get("page", "")
        saved = operations.save_answers(guard.actor(), application.id, answers, versions, page)
    except operations.Closed as closed:
        return {"closed": said(closed)}, 409
    except operations.Unsaved as unsaved:
        return _told(application, section, unsaved.saved, unsaved)
    return _told(application, section, saved, None)


@blueprint.errorhandler(CSRFError)
def stale(_error: CSRFError) -> ResponseReturnValue:
    """The page belonged to an earlier sign-in; it asks for a new token and sends again."""
    return {"stale": True}, 400 if guard.actor().is_known else 401


def _away(error: Exception) -> ResponseReturnValue:
    """The database can't be reached: nothing is acknowledged, and the page sends again."""
    outages.note(error)
    return {"away": True}, 503, outages.LATER


for _fault in outages.FAULTS:
    blueprint.register_error_handler(_fault, _away)


def _told(
    application: DraftFacts,
    section: Section,
    saved: operations.Saved,
    unsaved: operations.Unsaved | None,
) -> dict[str, Any]:
    clashes = unsaved.clashes if unsaved else ()
    refused = unsaved.not_taken if unsaved else ()
    return {
        "versions": saved.versions,
        "saved": _("Saved %(when)s", when=short_time(saved.at, application.agency)),
        "clashes": [{"address": one.question_id, "said": _clash_words(one)} for one in clashes],
        "refused": [{"address": one.question_id, "said": _refused_words(application, saved, one)} for one in refused],
        "writing": writing_words(application, section, saved.answers, saved.at),
    }


def _refused_words(application: DraftFacts, saved: operations.Saved, refused: operations.NotTaken) -> str:
    raw = {address: kept["raw"] for address, kept in saved.answers.items()}
    name = name_at(refused.question_id, form_of(application), raw, queries.known_of(application))
    return f"{name} – {said(refused)}"


def _clash_words(clash: operations.Clash) -> str:
    if clash.theirs_by:
        return str(_("%(name)s has changed the same answer. Both texts are kept.", name=clash.theirs_by))
    return str(_("A colleague has changed the same answer. Both texts are kept."))
