"""The accent of an installation, where no style sheet reaches."""

import pytest
from skolemerke import look
from skolemerke.web import assets


@pytest.mark.parametrize(
    ("sheet", "accent"),
    [
        (":root { --accent: #5b2a86; }", "#5b2a86"),
        (":root{--accent:#ABC}", "#abc"),
        (":root {\n  --accent-deep: #111111;\n  --accent : #5B2A86 ;\n}", "#5b2a86"),
        (
            ":root { --accent: #5b2a86; } @media print { :root { --accent: #ffffff; } }",
            "#5b2a86",
        ),
        ("/* --accent: #111111; */ :root { --accent: #222222; }", "#222222"),
        ("", look.ACCENT),
        (":root { --accent: rebeccapurple; }", look.ACCENT),
        (":root { --accent: #12345; }", look.ACCENT),
        (":root { --accent: #123456</style><script>alert(1)</script>; }", look.ACCENT),
        (":root { --my--accent: #111111; --accent: var(--mist); }", look.ACCENT),
    ],
)
def test_the_accent_is_what_the_own_sheet_states_as_a_number_and_else_ours(sheet, accent):
    assert look.accent_of(sheet) == accent


def test_ours_is_that_of_our_style_sheet():
    assert look.accent_of((assets.STYLE_FILES / "tokens.css").read_text(encoding="utf-8")) == look.ACCENT
    assert look.STATED.search((assets.STYLE_FILES / "tokens.css").read_text(encoding="utf-8"))
