"""What an application says: its form, its answers, and the one hash of exactly that, which is signed and submitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skolemerke_forms.answers import AnswerSet, Known, clean_answers, shown_raw
from skolemerke_forms.cleaning import Raw
from skolemerke_forms.definition import Form
from skolemerke_forms.values import canonical_json, content_of, sha256_of
from sqlalchemy.orm import Session

from skolemerke import database
from skolemerke.applications.beside import standing_evidence
from skolemerke.applications.known import counted, known_of
from skolemerke.applications.models import Application, Evidence, Submission
from skolemerke.kept import kept_here
from skolemerke.rounds.changes import differences, reaches_drafts
from skolemerke.rounds.queries import EditionLike
from skolemerke.rounds.queries import content as content_of_edition


@dataclass(frozen=True)
class Frozen:
    """What an application says, as it is frozen in a submission. `hash` is the content hash."""

    raw: dict[str, Any]
    clean: dict[str, Any]
    evidence: list[dict[str, Any]]
    known: dict[str, Any]
    consent: str
    hash: str


FORMS, SUBSTANCES = "skolemerke.forms_in_languages", "skolemerke.substances"
MOST_FORMS = 64


def form_said(edition: EditionLike, language: str) -> Form:
    """The form of an edition in a language, by its hash: its text need not have been read from the database."""
    found: Form = kept_here(FORMS, MOST_FORMS).get(
        (edition.hash, language), lambda: content_of_edition(edition).form.in_language(language)
    )
    return found


def is_blank(raw: Raw) -> bool:
    """Whether an answer says nothing."""
    return not raw or (not isinstance(raw, str) and not any(raw))


def raw_answers(application: Application) -> dict[str, Any]:
    """The answers of a draft as they were typed, those that say something."""
    return {name: kept["raw"] for name, kept in application.answers.items() if not is_blank(kept["raw"])}


def answers_with(
    raw: Mapping[str, Any], evidence: Sequence[Mapping[str, Any]], known: Mapping[str, Any] | Known
) -> AnswerSet:
    """The answers as a form reads them, with how much evidence stands by each question and what the registry knows."""
    counts: dict[str, int] = {}
    for piece in evidence:
        counts[piece["question_id"]] = counts.get(piece["question_id"], 0) + 1
    knows = known if isinstance(known, Known) else Known.model_validate(known)
    return AnswerSet.of(raw, counts, knows)


def draft_answers(session: Session, application: Application) -> AnswerSet:
    """The answers of a draft as a form reads them."""
    pieces = [as_frozen(piece) for piece in standing_evidence(session, application.id)]
    form = content_of_edition(application.edition).form
    return answers_with(raw_answers(application), pieces, known_of(session, application.school, form))


def freeze(session: Session, application: Application) -> Frozen:
    """What a draft says now under its edition. Answers to questions that its form does not have are left out."""
    return database.once(session, ("frozen", application.id), lambda: _frozen(session, application))


def _frozen(session: Session, application: Application) -> Frozen:
    form = content_of_edition(application.edition).form
    known = known_of(session, application.school, form)
    pieces = [as_frozen(piece) for piece in standing_evidence(session, application.id)]
    answers = answers_with(raw_answers(application), pieces, known)
    reading = answers.under(form)
    evidence = [
        piece for piece in pieces if (question := form.question(piece["question_id"])) and reading.shows(question)
    ]
    raw = {address: _as_json(value) for address, value in shown_raw(form, answers).items()}
    clean = {name: _as_json(value) for name, value in clean_answers(form, answers).items()}
    kept = content_of(counted(known, form, raw))
    said = {
        "round": application.round_id,
        "school": application.school.school_id,
        # The edition without its plugins' versions: a release that changes no word takes no signature away.
        "edition": _substance_hash(application.edition),
        "declaration": content_of(form.declaration),
        "consent": application.consent,
        "raw": raw,
        "clean": clean,
        "evidence": evidence,
        "known": kept,
    }
    return Frozen(raw, clean, evidence, kept, application.consent, sha256_of(canonical_json(said)))


def as_frozen(piece: Evidence) -> dict[str, Any]:
    """A piece of evidence as plain data."""
    return {
        "id": piece.public_id,
        "question_id": piece.question_id,
        "link": piece.link,
        "name": piece.name,
        "media_type": piece.media_type,
        "size": piece.size,
        "sha256": piece.sha256,
    }


def still_stands(application: Application, draft: Frozen, submission: Submission) -> bool:
    """Whether a submission is still what its draft says.

    An edition that reached the draft by itself changes nothing of that; one that was taken over on purpose does.
    """
    then, now = content_of_edition(submission.edition), content_of_edition(application.edition)
    under_then = shown_raw(then.form, answers_with(raw_answers(application), draft.evidence, submission.known))
    raw = {address: _as_json(value) for address, value in {**under_then, **draft.raw}.items()}
    if (raw, draft.evidence, draft.consent) != (submission.raw, submission.evidence, submission.consent):
        return False
    return application.edition_id == submission.edition_id or reaches_drafts(differences(then, now))


def _substance_hash(edition: EditionLike) -> str:
    found: str = kept_here(SUBSTANCES, MOST_FORMS).get(
        edition.hash, lambda: sha256_of(content_of_edition(edition).substance())
    )
    return found


def _as_json(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
