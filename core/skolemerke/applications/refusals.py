"""Why an operation was not done, in words that a page can show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from skolemerke_forms.cleaning import Problem, Raw

from skolemerke import speech
from skolemerke.speech import marked as _


class ApplicationRefusal(speech.Refusal):
    """Something can't be done with an application now."""


class Closed(ApplicationRefusal):
    """The round takes nothing now: it was not opened, has ended, or is paused."""


class NotInvited(ApplicationRefusal):
    """The school may not apply in this round."""

    def __init__(self) -> None:
        super().__init__(_("The school may not apply in this round: it was not invited to it."))


class EvidenceRefused(ApplicationRefusal):
    """A link or a file can't be evidence; the text says why and what helps."""


class NoRoom(EvidenceRefused):
    """The disk is full; what was typed is saved, since it takes little."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "There is no room for files just now, so the file was not added. Your answers are saved as before. "
                "Try again later, or add a link."
            )
        )


class TooMuchAtOnce(EvidenceRefused):
    """A form brought more files than are taken in together; what was typed is saved."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "That was more than we take in at once, so the file was not added. Your answers are saved as before. "
                "Add one file at a time, and make it smaller if it is large."
            )
        )


class SignatureRefused(ApplicationRefusal):
    """A signature can't be asked for or given; the text says why."""


class TooLong(SignatureRefused):
    """A name or a note has more characters than are kept. Nothing of it was taken: a text is never cut."""

    def __init__(self, found: int, most: int) -> None:
        super().__init__(
            _("This has %(found)s characters, and at most %(most)s are taken. Shorten it and send it again."),
            found=str(found),
            most=str(most),
        )


class Outdated(SignatureRefused):
    """The application is no longer what the signature was asked for."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The application was changed after you were asked to sign, so this is no longer what would be signed. "
                "Ask the teachers for a new link."
            )
        )


@dataclass(frozen=True)
class Saved:
    """What a save did: the version of every answer that now stands as it was sent, and which of them are new.

    `answers` is the document of the draft as it stands now.
    """

    versions: dict[str, int]
    changed: tuple[str, ...]
    at: datetime
    answers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Clash:
    """An answer that somebody else changed since it was read: both texts, and whose the saved one is."""

    question_id: str
    theirs: Raw
    theirs_by: str
    theirs_at: datetime
    theirs_version: int
    yours: Raw


TOO_LONG = _("An answer may have at most %(limit)s characters; this one has %(found)s. It was not saved.")
UNKNOWN = _("The form has no question “%(question)s”, so nothing was saved for it.")
READ_ONLY = _("The question “%(question)s” can be read but not answered now, so nothing was saved for it.")


@dataclass(frozen=True)
class NotTaken:
    """An answer of a save that can't be kept, and why."""

    question_id: str
    reason: Literal["too_long", "unknown", "read_only"]
    message: str
    figures: dict[str, str]

    def in_words(self) -> str:
        """The sentence in the language that is spoken."""
        return speech.say(self.message, **self.figures)


class Unsaved(ApplicationRefusal):
    """Some answers of a save were not taken: `clashes`, `not_taken`. All others are saved: `saved`."""

    def __init__(self, saved: Saved, clashes: tuple[Clash, ...], not_taken: tuple[NotTaken, ...]) -> None:
        self.saved, self.clashes, self.not_taken = saved, clashes, not_taken
        names = [*(clash.question_id for clash in clashes), *(refused.question_id for refused in not_taken)]
        super().__init__(_("Not everything was saved. Look again at: %(names)s"), names=", ".join(names))


class Conflict(Unsaved):
    """At least one answer was changed by somebody else since it was read; nothing was overwritten."""


@dataclass(frozen=True)
class Missing:
    """Something that keeps an application from being submitted: the consent, or what is wrong at a question."""

    kind: Literal["consent", "answer"]
    section: str = ""
    question: str = ""
    requirement: str | None = None
    problem: Problem | None = None


class NotReady(ApplicationRefusal):
    """The application can't be submitted yet: `missing` says what it lacks."""

    def __init__(self, missing: tuple[Missing, ...]) -> None:
        self.missing = missing
        super().__init__(
            _("The application can't be submitted yet. What is missing: %(count)s"), count=str(len(missing))
        )
