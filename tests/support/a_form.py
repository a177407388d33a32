"""Small forms for tests: only what a test speaks of has to be written down."""

from typing import Any

from skolemerke_forms.definition import Form


def form_of(*questions: dict[str, Any], **more: Any) -> Form:
    """A form with one section `work`; `more` are further keys of the form."""
    stated: dict[str, Any] = {
        "form": "small",
        "title": "A small form",
        "scales": [SCALE],
        "sections": [{"id": "work", "title": "Work", "questions": list(questions)}],
        "declaration": {"text": "I sign."},
        "consent": {"text": "We agree."},
    }
    return Form.model_validate({**stated, **more})


SCALE = {
    "id": "steps",
    "levels": [
        {"value": "none", "points": 0, "label": "Not yet"},
        {"value": "some", "points": 1, "label": "Started"},
        {"value": "whole", "points": 3, "label": "The whole school"},
    ],
}


def question(id: str, type: str, **more: Any) -> dict[str, Any]:
    """One question as it stands in a file; its label is its id when the test does not care."""
    return {"id": id, "type": type, "label": f"Label of {id}", **more}
