"""What a request brought of a section: every text by the name of its place, and files by theirs.

A page carries, signed, of which edition and section it is: so the places have their names also where the draft can't
be read, because nobody is signed in or the database is away. Nobody learns of it what their own page did not say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, request
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeSerializer
from skolemerke_forms.answers import Known
from skolemerke_forms.definition import Form, Section
from skolemerke_forms.fields import ANSWER, posted_answers
from skolemerke_forms.questions import Group

from skolemerke.applications import queries
from skolemerke.applications.queries import DraftFacts
from skolemerke.web import outages
from skolemerke.web.asked import name_at, words_at
from skolemerke.web.languages import current_language
from skolemerke.web.section_state import Draft

MARK = "form"
"""The field in which a page says of which edition and section it is."""

LINK, BOTH = "link_", "both_"
NAMED_BY = (ANSWER, LINK, BOTH)


@dataclass(frozen=True)
class Place:
    """A section of a form with what is known of the draft."""

    form: Form
    section: Section
    raw: Mapping[str, Any]
    known: Known


def mark_of(application: DraftFacts, section: Section) -> str:
    """What a page of a section carries, so that what it sends can be named."""
    return str(_signer().dumps([application.edition.id, application.edition.hash, section.id]))


def place_of(draft: Draft, section: Section) -> Place:
    """The section of a draft that can be read."""
    return Place(draft.form, section, draft.raw, draft.known)


def texts_of(place: Place | None = None) -> list[tuple[str, str]]:
    """All that was typed or chosen, each under the name of its place; numbered where no name is known."""
    place = place or _marked()
    if place is None:
        sent = [value for name, value in request.form.items(multi=True) if name.startswith(NAMED_BY) and value.strip()]
        return [(_("Answer %(number)s", number=number), value) for number, value in enumerate(sent, start=1)]
    answers, _versions = posted_answers(place.section, request.form)
    raw = {**_rows(place.section, answers), **place.raw, **answers}
    names = {address: name_at(address, place.form, raw, place.known) for address in answers}
    found = [(names[address], words_at(address, place.form, sent, place.known)) for address, sent in answers.items()]
    found += [(_("One text of both") + f" – {names[one]}", request.form.get(f"{BOTH}{one}", "")) for one in answers]
    for question in place.section.questions:
        label = _("Address of a page, by “%(question)s”", question=question.label)
        found.append((label, request.form.get(f"{LINK}{question.id}", "")))
    return [(label, text) for label, text in found if text.strip()]


def _rows(section: Section, answers: Iterable[str]) -> dict[str, list[str]]:
    """The rows of groups as far as something was sent of them: they are numbered so where the draft can't be read."""
    groups = {question.id: question.list_address for question in section.questions if isinstance(question, Group)}
    found: dict[str, list[str]] = {address: [] for address in groups.values()}
    for address in answers:
        question, _point, rest = address.partition(".")
        row = rest.partition(".")[0]
        if question in groups and row not in found[groups[question]]:
            found[groups[question]].append(row)
    return found


def files() -> list[str]:
    """The names of the files that came with it; a page can't send them again."""
    return [sent.filename for sent in request.files.values() if sent.filename]


def _marked() -> Place | None:
    try:
        number, hash_, section_id = _signer().loads(request.form.get(MARK, ""))
        form = queries.form_of_edition(number, hash_, current_language())
    except (BadData, *outages.FAULTS):
        return None
    section = form.section(section_id) if form else None
    return Place(form, section, {}, Known()) if form and section else None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="skolemerke.sent-texts")
