"""On a line of 50 kbit/s with 800 ms to the server a teacher comes the whole way, and so does the principal."""

from itertools import pairwise

import pytest
from playwright.sync_api import expect
from skolemerke import database
from skolemerke.applications import operations, queries
from support import applied
from support.applicants import PDF, ROUND, saved
from support.walking import arrive

PATIENCE = 60_000
LINE = {"offline": False, "latency": 800, "downloadThroughput": 50_000 / 8, "uploadThroughput": 50_000 / 8}
COLD, WARM = 80_000, 20_000
"""What a page of a part may weigh on the line with all its files, the first time and later."""
EXAMPLE = applied.examples("etwinning-2018-2019")["all_good"]
PARTS = ("esafety", "teaching", "professional_development", "strategic_development")


class Line:
    """A page on the weak line, and the bytes that came over it."""

    def __init__(self, context):
        self.page, self._bytes = context.new_page(), 0
        self.page.set_default_timeout(PATIENCE)
        session = context.new_cdp_session(self.page)
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", LINE)
        session.on("Network.loadingFinished", self._count)

    def _count(self, told):
        self._bytes += int(told["encodedDataLength"])

    def weigh(self):
        """The bytes that came since this was asked last."""
        weight, self._bytes = self._bytes, 0
        return weight

    def press(self, selector):
        """Press what leads to another page."""
        arrive(self.page.locator(selector).first)


@pytest.fixture
def line(browser, gallery):
    with browser.new_context(viewport={"width": 320, "height": 640}, locale="en") as context:
        yield Line(context)


def test_a_teacher_comes_from_the_sign_in_to_the_receipt_and_a_principal_signs(gallery, line, browser):
    someone, page = gallery.newcomer("Landlinje"), line.page
    sign_in(gallery, line, someone)
    actor = gallery.here.actor(someone.account)
    database.read().rollback()
    application = queries.by_public_id(actor, page.url.rsplit("/", 1)[1])
    line.press(".standing .button")
    # All that came from the first page to that of the first part is more than this page with all its files.
    assert WARM < line.weigh() <= COLD
    type_and_upload(page, application)
    for before, part in pairwise(PARTS):
        assert page.url.endswith(before)
        fill_in(page)
        line.weigh()
        line.press('button[name="then"][value="continue"]')
        page.wait_for_url(f"**/{part}")
        assert 0 < line.weigh() <= WARM
    fill_in(page)
    document(actor, application)
    line.press('button[name="then"][value="continue"]')
    line.press('main a[href$="/consent"]')
    page.check('input[name="consent"][value="yes"]')
    line.press("main form .button")
    line.press('main .tasks a[href$="/declaration"]')
    line.press('main form[action$="/declaration"] .button')
    sign(gallery, browser)
    page.goto(f"{gallery.address}/applications/{application.public_id}/submit")
    line.press("main form .button")
    expect(page.locator(".receipt__number")).to_contain_text(f"SM-{ROUND}-", timeout=PATIENCE)
    expect(page.locator("main")).to_contain_text("Rektor Langt")
    assert saved(application)["safety_activities"] == "Written far from the next town, and more."


def sign_in(gallery, line, someone):
    line.page.goto(f"{gallery.address}/sign-in")
    line.page.fill("#email", someone.email)
    line.press("main form button")
    line.page.goto(gallery.mailed("/sign-in/link/"))
    line.press("main form button")
    line.press("main form button")


def type_and_upload(page, application):
    """Type, and let the page save it; add a file, and type more while it is on its way."""
    page.fill("#q_safety_activities", "Written far from the next town.")
    expect(page.locator("#autosave-line")).to_contain_text("Saved", timeout=PATIENCE)
    assert saved(application)["safety_activities"] == "Written far from the next town."
    box = page.locator('[aria-labelledby="evidence-safety_activities"]')
    box.locator("summary").click()
    file = {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": PDF + b"%" * 4_000}
    page.locator("#file_safety_activities").set_input_files([file])
    page.fill("#q_safety_activities", "Written far from the next town, and more.")
    expect(box.locator(".pieces a")).to_have_text("plan.pdf", timeout=PATIENCE)


def fill_in(page):
    """Answer what a part asks and is not answered yet."""
    for question, answer in EXAMPLE["answers"].items():
        fields = page.locator(f'[name="q_{question}"]')
        if not fields.count() or question == "safety_activities":
            continue
        if fields.first.get_attribute("type") in {"radio", "checkbox"}:
            for value in [answer] if isinstance(answer, str) else answer:
                page.check(f'[name="q_{question}"][value="{value}"]')
        else:
            fields.fill(answer)


def document(actor, application):
    """Add the links of the example without the page: each would be one more page like that of the file."""
    for question in EXAMPLE["evidence"]:
        operations.add_link(actor, application.id, question, "https://www.example.org/")


def sign(gallery, browser):
    """Sign as the principal, whose line is as weak."""
    with browser.new_context(viewport={"width": 320, "height": 640}, locale="en") as context:
        line = Line(context)
        line.page.goto(gallery.mailed("/declarations/"))
        line.page.fill("#name", "Rektor Langt")
        line.page.check('input[name="role"][value="principal"]')
        line.press('button[value="sign"]')
        assert line.page.locator('button[value="sign"]').count() == 0
        assert line.weigh() <= COLD
