"""The page of an answer's earlier versions, and putting one back."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from skolemerke_forms.questions import Place

from skolemerke.applications import history, operations, queries
from skolemerke.applications.models import Application
from skolemerke.web import guard
from skolemerke.web.asked import name_at, words_at
from skolemerke.web.filling import application_or_404, form_of, frame, may_edit, said, short_time

blueprint = Blueprint("histories", __name__, url_prefix="/applications")


@blueprint.get("/<public_id>/history/<address>")
@guard.signed_in
def show(public_id: str, address: str) -> ResponseReturnValue:
    """All versions of an answer, newest first."""
    application = application_or_404(public_id)
    return _page(application, address)


@blueprint.post("/<public_id>/history/<address>")
@guard.signed_in
def restore(public_id: str, address: str) -> ResponseReturnValue:
    """Put a version back; where somebody saved meanwhile, the page is shown again with what stands now."""
    application = application_or_404(public_id)
    place = _place_or_404(application, address)
    number, seen = request.form.get("number", type=int), request.form.get("seen", type=int)
    if number is None or seen is None:
        abort(404)
    try:
        history.restore(guard.actor(), application.id, address, number, seen)
    except operations.Conflict:
        flash(_("The answer was changed meanwhile, so nothing was put back. This is how it stands now."), "warning")
        return _page(application_or_404(public_id), address), 409
    except operations.Unsaved as unsaved:
        flash(said(unsaved.not_taken[0]), "warning")
        return _page(application, address), 422
    except operations.ApplicationRefusal as refusal:
        flash(said(refusal), "warning")
        return _page(application, address), 409
    flash(_("The earlier text was put back. The other versions are kept."), "success")
    question_id = address.split(".", maxsplit=1)[0]
    section = form_of(application).section_of(question_id)
    section_id = section.id if section else ""
    return redirect(url_for("sections.show", public_id=public_id, section_id=section_id, _anchor=f"q_{place.address}"))


def _place_or_404(application: Application, address: str) -> Place:
    place = form_of(application).place_at(address)
    if place is None:
        abort(404)
    return place


def _page(application: Application, address: str) -> str:
    _place_or_404(application, address)
    form, known = form_of(application), queries.known_of(application)
    section = form.section_of(address.split(".", maxsplit=1)[0])
    here = partial(url_for, ".show", public_id=application.public_id, address=address)
    asked: dict[str, Any] = {"every": ""} if "every" in request.args else {}
    before = request.args.get("before", type=int)
    found = history.versions_of(application, address, before=before, every=bool(asked))
    versions = [
        {
            "number": one.number,
            "words": words_at(address, form, one.raw, known),
            "by": one.by or _("A colleague"),
            "when": short_time(one.at, application.agency),
            "stands": one.number == found.standing,
            "saves": one.saves,
            "each": here(every="", before=one.number + 1),
        }
        for one in found.shown
    ]
    return render_template(
        "applications/history.html",
        **frame(application, _("Earlier versions")),
        label=name_at(address, form, {name: kept["raw"] for name, kept in application.answers.items()}, known),
        address=address,
        section=section,
        versions=versions,
        standing=found.standing,
        older=here(**asked, before=found.older) if found.older else "",
        fewer=here() if asked else "",
        may_restore=may_edit(application),
    )
