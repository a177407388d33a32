"""Files that are sent in pieces by the page, in a real browser."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import expect
from skolemerke import database
from skolemerke.applications import queries
from skolemerke.applications.storing import folder
from skolemerke.people import operations as people
from support.applicants import PDF, scene
from support.public_site import served
from support.walking import arrive

PLACE = "safety_activities"
LARGE = PDF + bytes(range(256)) * 1200
"""Five pieces of the size with which the page begins."""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with scene(tmp_path_factory.mktemp("uploads")) as here, served(here.app) as address:
        yield here, here.begun(), address


@pytest.fixture
def at_the_part(context, site):
    here, application, address = site
    signer = SecureCookieSessionInterface().get_signing_serializer(here.app)
    value = signer.dumps({"language": "en", "token": people.open_session(here.kari)})
    context.add_cookies([{"name": "session", "value": value, "url": address}])
    page = context.new_page()
    page.goto(f"{address}/applications/{application.public_id}/esafety")
    yield page
    page.close()
    # The next test finds the question as it was.
    with database.write() as session:
        for piece in queries.evidence_of(application.id):
            session.merge(piece).removed_at = piece.added_at


def names(site):
    database.read().rollback()
    return [piece.name for piece in queries.evidence_of(site[1].id)]


def box(page):
    return page.locator(f"#question-{PLACE} .evidence")


def choose(page, *files):
    box(page).locator("summary").click()
    chosen = [{"name": name, "mimeType": "", "buffer": content} for name, content in files]
    page.locator(f"#file_{PLACE}").set_input_files(chosen)


def kept(page):
    """What the browser keeps of files that were begun."""
    return page.evaluate(
        "Object.entries(sessionStorage).filter(([key]) => key.startsWith('skolemerke-uploads')).map(([, kept]) => kept)"
    )


def spoken(page):
    return page.locator("#upload-spoken")


def test_a_file_is_sent_when_it_is_chosen_and_stands_in_the_list_when_it_is_saved(site, at_the_part):
    page = at_the_part
    page.fill(f"#q_{PLACE}", "Written before the file was added.")
    choose(page, ("plan <b>.pdf", LARGE), ("second.pdf", PDF))
    expect(box(page).locator(".pieces li")).to_have_count(2, timeout=15_000)
    assert names(site) == ["plan <b>.pdf", "second.pdf"]
    expect(box(page).locator(".pieces a").first).to_have_text("plan <b>.pdf")
    expect(spoken(page)).to_have_text("“second.pdf” has been added and saved.")
    assert box(page).locator(".uploads").count() == 0
    # The button of the page sends neither file once more, and the text is where it was.
    arrive(page.get_by_role("button", name="Save and stay here"))
    assert page.locator(f"#q_{PLACE}").input_value() == "Written before the file was added."
    assert names(site) == ["plan <b>.pdf", "second.pdf"]
    arrive(box(page).get_by_role("button", name="Remove second.pdf"))
    assert names(site) == ["plan <b>.pdf"]


def test_its_progress_is_shown_and_a_button_stops_it_by_keyboard_alone(site, at_the_part):
    page = at_the_part
    # The second piece is on its way for ever.
    page.route("**/uploads/*?offset=65536", lambda _route: None)
    choose(page, ("plan.pdf", LARGE))
    bar = box(page).get_by_role("progressbar", name="plan.pdf")
    expect(bar).to_have_js_property("value", 65536)
    expect(box(page).locator(".uploads .hint")).to_have_text("0.1 of 0.3 MB")
    assert [each["id"] for each in Axe().run(page).response["violations"]] == []
    box(page).get_by_role("button", name="Cancel plan.pdf").focus()
    page.keyboard.press("Enter")
    expect(box(page).locator(".uploads")).to_have_count(0)
    assert page.evaluate("document.activeElement.id") == f"evidence-{PLACE}"
    page.unroute("**/uploads/*?offset=65536")
    choose_again = page.locator(f"#file_{PLACE}")
    choose_again.set_input_files([{"name": "other.pdf", "mimeType": "", "buffer": PDF}])
    expect(box(page).locator(".pieces li")).to_have_count(1)
    assert (names(site), list(folder().glob("*.arriving"))) == (["other.pdf"], [])


def test_a_line_that_breaks_is_waited_for_and_no_piece_is_sent_twice(site, at_the_part, context):
    page, offsets = at_the_part, []

    def watch(route):
        offsets.append(int(re.search(r"offset=(\d+)", route.request.url)[1]))
        route.abort() if len(offsets) == 2 else route.continue_()

    page.route("**/uploads/*?offset=*", watch)
    choose(page, ("plan.pdf", LARGE))
    expect(spoken(page)).to_contain_text("can't be reached")
    expect(box(page).locator(".pieces li")).to_have_count(1, timeout=15_000)
    assert offsets == sorted(offsets)
    assert [offsets.count(each) for each in offsets] == [1, 2, 2, *[1] * (len(offsets) - 3)]
    assert names(site) == ["plan.pdf"]


def test_after_a_reload_the_page_says_what_is_missing_and_the_same_file_goes_on(site, at_the_part):
    page, begun = at_the_part, []
    page.route("**/uploads/*?offset=65536", lambda route: route.abort())
    choose(page, ("plan.pdf", LARGE))
    expect(spoken(page)).to_contain_text("can't be reached", timeout=15_000)
    page.unroute("**/uploads/*?offset=65536")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(box(page).locator(".uploads")).to_contain_text("Only a part of “plan.pdf” has arrived.")
    page.on("request", lambda request: begun.append(request.url) if "offset=" in request.url else None)
    choose(page, ("plan.pdf", LARGE))
    expect(box(page).locator(".pieces li")).to_have_count(1, timeout=15_000)
    assert begun[0].endswith("offset=65536")
    assert box(page).locator(".uploads").count() == 0
    assert kept(page) == ["[]"]


def test_a_sign_in_that_ended_is_waited_for(site, at_the_part, context):
    here, _application, address = site
    page = at_the_part
    context.clear_cookies()
    choose(page, ("plan.pdf", PDF))
    expect(spoken(page)).to_contain_text("Your sign-in has ended")
    signer = SecureCookieSessionInterface().get_signing_serializer(here.app)
    value = signer.dumps({"language": "en", "token": people.open_session(here.kari)})
    context.add_cookies([{"name": "session", "value": value, "url": address}])
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(box(page).locator(".pieces li")).to_have_count(1, timeout=15_000)
    assert names(site) == ["plan.pdf"]


def test_what_is_not_taken_says_why_and_the_others_go_on(site, at_the_part):
    page = at_the_part
    choose(page, ("photo.heic", b"\x00\x00\x00\x18ftypheic"), ("page.pdf", b"<html>"), ("plan.pdf", PDF))
    expect(box(page).locator(".pieces li")).to_have_count(1, timeout=15_000)
    wrong = box(page).locator(".uploads .field-error")
    expect(wrong.nth(0)).to_contain_text("Settings, Camera, Formats, “Most Compatible”")
    expect(wrong.nth(1)).to_contain_text("The content of the file is not that of a file that ends in .pdf")
    assert [each["id"] for each in Axe().run(page).response["violations"]] == []
    for name in ("photo.heic", "page.pdf"):
        box(page).get_by_role("button", name=f"Hide this {name}").click()
    expect(box(page).locator(".uploads")).to_have_count(0)
    assert names(site) == ["plan.pdf"]


def test_a_file_that_is_dropped_on_the_question_is_sent(site, at_the_part):
    page = at_the_part
    page.evaluate(
        """selector => {
            const data = new DataTransfer();
            data.items.add(new File(["%PDF-1.7 dropped"], "dropped.pdf"));
            document.querySelector(selector).dispatchEvent(
                new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        }""",
        f"#question-{PLACE} .evidence",
    )
    expect(box(page).locator(".pieces li")).to_have_count(1, timeout=15_000)
    assert names(site) == ["dropped.pdf"]
