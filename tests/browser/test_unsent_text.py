"""What a browser keeps of text that has not arrived: when it is forgotten, and browsers that keep nothing."""

from datetime import datetime

import pytest
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import expect
from skolemerke import clock
from skolemerke.people import operations as people
from support.applicants import saved, scene
from support.public_site import served
from support.walking import arrive

FIELD = "#q_team_work"
KEPT = "Object.keys(localStorage).filter(key => key.startsWith('skolemerke:'))"
NO_STORAGE = """
for (const name of ["localStorage", "sessionStorage", "indexedDB"])
  Object.defineProperty(window, name, { get() { throw new DOMException("refused", "SecurityError"); } });
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with scene(tmp_path_factory.mktemp("unsent")) as here, served(here.app) as address:
        application = here.begun()
        here.fill(application)
        yield here, application, address


@pytest.fixture
def enter(context, site):
    here, application, address = site
    signer = SecureCookieSessionInterface().get_signing_serializer(here.app)

    def go(path="/teaching", *, is_shared=False):
        token = people.open_session(here.kari)
        people.set_shared(token, is_shared)
        value = signer.dumps({"language": "en", "token": token, **({"shared": True} if is_shared else {})})
        context.add_cookies([{"name": "session", "value": value, "url": address}])
        page = context.new_page()
        page.goto(f"{address}/applications/{application.public_id}{path}")
        return page

    return go


def stopped(page, text):
    """Write while nothing reaches the server."""
    page.route("**/autosave", lambda route: route.abort())
    page.fill(FIELD, text)
    expect(page.locator("#autosave-line")).to_contain_text("can't be reached", timeout=15_000)


def test_at_a_shared_computer_nothing_is_kept_and_the_page_says_what_is_left(site, enter):
    page = enter(is_shared=True)
    expect(page.locator(".shared")).to_have_text("Nothing is kept on this computer; save before you leave.")
    stopped(page, "Written at the library.")
    expect(page.locator("#autosave-line")).to_contain_text("Keep this page open; we try again.")
    assert page.evaluate(KEPT) == []
    page.unroute("**/autosave")
    expect(page.locator("#autosave-line")).to_contain_text("Saved", timeout=15_000)
    assert saved(site[1])["team_work"] == "Written at the library."
    page.fill(FIELD, "By the button.")
    arrive(page.get_by_role("button", name="Save and stay here"))
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    assert saved(site[1])["team_work"] == "By the button."


def test_text_that_was_kept_before_arrives_at_a_computer_that_is_shared_now_and_goes(site, enter):
    page = enter()
    stopped(page, "Kept before it was shared.")
    assert len(page.evaluate(KEPT)) == 1
    page.close()
    page = enter(is_shared=True)
    expect(page.locator(FIELD)).to_have_value("Kept before it was shared.")
    page.wait_for_function(f"{KEPT}.length === 0")
    assert saved(site[1])["team_work"] == "Kept before it was shared."


def test_signing_out_asks_first_and_then_forgets(site, enter):
    page = enter()
    stopped(page, "Not saved when its writer leaves.")
    page.goto(page.url.replace("/teaching", ""))
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.get_by_role("button", name="Sign out").click()
    said = "This browser holds text that has not been saved yet; it is lost when you sign out. Sign out all the same?"
    assert asked == [said]
    assert len(page.evaluate(KEPT)) == 1
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/")
    assert page.evaluate(KEPT) == []


def test_a_browser_that_keeps_nothing_breaks_no_page(site, enter, context):
    context.add_init_script(NO_STORAGE)
    page, faults = enter(), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    stopped(page, "In a private window.")
    expect(page.locator("#autosave-line")).to_contain_text("Keep this page open; we try again.")
    page.unroute("**/autosave")
    expect(page.locator("#autosave-line")).to_contain_text("Saved", timeout=15_000)
    page.fill(FIELD, "In a private window, by the button.")
    arrive(page.get_by_role("button", name="Save and stay here"))
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/")
    assert (faults, saved(site[1])["team_work"]) == ([], "In a private window, by the button.")


def test_a_server_that_is_away_for_ten_minutes_is_asked_seldom_and_gets_the_text_when_it_is_back(site, enter, context):
    context.clock.install()
    page, asked = enter(), []

    def away(route):
        asked.append(route.request.url)
        route.fulfill(status=502, body="<h1>Bad gateway</h1>")

    page.route("**/autosave", away)
    page.fill(FIELD, "Written while the server was away.")
    page.clock.run_for(3_000)
    expect(page.locator("#autosave-line")).to_contain_text("kept in this browser")
    for _half_minute in range(20):
        page.clock.run_for(30_000)
        page.evaluate("new Promise(done => queueMicrotask(done))")
    assert 5 < len(asked) < 30
    assert page.evaluate("document.querySelector('#q_team_work').value") == "Written while the server was away."
    page.unroute("**/autosave")
    page.clock.run_for(30_000)
    expect(page.locator("#autosave-line")).to_contain_text("Saved", timeout=15_000)
    assert saved(site[1])["team_work"] == "Written while the server was away."
    assert page.evaluate(KEPT) == []


def test_going_back_finds_what_was_saved_meanwhile(site, enter):
    page = enter()
    page.fill(FIELD, "Written, then away and back.")
    expect(page.locator("#autosave-line")).to_contain_text("Saved", timeout=15_000)
    page.get_by_role("link", name="My applications").first.click()
    page.go_back()
    expect(page.locator(FIELD)).to_have_value("Written, then away and back.")


def test_what_has_not_arrived_is_spoken_of_before_the_application_is_sent_and_forgotten_afterwards(site, enter):
    page = enter()
    stopped(page, "Not in what is sent.")
    page.goto(page.url.replace("/teaching", "/submit"))
    expect(page.locator("[data-unsent-key]")).to_contain_text("text that has not been saved yet")
    page.get_by_role("button", name="Submit the application").click()
    page.wait_for_url("**/receipt")
    assert page.evaluate(KEPT) == []
    page.goto(page.url.replace("/receipt", "/submit"))
    assert page.locator("[data-unsent-key]").count() == 0


def asks_before_leaving(page):
    """Whether the page would ask now."""
    return page.evaluate(
        "() => { const event = new Event('beforeunload', { cancelable: true });"
        " window.dispatchEvent(event); return event.defaultPrevented; }"
    )


def test_what_was_refused_stays_told_and_kept_until_it_is_mended(site, enter, context):
    page = enter()
    endless = "x" * 20_001
    page.fill(FIELD, endless)
    expect(page.locator("#autosave-line")).to_contain_text("at most 20000 characters", timeout=15_000)
    # Something else that is saved afterwards takes nothing of it back.
    page.fill("#q_team_members", "Kari and Ola")
    with page.expect_response("**/autosave"):
        pass
    expect(page.locator("#autosave-line")).to_contain_text("What has the group done together? – An answer may have")
    assert (saved(site[1])["team_members"], asks_before_leaving(page)) == ("Kari and Ola", True)
    arrive(page.get_by_role("button", name="Save and stay here"))
    expect(page.locator("#autosave-line")).to_contain_text("at most 20000 characters")
    assert asks_before_leaving(page)
    page.close()
    page = enter()
    expect(page.locator(FIELD)).to_have_value(endless)
    expect(page.locator("#autosave-line")).to_contain_text("at most 20000 characters", timeout=15_000)
    page.fill(FIELD, "Short enough.")
    expect(page.locator("#autosave-line")).to_contain_text("Saved", timeout=15_000)
    assert (page.evaluate(KEPT), asks_before_leaving(page)) == ([], False)


@pytest.fixture
def closed(tmp_path, context):
    """A page that stands open when its round closes; ends with the test, since the time goes on for the whole site."""
    with scene(tmp_path) as here, served(here.app) as address:
        application = here.begun()
        signer = SecureCookieSessionInterface().get_signing_serializer(here.app)
        value = signer.dumps({"language": "en", "token": people.open_session(here.kari)})
        context.add_cookies([{"name": "session", "value": value, "url": address}])
        page = context.new_page()
        page.goto(f"{address}/applications/{application.public_id}/teaching")
        clock.current().move_to(datetime.fromisoformat("2021-02-09T09:00:00+01:00"))
        yield page


def kept_texts(page):
    return page.eval_on_selector_all("#kept textarea", "all => all.map(one => one.value)")


def test_text_of_after_the_deadline_is_said_to_be_unsaved_and_stands_on_the_closed_page_until_it_is_let_go(closed):
    page = closed
    page.fill(FIELD, "Written a minute too late.")
    expect(page.locator("#autosave-line")).to_contain_text("The round closed on 8 February 2021", timeout=15_000)
    expect(page.locator("#autosave-line")).to_contain_text("What you have written since is not saved.")
    # Pressing the button shows the text, and looking at it is no leave to forget it.
    page.get_by_role("button", name="Save and stay here").click()
    page.get_by_role("heading", name="Too late to save").wait_for()
    page.get_by_role("link", name="All parts of the application").click()
    page.get_by_role("link", name="Teaching and project work").click()
    expect(page.get_by_role("heading", name="Text of yours that was not saved")).to_be_visible()
    assert kept_texts(page) == ["Written a minute too late."]
    expect(page.locator("#kept label")).to_have_text("What has the group done together?")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Throw this text away").click()
    expect(page.locator("#kept")).to_be_hidden()
    assert page.evaluate(KEPT) == []
