"""How long a text may be before nobody reads it."""

from __future__ import annotations

LIMITS = {
    "title": 150,
    "label": 300,
    "options": 250,
    "levels": 150,
    "rows": 300,
    "descriptors": 300,
    "not_applicable": 80,
    "message": 400,
    "help": 1200,
    "example": 2000,
    "description": 1000,
    "introduction": 3000,
    "text": 10_000,
    "statement": 10_000,
}
"""The most characters of a text by its field; a note's label is a text of its own."""

NOTE = 2000


def too_long(field: str, text: str, kind: str = "") -> str | None:
    """What is to be said of a text that is too long; none of one that is not. `kind` is the type of its question."""
    limit = NOTE if kind == "note" and field == "label" else LIMITS.get(field)
    if limit is None or len(text) <= limit:
        return None
    return f"has {len(text)} characters; beyond {limit} few people read on: shorten it, or move a part into the help"
