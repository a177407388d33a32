"""Saving answers: what several people write is merged answer by answer, and nothing that was typed is dropped.

A save names, for each answer, the version that its writer had read. An answer whose version is still that one is
taken; one that somebody else changed meanwhile is left as it is and both texts are handed back. Every version of
every answer stays in the history.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from skolemerke_forms.cleaning import Raw, storable
from skolemerke_forms.definition import Form
from skolemerke_forms.questions import MAX_TEXT, row_ids
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from skolemerke import clock, database
from skolemerke.applications.content import is_blank
from skolemerke.applications.draft_facts import DraftFacts
from skolemerke.applications.drafts import held_draft, require_open_now
from skolemerke.applications.known import known_of
from skolemerke.applications.lateness import noted_when_closed
from skolemerke.applications.models import AnswerChange, Application
from skolemerke.applications.refusals import (
    READ_ONLY,
    TOO_LONG,
    UNKNOWN,
    Clash,
    Conflict,
    NotTaken,
    Saved,
    Unsaved,
)
from skolemerke.people.actors import Actor
from skolemerke.people.models import Account
from skolemerke.rounds.queries import content

MAX_CHOICES = 200
MAX_PAGE = 16

# By columns, and made once: saving is what the site does most often. The columns are those of the parameters.
_application = database.table_of(Application)
_KEEP = update(_application).where(_application.c.id == bindparam("draft"))
_NOTE = insert(database.table_of(AnswerChange))
_SHOWN = select(AnswerChange.raw).where(
    AnswerChange.application_id == bindparam("draft"),
    AnswerChange.question_id == bindparam("address"),
    AnswerChange.version == bindparam("version"),
)


@noted_when_closed("answers")
def save_answers(
    actor: Actor,
    application_id: int,
    answers: Mapping[str, Raw],
    versions: Mapping[str, int],
    page: str = "",
    *,
    are_all_meant: bool = False,
) -> Saved:
    """Save answers of a draft, with gaps and mistakes as they are. An answer without a version counts as never read.

    `page` names the open page from which they come. What the same page saved last never stands in its own way,
    though it may not have heard that it was saved: the answer was lost on its way, or is on its way still.

    A page sends its fields as they were where its reader left them alone, and a colleague may have written there: such
    an answer stays the colleague's, unless all answers are meant as they are (`are_all_meant`).

    Raises `Conflict` or `Unsaved` when some were not taken, after all others have been saved; `Closed`, `Refused`.
    """
    with database.write() as session:
        draft = held_draft(session, actor, "application.edit", application_id)
        now = clock.now()
        require_open_now(session, draft, now)
        save = Save(session, draft, actor, now, page, are_all_meant=are_all_meant)
        for question_id, raw in answers.items():
            save.take(question_id, raw, versions.get(question_id, 0))
        save.store()
    return save.result()


class Save:
    """One save while its transaction is open; `form` is that of the draft's edition, `answers` what stands in it."""

    def __init__(
        self,
        session: Session,
        draft: DraftFacts,
        actor: Actor,
        at: datetime,
        page: str = "",
        *,
        are_all_meant: bool = False,
    ) -> None:
        self._session, self._draft, self._actor, self._at = session, draft, actor, at
        self._page, self._are_all_meant = page[:MAX_PAGE], are_all_meant
        self.form: Form = content(draft.edition).form
        self.answers: dict[str, Any] = dict(draft.answers)
        self._versions: dict[str, int] = {}
        self._changed: list[str] = []
        self._history: list[dict[str, Any]] = []
        self._clashes: list[Clash] = []
        self._not_taken: list[NotTaken] = []

    def take(self, question_id: str, sent: Raw, version: int) -> None:
        """Merge one answer."""
        raw = tidied(sent)
        refused = _refusal(self.form, question_id, raw)
        if refused is not None:
            self._not_taken.append(refused)
            return
        kept = self.answers.get(question_id)
        if raw == kept["raw"] if kept else is_blank(raw) and not self._is_suggested(question_id):
            self._versions[question_id] = kept["version"] if kept else 0
        elif kept and kept["version"] != version and not self._is_own(kept):
            if not self._are_all_meant and self._is_as_shown(question_id, raw, version):
                # The page keeps its version: what stands now it has not shown.
                self._versions[question_id] = version
            else:
                self._clashes.append(self._clash(question_id, kept, raw))
        else:
            # Whatever version was named of an answer that nobody gave: there is nothing to overwrite.
            self.change(question_id, raw)
            self._list_again(question_id)

    def store(self) -> None:
        """Put what changed into the row and the history."""
        if self._changed:
            connection = self._session.connection()
            connection.execute(_KEEP, {"draft": self._draft.id, "answers": self.answers, "saved_at": self._at})
            connection.execute(_NOTE, self._history)

    def result(self) -> Saved:
        """What was saved; raises when something was not."""
        saved = Saved(self._versions, tuple(self._changed), self._at, self.answers)
        if self._clashes:
            raise Conflict(saved, tuple(self._clashes), tuple(self._not_taken))
        if self._not_taken:
            raise Unsaved(saved, (), tuple(self._not_taken))
        return saved

    def change(self, question_id: str, raw: str | list[str]) -> None:
        """Put something at an address, with the next version of it."""
        by, kept = self._actor.account_id, self.answers.get(question_id)
        version = kept["version"] + 1 if kept else 1
        came_from = {"page": self._page} if self._page else {}
        self.answers[question_id] = {"raw": raw, "version": version, "by": by, "at": self._at.isoformat(), **came_from}
        self._versions[question_id] = version
        self._changed.append(question_id)
        self._history.append(
            {
                "application_id": self._draft.id,
                "question_id": question_id,
                "version": version,
                "raw": raw,
                "account_id": by,
                "at": self._at,
            }
        )

    def _list_again(self, address: str) -> None:
        """Somebody wrote in a row that a colleague had removed: what was written is not lost from view."""
        question = self.form.question(address.split(".", maxsplit=1)[0])
        listing = getattr(question, "list_address", "")
        place = self.form.place_at(address) if listing else None
        if place is None or not place.row:
            return
        kept = self.answers.get(listing)
        rows = list(row_ids(kept["raw"])) if kept else []
        if place.row not in rows:
            self.change(listing, [*rows, place.row])

    def _is_own(self, kept: dict[str, Any]) -> bool:
        """Whether what stands there was saved from this very page."""
        return bool(self._page) and kept.get("page") == self._page and kept["by"] == self._actor.account_id

    def _is_as_shown(self, address: str, raw: Raw, version: int) -> bool:
        """Whether a page that had read a version sends it as it was."""
        if version > 0:
            shown = self._session.execute(_SHOWN, {"draft": self._draft.id, "address": address, "version": version})
            return raw == shown.scalar()
        if not self._is_suggested(address):
            return is_blank(raw)
        question = self.form.question(address)
        facts = known_of(self._session, self._draft.school, self.form).facts
        return question is not None and raw == facts.get(question.prefill, "")

    def _is_suggested(self, address: str) -> bool:
        """Whether the registry suggests an answer: taking a suggestion out is an answer too, and it stays out."""
        question = self.form.question(address)
        return question is not None and bool(question.prefill)

    def _clash(self, question_id: str, kept: dict[str, Any], yours: Raw) -> Clash:
        account = self._session.get(Account, kept["by"]) if kept["by"] else None
        return Clash(
            question_id=question_id,
            theirs=kept["raw"],
            theirs_by=str(account) if account else "",
            theirs_at=datetime.fromisoformat(kept["at"]),
            theirs_version=kept["version"],
            yours=yours,
        )


def tidied(sent: Raw) -> str | list[str]:
    """What was typed, as it can be stored: line breaks as one character, without control characters."""
    if sent is None:
        return ""
    return storable(sent) if isinstance(sent, str) else [storable(one) for one in sent]


def _refusal(form: Form, question_id: str, raw: str | list[str]) -> NotTaken | None:
    question = form.question(question_id.split(".", maxsplit=1)[0])
    if question is None or (question.takes_answer and not question.has_place(question_id)):
        return NotTaken(question_id, "unknown", UNKNOWN, {"question": question_id[:80]})
    if not question.takes_answer:
        return NotTaken(question_id, "read_only", READ_ONLY, {"question": question.label})
    found = len(raw) if isinstance(raw, str) else sum(map(len, raw))
    if found > MAX_TEXT or (not isinstance(raw, str) and len(raw) > MAX_CHOICES):
        return NotTaken(question_id, "too_long", TOO_LONG, {"limit": str(MAX_TEXT), "found": str(found)})
    return None
