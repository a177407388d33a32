from typing import Any

import pytest
from pydantic import ValidationError
from skolemerke_forms.cleaning import Clean
from skolemerke_forms.conditions import MAX_TERMS, Condition, Truth
from skolemerke_forms.values import content_of

ANSWERS: dict[str, Clean] = {
    "policy": "yes",
    "hours": "12",
    "who": ("pupils", "parents"),
    "habits": {"plans": "some", "shares": "none"},
    "team": ({"row": "a", "name": "Kari"}, {"row": "b", "name": "Ola"}),
    "name": "Berg",
}


def truth(condition: dict[str, Any]) -> Truth:
    return Condition.model_validate(condition).truth(ANSWERS.get, lambda: {"hours": 12.0})


YES = {"question": "policy", "is": "yes"}
NO = {"question": "policy", "is": "no"}
OPEN = {"question": "open", "is": "yes"}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (YES, True),
        (NO, False),
        (OPEN, None),
        ({"question": "policy", "is": ["no", "yes"]}, True),
        ({"question": "who", "is": "parents"}, True),
        ({"question": "who", "is": ["nobody"]}, False),
        ({"question": "habits", "is": "some"}, True),
        ({"question": "habits", "is": "plans"}, False),
        ({"question": "hours", "at_least": "12"}, True),
        ({"question": "hours", "at_least": "12.5"}, False),
        ({"question": "hours", "at_least": "10", "at_most": "11"}, False),
        ({"question": "team", "at_least": "2"}, True),
        ({"question": "who", "at_most": "1"}, False),
        ({"question": "name", "at_least": "2"}, None),
        ({"question": "open", "at_least": "2"}, None),
        ({"question": "open", "answered": "no"}, True),
        ({"question": "open", "answered": "yes"}, False),
        ({"question": "hours", "answered": "yes"}, True),
        ({"not": YES}, False),
        ({"not": OPEN}, None),
        ({"all": [YES, OPEN]}, None),
        ({"all": [NO, OPEN]}, False),
        ({"all": [YES, YES]}, True),
        ({"any": [YES, OPEN]}, True),
        ({"any": [NO, OPEN]}, None),
        ({"any": [NO, NO]}, False),
        ({"cel": "hours > 10.0"}, True),
        ({"cel": "open > 10.0"}, None),
        # A figure is no truth.
        ({"cel": "hours"}, None),
    ],
)
def test_a_condition_is_true_false_or_undetermined(condition: dict[str, Any], expected: Truth) -> None:
    assert truth(condition) is expected


@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"question": "policy"},
        {"question": "policy", "is": "yes", "answered": "yes"},
        {"is": "yes"},
        {"question": "policy", "is": "yes", "not": YES},
        {"all": []},
        {"all": [YES], "any": [YES]},
    ],
)
def test_a_condition_of_no_form_or_of_two_is_refused(condition: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="a condition is a question with one of"):
        Condition.model_validate(condition)


def test_a_condition_of_too_many_parts_is_refused() -> None:
    within = {"any": [YES] * (MAX_TERMS - 1)}
    assert truth(within) is True
    with pytest.raises(ValidationError, match="a condition has at most 50 parts"):
        Condition.model_validate({"any": [YES] * MAX_TERMS})


def test_a_condition_is_kept_in_the_words_of_the_file() -> None:
    stated = {"all": [{"question": "policy", "is": ["yes"]}, {"not": {"cel": "hours > 2.0"}}]}
    condition = Condition.model_validate(stated)
    assert content_of(condition) == stated
    assert Condition.model_validate(content_of(condition)) == condition
    assert condition.names() == {"policy", "hours"}
