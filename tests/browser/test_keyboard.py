"""From the sign-in to the receipt with the keyboard alone."""

import pytest
from playwright.sync_api import expect
from skolemerke import database
from skolemerke.applications import operations, queries
from skolemerke.outbox import Mail
from sqlalchemy import select
from support import applied
from support.applicants import ROUND

FAR = 150


class Keys:
    """A person at a keyboard: nothing is clicked, and no field is filled but by typing."""

    def __init__(self, page):
        self.page = page

    def reach(self, selector):
        for _ in range(FAR):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"{FAR} stops of the keyboard on {self.page.url} lead to no {selector}")

    def press(self, selector, key="Enter"):
        self.reach(selector)
        self.page.keyboard.press(key)

    def go(self, selector):
        self.reach(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def write(self, selector, text):
        self.reach(selector)
        self.page.keyboard.type(text)


@pytest.fixture
def keys(browser, gallery):
    with browser.new_context(viewport={"width": 1280, "height": 720}, locale="en") as context:
        yield Keys(context.new_page())


def test_a_teacher_comes_from_the_sign_in_to_the_receipt(gallery, keys):
    someone, page = gallery.newcomer("Tastatur"), keys.page
    page.goto(f"{gallery.address}/?language=en")
    keys.go('.hero a[href="/sign-in"]')
    keys.write("#email", someone.email)
    keys.go("main form button")
    database.read().rollback()
    code = database.read().scalars(select(Mail).order_by(Mail.id.desc())).first().payload["code"]
    keys.write("#code", code)
    keys.go("main form button")
    keys.go("main form button")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Tastatur skole")
    address = page.url
    _the_other_parts(gallery, someone, address.rsplit("/", 1)[1])
    keys.go(".standing .button")
    _the_first_part(keys)
    page.goto(address)
    keys.go('a[href$="/consent"]')
    keys.press('input[name="consent"]', "Space")
    keys.go("main form .button")
    page.goto(address)
    keys.go('main .tasks a[href$="/declaration"]')
    keys.go('main form[action$="/declaration"] .button')
    page.goto(address)
    keys.go('main .tasks a[href$="/check"]')
    keys.go('main a[href$="/submit"]')
    keys.go("main form .button")
    expect(page.locator(".receipt__number")).to_contain_text(f"SM-{ROUND}-")


def _the_other_parts(gallery, someone, public_id):
    """What other tests fill in by hand: all but the first part."""
    database.read().rollback()
    actor = gallery.here.actor(someone.account)
    application, known = queries.by_public_id(actor, public_id), applied.examples("etwinning-2018-2019")["all_good"]
    first = {question.id for question in queries.form_of(application, "en").sections[0].questions}
    answers = {name: value for name, value in known["answers"].items() if name not in first}
    operations.save_answers(actor, application.id, answers, {})
    for question, count in known["evidence"].items():
        for number in range(int(count) if question not in first else 0):
            operations.add_link(actor, application.id, question, f"https://www.example.org/{question}/{number}")


def _the_first_part(keys):
    page = keys.page
    for name in ("internet_rules", "privacy_skills", "online_incidents"):
        keys.reach(f'input[name="q_{name}"]')
        # From the first level one key leads round to the last.
        page.keyboard.press("ArrowUp")
        assert page.evaluate("document.activeElement.value") == "whole"
    keys.write("#q_safety_activities", "Each class made a poster about strong passwords.")
    keys.press('[aria-labelledby="evidence-safety_activities"] summary')
    keys.write('[name="link_safety_activities"]', "https://www.example.org/poster")
    keys.go('button[value="evidence:safety_activities"]')
    keys.press('input[name="q_safety_participants"]', "Space")
    keys.write("#q_safety_latest", "14.10.2020")
    keys.go('button[name="then"][value="continue"]')
