"""The question types: each a small class with what it asks for, how it reads an answer, what it is worth.

`Question` is the base; a plugin adds a type by a subclass with its own `type`, offered through the hook
`question_types()`. The class of a question in a file is found by its key `type`.
"""

from __future__ import annotations

from skolemerke_forms.questions.base import FACTS, MAX_TEXT, Note, Place, Question, UnknownQuestion
from skolemerke_forms.questions.choosing import NOT_APPLICABLE, Choice, Choices, Option, ScaleQuestion, YesNo
from skolemerke_forms.questions.computed import Computed
from skolemerke_forms.questions.matrix import Matrix, MatrixRow
from skolemerke_forms.questions.papers import DeclarationQuestion, File
from skolemerke_forms.questions.rows import MAX_ROWS, SOURCES, Group, RegistryList, row_ids, rows_of
from skolemerke_forms.questions.writing import (
    LINK_SCHEMES,
    Date,
    Link,
    LongText,
    Number,
    ShortText,
    clean_link,
    plain_number,
)

__all__ = [
    "FACTS",
    "LINK_SCHEMES",
    "MAX_ROWS",
    "MAX_TEXT",
    "NOT_APPLICABLE",
    "QUESTION_TYPES",
    "SOURCES",
    "Choice",
    "Choices",
    "Computed",
    "Date",
    "DeclarationQuestion",
    "File",
    "Group",
    "Link",
    "LongText",
    "Matrix",
    "MatrixRow",
    "Note",
    "Number",
    "Option",
    "Place",
    "Question",
    "RegistryList",
    "ScaleQuestion",
    "ShortText",
    "UnknownQuestion",
    "YesNo",
    "clean_link",
    "plain_number",
    "row_ids",
    "rows_of",
]

QUESTION_TYPES: dict[str, type[Question]] = {
    "short_text": ShortText,
    "long_text": LongText,
    "number": Number,
    "date": Date,
    "yes_no": YesNo,
    "choice": Choice,
    "choices": Choices,
    "scale": ScaleQuestion,
    "matrix": Matrix,
    "group": Group,
    "registry_list": RegistryList,
    "file": File,
    "link": Link,
    "declaration": DeclarationQuestion,
    "computed": Computed,
    "note": Note,
}
"""The types that the library brings."""
