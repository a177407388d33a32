"""What changed from one form to another, part by part, in sentences.

Each change is classed: `wording` changes words only; `widening` makes it easier for every applicant; `narrowing`
asks for more, or leaves out what was written; `score_changing` may move points either way. Whatever is in doubt, or
not recognised, counts as narrowing.
"""

from __future__ import annotations

from skolemerke_forms.comparing.change import BY_ITSELF, Change, Class, bare, name_in, said_differently, sentence_of
from skolemerke_forms.comparing.form import form_differences

__all__ = ["BY_ITSELF", "Change", "Class", "bare", "form_differences", "name_in", "said_differently", "sentence_of"]
