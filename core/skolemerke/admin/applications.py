"""Applications as an officer judges them: answers in words, evidence, declaration, score sheets, decision."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Query, defer, joinedload

from skolemerke import database
from skolemerke.admin.base import page
from skolemerke.admin.cells import Source, of_country
from skolemerke.admin.choices import of_agency, of_round
from skolemerke.admin.declared import declared_of
from skolemerke.admin.judging import FINDINGS, Judgable, judged_in, judging_of
from skolemerke.admin.lists import RecordView, Search
from skolemerke.admin.rights import ENTER
from skolemerke.agencies.models import Agency
from skolemerke.applications import operations as applications
from skolemerke.applications import queries
from skolemerke.applications.models import Application, Declaration, Submission
from skolemerke.database import coded, folded
from skolemerke.decisions import operations as decisions
from skolemerke.decisions import queries as decided
from skolemerke.decisions import reviewing
from skolemerke.decisions.models import Decision
from skolemerke.decisions.rights import Bench
from skolemerke.people.actors import Actor
from skolemerke.people.rights import Refused, may, within
from skolemerke.plugin_host.host import RoundPaused
from skolemerke.registry.models import School
from skolemerke.rounds.models import Edition
from skolemerke.rounds.queries import content
from skolemerke.scoring import operations as scores
from skolemerke.scoring import queries as scoring
from skolemerke.scoring.models import StoredSheet
from skolemerke.scoring.scorer import CannotScore
from skolemerke.web import guard
from skolemerke.web.filling import said
from skolemerke.web.languages import current_language
from skolemerke.web.pauses import why_paused
from skolemerke.web.sheet_words import SheetInWords, in_short, in_words
from skolemerke.web.words import word_of

OUTCOMES = {"granted": _("granted"), "refused": _("refused")}
STATES = {
    "asked": _("asked, not answered yet"),
    "signed": _("signed"),
    "declined": _("declined"),
    "paper": _("paper uploaded, not confirmed yet"),
    "returned": _("paper given back"),
    "outdated": _("outdated: the answers have changed since"),
}
ORIGINS = {
    "registry": _("the register"),
    "applicant": _("the applicant: it is new, the register does not have it"),
    "own": _("the applicants' own: a teacher of the school has it"),
}


@dataclass(frozen=True)
class Scored:
    """A score sheet in words, with the edition under which it was made."""

    edition: Edition
    sheet: SheetInWords
    counts: bool


LATEST = queries.newest_submission_of(Application.id).correlate(Application).scalar_subquery()
COUNTING = scoring.newest_sheet_of(Submission.id).correlate(Submission).scalar_subquery()


def _outcome_of(sheet: int | None, outcome: str | None, points: str | None) -> str:
    return in_short(outcome, points) if sheet is not None else ""


def _consent_of(consent: str) -> str:
    return str(word_of(consent)) if consent else ""


class ApplicationView(RecordView):
    """Applications of all rounds."""

    rights: ClassVar = {
        **RecordView.rights,
        "decide": ENTER,
        "release": ENTER,
        "judge": ENTER,
        "confirm_judgements": ENTER,
        "confirm_paper": ENTER,
        "return_paper": ENTER,
    }
    column_list = ("school", "country", "round_id", "agency", "created_at", "saved_at", "submitted", "score")
    column_details_list = ("round_id", "country", "agency", "public_id", "created_at", "saved_at", "consent")
    sources: ClassVar = {
        "school": Source((School.name,), via=Application.school),
        "country": of_country(School.country, via=Application.school),
        "agency": Source((Agency.name,), via=Application.agency),
        "submitted": Source((Submission.arrived_at,), via=(Submission, Submission.id == LATEST)),
        "score": Source(
            (StoredSheet.id, StoredSheet.outcome, StoredSheet.points),
            via=(StoredSheet, StoredSheet.id == COUNTING),
            words=_outcome_of,
        ),
        "consent": Source((Application.consent,), words=_consent_of, are_few=True),
    }
    orders: ClassVar = {"created_at": Application.created_at}
    default_order = ("created_at", True)
    searches = (
        Search("school", folded(School.name), via=Application.school),
        Search("school_id", folded(School.school_id), via=Application.school),
        Search("public_id", coded(Application.public_id)),
    )
    column_labels = {
        "school": _("School"),
        "country": _("Country"),
        "round_id": _("Round"),
        "agency": _("Agency"),
        "public_id": _("Id"),
        "school_id": _("The school's id"),
        "created_at": _("Started"),
        "saved_at": _("Last saved"),
        "submitted": _("Submitted"),
        "score": _("Score"),
        "consent": _("Consent to stand in the public list"),
    }
    narrowings = (of_round(Application.round_id), of_agency(Application.agency_id))
    details_template = "staff/application.html"

    def scope(self, actor: Actor) -> ColumnElement[bool]:
        """Applications of the actor's agencies."""
        return within(actor, Application.agency_id)

    def get_query(self) -> Query[Any]:
        """An application with what its page shows of the school and the agency."""
        shown = (joinedload(Application.school, innerjoin=True), joinedload(Application.agency))
        own: Query[Any] = super().get_query().options(*shown)
        return own

    def title_of(self, model: Application) -> str:
        """The school's name."""
        return model.school.name

    def details_of(self, model: Application) -> dict[str, Any]:
        """Everything that an officer weighs."""
        sent = queries.latest_submission(model.id)
        history = decided.history_of(sent.id) if sent else []
        released = any(decision.released_at for decision in history)
        return {
            "sent": sent,
            "parts": queries.read_content(sent, current_language()) if sent else (),
            "declarations": declared_of(model),
            "is_declared": sent is not None and queries.declaration_of(sent) is not None,
            "states": STATES,
            "origins": ORIGINS,
            "outcomes": OUTCOMES,
            "sheets": _sheets(sent) if sent else [],
            "history": history,
            "history_before": decided.history_before(sent) if sent else [],
            "may_release": self._may_release(model, history),
            "levels": self._levels(model),
            "may_confirm": may(guard.actor(), "declaration.confirm", model),
            "judging": judging_of(sent, {}) if sent else Judgable({}),
            "may_judge": may(guard.actor(), "submission.judge", Bench("agency", model.agency_id)) and not released,
            "findings": FINDINGS,
            "typed": {},
            "unsent": {},
        }

    def _levels(self, model: Application) -> list[str]:
        """The levels at which the one who is asking may decide on this application."""
        try:
            levels = decided.levels_of(model.round_id)
        except RoundPaused:
            return []
        return [level for level in levels if may(guard.actor(), "decision.make", Bench(level, model.agency_id))]

    def _may_release(self, model: Application, history: Sequence[Decision]) -> bool:
        """Whether the one who is asking may release what was decided, by itself."""
        final = decided.final_of({decision.level: decision for decision in reversed(history)})
        if final is None or final.released_at is not None or not decided.releases_one_by_one(model.round_id):
            return False
        return may(guard.actor(), "decision.release", Bench(final.level, model.agency_id))

    @page("/<int(max=2147483647):key>/release/<int(max=2147483647):submission_id>", "POST")
    def release(self, key: int, submission_id: int) -> ResponseReturnValue:
        """Release the result of one submission."""
        self._require_own(key, submission_id)
        try:
            decisions.release(guard.actor(), submission_id)
        except Refused:
            abort(404)
        except (decisions.DecisionRefusal, RoundPaused) as error:
            flash(_why(error), "warning")
        else:
            flash(gettext("The result is released. The school gets a mail."), "success")
        return redirect(self.get_url(".details_view", id=key) + "#decision")

    @page("/<int(max=2147483647):key>/decide/<int(max=2147483647):submission_id>", "POST")
    def decide(self, key: int, submission_id: int) -> ResponseReturnValue:
        """Decide on a submission; what can't be decided comes back with the words as they were typed."""
        self._require_own(key, submission_id)
        form, level = request.form, request.form.get("level", "")
        try:
            decisions.decide(
                guard.actor(),
                submission_id,
                level,
                form.get(f"outcome-{level}", ""),
                reasons=form.get(f"reasons-{level}", ""),
                feedback=form.get(f"feedback-{level}", ""),
            )
        except Refused:
            abort(404)
        except (decisions.DecisionRefusal, RoundPaused) as error:
            flash(_why(error), "warning")
            return self.page_of(self.get_one(key), typed=form), 422
        flash(gettext("The decision is noted. The school sees it when the results are released."), "success")
        return redirect(self.get_url(".details_view", id=key))

    @page("/<int(max=2147483647):key>/judge/<int(max=2147483647):submission_id>", "POST")
    def judge(self, key: int, submission_id: int) -> ResponseReturnValue:
        """Keep what an officer found of the parts; what can't be kept comes back with the words as they were typed."""
        self._require_own(key, submission_id)
        form = request.form
        try:
            reviewing.judge(guard.actor(), submission_id, judged_in(form))
        except Refused:
            abort(404)
        except (decisions.DecisionRefusal, CannotScore) as error:
            flash(_why(error), "warning")
            sent = queries.latest_submission(key)
            return self.page_of(self.get_one(key), judging=judging_of(sent, form) if sent else Judgable({})), 422
        _score_again(submission_id)
        flash(gettext("The judgements are saved. The school sees them when the results are released."), "success")
        at = form.get("at", "")
        return redirect(self.get_url(".details_view", id=key) + (f"#judge-{at}" if at.isidentifier() else "#answers"))

    @page("/<int(max=2147483647):key>/confirm-judgements/<int(max=2147483647):submission_id>", "POST")
    def confirm_judgements(self, key: int, submission_id: int) -> ResponseReturnValue:
        """Take over what was judged of an earlier submission, for the parts that are as they were."""
        self._require_own(key, submission_id)
        try:
            made = reviewing.confirm(guard.actor(), submission_id)
        except Refused:
            abort(404)
        except (decisions.DecisionRefusal, CannotScore) as error:
            flash(_why(error), "warning")
        else:
            _score_again(submission_id)
            flash(ngettext("One judgement is confirmed.", "%(num)s judgements are confirmed.", len(made)), "success")
        return redirect(self.get_url(".details_view", id=key) + "#answers")

    def _require_own(self, key: int, submission_id: int) -> None:
        """Answer 404 unless it is a submission of an application that the one who asks may see."""
        submission = database.read().get(Submission, submission_id)
        if self.get_one(key) is None or submission is None or submission.application_id != key:
            abort(404)

    @page("/<int(max=2147483647):key>/confirm-paper/<int(max=2147483647):declaration_id>", "POST")
    def confirm_paper(self, key: int, declaration_id: int) -> ResponseReturnValue:
        """Note that an uploaded paper is the signed declaration of this application."""
        return self._on_paper(
            key,
            declaration_id,
            lambda: applications.confirm_paper(guard.actor(), declaration_id),
            gettext("The paper is confirmed."),
        )

    @page("/<int(max=2147483647):key>/return-paper/<int(max=2147483647):declaration_id>", "POST")
    def return_paper(self, key: int, declaration_id: int) -> ResponseReturnValue:
        """Give an uploaded paper back to the school, with a reason."""
        reason = request.form.get("reason", "")
        return self._on_paper(
            key,
            declaration_id,
            lambda: applications.return_paper(guard.actor(), declaration_id, reason),
            gettext("The paper was given back. The school was told why."),
            reason,
        )

    def _on_paper(
        self, key: int, declaration_id: int, act: Callable[[], object], done: str, reason: str = ""
    ) -> ResponseReturnValue:
        declaration = database.read().get(Declaration, declaration_id)
        if self.get_one(key) is None or declaration is None or declaration.application_id != key:
            abort(404)
        try:
            act()
        except Refused:
            abort(404)
        except applications.ApplicationRefusal as error:
            unsent = {"id": declaration_id, "reason": reason, "why": said(error)}
            return self.page_of(self.get_one(key), unsent=unsent), 422
        else:
            flash(done, "success")
        return redirect(self.get_url(".details_view", id=key))


def _why(error: decisions.DecisionRefusal | RoundPaused | CannotScore) -> str:
    """Why something was not done, in the reader's language; what a plugin said as it said it."""
    if isinstance(error, RoundPaused):
        return why_paused(error)
    return said(error) if isinstance(error, decisions.DecisionRefusal) else str(error)


def _score_again(submission_id: int) -> None:
    """Make the sheet with the judgements as they stand; without the round's code the worker makes it later."""
    with suppress(CannotScore):
        scores.score_submission(submission_id)


def _sheets(sent: Submission) -> list[Scored]:
    """The score sheets side by side, that which counts first."""
    found = []
    for number, stored in enumerate(scoring.sheets_of(sent.id)):
        edition = database.read().get_one(Edition, stored.edition_id, options=[defer(Edition.content)])
        found.append(Scored(edition, in_words(scoring.read_sheet(stored), content(edition)), number == 0))
    return found
