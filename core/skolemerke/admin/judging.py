"""The parts of a submission as an officer judges them: what the page shows, and what its form says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from skolemerke.applications import queries
from skolemerke.applications.models import Submission
from skolemerke.decisions.reviewing import Judging, PartToJudge, Review, review_of
from skolemerke.scoring.models import Judgement
from skolemerke.scoring.scorer import CannotScore

FINDINGS = (("fulfilled", _("Fulfilled")), ("not_fulfilled", _("Not fulfilled")), ("", _("Not judged yet")))


@dataclass(frozen=True)
class Said:
    """A judgement that is there, with who made it and when."""

    finding: str
    feedback: str
    note: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Fields:
    """One part on the page: what stands in its fields, what is kept of it, and what was judged of an earlier
    submission."""

    id: str
    finding: str
    feedback: str
    note: str
    seen: int
    stands: Said | None
    earlier: Said | None
    earlier_number: int
    has_changed: bool
    to_confirm: bool


@dataclass(frozen=True)
class Judgable:
    """The judging of a submission on its page. `fault` says why nothing can be judged now."""

    parts: Mapping[str, Fields]
    to_confirm: int = 0
    open: int = 0
    fault: str = ""


def judging_of(sent: Submission, typed: Mapping[str, str]) -> Judgable:
    """The parts with their fields; what was typed and could not be kept stands in them again."""
    try:
        review = review_of(sent)
    except CannotScore as error:
        return Judgable({}, fault=gettext("The parts can't be judged just now: %(fault)s", fault=str(error)))
    names = queries.names_of(_accounts(review))
    parts = {part.id: _fields(part, names, typed) for part in review.parts}
    return Judgable(parts, len(review.to_confirm), review.open)


def judged_in(form: Mapping[str, str]) -> dict[str, Judging]:
    """What the form says of each part that it names."""
    parts = [name.removeprefix("seen-") for name in form if name.startswith("seen-")]
    return {part: _judging(form, part) for part in parts}


def _judging(form: Mapping[str, str], part: str) -> Judging:
    seen = form.get(f"seen-{part}", "")
    return Judging(
        form.get(f"finding-{part}", ""),
        form.get(f"feedback-{part}", "").replace("\r\n", "\n"),
        form.get(f"note-{part}", "").replace("\r\n", "\n"),
        int(seen) if seen.isdecimal() else 0,
    )


def _accounts(review: Review) -> Sequence[int]:
    made = [one for part in review.parts for one in (part.judgement, part.earlier) if one is not None]
    return [one.account_id for one in made if one.account_id is not None]


def _fields(part: PartToJudge, names: Mapping[int, str], typed: Mapping[str, str]) -> Fields:
    stands = part.judgement
    kept = Judging(stands.finding, stands.feedback, stands.note) if stands else Judging("")
    words = _judging(typed, part.id) if f"seen-{part.id}" in typed else kept
    return Fields(
        id=part.id,
        finding=words.finding,
        feedback=words.feedback,
        note=words.note,
        seen=stands.id if stands else 0,
        stands=_said(stands, names),
        earlier=_said(part.earlier, names),
        earlier_number=part.earlier_number,
        has_changed=part.has_changed,
        to_confirm=part.to_confirm,
    )


def _said(judgement: Judgement | None, names: Mapping[int, str]) -> Said | None:
    if judgement is None:
        return None
    by = names.get(judgement.account_id, "") if judgement.account_id is not None else ""
    return Said(judgement.finding, judgement.feedback, judgement.note, by, judgement.made_at)
