"""What is asked about applications."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from skolemerke_forms.answers import AnswerSet, Known
from skolemerke_forms.cleaning import Raw
from skolemerke_forms.definition import Form
from sqlalchemy import Row, Select, exists, func, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import InstrumentedAttribute, aliased, joinedload

from skolemerke import clock, database
from skolemerke.applications import beside, content, known, signatures
from skolemerke.applications.adopting import Shown
from skolemerke.applications.draft_facts import AgencyLike, DraftFacts, DraftLike, EditionFacts
from skolemerke.applications.drafts import dates_of, round_takes_changes
from skolemerke.applications.earlier import Earlier, earlier_answers
from skolemerke.applications.evidence import open_evidence
from skolemerke.applications.finding import Draft, by_public_id, draft_of
from skolemerke.applications.looking import LookAgain
from skolemerke.applications.models import Application, Declaration, Evidence, Submission
from skolemerke.applications.papers import paper_of, paper_of_declaration, paper_to_sign
from skolemerke.applications.printed import Printed, printed, printed_draft, printed_submission
from skolemerke.applications.reading import ReadAnswer, ReadEvidence, ReadSection, read_in_words
from skolemerke.applications.refusals import Missing
from skolemerke.applications.signatures import DeclarationStatus, mark_of
from skolemerke.applications.signing import Signing, signing_page
from skolemerke.applications.status import (
    ApplicationStatus,
    RequirementStatus,
    SectionStatus,
    ShownChange,
    looks_again,
    looks_to_come,
    pending_changes,
    status,
)
from skolemerke.invitations import queries as invitations
from skolemerke.people.actors import Actor
from skolemerke.people.models import Account
from skolemerke.registry.models import School
from skolemerke.rounds import queries as rounds
from skolemerke.rounds.composition import Content

__all__ = [
    "AgencyLike",
    "Answer",
    "ApplicationStatus",
    "DeclarationStatus",
    "Draft",
    "DraftFacts",
    "DraftLike",
    "Earlier",
    "LookAgain",
    "Missing",
    "Printed",
    "ReadAnswer",
    "ReadEvidence",
    "ReadSection",
    "RequirementStatus",
    "RoundWork",
    "SchoolWork",
    "SectionStatus",
    "Shown",
    "ShownChange",
    "Signing",
    "answer_set",
    "answers_of",
    "by_public_id",
    "content_hash",
    "content_of",
    "declaration_of",
    "declarations_of",
    "draft_of",
    "earlier_of",
    "evidence_beside",
    "evidence_of",
    "form_of",
    "has_earlier",
    "known_of",
    "latest_submission",
    "looks_to_come",
    "mark_of",
    "names_of",
    "of_actor",
    "open_evidence",
    "paper_of",
    "paper_of_declaration",
    "paper_to_sign",
    "pending_changes",
    "printed",
    "printed_draft",
    "printed_submission",
    "read_content",
    "read_printed",
    "signing_page",
    "status",
    "submissions",
    "to_look_at_again",
    "valid_declaration",
]


@dataclass(frozen=True)
class Answer:
    """One answer of a draft as it was typed, with its version, its account and its time."""

    raw: Raw
    version: int
    by: int | None
    at: datetime


@dataclass(frozen=True)
class RoundWork:
    """A round for one school: its application, and whether that was sent, or whether one may be begun."""

    round_id: str
    application: Application | None
    is_sent: bool
    may_start: bool
    is_open: bool
    closes: datetime | None


@dataclass(frozen=True)
class SchoolWork:
    """A school of a teacher, with the rounds that concern it, newest first."""

    school: School
    rounds: tuple[RoundWork, ...]


def of_actor(actor: Actor) -> list[SchoolWork]:
    """The schools of a teacher, with their applications and the rounds in which one may be begun."""
    session = database.read()
    mine = select(School).where(School.id.in_(actor.schools)).order_by(School.name)
    schools = session.scalars(mine.options(joinedload(School.agency))).all()
    sent = exists().where(Submission.application_id == Application.id).label("is_sent")
    begun: dict[int, dict[str, Row[Application, bool]]] = {}
    for row in session.execute(select(Application, sent).where(Application.school_id.in_(actor.schools))):
        begun.setdefault(row.Application.school_id, {})[row.Application.round_id] = row
    open_to = invitations.rounds_open_to(schools)
    return [SchoolWork(school, _rounds_of(school, begun.get(school.id, {}), open_to[school.id])) for school in schools]


def _rounds_of(
    school: School, begun: Mapping[str, Row[Application, bool]], open_to: Iterable[str]
) -> tuple[RoundWork, ...]:
    session, now = database.read(), clock.now()
    found = []
    for round_id in sorted({*begun, *open_to}, reverse=True):
        application, is_sent = begun.get(round_id, (None, False))
        agency_id = application.agency_id if application else school.agency_id
        is_settled = application is not None and application.settled_at is not None
        is_open = not is_settled and round_takes_changes(session, round_id, agency_id, now)
        dates = dates_of(session, round_id, agency_id)
        may_start = application is None and is_open
        found.append(RoundWork(round_id, application, is_sent, may_start, is_open, dates.closes if dates else None))
    return tuple(found)


def content_of(application: DraftLike) -> Content:
    """The edition under which a draft is written."""
    return rounds.content(application.edition)


def form_of(application: DraftLike, language: str) -> Form:
    """The form of a draft in a language."""
    return content.form_said(application.edition, language)


def form_of_edition(number: int, hash_: str, language: str) -> Form | None:
    """The form of an edition in a language; none where there is no such edition."""
    edition = EditionFacts(number, hash_)
    try:
        return content.form_said(edition, language)
    except NoResultFound:
        return None


def answer_set(application: Application) -> AnswerSet:
    """The answers of a draft as a form reads them, with how much evidence stands by each question."""
    return content.draft_answers(database.read(), application)


def answers_of(application: DraftLike) -> dict[str, Answer]:
    """The answers of a draft by question."""
    return {
        name: Answer(kept["raw"], kept["version"], kept["by"], datetime.fromisoformat(kept["at"]))
        for name, kept in application.answers.items()
    }


def evidence_of(application_id: int) -> Sequence[Evidence]:
    """The evidence that stands by the questions of a draft, oldest first; not the signed paper."""
    return beside.standing_evidence(database.read(), application_id)


def newest_submission_of(application: InstrumentedAttribute[int]) -> Select[Any]:
    """A statement for the id of the submission of one application that counts, inside a statement over applications."""
    sent = aliased(Submission)
    return select(func.max(sent.id)).where(sent.application_id == application)


def evidence_beside(draft: DraftLike) -> Sequence[Evidence]:
    """The same of a draft; nothing is asked where it was read already that there is none."""
    return () if isinstance(draft, DraftFacts) and not draft.has_evidence else evidence_of(draft.id)


def latest_submission(application_id: int) -> Submission | None:
    """The submission that counts."""
    return beside.latest_submission(database.read(), application_id)


def submissions(application_id: int) -> Sequence[Submission]:
    """The submissions of an application, newest first."""
    return beside.submissions_of(database.read(), application_id)


def content_hash(application: Application) -> str:
    """The hash of exactly what a draft says now: what is signed and submitted."""
    return content.freeze(database.read(), application).hash


def valid_declaration(application: Application) -> Declaration | None:
    """The signature for what counts now: the latest submission while the draft says the same, else the draft."""
    found = signatures.declaration_status(database.read(), application, clock.now())
    return found.declaration if found.state == "signed" else None


def declaration_of(submission: Submission) -> Declaration | None:
    """The signature for exactly a submission."""
    declared = beside.declarations_of(database.read(), submission.application_id)
    return signatures.signed_for(declared, submission.content_hash)


def declarations_of(application_id: int) -> Sequence[Declaration]:
    """Every declaration of an application, newest first."""
    return beside.declarations_of(database.read(), application_id)


def read_content(submission: Submission, language: str) -> tuple[ReadSection, ...]:
    """What was submitted, in words."""
    form = content.form_said(submission.edition, language)
    return read_in_words(form, submission.raw, submission.evidence, submission.known, language)


def read_printed(printed: Printed, language: str) -> tuple[ReadSection, ...]:
    """What is printed of an application, in words."""
    said = printed.shown.content
    return read_in_words(printed.form_in(language), said.raw, said.evidence, said.known, language)


def to_look_at_again(application: Application, language: str) -> tuple[LookAgain, ...]:
    """What the applicants should look at again since their form changed, settled or not, until they have read it."""
    return looks_again(database.read(), application, language)


def earlier_of(application: Application, language: str) -> Earlier | None:
    """What the school said in its last round, by the questions of today's form."""
    return earlier_answers(database.read(), application, language)


def has_earlier(application: Application) -> bool:
    """Whether the school submitted something in a round before this one."""
    return beside.has_earlier(database.read(), application)


def names_of(account_ids: Iterable[int]) -> Mapping[int, str]:
    """The names of accounts; nobody is asked for where there is none."""
    wanted = sorted(set(account_ids))
    if not wanted:
        return {}
    found = database.read().execute(select(Account.id, Account.name, Account.email).where(Account.id.in_(wanted)))
    return {id: name or email for id, name, email in found}


def known_of(application: DraftLike) -> Known:
    """What the registry knows now of the school of a draft, as far as its form asks."""
    return known.known_of(database.read(), application.school, content_of(application).form)
