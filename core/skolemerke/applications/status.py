"""Where an application stands: what is done, what is missing, what is due, and what changed in its form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

from skolemerke_forms.answers import AnswerSet, Lack, Reading, documented, is_answered, lacks
from skolemerke_forms.definition import Form, Requirement, Section, State
from sqlalchemy.orm import Session

from skolemerke import clock, database
from skolemerke.applications import beside
from skolemerke.applications.adopting import Shown, described, shown
from skolemerke.applications.content import answers_with, form_said, freeze, raw_answers, still_stands
from skolemerke.applications.drafts import dates_of, takes_changes
from skolemerke.applications.looking import LookAgain, looks_of, preview
from skolemerke.applications.models import Application, Submission
from skolemerke.applications.refusals import Missing
from skolemerke.applications.signatures import DeclarationStatus, declaration_status
from skolemerke.applications.submitting import missing_of
from skolemerke.plugin_host.host import RoundPaused
from skolemerke.rounds.changes import differences, reaches_drafts
from skolemerke.rounds.composition import Content
from skolemerke.rounds.queries import UnknownRound, composed, content


@dataclass(frozen=True)
class SectionStatus:
    """A section: how many questions it has and how many are answered, what it lacks, who saved last (an account)."""

    id: str
    title: str
    total: int
    done: int
    lacks: tuple[Lack, ...]
    last_saved_at: datetime | None = None
    last_saved_by: int | None = None

    @property
    def state(self) -> Literal["done", "started", "not_started"]:
        """`done` when nothing is lacking and something was answered."""
        if not self.done:
            return "not_started"
        return "started" if self.lacks else "done"


@dataclass(frozen=True)
class RequirementStatus:
    """A requirement as it is for this school, whether it is documented, and which overlay adjusted it and why."""

    id: str
    letter: str
    label: str
    description: str
    state: State
    points: Decimal
    documented: bool
    adjusted_by: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class ShownChange:
    """A change of the form that reached the draft and was not yet seen."""

    id: int
    at: datetime
    sentences: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class ApplicationStatus:
    """Everything that a task list says. The dates are none while the round is paused because of a fault.

    What only the task list shows is read when it is asked for, within the same request.
    """

    application: Application
    sections: tuple[SectionStatus, ...]
    requirements: tuple[RequirementStatus, ...]
    declaration: DeclarationStatus
    consent: str
    deadline: datetime | None
    signatures_due: datetime | None
    is_open: bool
    submissions: tuple[Submission, ...]
    changed_since: bool
    language: str
    missing: tuple[Missing, ...]

    @cached_property
    def changes(self) -> tuple[ShownChange, ...]:
        """The changes of the form that reached the draft by themselves and were not yet seen."""
        return unseen_changes(database.read(), self.application.id, self.language)

    @cached_property
    def pending(self) -> Shown | None:
        """What would change if the applicants took over the edition that their round has now."""
        return pending_changes(self.application, self.language)

    @cached_property
    def looks(self) -> tuple[LookAgain, ...]:
        """What the applicants should look at again, and have not saved since."""
        found = looks_again(database.read(), self.application, self.language)
        return tuple(look for look in found if not look.settled)

    @property
    def submission(self) -> Submission | None:
        """The submission that counts."""
        return self.submissions[0] if self.submissions else None

    @property
    def is_paused(self) -> bool:
        """Whether a fault hides the dates of the round; drafts can still be saved."""
        return self.deadline is None

    @property
    def can_submit(self) -> bool:
        """Whether the button would do it now. The declaration may come later, until `signatures_due`."""
        return self.is_open and not self.is_paused and not self.missing


def status(application: Application, language: str = "en") -> ApplicationStatus:
    """Where an application stands now, with its texts in a language."""
    session, now = database.read(), clock.now()
    draft = freeze(session, application)
    form = form_said(application.edition, language)
    answers = answers_with(raw_answers(application), draft.evidence, draft.known)
    submissions = beside.submissions_of(session, application.id)
    dates = dates_of(session, application.round_id, application.agency_id)
    return ApplicationStatus(
        application=application,
        sections=_sections(form, answers, application),
        requirements=_requirements(content(application.edition), form, answers, language),
        declaration=declaration_status(session, application, now),
        consent=application.consent,
        deadline=dates.closes if dates else None,
        signatures_due=dates.signatures_due if dates else None,
        is_open=takes_changes(session, application, now),
        submissions=tuple(submissions),
        changed_since=bool(submissions) and not still_stands(application, draft, submissions[0]),
        language=language,
        missing=missing_of(form, draft),
    )


def unseen_changes(session: Session, application_id: int, language: str) -> tuple[ShownChange, ...]:
    """The changes of the form that reached a draft by themselves and were not yet seen, oldest first."""
    found = []
    for change in beside.unseen_changes(session, application_id):
        said = shown([one for one in change.changes if not one.get("read")], language)
        if said.sentences:
            found.append(ShownChange(change.id, change.at, said.sentences, said.reasons))
    return tuple(found)


def looks_again(session: Session, application: Application, language: str) -> tuple[LookAgain, ...]:
    """What the applicants should look at again after the changes that were not yet seen; of a question that changed
    several times, what the last change says of it."""
    looks = looks_of(session, application, beside.unseen_changes(session, application.id), language)
    return tuple({look.question: look for look in looks}.values())


def looks_to_come(application: Application, language: str) -> list[tuple[str, str]]:
    """What would have to be looked at again if the newest edition were taken over: each question, and why."""
    try:
        new = composed(application.round_id, application.agency_id).content
    except (RoundPaused, UnknownRound):
        return []
    return preview(database.read(), application, content(application.edition), new, language)


def pending_changes(application: Application, language: str) -> Shown | None:
    """What would change if the applicants took over the edition that their round has now; none when there is
    nothing to decide, or the round is paused."""
    try:
        new = composed(application.round_id, application.agency_id).content
    except (RoundPaused, UnknownRound):
        return None
    old = content(application.edition)
    if new == old:
        return None
    changes = differences(old, new)
    return None if reaches_drafts(changes) else shown(described(old, new, changes), language)


def _sections(form: Form, answers: AnswerSet, application: Application) -> tuple[SectionStatus, ...]:
    lacking = lacks(form, answers)
    return tuple(
        _section(section, [lack for lack in lacking if lack.section == section.id], application, answers.under(form))
        for section in form.sections
        if answers.under(form).shows_section(section)
    )


def _section(section: Section, lacking: list[Lack], application: Application, reading: Reading) -> SectionStatus:
    asking = [question for question in section.questions if question.asks and reading.shows(question)]
    kept: list[dict[str, Any]] = [
        application.answers[place.address]
        for question in asking
        for place in question.places(reading.answers.raw)
        if place.address in application.answers
    ]
    latest = max(kept, key=lambda answer: str(answer["at"]), default=None)
    return SectionStatus(
        id=section.id,
        title=section.title,
        total=len(asking),
        done=sum(1 for question in asking if is_answered(question, reading.answers)),
        lacks=tuple(lacking),
        last_saved_at=datetime.fromisoformat(latest["at"]) if latest else None,
        last_saved_by=latest["by"] if latest else None,
    )


def _requirements(edition: Content, form: Form, answers: AnswerSet, language: str) -> tuple[RequirementStatus, ...]:
    return tuple(_requirement(edition, form, requirement, answers, language) for requirement in form.requirements)


def _requirement(
    edition: Content, form: Form, requirement: Requirement, answers: AnswerSet, language: str
) -> RequirementStatus:
    overlay = edition.adjusted_by(requirement.id)
    return RequirementStatus(
        id=requirement.id,
        letter=requirement.letter,
        label=requirement.label,
        description=requirement.description,
        state=requirement.state,
        points=requirement.points,
        documented=documented(form, requirement, answers),
        adjusted_by=overlay.overlay if overlay else None,
        reason=overlay.said(language, overlay.language).reason if overlay else None,
    )
