"""A form with every type of question, and answers to it; with a hostile text in every place where a text can stand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from skolemerke_forms.answers import AnswerSet, Known, KnownRow
from skolemerke_forms.definition import Form

from support.installation import write_plugin

HOSTILE = "<script>alert('x')</script> {{ 7*7 }} {% x %} & \"q\" 'a' \N{RIGHT-TO-LEFT OVERRIDE}abc %(limit)s"

LEVELS = [
    {"value": "none", "points": 0, "label": "Not yet"},
    {"value": "some", "points": 1, "label": "Started"},
    {"value": "most", "points": 2, "label": "Common practice"},
    {"value": "whole", "points": 3, "label": "The whole school"},
]

QUESTIONS: list[dict[str, Any]] = [
    {"id": "welcome", "type": "note", "label": "Answer together. You can stop at any time."},
    {"id": "school_name", "type": "short_text", "label": "The school", "prefill": "school.name", "read_only": "yes"},
    {
        "id": "contact",
        "type": "short_text",
        "label": "Who leads the work?",
        "help": "The name of a teacher.",
        "prefill": "school.head_name",
        "required": "yes",
    },
    {
        "id": "summary",
        "type": "long_text",
        "label": "What have you done this year?",
        "help": "Write for somebody who does not know the school.",
        "example": "We met every week.",
        "max_words": 50,
        "requirement": "team",
        "required": "yes",
        "evidence": "several",
    },
    {"id": "pupils", "type": "number", "label": "How many pupils took part?", "requirement": "team", "maximum": 5000},
    {"id": "since", "type": "date", "label": "Since when?"},
    {"id": "site", "type": "link", "label": "The page of the project", "evidence": "one"},
    {"id": "partners", "type": "yes_no", "label": "Did you work with other schools?", "required": "yes"},
    {
        "id": "how_many",
        "type": "number",
        "label": "With how many?",
        "required": "yes",
        "when": {"question": "partners", "is": "yes"},
    },
    {
        "id": "kind",
        "type": "choice",
        "label": "What was it like?",
        "when": {"all": [{"question": "partners", "is": "yes"}, {"question": "how_many", "at_least": 2}]},
        "options": [{"value": "online", "label": "Online"}, {"value": "visit", "label": "With a visit"}],
    },
    {
        "id": "many",
        "type": "short_text",
        "label": "That is many. How did you manage?",
        "when": {"cel": "how_many > 10.0"},
    },
    {
        "id": "themes",
        "type": "choices",
        "label": "Which themes?",
        "options": [
            {"value": "safety", "label": "Safety"},
            {"value": "culture", "label": "Culture"},
            {"value": "science", "label": "Science"},
        ],
    },
    {
        "id": "rules",
        "type": "scale",
        "scale": "steps",
        "label": "The school has common rules.",
        "required": "yes",
        "may_not_apply": "yes",
        "descriptors": {"none": "There are none.", "whole": "Everybody knows and follows them."},
    },
    {
        "id": "statements",
        "type": "matrix",
        "scale": "steps",
        "label": "How far has the school come?",
        "required": "yes",
        "rows": [
            {"value": "pupils_learn", "label": "Pupils learn to protect personal information."},
            {"value": "parents_know", "label": "Parents know how the school uses the internet."},
        ],
    },
    {
        "id": "visits",
        "type": "group",
        "label": "Visits",
        "help": "One row for each visit.",
        "at_least": 1,
        "at_most": 3,
        "columns": [
            {"id": "place", "type": "short_text", "label": "Where?", "required": "yes"},
            {"id": "day", "type": "date", "label": "When?"},
            {
                "id": "way",
                "type": "choice",
                "label": "How?",
                "options": [{"value": "train", "label": "By train"}, {"value": "bus", "label": "By bus"}],
            },
            {"id": "told", "type": "long_text", "label": "What did you learn?", "max_words": 30},
        ],
    },
    {"id": "staff", "type": "registry_list", "source": "teachers", "label": "Who took part?", "at_least": 1},
    {"id": "photos", "type": "file", "label": "Photographs", "evidence": "several"},
    {
        "id": "promise",
        "type": "declaration",
        "label": "We confirm this.",
        "statement": "All who can be recognised have agreed.\n\nWe keep no more than we need.",
        "required": "yes",
    },
    {"id": "share", "type": "computed", "label": "Pupils for each school", "value": "pupils / how_many"},
]

KNOWN = Known(
    facts={"school.name": "Solbakken skole", "school.head_name": "Marte Rektor"},
    lists={
        "teachers": (
            KnownRow(id="aaaaaaaaaaaa", label="Kari Berg", details="since 2015"),
            KnownRow(id="bbbbbbbbbbbb", label="Ola Dal"),
        )
    },
)

RAW: dict[str, Any] = {
    "contact": "Kari Berg",
    "summary": "One two.\n\nThree four.",
    "pupils": "120",
    "since": "2020-09-01",
    "site": "https://www.example.org/project",
    "partners": "yes",
    "how_many": "3",
    "kind": "visit",
    "many": "Kept",
    "themes": ("science", "safety"),
    "rules": "whole",
    "statements.pupils_learn": "some",
    "statements.parents_know": "none",
    "visits": ("r1", "r2"),
    "visits.r1.place": "Berlin",
    "visits.r1.day": "1.10.2020",
    "visits.r1.way": "train",
    "visits.r1.told": "A lot.",
    "visits.r2.place": "Oslo",
    "staff": ("aaaaaaaaaaaa",),
    "staff.aaaaaaaaaaaa.remark": "Now Kari Li",
    "staff.others": ("t1",),
    "staff.t1.name": "Per Ny",
}


def stated(*questions: dict[str, Any], hostile: bool = False) -> dict[str, Any]:
    """The form as it stands in a file; with a hostile text in each of its texts where it is asked for."""
    made: dict[str, Any] = {
        "form": "every",
        "title": "Every type",
        "scales": [{"id": "steps", "levels": LEVELS, "not_applicable": "Does not apply to us"}],
        "requirements": [{"id": "team", "letter": "B", "label": "A team", "description": "Teachers work together."}],
        "sections": [
            {"id": "all", "title": "All of it", "introduction": "Work together.", "questions": questions or QUESTIONS}
        ],
        "declaration": {"text": "I sign."},
        "consent": {"text": "We agree."},
    }
    return _hostile(made) if hostile else made


def form(*questions: dict[str, Any], hostile: bool = False) -> Form:
    """A form with every type of question."""
    return Form.model_validate(stated(*questions, hostile=hostile))


def answers(*, hostile: bool = False, **instead: Any) -> AnswerSet:
    """Whole answers, with others in place of some; of the form with hostile texts where it is asked for."""
    promise = next(question for question in form(hostile=hostile).questions() if question.id == "promise")
    kept = {"promise": promise.fingerprint, **RAW, **instead}  # type: ignore[attr-defined]
    return AnswerSet.of(kept, {"summary": 1, "photos": 1}, KNOWN)


TEXTS = {"label", "help", "example", "statement", "title", "introduction", "description", "not_applicable"}


def _hostile(part: Any, key: str = "") -> Any:
    if isinstance(part, dict):
        if key == "descriptors":
            return {name: f"{text} {HOSTILE}" for name, text in part.items()}
        return {name: _hostile(value, name) for name, value in part.items()}
    if isinstance(part, list | tuple):
        return [_hostile(value) for value in part]
    return f"{part} {HOSTILE}" if key in TEXTS else part


def plugin(home: Path, *, hostile: bool = False) -> None:
    """An overlay that puts the section `all`, with every type of question, before the others of the current round."""
    made = stated(hostile=hostile)
    told = {
        "round": "2021-2022",
        "overlay": "every-type",
        "language": "en",
        "reason": "To try every type.",
        "form": {
            "scales": made["scales"],
            "requirements": [{**made["requirements"][0], "state": "optional"}],
            "sections": made["sections"],
        },
    }
    # A definition is YAML, of which JSON is a part.
    write_plugin(home, "every-type", overlay__yaml=json.dumps(told))
