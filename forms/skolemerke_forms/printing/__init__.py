"""A form on paper: blank or filled in, as accessible PDF, and blank as a text document that can be edited.

Texts of forms and answers are data: they reach the typesetter as JSON and the text document as runs of text, and are
shown as they are. Nothing is fetched from anywhere.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from skolemerke_forms.printing.blank import blank_paper
from skolemerke_forms.printing.filled import Filling, filled_paper, signing_paper
from skolemerke_forms.printing.paper import Frame, Paper

if TYPE_CHECKING:
    from skolemerke_forms.printing.pdf import pdf_of
    from skolemerke_forms.printing.text_document import docx_of

__all__ = ["Filling", "Frame", "Paper", "blank_paper", "docx_of", "filled_paper", "pdf_of", "signing_paper"]

_MAKERS = {"pdf_of": "pdf", "docx_of": "text_document"}
"""Where the two makers of documents are. Their libraries are large: they are loaded with the first document."""


def __getattr__(name: str) -> Any:
    if name not in _MAKERS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_MAKERS[name]}"), name)
