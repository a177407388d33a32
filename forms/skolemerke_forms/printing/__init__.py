"""A form on paper: blank or filled in, as accessible PDF, and blank as a text document that can be edited.

Texts of forms and answers are data: they reach the typesetter as JSON and the text document as runs of text, and are
shown as they are. Nothing is fetched from anywhere.
"""

from __future__ import annotations

from skolemerke_forms.printing.blank import blank_paper
from skolemerke_forms.printing.filled import Filling, filled_paper, signing_paper
from skolemerke_forms.printing.paper import Frame, Paper
from skolemerke_forms.printing.pdf import pdf_of
from skolemerke_forms.printing.text_document import docx_of

__all__ = ["Filling", "Frame", "Paper", "blank_paper", "docx_of", "filled_paper", "pdf_of", "signing_paper"]
