"""On a line of 50 kbit/s with 800 ms to the server every page comes, and what is typed arrives."""

import pytest
from playwright.sync_api import expect
from skolemerke.applications import operations
from support import applied
from support.applicants import ROUND, Scene, saved

PATIENCE = 60_000
LINE = {"offline": False, "latency": 800, "downloadThroughput": 50_000 / 8, "uploadThroughput": 50_000 / 8}
COLD, WARM = 80_000, 20_000
"""What a page of a part may weigh on the line with all its files, the first time and later."""


class Line:
    """A page on the weak line, and the bytes that came over it."""

    def __init__(self, page):
        self.page, self.bytes = page, 0
        page.set_default_timeout(PATIENCE)
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", LINE)
        session.on("Network.loadingFinished", self._count)

    def _count(self, told):
        self.bytes += int(told["encodedDataLength"])

    def weigh(self, address):
        """Open a page; gives the bytes that it took, as they came over the line."""
        self.bytes = 0
        self.page.goto(address, wait_until="networkidle")
        return self.bytes


@pytest.fixture
def someone(gallery):
    return gallery.newcomer("Landlinje")


@pytest.fixture
def line(browser, gallery, someone):
    with browser.new_context(viewport={"width": 320, "height": 640}, locale="en") as context:
        gallery.sign_in(context, "en", someone.account)
        yield Line(context.new_page())


def test_a_part_weighs_little_what_is_typed_arrives_and_the_application_is_sent(gallery, line, someone):
    here, page = gallery.here, line.page
    actor = here.actor(someone.account)
    application = operations.start(actor, ROUND, someone.school_id)
    own = f"{gallery.address}/applications/{application.public_id}"
    first, again = line.weigh(f"{own}/esafety"), line.weigh(f"{own}/esafety")
    assert WARM / 4 < first <= COLD
    assert 0 < again <= WARM
    page.fill("#q_safety_activities", "Written far from the next town.")
    expect(page.locator("#autosave-line")).to_contain_text("Saved", timeout=PATIENCE)
    assert saved(application)["safety_activities"] == "Written far from the next town."
    # What is typed while an answer is on its way arrives with the button.
    page.fill("#q_safety_activities", "Written far from the next town, and more.")
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url("**/teaching")
    assert saved(application)["safety_activities"] == "Written far from the next town, and more."
    _fill_the_rest(here, actor, application)
    page.goto(f"{own}/submit")
    page.get_by_role("button", name="Submit the application").click()
    expect(page.locator(".receipt__number")).to_contain_text(f"SM-{ROUND}-", timeout=PATIENCE)


def _fill_the_rest(here: Scene, actor, application):
    known = applied.examples("etwinning-2018-2019")["all_good"]
    answers = {name: value for name, value in known["answers"].items() if name != "safety_activities"}
    operations.save_answers(actor, application.id, answers, {})
    for question, count in known["evidence"].items():
        for number in range(int(count)):
            operations.add_link(actor, application.id, question, f"https://www.example.org/{question}/{number}")
    operations.set_consent(actor, application.id, "yes")
