"""The parts that every page is made of: ids that an error summary can link to, and texts that say their language."""

import re

import pytest
from skolemerke_forms.wording import Text
from support.installation import install, running

HOSTILE = '"><script>alert(1)</script>{{ 7 * 7 }}'


@pytest.fixture
def macros(tmp_path):
    with (
        running(install(tmp_path)) as app,
        app.test_request_context("/?language=en", headers={"Accept-Language": "en"}),
    ):
        yield app.jinja_env.get_template("macros.html").module


def test_a_field_ties_its_hint_and_its_error_to_its_input(macros):
    html = str(
        macros.field("email", "E-mail", "a@b", hint="The registered one", error="Enter an address", type="email")
    )
    assert '<label for="email">E-mail</label>' in html
    assert 'aria-invalid="true" aria-describedby="email-hint email-error"' in html
    assert re.search(r'id="email-error"><span class="visually-hidden">Error:</span> Enter an address', html)


def test_a_field_without_hint_or_error_is_described_by_nothing(macros):
    html = str(macros.field("email", "E-mail"))
    assert "aria-" not in html


def test_the_first_of_a_group_can_be_linked_to(macros):
    html = str(macros.radios("level", "Level", [("a", "A", "What A is"), ("b", "B")], value="b", error="Choose one"))
    assert html.startswith('<fieldset class="field field--wrong" aria-describedby="level-error">')
    assert '<input type="radio" id="level-0" name="level" value="a" aria-invalid="true"' in html
    assert 'aria-describedby="level-0-hint"' in html
    assert '<input type="radio" id="level-1" name="level" value="b" checked' in html


def test_the_error_summary_takes_the_focus_and_links_to_each_field(macros):
    html = str(macros.error_summary([("email", "Enter an address"), ("level-0", "Choose one")]))
    assert 'tabindex="-1" autofocus' in html
    assert re.findall(r'href="#([^"]+)"', html) == ["email", "level-0"]
    assert str(macros.error_summary([])) == ""


def test_a_text_area_keeps_a_first_line_that_is_empty(macros):
    html = str(macros.textarea("why", "Why", "\nsecond line"))
    assert ">\n\nsecond line</textarea>" in html


def test_a_text_that_fell_back_says_its_language_and_another_does_not(macros):
    assert str(macros.said(Text.of("Fant", "nb"))) == '<span lang="nb" dir="auto">Fant</span>'
    assert str(macros.said(Text.of("Found", "en"))) == "Found"
    assert str(macros.said("Found")) == "Found"
    assert str(macros.paragraphs(Text.of("En\n\n\n\nTo", "nb"))) == (
        '<p lang="nb" dir="auto">En</p>\n<p lang="nb" dir="auto">To</p>\n'
    )


def test_whatever_is_given_is_shown_and_never_run(macros):
    shown = [
        macros.field(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE),
        macros.textarea(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE),
        macros.radios(HOSTILE, HOSTILE, [(HOSTILE, HOSTILE, HOSTILE)], HOSTILE, HOSTILE, HOSTILE),
        macros.select(HOSTILE, HOSTILE, [(HOSTILE, HOSTILE)], HOSTILE, HOSTILE, HOSTILE),
        macros.tag(HOSTILE),
        macros.notification(HOSTILE, HOSTILE, HOSTILE),
        macros.summary_list([(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE)]),
        macros.error_summary([(HOSTILE, HOSTILE)], HOSTILE),
        macros.paragraphs(Text.of(HOSTILE, HOSTILE)),
    ]
    for html in map(str, shown):
        assert "<script" not in html
        assert "49" not in html


def test_a_status_that_is_not_known_is_shown_as_it_is(macros):
    assert str(macros.tag("valid")) == '<strong class="tag tag--good">valid</strong>'
    assert str(macros.tag("thawing")) == '<strong class="tag tag--plain">thawing</strong>'
