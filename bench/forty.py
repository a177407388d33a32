"""A section of forty questions with an answer to each, as the benchmark `form` fills it in."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from skolemerke_forms.definition import Form

SCALES, LINES, TEXTS, CHOICES, BOXES = 20, 8, 4, 4, 4
LEVELS = ("never", "seldom", "sometimes", "often", "always")
WORDS = "eTwinning makes pupils and teachers of several countries work together on something that matters to them. "


def definition(marker: str = "") -> dict[str, Any]:
    """The section in a form, as it stands in a file; `marker` makes its texts differ."""
    questions = [
        *(_question(f"scale{number}", "scale", marker, scale="frequency") for number in range(SCALES)),
        *(_question(f"line{number}", "short_text", marker, help="One line will do.") for number in range(LINES)),
        *(_question(f"text{number}", "long_text", marker, max_words=300) for number in range(TEXTS)),
        *(_question(f"choice{number}", "choice", marker, options=_options()) for number in range(CHOICES)),
        *(_question(f"boxes{number}", "choices", marker, options=_options()) for number in range(BOXES)),
    ]
    levels = [{"value": level, "label": level.capitalize(), "points": "1"} for level in LEVELS]
    return {
        "form": "forty",
        "title": "Forty questions",
        "scales": [{"id": "frequency", "levels": levels}],
        "sections": [{"id": "forty", "title": "Forty questions", "questions": questions}],
        "declaration": {"text": "I sign."},
        "consent": {"text": "We agree."},
    }


def form(marker: str = "") -> Form:
    """The form."""
    from skolemerke_forms.definition import Form  # noqa: PLC0415 - a peer runs where the library is not installed

    return Form.model_validate(definition(marker))


def answers() -> dict[str, Any]:
    """An answer to each question, in the order of the form."""
    found: dict[str, Any] = {f"scale{number}": LEVELS[number % 5] for number in range(SCALES)}
    found |= {f"line{number}": f"Class {number}B & their <teachers>" for number in range(LINES)}
    found |= {f"text{number}": (WORDS * 4).strip() for number in range(TEXTS)}
    found |= {f"choice{number}": LEVELS[number % 5] for number in range(CHOICES)}
    return found | {f"boxes{number}": [LEVELS[number % 5], LEVELS[(number + 2) % 5]] for number in range(BOXES)}


def with_faults() -> dict[str, Any]:
    """The same with three faults: too many words, a line with a break, and a level that was never offered."""
    return {**answers(), "text0": WORDS * 40, "line0": "two\nlines", "scale0": "perhaps"}


FAULTY = {"q_text0", "q_line0", "q_scale0"}


def posted(raw: dict[str, Any]) -> list[tuple[str, str]]:
    """The fields that a browser sends for answers."""
    found = []
    for name, value in raw.items():
        values = [value] if isinstance(value, str) else value
        found += [(f"q_{name}", one) for one in values]
    return found


def label_of(name: str, marker: str = "") -> str:
    """What is asked."""
    return f"How is it with {name} at your school, when you think of the last school year?{marker}"


def _question(id: str, type: str, marker: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "type": type, "label": label_of(id, marker), "required": "yes", **more}


def _options() -> list[dict[str, str]]:
    return [{"value": level, "label": level.capitalize()} for level in LEVELS]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[tuple[str, str]] = set()
        self._area, self._text = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "textarea":
            self._area, self._text = name, ""
        elif tag == "input" and name.startswith("q_"):
            is_chosen = given.get("type") not in {"radio", "checkbox"} or "checked" in given
            if is_chosen:
                self.found.add((name, given.get("value") or ""))

    def handle_data(self, data: str) -> None:
        if self._area:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.found.add((self._area, self._text.strip()))
            self._area = ""


def filled_in(page: str) -> set[tuple[str, str]]:
    """What stands in the fields of a page: each name with its value."""
    reader = _Reader()
    reader.feed(page)
    return reader.found
