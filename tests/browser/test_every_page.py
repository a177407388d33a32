"""Every applicant and public page in every state: axe finds nothing, nothing scrolls sideways, nothing is too small.

Each page is looked at twice: in English in a wide window, and in one of the Norwegian languages on a telephone, where
it is looked at once more in the reader's own colours. So each state is seen in each language, each page at both
widths and in both kinds of colours. The other combinations could tell nothing new. What axe finds of names, roles and
order depends on neither width nor colours, and not on the language, for no language lacks a text
(`tests/test_translations.py`). Contrast depends on the colours and on what the width shows; the size of what is
pressed, on the width. What is wider than a telephone is found in the languages with the longer words.
"""

import pytest
from playwright.sync_api import expect
from support.looking import CUT, SIDEWAYS, SMALL, SPACED, UNMARKED, covered_stops, faults, restyle
from support.walking import arrive

STATES = ("empty", "filled", "errors", "long", "closed", "sent", "granted", "public")
WAYS = {"en": (1280, (0, 1)), "nb": (320, (0,)), "nn": (320, (1,))}
"""By language: the width, and which of two pages that follow each other are looked at."""


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


def wrong_with(page):
    """What is wrong with a page; on a telephone also in its reader's own colours."""
    wrong = faults(page)
    if page.viewport_size["width"] == 320:
        page.emulate_media(forced_colors="active")
        wrong += [*faults(page, "color-contrast"), *page.evaluate(UNMARKED)]
        page.emulate_media(forced_colors="none")
    return wrong


@pytest.mark.parametrize("language", WAYS)
def test_axe_finds_nothing_in_any_state_and_every_stop_of_the_keyboard_is_marked(look, gallery, language):
    width, which = WAYS[language]
    page, found = look(language, width), {}
    for number, path in enumerate(path for state in STATES for path in gallery.pages[state]):
        if number % 2 in which:
            page.goto(gallery.address + path)
            if wrong := wrong_with(page):
                found[path] = wrong
    assert found == {}


def test_twin_in_the_reader_s_own_colours_each_stop_without_a_mark_or_an_edge_is_found(look, gallery):
    page = look(width=320, forced_colors="active")
    for rule, told, stops in (
        (":focus-visible { outline: none !important }", "no mark", "main textarea, main input:not([type=hidden])"),
        (":focus-visible { outline-color: Canvas !important }", "no mark", "main textarea, main summary"),
        (".button { border: 0 !important }", "no edge", ".button"),
    ):
        page.goto(gallery.address + gallery.pages["filled"][1])
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert page.evaluate(UNMARKED) == []
        restyle(page, rule)
        seen = [one for one in page.locator(stops).all() if one.is_visible()]
        found = [one for one in page.evaluate(UNMARKED) if one.startswith(told)]
        assert len(found) >= len(seen) > 2


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


def send(page, address, token=""):
    """Send an older version of an answer to a part, and come to the page that answers; gives its status."""
    page.goto(f"{address.rsplit('/', 3)[0]}/applications")
    with page.expect_navigation() as arrived:
        page.evaluate(SEND, [address, token])
    return arrived.value.status


@pytest.mark.parametrize("language", WAYS)
def test_axe_finds_nothing_on_the_pages_of_what_could_not_be_saved(look, gallery, language):
    page, found = look(language, WAYS[language][0]), {}
    empty, long, closed = (gallery.address + gallery.pages[state][1] for state in ("empty", "long", "closed"))
    for address, token, status in ((closed, "", 409), (empty, "stale", 400), (long, "", 409)):
        assert send(page, address, token) == status
        expect(page.locator("main")).to_contain_text("What was written")
        found[status, address] = wrong_with(page)
    # The last was a conflict; both texts stand on its page, and nothing is chosen.
    expect(page.locator("main")).to_contain_text("word word")
    arrive(page.locator("main form .button").first)
    expect(page.locator(".error-summary")).to_be_focused()
    found["undecided"] = wrong_with(page)
    assert [one for one in found.items() if one[1]] == []


SOME = {"empty": (0, 2), "errors": (1, 4), "long": (0, 1), "sent": (1, 3), "public": (0, 4, 12)}
"""The pages of which everything that a reader can set is tried: by state, the places in its list."""


def some(gallery):
    return [gallery.address + gallery.pages[state][at] for state, places in SOME.items() for at in places]


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
    # Other tests look at the long text: this one must not arrive.
    page.route("**/autosave", lambda route: route.abort())
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
