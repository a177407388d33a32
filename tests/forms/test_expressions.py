import pytest
from skolemerke_forms.expressions import MAX_DEPTH, MAX_LENGTH, ExpressionFault, expression

ROWS = [{"subject": "art", "hours": 3.0}, {"subject": "art", "hours": None}]


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("hours > 2.0", True),
        ("hours > 2", True),
        ("hours * 2.0", 6.0),
        ("rows.filter(row, row.subject == 'art').size()", 2),
        ("size(chosen) >= 2 && 'pupils' in chosen", True),
        ("open == null", True),
        ("missing == null", True),
        # What it needs is not there yet: not determined, whatever the operation.
        ("open > 2.0", None),
        ("open + hours", None),
        # One side settles it.
        ("hours > 2.0 || open > 2.0", True),
        ("hours > 5.0 && open > 2.0", False),
        # Mixed numbers are a mistake of the definition; the check finds it, a page does not break.
        ("hours * 2", None),
        ("hours / 0.0 > 1.0", True),
        ("rows.map(row, row.hours)[7]", None),
        ("'(' + \"(\" == '(('", True),
    ],
)
def test_an_expression_sees_clean_answers(source: str, value: object) -> None:
    answers = {"hours": 3.0, "rows": ROWS, "chosen": ["pupils", "parents"], "open": None}
    assert expression(source).value(answers) == value


def test_the_names_of_an_expression_are_those_of_answers_not_of_its_macros() -> None:
    assert expression("rows.exists(one, one.hours > least) && text != 'x.map(y, y)'").names == {"rows", "least", "text"}


@pytest.mark.parametrize(
    ("source", "code", "column"),
    [
        ("hours >", "not_an_expression", 8),
        ("hours > > 2.0", "not_an_expression", 9),
        ("system('ls')", "unknown_function", 0),
        ("hours > 2.0 " + "|| hours > 2.0 " * 100, "expression_too_large", 0),
        ("(" * (MAX_DEPTH + 1) + "1" + ")" * (MAX_DEPTH + 1), "expression_too_large", 0),
        ("a.map(x, a.map(y, a.map(z, 1)))", "expression_too_large", 0),
        ("!" * (MAX_LENGTH // 2) + "true", "expression_too_large", 0),
    ],
)
def test_what_is_no_expression_within_bounds_is_refused(source: str, code: str, column: int) -> None:
    with pytest.raises(ExpressionFault) as refused:
        expression(source)
    assert (refused.value.code, refused.value.column) == (code, column)
