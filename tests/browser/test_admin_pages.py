"""The administration in a real browser: axe finds nothing, the strict policy is never broken, nothing hostile runs."""

import re

import pytest
from playwright.sync_api import expect
from skolemerke.eligibility.operations import check
from skolemerke.people import operations as people
from support.applied import ROUND
from support.installation import SHIPPED, WAIVER, install, running
from support.looking import faults
from support.office import Office
from support.public_site import served

LISTS = (
    "applications",
    "results",
    "schools",
    "teachers",
    "labels",
    "mails",
    "agencies",
    "rounds",
    "step-one",
    "plugins",
    "changes",
)

MORE = (
    f"rounds/figures?round={ROUND}",
    f"step-one/compare?round={ROUND}",
    f"step-one/what-if?round={ROUND}&parameter=active_teachers.at_least&value=1",
)


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    home = install(tmp_path_factory.mktemp("office"), *SHIPPED, WAIVER)
    with running(home) as app:
        made = Office(app)
        check(ROUND)
        check(ROUND)
        with served(app) as address:
            made.address = address
            yield made


@pytest.fixture
def staff_page(office, context):
    """A page on which the officer of the Norwegian agency is signed in."""
    return signed_in(office, context)


@pytest.fixture
def plain_phone(office, browser):
    """The same on a telephone, in a browser that runs no script."""
    with browser.new_context(viewport={"width": 320, "height": 800}, java_script_enabled=False) as context:
        yield signed_in(office, context)


def signed_in(office, context):
    client = office.client("officer_no")
    cookie = client.get_cookie("session")
    context.add_cookies([{"name": "session", "value": cookie.value, "url": office.address}])
    return context.new_page()


def _addresses(office):
    rows = office.rows["no"]
    details = [f"/admin/{name.removeprefix('admin-')}/details/?id={rows[name]}" for name in rows if "admin" in name]
    step_one = f"/admin/step-one/{ROUND}/{rows['admin-schools']}"
    more = [step_one, *(f"/admin/{name}" for name in MORE)]
    return ["/admin/", *(f"/admin/{name}/" for name in LISTS), "/admin/changes/?prove=yes", *more, *details]


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("nb", 1280), ("nn", 320)])
def test_axe_finds_nothing_and_no_page_breaks_the_policy(office, staff_page, language, width):
    said, found = [], {}
    staff_page.on("console", lambda message: said.append(message.text))
    staff_page.on("dialog", lambda dialog: (said.append("a dialog"), dialog.dismiss()))
    staff_page.set_viewport_size({"width": width, "height": 800})
    for address in _addresses(office):
        joint = "&" if "?" in address else "?"
        answer = staff_page.goto(f"{office.address}{address}{joint}language={language}")
        assert answer.status == 200, address
        if wrong := faults(staff_page):
            found[address] = wrong
        assert staff_page.evaluate(SIDEWAYS) <= 0, address
    assert (found, said) == ({}, [])


SIDEWAYS = "document.documentElement.scrollWidth - window.innerWidth"


def test_a_country_with_a_long_name_makes_no_page_of_figures_wider_than_a_telephone(office, staff_page):
    staff_page.set_viewport_size({"width": 320, "height": 800})
    staff_page.goto(f"{office.address}/admin/rounds/figures?round={ROUND}&language=en")
    names = staff_page.locator('.funnel th[scope="row"]')
    names.evaluate_all("all => all.forEach(one => { one.textContent = 'The republic of North Macedonia' })")
    assert names.count() > 0
    assert staff_page.evaluate(SIDEWAYS) <= 0


def test_an_officer_decides_with_the_keyboard_alone(office, staff_page):
    page = staff_page
    page.goto(f"{office.address}/admin/applications/?language=en")
    page.get_by_role("link", name=re.compile("School no")).first.press("Enter")
    page.get_by_label("granted").press("Space")
    page.get_by_label("Reasons").fill("All is shown.")
    page.get_by_label("Feedback to the school").fill("Go on.")
    page.get_by_role("button", name="Note the decision").press("Enter")
    page.get_by_text("The decision is noted.").wait_for()
    assert page.get_by_text("All is shown.").is_visible()


def test_on_a_telephone_the_menu_opens_and_closes_by_keyboard_and_without_a_script(office, plain_phone):
    page = plain_phone
    page.goto(f"{office.address}/admin/schools/?language=en")
    menu, links = (
        page.get_by_role("button", name="Administration"),
        page.get_by_role("navigation", name="Administration"),
    )
    expect(links).to_be_hidden()
    menu.press("Enter")
    expect(links.get_by_role("link", name="Schools")).to_have_attribute("aria-current", "page")
    page.keyboard.press("Escape")
    expect(links).to_be_hidden()
    expect(menu).to_be_focused()
    menu.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(links.get_by_role("link", name="Overview")).to_be_focused()
    with page.expect_navigation(url="**/admin/"):
        page.keyboard.press("Enter")


def test_axe_finds_nothing_in_the_open_menu_of_a_telephone_and_a_desk_needs_no_button(office, staff_page):
    page, links = staff_page, staff_page.get_by_role("navigation", name="Administration")
    page.goto(f"{office.address}/admin/schools/?language=en")
    expect(links).to_be_visible()
    expect(page.get_by_role("button", name="Administration")).to_be_hidden()
    page.set_viewport_size({"width": 320, "height": 800})
    page.get_by_role("button", name="Administration").click()
    expect(links).to_be_visible()
    assert faults(page) == []


def test_twin_the_console_tells_of_an_inline_handler(office, staff_page):
    said = []
    staff_page.on("console", lambda message: said.append(message.text))
    staff_page.goto(f"{office.address}/admin/")
    staff_page.evaluate("document.querySelector('h1').setAttribute('onclick', 'alert(1)')")
    staff_page.locator("h1").click()
    assert any("Content Security Policy" in text for text in said)


def test_an_account_without_a_role_is_told_nothing(office, context):
    token = people.open_session(office.accounts["teacher"])
    assert token
    client = office.client("teacher")
    context.add_cookies([{"name": "session", "value": client.get_cookie("session").value, "url": office.address}])
    assert context.new_page().goto(f"{office.address}/admin/").status == 404
