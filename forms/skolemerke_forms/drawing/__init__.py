"""Drawing a section: compiled once for each form, section and language, filled for each page.

It does not go through WTForms' widgets, which are nine tenths of the cost of a page. What is fixed is escaped when a
section is compiled; a text is data in it, never the source of a template. A question of a type that the library does
not know is drawn by its WTForms widget (`Question.wtforms_field`).
"""

from skolemerke_forms.drawing.evidence import one_piece
from skolemerke_forms.drawing.places import anchor_of, label_at
from skolemerke_forms.drawing.section import DrawnSection, draw_section
from skolemerke_forms.drawing.state import Mark, Piece, Removed, State

__all__ = ["DrawnSection", "Mark", "Piece", "Removed", "State", "anchor_of", "draw_section", "label_at", "one_piece"]
