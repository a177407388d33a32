"""The schools that hold the label: a list to search, the same as JSON and CSV, and a page for each certificate."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from flask import Blueprint, Response, abort, make_response, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from skolemerke import database
from skolemerke.registry import queries as registry
from skolemerke.registry.models import SchoolLabel
from skolemerke.registry.public_list import COLUMNS, rows, slices
from skolemerke.rounds import queries as rounds
from skolemerke.spreadsheet import csv_of_columns
from skolemerke.web import languages, round_view
from skolemerke.web.paging import Pager, asked_page
from skolemerke.web.words import country_name

blueprint = Blueprint("labels", __name__)

FILTERS = ("round", "country", "q")


@blueprint.get("/labels")
def schools() -> ResponseReturnValue:
    """The list, by page."""
    statement = _wanted()
    total = database.read().scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    pager = Pager(asked_page(), total)
    found = database.read().scalars(statement.limit(pager.size).offset(pager.offset)).all()
    return render_template(
        "public/labels.html",
        pager=pager,
        labels=[(label, _state(label)) for label in found],
        rounds=_round_options(),
        countries=_country_options(),
        asked={name: _asked(name) for name in FILTERS},
    )


@blueprint.get("/labels.json")
def schools_json() -> ResponseReturnValue:
    """Everything that the filters let through, as one JSON list."""
    return _stream(_json_of(rows(_wanted())), "application/json")


@blueprint.get("/labels.csv")
def schools_csv() -> ResponseReturnValue:
    """Everything that the filters let through, as CSV in UTF-8. A cell never begins like a formula."""
    response = _stream(csv_of_columns(COLUMNS, slices(_wanted()), marked=False), "text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="labels.csv"'
    return response


@blueprint.get("/labels/<certificate>")
def certificate(certificate: str) -> ResponseReturnValue:
    """One label. That of a school which did not consent stands in no list: only who was given its number finds it, and
    neither search engines nor caches keep it."""
    label = registry.label_by_certificate(certificate)
    if label is None:
        abort(404)
    try:
        round_title = round_view.title_of(label.round_id, languages.current_language())
    except rounds.UnknownRound:
        # A label of a list from elsewhere, of a round that was never run here.
        round_title = ""
    country = country_name(label.country)
    response = make_response(
        render_template("public/label.html", label=label, state=_state(label), round_title=round_title, country=country)
    )
    if not label.public:
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Cache-Control"] = "no-store"
    return response


def _asked(name: str) -> str:
    return request.args.get(name, "").strip()


def _wanted() -> Select[SchoolLabel]:
    """The labels that the request asks for, in a stable order."""
    return registry.labels(
        round_id=_asked("round") or None, country=_asked("country").upper() or None, q=_asked("q") or None
    )


def _state(label: SchoolLabel) -> str:
    return registry.label_state(label, registry.today())


def _json_of(found: Iterable[dict[str, str]]) -> Iterator[str]:
    before = "["
    for row in found:
        yield f"{before}\n{json.dumps(row, ensure_ascii=False)}"
        before = ","
    yield "[]\n" if before == "[" else "\n]\n"


def _stream(parts: Iterator[str], content_type: str) -> Response:
    # A HEAD request must not read the whole list.
    body: Any = "" if request.method == "HEAD" else stream_with_context(parts)
    return Response(body, content_type=content_type)


def _round_options() -> list[tuple[str, str]]:
    names = sorted({*rounds.known_rounds(), *_distinct(SchoolLabel.round_id)}, reverse=True)
    return [(name, name) for name in names]


def _country_options() -> list[tuple[str, str]]:
    named = [(code, country_name(code)) for code in _distinct(SchoolLabel.country)]
    return sorted(named, key=lambda option: option[1])


def _distinct(column: InstrumentedAttribute[str]) -> Iterable[str]:
    return database.read().scalars(registry.labels().with_only_columns(column).order_by(None).distinct())
