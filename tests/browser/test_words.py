"""The page's script counts words as the server does."""

import unicodedata
from pathlib import Path

import pytest
import skolemerke.web
from playwright.sync_api import Page
from skolemerke_forms.cleaning import count_words, tidy
from support.word_counts import WORD_COUNTS

SCRIPT = Path(skolemerke.web.__file__).parent / "static" / "words.js"


@pytest.fixture
def counting(page: Page) -> Page:
    page.set_content(
        """<textarea id="q_a"></textarea>
        <p id="q_a-count" data-words-of="q_a" data-most="3"
           data-fits="{words} of 3" data-over="{words}, {over} too many"></p>
        <p id="q_a-count-spoken" role="status"></p>"""
    )
    page.add_script_tag(path=SCRIPT)
    return page


def test_the_script_agrees_with_the_server_on_every_text(counting: Page) -> None:
    texts = [text for text, _ in WORD_COUNTS]
    found = counting.evaluate("texts => texts.map(skolemerke.countWords)", texts)
    assert found == [words for _, words in WORD_COUNTS]


def test_the_script_agrees_character_by_character(counting: Page) -> None:
    codes = [*range(0x20, 0x2E80), *range(0xA640, 0xAB70)]
    # A character that was new in the browser's Unicode or ours, but not in both, is left out.
    known = [chr(code) for code in codes if unicodedata.category(chr(code)) not in {"Cc", "Cs", "Cn", "Co"}]
    texts = [f"a{character}b {character}" for character in known]
    found = counting.evaluate("texts => texts.map(skolemerke.countWords)", texts)
    differ = [text for text, words in zip(texts, found, strict=True) if words != count_words(tidy(text))]
    assert differ == []


def test_the_count_is_shown_at_once_and_said_when_the_writer_pauses(counting: Page) -> None:
    count, spoken = counting.locator("#q_a-count"), counting.locator("#q_a-count-spoken")
    assert count.text_content() == "0 of 3"
    counting.locator("#q_a").press_sequentially("one two three four")
    assert count.text_content() == "4, 1 too many"
    assert spoken.text_content() == ""
    spoken.get_by_text("4, 1 too many").wait_for()
