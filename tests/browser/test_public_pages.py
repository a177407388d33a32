"""The public pages in a real browser: axe finds nothing, nothing scrolls sideways, the keyboard is enough."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from support.installation import SHIPPED, WAIVER, install, running
from support.public_site import label, list_labels, opened, served

PATHS = (
    "/",
    "/rounds",
    "/rounds/2021-2022",
    "/labels",
    "/labels?country=IT&page=2",
    "/labels?q=nothing",
    "/labels/NO-001",
    "/privacy",
    "/accessibility",
    "/help",
    "/contact",
    "/nowhere",
)
LONG = "Istituto Comprensivo Leonardo da Vinci di Castelnuovo Scrivia"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    home = install(tmp_path_factory.mktemp("site"), *SHIPPED, WAIVER)
    with running(home) as app:
        opened("2021-2022", "2018-2019")
        list_labels(label("NO-001"), *[label(f"IT-{number:03}", LONG, country="IT") for number in range(60)])
        with served(app) as found:
            yield found


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(page, address, language, width):
    page.set_viewport_size({"width": width, "height": 800})
    found = {}
    for path in PATHS:
        joint = "&" if "?" in path else "?"
        page.goto(f"{address}{path}{joint}language={language}")
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        # What fades in has no contrast of its own until it is there.
        page.evaluate("Promise.all(document.getAnimations().map(each => each.finished))")
        violations = [(each["id"], each["nodes"][0]["html"]) for each in Axe().run(page).response["violations"]]
        sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if violations or sideways > 0:
            found[path] = (violations, sideways)
    assert found == {}


def test_axe_would_find_a_fault(page, address):
    page.goto(f"{address}/rounds")
    page.evaluate("document.documentElement.removeAttribute('lang')")
    assert [each["id"] for each in Axe().run(page).response["violations"]] == ["html-has-lang"]


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
