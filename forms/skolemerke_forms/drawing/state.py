"""What a drawn section is filled with: the answers, what is wrong with them, and what the caller knows about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from skolemerke_forms.answers import Reading
from skolemerke_forms.cleaning import Raw


@dataclass(frozen=True)
class Piece:
    """A piece of evidence: `id` is what a button to remove it sends, `href` where it is, `facts` its kind and size."""

    id: str
    href: str
    name: str
    facts: str
    is_link: bool = False


@dataclass(frozen=True)
class Mark:
    """Where a requirement stands, in words; `reason` is why it was adjusted, in the language `reason_lang`."""

    word: str
    tone: Literal["good", "wait", "stop", "plain"]
    sentence: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Removed:
    """A row that was just removed: its question, its id, and at which place of the list it stood, from 0."""

    question: str
    row: str
    at: int


@dataclass
class State:
    """What one page is filled with. Everything is by address, or by question where it speaks of a whole question.

    `typed` is what stands in the controls; `errors` says in words what is wrong at a place, or at a question as a
    whole; `elsewhere` are pieces of evidence that stand by other questions and not by this one; `confirmed` says who
    confirmed a declaration and when; `marks` is by requirement; `opened` are the questions that the last answers
    opened, of which `opened_words` tells.
    """

    reading: Reading
    typed: Mapping[str, Raw] = field(default_factory=dict)
    versions: Mapping[str, int] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    evidence: Mapping[str, Sequence[Piece]] = field(default_factory=dict)
    evidence_errors: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    elsewhere: Mapping[str, Sequence[Piece]] = field(default_factory=dict)
    confirmed: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, Mark] = field(default_factory=dict)
    opened: Sequence[str] = ()
    opened_words: str = ""
    removed: Removed | None = None
    row: str = ""
    number: int = 0

    def of_row(self, row: str, number: int, addresses: Mapping[str, str]) -> State:
        """The same page for one row, whose answers stand at `addresses` (as they were compiled: as they are)."""
        return replace(
            self,
            typed={name: self.typed.get(address) for name, address in addresses.items()},
            versions={name: self.versions.get(address, 0) for name, address in addresses.items()},
            errors={name: self.errors[address] for name, address in addresses.items() if address in self.errors},
            row=row,
            number=number,
        )
