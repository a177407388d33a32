"""The public pages in a real browser: the keyboard is enough."""

import pytest
from support.looking import faults


@pytest.fixture
def address(gallery):
    return gallery.address


def test_axe_would_find_a_fault(page, address):
    page.goto(f"{address}/rounds")
    page.evaluate("document.documentElement.removeAttribute('lang')")
    assert [name for name, _where in faults(page)] == ["html-has-lang"]


def test_the_first_key_leads_to_the_skip_link_and_it_to_the_content(page, address):
    page.goto(f"{address}/help?language=en")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_every_stop_of_the_keyboard_is_seen_and_shown(page, address):
    page.set_viewport_size({"width": 320, "height": 600})
    page.goto(f"{address}/labels?language=en")
    for _ in range(25):
        page.keyboard.press("Tab")
        outline, top, bottom = page.evaluate(
            """() => { const at = document.activeElement.getBoundingClientRect();
            return [getComputedStyle(document.activeElement).outlineWidth, at.top, at.bottom] }"""
        )
        assert outline == "3px"
        assert top < 600
        assert bottom > 0


def test_buttons_are_large_enough_to_hit(page, address):
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(f"{address}/labels?language=en")
    small = page.evaluate(
        """() => [...document.querySelectorAll('.button, nav a, select, input:not([type=hidden])')]
        .map(each => [each.outerHTML, each.getBoundingClientRect()])
        .filter(([, at]) => at.height < 44 && at.height > 0).map(([html]) => html)"""
    )
    assert small == []
