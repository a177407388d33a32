"""Questions that are answered by a paper or by one's word: a file, and a text that is confirmed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from pydantic import Field

from skolemerke_forms.cleaning import Cleaned, Raw, blank, problem, tidy
from skolemerke_forms.questions.base import Question
from skolemerke_forms.values import canonical_json, content_of, sha256_of

if TYPE_CHECKING:
    from skolemerke_forms.definition import Form


class File(Question):
    """Files or links alone, without a text beside them; `evidence` says whether one or several."""

    type: Literal["file"]
    evidence: Literal["none", "one", "several"] = Field(default="one")

    @property
    def takes_answer(self) -> bool:
        """Nothing is typed; evidence is added."""
        return False

    def clean(self, raw: Raw, form: Form) -> Cleaned:
        """Nothing: its evidence is its answer."""
        return Cleaned()

    def documents(self, cleaned: Cleaned) -> bool:
        """Its evidence documents it; that is asked for beside every question."""
        return True


class DeclarationQuestion(Question):
    """A text that somebody confirms: `label` says what is confirmed, `statement` is the text.

    The answer is the fingerprint of the text that was confirmed, so that a text which changed is confirmed anew;
    who confirmed it and when stands beside every answer.
    """

    worded: ClassVar[tuple[str, ...]] = ("label", "help", "example", "statement")

    type: Literal["declaration"]
    statement: str

    @cached_property
    def fingerprint(self) -> str:
        """Sixteen digits that change when a word of the text does, in any language."""
        said = content_of(self)
        return sha256_of(canonical_json({name: said.get(name) for name in ("label", "statement", "texts")}))[:16]

    def said(self, language: str, source: str) -> Self:
        """A copy in a language; its fingerprint stays that of the text in all languages."""
        copied = super().said(language, source)
        copied.__dict__["fingerprint"] = self.fingerprint
        return copied

    def clean(self, raw: Raw, form: Form) -> Cleaned:
        """`yes` when this very text was confirmed."""
        text = tidy(raw)
        if blank(text):
            return Cleaned()
        if text != self.fingerprint:
            return Cleaned(problems=(problem("text_changed"),))
        return Cleaned(value="yes")
