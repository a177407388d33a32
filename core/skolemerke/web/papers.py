"""Forms on paper: the blank form of a round for everybody, and an application for those who may see it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from flask import Blueprint, Response, abort, current_app, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from skolemerke_forms.printing import Paper
from werkzeug.exceptions import ServiceUnavailable

from skolemerke.applications import queries
from skolemerke.applications.models import Application
from skolemerke.applications.queries import Printed
from skolemerke.rounds import papers
from skolemerke.rounds.queries import UnknownRound
from skolemerke.web import guard, round_view, site
from skolemerke.web.filling import application_or_404, frame, moment_at, round_title
from skolemerke.web.languages import current_language
from skolemerke.web.not_sent import unsent_words
from skolemerke.web.round_view import RoundView

blueprint = Blueprint("papers", __name__)

KEPT = "skolemerke.blank_papers"
MOST_KEPT = 32
"""So many blank forms are kept as documents: a round, an agency and a language each."""

PATIENCE = 8
"""So many seconds a request waits for its turn to make a document."""

COME_BACK = 10
"""After so many seconds one whose turn did not come is asked to try again."""

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}

_DECLARATION, _DRAFT = "declaration", "draft"

_turn = threading.Lock()
"""One document is made at a time, so that saving goes on meanwhile."""


@blueprint.get("/rounds/<round_id>/form")
def blank_page(round_id: str) -> ResponseReturnValue:
    """The blank form of a round, as it is for the visitor's agency, to read."""
    view, paper = _blank(round_id)
    return render_template("public/form.html", view=view, paper=paper)


@blueprint.get("/rounds/<round_id>/form.<any(pdf, docx):kind>")
def blank_document(round_id: str, kind: str) -> ResponseReturnValue:
    """The blank form as a document."""
    view, paper = _blank(round_id)
    content = view.content
    kept: OrderedDict[tuple[str, str, str], bytes] = current_app.extensions.setdefault(KEPT, OrderedDict())
    key = (content.hash() if content else "", paper.frame.language, kind)
    if key not in kept:
        made = _made(paper, kind)
        kept[key] = made
        while len(kept) > MOST_KEPT:
            kept.popitem(last=False)
    else:
        made = kept[key]
    return _sent(made, kind, f"{round_id}-{paper.frame.language}")


@blueprint.get("/applications/<public_id>/print")
@guard.signed_in
def printed(public_id: str) -> ResponseReturnValue:
    """What counts of an application, with its answers; with `?draft` the draft whatever was sent, with `?declaration`
    the page that is signed on paper. Receipt, mark and signature are those of what is shown."""
    application = application_or_404(public_id)
    found, language = _as_asked(application), current_language()
    content, signed = found.shown.content, found.signature
    when = moment_at(signed.answered_at, application.agency) if signed and signed.answered_at else ""
    return render_template(
        "applications/print.html",
        **frame(application, _("The whole form")),
        form=found.form_in(language),
        parts=queries.read_printed(found, language),
        consent=content.consent,
        only_declaration=_DECLARATION in request.args,
        asked={name: "" for name in (_DECLARATION, _DRAFT) if name in request.args},
        sent=found.submission,
        arrived=moment_at(found.submission.arrived_at, application.agency) if found.submission else "",
        unsent=unsent_words(found),
        signed=_("Signed by %(name)s on %(when)s", name=signed.signer_name, when=when) if signed and when else "",
        mark=queries.mark_of(content.hash),
    )


@blueprint.get("/applications/<public_id>/print.pdf")
@guard.signed_in
def document(public_id: str) -> ResponseReturnValue:
    """The same as a document."""
    application = application_or_404(public_id)
    make = queries.paper_to_sign if _DECLARATION in request.args else queries.paper_of
    paper = make(_as_asked(application), round_title(application.round_id), current_language())
    return _private(paper, f"{application.round_id}-{application.school.school_id}")


@blueprint.get("/applications/<public_id>/receipt.pdf")
@guard.signed_in
def sent(public_id: str) -> ResponseReturnValue:
    """What was sent, as it counts now, with its receipt; `?number=` names an earlier sending."""
    application = application_or_404(public_id)
    number = request.args.get("number", "")
    found = queries.submissions(application.id)
    submission = next((one for one in found if not number or str(one.number) == number), None)
    if submission is None:
        abort(404)
    exactly = queries.printed_submission(submission)
    paper = queries.paper_of(exactly, round_title(application.round_id), current_language())
    return _private(paper, submission.receipt)


@blueprint.get("/declarations/<token>/print.pdf")
def declared(token: str) -> ResponseReturnValue:
    """Everything that a principal is asked to sign by a mailed link."""
    signing = queries.signing_page(token)
    paper = queries.paper_of_declaration(token, round_title(signing.round_id)) if signing else None
    if signing is None or paper is None:
        abort(404)
    return _private(paper, f"{signing.round_id}-{signing.school.school_id}")


def _as_asked(application: Application) -> Printed:
    """What is printed: the declaration is always of what counts, since that is what is signed."""
    only_draft = _DRAFT in request.args and _DECLARATION not in request.args
    return queries.printed_draft(application) if only_draft else queries.printed(application)


def _blank(round_id: str) -> tuple[RoundView, Paper]:
    language = current_language()
    try:
        view = round_view.look_at(round_id, site.visitor_agency(), language)
    except UnknownRound:
        abort(404)
    if view.content is None:
        # Paused, and never frozen: there is no form to show.
        abort(404)
    return view, papers.blank(view.content, view.title, language)


def _private(paper: Paper, name: str) -> Response:
    response = _sent(_made(paper, "pdf"), "pdf", name)
    response.headers["Cache-Control"] = "no-store"
    return response


def _made(paper: Paper, kind: str) -> bytes:
    with _our_turn():
        return papers.document(paper, kind)


@contextmanager
def _our_turn() -> Iterator[None]:
    if not _turn.acquire(timeout=PATIENCE):
        raise ServiceUnavailable(retry_after=COME_BACK)
    try:
        yield
    finally:
        _turn.release()


def _sent(made: bytes, kind: str, name: str) -> Response:
    response = send_file(
        BytesIO(made), mimetype=MEDIA_TYPES[kind], as_attachment=True, download_name=f"{name}.{kind}", max_age=0
    )
    response.headers["Content-Security-Policy"] = guard.SEALED
    return response
