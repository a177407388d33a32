import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from skolemerke_forms.cleaning import MESSAGES, blank, count_words, messages_of, problem, storable, tidy
from support.word_counts import WORD_COUNTS


@pytest.mark.parametrize(("text", "words"), WORD_COUNTS)
def test_words_are_counted_as_a_person_counts_them(text: str, words: int) -> None:
    assert count_words(text) == words


@pytest.mark.parametrize(("text", "words"), WORD_COUNTS)
def test_the_count_is_the_same_whichever_line_break_a_browser_sends(text: str, words: int) -> None:
    assert count_words(tidy(text.replace("\r\n", "\n").replace("\n", "\r\n"))) == words


# Letters, marks, digits, what may stand inside a word, and every kind of blank.
WRITTEN = st.text(st.sampled_from("abÉé\u0301ß²Ⅷ文9_ '’-‑.,:/@&\t\n\r\x0b\x1c\u00a0\u2028\u200d\x00")) | st.text()


@given(WRITTEN)
def test_words_are_what_the_rule_finds_in_the_whole_text(text: str) -> None:
    rule = r"[^\W_]+(?:['’\-‑.,:/@&_][^\W_]+)*"
    assert count_words(text) == len(re.findall(rule, unicodedata.normalize("NFC", text)))


@given(WRITTEN)
def test_a_text_is_kept_alike_whether_or_not_something_has_to_be_taken_out_of_it(text: str) -> None:
    # The character behind is taken out, and makes sure that the whole text is looked through.
    assert storable(text) == storable(f"{text}\x00")


def test_line_breaks_become_one_character_and_outer_blanks_go() -> None:
    assert tidy("  one\r\ntwo\rthree\n\n ") == "one\ntwo\nthree"


@pytest.mark.parametrize("parting", ["\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_text_pasted_from_elsewhere_keeps_its_lines(parting: str) -> None:
    # Word's manual line break is a vertical tab; what parts a paragraph elsewhere is U+2029.
    assert tidy(f"First line.{parting}Second line.{parting}{parting}New paragraph.") == (
        "First line.\nSecond line.\n\nNew paragraph."
    )
    assert count_words(tidy(f"one{parting}two")) == 2


def test_a_character_that_no_database_keeps_is_taken_out_and_a_tab_stays() -> None:
    assert tidy("a\x00b\x07c\td\ud800e") == "abc\tde"


def test_of_several_texts_the_first_is_read_and_none_is_blank() -> None:
    assert tidy(["first", "second"]) == "first"
    assert tidy([]) == ""
    assert tidy(None) == ""


@pytest.mark.parametrize(("text", "is_blank"), [("", True), ("a", False)])
def test_blank_is_a_text_with_nothing_in_it(text: str, is_blank: bool) -> None:
    assert blank(text) is is_blank


def test_a_problem_is_said_with_its_figures() -> None:
    ((message, figures),) = messages_of([problem("too_many_words", limit=250, found=263)])
    assert message % figures == "Write at most 250 words; this has 263."


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_every_message_names_no_figure_but_limit_found_and_message(code: str) -> None:
    assert MESSAGES[code] % {"limit": "1", "found": "2", "message": "3"} != ""
