"""The blank form of a round on paper: to read, to print, or to begin in a text program."""

from __future__ import annotations

from skolemerke_forms import printing
from skolemerke_forms.printing import Frame, Paper, blank_paper

from skolemerke.rounds.composition import Content
from skolemerke.speech import say, speaking, spoken

MAKERS = {
    "pdf": lambda paper: printing.pdf_of(paper, say=say),
    "docx": lambda paper: printing.docx_of(paper),  # noqa: PLW0108 - looked up when it is called: its library is large
}
"""How a paper becomes a document, by the ending of its name."""


def blank(content: Content, title: str, language: str) -> Paper:
    """The blank form in a language (BCP 47); `title` is that of the round in that language. The words around the
    form are in the nearest language of the interface."""
    with speaking(language):
        return blank_paper(
            content.form.in_language(language), Frame(language=language, round=title, words=spoken()), say=say
        )


def document(paper: Paper, kind: str) -> bytes:
    """A paper as a document of a kind of `MAKERS`."""
    with speaking(paper.frame.language):
        return MAKERS[kind](paper)
