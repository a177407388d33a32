"""May my school apply? The result of the check for a teacher's own schools, also when the answer is no."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload

from skolemerke import database
from skolemerke.agencies.models import Agency
from skolemerke.eligibility import listing, queries
from skolemerke.eligibility.explaining import Explanation
from skolemerke.invitations.queries import may_apply
from skolemerke.registry.models import School
from skolemerke.rounds.queries import UnknownRound
from skolemerke.web import guard
from skolemerke.web.languages import current_language

blueprint = Blueprint("may_apply", __name__, url_prefix="/eligibility")
LARGEST_ID = 2**31 - 1


@dataclass(frozen=True)
class Judged:
    """A school of the reader with the rounds in which it was checked, the newest first."""

    school: School
    rounds: list[str]


@dataclass(frozen=True)
class Result:
    """The result of the check of one school. `may_apply` also counts an invitation that an earlier check led to."""

    explanation: Explanation
    may_apply: bool
    contact: Agency | None


@blueprint.get("", strict_slashes=False)
@guard.signed_in
def mine() -> ResponseReturnValue:
    """The schools of the reader and the rounds in which they were checked."""
    schools = [_own_or_404(key) for key in sorted(guard.actor().schools)]
    judged = [Judged(school, listing.rounds_that_judged(school.id)) for school in schools]
    return render_template("eligibility/mine.html", judged=judged)


@blueprint.get(f"/<round_id>/<int(max={LARGEST_ID}):key>")
@guard.signed_in
def school(round_id: str, key: int) -> ResponseReturnValue:
    """Why a school of the reader may apply or not; a foreign school answers as one that is not there."""
    own = _own_or_404(key)
    try:
        explanation = queries.explain(round_id, own, current_language())
    except (UnknownRound, queries.NotScreened):
        abort(404)
    contact = own.agency if own.agency and own.agency.contact_email else None
    result = Result(explanation, may_apply(round_id, own.id), contact)
    return render_template("eligibility/school.html", round_id=round_id, result=result)


def _own_or_404(key: int) -> School:
    own = key in guard.actor().schools
    found = database.read().get(School, key, options=[joinedload(School.agency)]) if own else None
    if found is None:
        abort(404)
    return found
