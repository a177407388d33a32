"""Every applicant and public page in six states: axe finds nothing, nothing scrolls sideways, nothing is too small."""

import pytest
from playwright.sync_api import expect
from support.looking import CUT, SIDEWAYS, SMALL, SPACED, covered_stops, faults, restyle

STATES = ("empty", "errors", "long", "closed", "sent", "granted", "public")
WAYS = [("en", 1280, STATES), ("nb", 320, STATES), ("nn", 320, ("empty", "errors", "sent", "public"))]


@pytest.fixture
def look(browser, gallery):
    """Pages of the gallery, as Kari or as nobody; closes what it opened."""
    contexts = []

    def look(language="en", width=1280, height=800, account=True, **settings):
        context = browser.new_context(viewport={"width": width, "height": height}, locale=language, **settings)
        contexts.append(context)
        if account:
            gallery.sign_in(context, language)
        return context.new_page()

    yield look
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("language", "width", "states"), WAYS, ids=("en-1280", "nb-320", "nn-320"))
def test_axe_finds_nothing_in_any_state(look, gallery, language, width, states):
    page, found = look(language, width), {}
    for state in states:
        for path in gallery.pages[state]:
            page.goto(gallery.address + path)
            if wrong := faults(page):
                found[path] = wrong
    assert found == {}


SEND = """([address, token]) => {
  const form = document.createElement("form");
  form.method = "post";
  form.action = address;
  for (const [name, value] of [["csrf_token", token || document.querySelector("[name=csrf_token]").value],
    ["v_safety_activities", "0"], ["q_safety_activities", "What was written"]]) {
    form.append(Object.assign(document.createElement("input"), {type: "hidden", name, value}));
  }
  document.body.append(form);
  form.submit();
}"""


@pytest.mark.parametrize(("state", "token", "status"), [("closed", "", 409), ("empty", "stale", 400)])
def test_axe_finds_nothing_on_the_page_of_what_could_not_be_saved(look, gallery, state, token, status):
    page = look("nb", 320)
    page.goto(gallery.address + "/applications")
    with page.expect_navigation() as arrived:
        page.evaluate(SEND, [gallery.pages[state][1], token])
    assert arrived.value.status == status
    assert faults(page) == []
    expect(page.locator("main")).to_contain_text("What was written")


SOME = {"empty": (0, 2), "errors": (1, 4), "long": (0, 1), "sent": (1, 3), "public": (0, 4, 12)}
"""The pages of which everything that a reader can set is tried: by state, the places in its list."""


def some(gallery):
    return [gallery.address + gallery.pages[state][at] for state, places in SOME.items() for at in places]


def test_in_the_reader_s_own_colours_axe_finds_nothing_and_every_mark_of_the_focus_is_there(look, gallery):
    page, found = look(width=320, forced_colors="active"), {}
    for address in some(gallery):
        page.goto(address)
        if wrong := faults(page):
            found[address] = wrong
    page.keyboard.press("Tab")
    assert found == {}
    # A button without its ground would be a word among others: it keeps an edge.
    assert page.evaluate("getComputedStyle(document.querySelector('.button')).borderTopStyle") == "solid"


def test_enlarged_four_times_nothing_is_cut_or_hidden_and_nothing_covers_the_focus(look, gallery):
    # A window of 1280 by 1024 pixels, enlarged to 400 %.
    page, found = look(width=320, height=256), {}
    for address in some(gallery):
        page.goto(address)
        wrong = [*page.evaluate(CUT), *covered_stops(page)]
        sideways = page.evaluate(SIDEWAYS)
        if wrong or sideways > 0:
            found[address] = (wrong, sideways)
    assert found == {}


def test_what_stays_in_sight_while_one_writes_never_covers_the_focus(look, gallery):
    page = look(width=1280, height=600)
    page.goto(gallery.address + gallery.pages["long"][1])
    page.fill("#q_safety_activities", "A word")
    expect(page.locator("#autosave-line")).to_be_in_viewport()
    assert covered_stops(page) == []


def test_twin_a_bar_that_covers_the_focus_is_found(look, gallery):
    page = look(width=1280, height=600)
    page.goto(gallery.address + gallery.pages["empty"][2])
    restyle(page, "html { scroll-padding: 0 !important } .autosave { block-size: 25rem }")
    page.locator("#autosave-line").evaluate("each => each.textContent = 'Saved'")
    assert any(one.startswith("covered") for one in covered_stops(page))


def test_twin_what_is_too_small_or_cut_is_found(look, gallery):
    page = look(width=320)
    page.goto(gallery.address + "/help")
    restyle(page, ".foot__links a { min-block-size: 0; font-size: 5px; line-height: 1 }")
    restyle(page, ".foot__links { gap: 0; inline-size: 4rem }")
    restyle(page, "h1 { block-size: 1rem; overflow: hidden }")
    assert [one for one in page.evaluate(SMALL) if "/privacy" in one] == ['<a href="/privacy">Privacy</a>']
    assert len(page.evaluate(CUT)) == 1


@pytest.mark.parametrize("width", [1280, 320])
def test_what_is_pressed_is_large_enough_and_text_may_be_spaced_as_its_reader_likes(look, gallery, width):
    page, found = look("nb", width), {}
    for address in some(gallery):
        page.goto(address)
        small = page.evaluate(SMALL)
        restyle(page, SPACED)
        wrong = [*small, *page.evaluate(CUT)]
        sideways = page.evaluate(SIDEWAYS)
        if wrong or sideways > 0:
            found[address] = (wrong, sideways)
    assert found == {}


def test_the_menu_of_a_telephone_opens_and_closes_without_a_script(look, gallery):
    page = look(width=320, java_script_enabled=False)
    page.goto(gallery.address + gallery.pages["empty"][0])
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    page.get_by_role("button", name="Menu").press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("link", name="Schools with the label")).to_be_hidden()


def test_a_long_text_is_printed_whole_and_nothing_that_is_pressed_is(look, gallery):
    page = look()
    page.emulate_media(media="print")
    page.goto(gallery.address + gallery.pages["long"][1])
    height, needed = page.evaluate(
        "(at => [at.clientHeight, at.scrollHeight])(document.querySelector('#q_safety_activities'))"
    )
    assert height >= needed
    pressed = page.locator("button, .main-nav a, .button, .skip").all()
    assert [one.evaluate("each => each.outerHTML") for one in pressed if one.is_visible()] == []
