"""What the page of a section is filled with: the answers, what is wrong with them, and who confirmed and saved what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from operator import itemgetter
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from skolemerke_forms.answers import AnswerSet, Known, Reading
from skolemerke_forms.definition import Form, Section
from skolemerke_forms.drawing import Mark, Piece, Removed, State
from skolemerke_forms.fields import messages_in
from skolemerke_forms.questions import DeclarationQuestion, Group, Question, RegistryList, row_ids

from skolemerke.applications import queries
from skolemerke.applications.models import Evidence
from skolemerke.applications.queries import DraftFacts
from skolemerke.web import guard
from skolemerke.web.asked import Attempt, tags_with
from skolemerke.web.compiled import say_in
from skolemerke.web.evidence import piece_of
from skolemerke.web.filling import save_words, short_time
from skolemerke.web.languages import current_language

JUST_NOW = timedelta(minutes=3)
"""Who saved in a section so short a time ago is said to be writing there."""


@dataclass(frozen=True)
class Draft:
    """A draft as a page reads it, once for each request."""

    application: DraftFacts
    form: Form
    known: Known
    evidence: Sequence[Evidence]
    raw: dict[str, Any]
    last_saves: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    """The newest save of the sections that were asked about, so that each is looked for once."""

    @cached_property
    def answers(self) -> AnswerSet:
        """The answers with what stands beside them."""
        return AnswerSet.of(self.raw, Counter(piece.question_id for piece in self.evidence), self.known)

    @property
    def reading(self) -> Reading:
        """The answers under the form."""
        return self.answers.under(self.form)


def draft_of(application: DraftFacts, form: Form) -> Draft:
    """Read a draft."""
    raw = {name: kept["raw"] for name, kept in application.answers.items()}
    return Draft(application, form, queries.known_of(application), queries.evidence_beside(application), raw)


def state_of(
    draft: Draft,
    section: Section,
    attempt: Attempt,
    names: Mapping[int, str],
    *,
    opened: Sequence[str] = (),
    removed: Removed | None = None,
) -> State:
    """What a section is filled with; what could not be saved stands as it was typed.

    `names` are those of `names_on`; `opened` are questions that the last answers opened, `removed` a row to put back.
    """
    application, reading = draft.application, draft.reading
    versions = {name: kept["version"] for name, kept in application.answers.items()}
    requirements = {question.requirement for question in section.questions if question.requirement}
    spoken_of = [requirement for requirement in draft.form.requirements if requirement.id in requirements]
    tags = tags_with(application, draft.form, draft.answers, spoken_of)
    return State(
        reading=reading,
        typed={**_suggested(section, draft), **draft.raw, **attempt.typed},
        versions=versions,
        errors={**errors_in(section, reading), **attempt.refused},
        evidence=_pieces(section, draft),
        evidence_errors=attempt.errors,
        links=attempt.links,
        elsewhere=_elsewhere(section, draft),
        confirmed=_confirmed(section, draft, names),
        marks={name: Mark(tag.word, tag.tone, tag.sentence, tag.reason) for name, tag in tags.items()},
        opened=opened,
        opened_words=opened_words(len(opened)),
        removed=removed if removed and _is_removed(removed, draft) else None,
    )


def opened_words(count: int) -> str:
    """How many questions the last answers opened; empty for none."""
    if not count:
        return ""
    return str(ngettext("Your answer opened one more question.", "Your answer opened %(num)s more questions.", count))


def errors_in(section: Section, reading: Reading) -> dict[str, str]:
    """What is wrong with the answers of a section that are shown, in words, by place or by question."""
    found: dict[str, list[Any]] = {}
    for question in section.questions:
        for problem in reading.cleaned(question).problems:
            found.setdefault(problem.place or question.id, []).append(problem)
    if not found:
        return {}
    say = say_in(current_language())
    return {place: messages_in(problems, say) for place, problems in found.items()}


def last_save_words(draft: Draft, section: Section, names: Mapping[int, str]) -> str:
    """Who saved something of a section last, and when; empty when nobody has."""
    last = _last_saved(draft, section)
    if last is None:
        return ""
    return save_words(draft.application, datetime.fromisoformat(last["at"]), last["by"], names)


def writing_words(application: DraftFacts, section: Section, answers: Mapping[str, Any], now: datetime) -> str:
    """Who else saved something of a section just now; empty when nobody did."""
    ids, me, since = {question.id for question in section.questions}, guard.actor().account_id, now - JUST_NOW
    writers = {
        kept["by"]
        for address, kept in answers.items()
        if kept["by"] not in (me, None)
        and address.partition(".")[0] in ids
        and datetime.fromisoformat(kept["at"]) >= since
    }
    if not writers:
        return ""
    names = sorted(application.names[one] for one in writers if one in application.names)
    if not names:
        return str(_("A colleague is writing in this part."))
    both = {"names": ", ".join(names)}
    return str(
        ngettext("%(names)s is writing in this part.", "%(names)s are writing in this part.", len(names), **both)
    )


def names_on(draft: Draft) -> Mapping[int, str]:
    """The names of whoever a page of a section speaks of, by account."""
    me = guard.actor()
    return {**draft.application.names, me.account_id or 0: me.name or me.email}


def _last_saved(draft: Draft, section: Section) -> dict[str, Any] | None:
    if section.id not in draft.last_saves:
        ids = {question.id for question in section.questions}
        saves = [kept for address, kept in draft.application.answers.items() if address.partition(".")[0] in ids]
        draft.last_saves[section.id] = max(saves, key=itemgetter("at"), default=None)
    return draft.last_saves[section.id]


def _confirmations(section: Section, draft: Draft) -> dict[str, dict[str, Any]]:
    """The answers to the declarations of a section that confirm the text as it stands now."""
    found = {}
    for question in section.questions:
        if isinstance(question, DeclarationQuestion):
            kept = draft.application.answers.get(question.id)
            if kept and kept["raw"] == question.fingerprint:
                found[question.id] = kept
    return found


def _confirmed(section: Section, draft: Draft, names: Mapping[int, str]) -> dict[str, str]:
    found = {}
    for name, kept in _confirmations(section, draft).items():
        when = short_time(datetime.fromisoformat(kept["at"]), draft.application.agency)
        who = names.get(kept["by"])
        found[name] = _("Confirmed by %(name)s: %(when)s", name=who, when=when) if who else ""
    return found


def _suggested(section: Section, draft: Draft) -> dict[str, str]:
    """What the registry suggests for the questions that nobody has answered yet."""
    facts = draft.known.facts
    return {
        question.id: facts[question.prefill]
        for question in section.questions
        if question.prefill in facts and question.takes_answer and question.id not in draft.raw
    }


def _pieces(section: Section, draft: Draft) -> dict[str, list[Piece]]:
    asking = {question.id for question in section.questions if question.evidence != "none"}
    found: dict[str, list[Piece]] = {}
    for piece in draft.evidence:
        if piece.question_id in asking:
            found.setdefault(piece.question_id, []).append(piece_of(draft.application, piece))
    return found


def _elsewhere(section: Section, draft: Draft) -> dict[str, list[Piece]]:
    """What stands by other questions, and not yet by those of the section that take evidence."""
    offered: dict[tuple[str, str], Evidence] = {}
    for piece in draft.evidence:
        offered.setdefault((piece.stored_as, piece.link), piece)
    found = {}
    for question in section.questions:
        if question.evidence != "none":
            here = {(one.stored_as, one.link) for one in draft.evidence if one.question_id == question.id}
            found[question.id] = [piece_of(draft.application, offered[one]) for one in offered.keys() - here]
            found[question.id].sort(key=lambda piece: piece.name)
    return found


def _is_removed(removed: Removed, draft: Draft) -> bool:
    """Whether there is a row to put back."""
    question = draft.form.question(removed.question)
    if not isinstance(question, Group | RegistryList):
        return False
    return removed.row not in row_ids(draft.raw.get(question.list_address)) and _has_row(question, removed.row)


def _has_row(question: Question, row: str) -> bool:
    column = question.columns[0].id if isinstance(question, Group) else "name"
    return question.place_at(f"{question.id}.{row}.{column}") is not None
