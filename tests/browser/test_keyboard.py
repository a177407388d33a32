"""The whole way with the keyboard alone: from the mailed link through every part, a file and the principal's page to
the receipt. No address is entered but the first and those of the mails."""

import pytest
from playwright.sync_api import expect
from support import applied
from support.applicants import PDF, ROUND

FAR = 150
EXAMPLE = applied.examples("etwinning-2018-2019")["all_good"]


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

    def choose(self, selector, value):
        """Choose among buttons that stand for one answer: one stop, within which the arrows lead."""
        self.press(selector, "Space")
        for _ in range(len(self.page.locator(selector).all())):
            if self.page.evaluate("document.activeElement.value") == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"no arrow leads to {value} of {selector}")


@pytest.fixture
def people(browser, gallery):
    """A teacher and a principal, each at a browser of their own."""
    settings = {"viewport": {"width": 1280, "height": 720}, "locale": "en"}
    with browser.new_context(**settings) as teachers, browser.new_context(**settings) as principals:
        yield Keys(teachers.new_page()), Keys(principals.new_page())


def test_a_teacher_comes_from_the_mailed_link_to_the_receipt_and_a_principal_signs(gallery, people):
    keys, principal = people
    page = keys.page
    page.goto(f"{gallery.address}/?language=en")
    keys.go('.hero a[href="/sign-in"]')
    keys.write("#email", gallery.newcomer("Tastatur").email)
    keys.go("main form button")
    page.goto(gallery.mailed("/sign-in/link/"))
    keys.go("main form button")
    keys.go("main form button")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Tastatur skole")
    keys.go(".standing .button")
    for part in ("/esafety", "/teaching", "/professional_development", "/strategic_development"):
        assert page.url.endswith(part)
        fill_in(keys)
        keys.go('button[name="then"][value="continue"]')
    keys.go('main a[href$="/consent"]')
    keys.choose('input[name="consent"]', "yes")
    keys.go("main form .button")
    keys.go('main .tasks a[href$="/declaration"]')
    keys.go('main form[action$="/declaration"] .button')
    sign(principal, gallery.mailed("/declarations/"))
    keys.go('.crumbs a[href^="/applications/"]')
    keys.go('main .tasks a[href$="/check"]')
    keys.go('main a[href$="/submit"]')
    keys.go("main form .button")
    expect(page.locator(".receipt__number")).to_contain_text(f"SM-{ROUND}-")
    expect(page.locator("main")).to_contain_text("Rektor Tangent")


def fill_in(keys):
    """Answer every question of a part that the example answers, and put by it what it has of evidence."""
    for question, answer in EXAMPLE["answers"].items():
        selector = f'[name="q_{question}"]'
        fields = keys.page.locator(selector)
        if fields.count():
            _answer(keys, selector, fields.first.get_attribute("type"), answer)
    for question in EXAMPLE["evidence"]:
        if keys.page.locator(f"#evidence-{question}").count():
            _document(keys, question)


def _answer(keys, selector, kind, answer):
    if kind == "radio":
        keys.choose(selector, answer)
    elif kind == "checkbox":
        for value in answer:
            keys.press(f'{selector}[value="{value}"]', "Space")
    else:
        # A few words of the example say as much here.
        keys.write(selector, answer[:30])


def _document(keys, question):
    box = f'[aria-labelledby="evidence-{question}"]'
    keys.press(f"{box} summary")
    if question == "safety_activities":
        keys.reach(f"#file_{question}")
        with keys.page.expect_file_chooser() as asked:
            keys.page.keyboard.press("Enter")
        asked.value.set_files([{"name": "plan.pdf", "mimeType": "application/pdf", "buffer": PDF}])
        expect(keys.page.locator(f"{box} .pieces a")).to_have_text("plan.pdf")
    else:
        keys.write(f'[name="link_{question}"]', f"https://www.example.org/{question}")
        keys.go(f'button[value="evidence:{question}"]')


def sign(principal, link):
    """Read and sign as the principal."""
    page = principal.page
    page.goto(link)
    principal.press("main summary")
    expect(page.locator("main details").first).to_contain_text("plan.pdf")
    principal.write("#name", "Rektor Tangent")
    principal.choose('input[name="role"]', "principal")
    principal.go('button[value="sign"]')
    assert page.locator('button[value="sign"]').count() == 0
