"""The applicant's pages in a real browser: conflicts and errors are led to, scripts only help."""

from io import BytesIO

import pytest
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import expect
from skolemerke.applications import operations
from skolemerke.people import operations as people
from support.applicants import PDF, scene
from support.public_site import served
from support.walking import arrive


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """An application full of faults."""
    with scene(tmp_path_factory.mktemp("applicants")) as here:
        kari, application = here.actor(here.kari), here.begun()
        here.fill(application, safety_latest="last spring", team_size="2", safety_activities="word " * 260)
        operations.add_file(kari, application.id, "safety_activities", BytesIO(PDF), f"{'Møteplan' * 12}.pdf")
        with served(here.app) as address:
            yield here, application, address


@pytest.fixture
def as_kari(context, site):
    here, _application, address = site
    signer = SecureCookieSessionInterface().get_signing_serializer(here.app)

    def enter(language="en"):
        value = signer.dumps({"language": language, "token": people.open_session(here.kari)})
        context.add_cookies([{"name": "session", "value": value, "url": address}])
        return context.new_page()

    return enter


def test_a_conflict_is_shown_asked_about_again_and_settled_with_one_text_of_both(site, as_kari):
    here, application, address = site
    page = as_kari()
    page.goto(f"{address}/applications/{application.public_id}/teaching")
    operations.save_answers(here.actor(here.ola), application.id, {"team_work": "Ola's text"}, {"team_work": 1})
    page.fill("#q_team_work", "Kari's text")
    arrive(page.get_by_role("button", name="Save and stay here"))
    assert page.get_by_role("heading", level=1).text_content() == "A colleague has changed the same answer"
    arrive(page.get_by_role("button", name="Save this choice"))
    expect(page.locator(".error-summary")).to_be_focused()
    page.get_by_label("One text of both, as I write it here").check()
    arrive(page.get_by_role("button", name="Save this choice"))
    assert page.locator("#q_team_work").input_value() == "Ola's text\n\nKari's text"


def test_the_error_summary_has_the_focus_and_leads_to_the_field(site, as_kari):
    _here, application, address = site
    page = as_kari()
    page.goto(f"{address}/applications/{application.public_id}/esafety?saved=")
    expect(page.locator(".error-summary")).to_be_focused()
    page.locator(".error-summary a").first.click()
    assert page.evaluate("document.activeElement.id") == "q_safety_activities"


def test_leaving_a_page_with_text_that_is_not_saved_is_asked_about_and_saving_is_not(site, as_kari):
    _here, application, address = site
    page = as_kari()
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(f"{address}/applications/{application.public_id}/professional_development")
    page.fill("#q_development_next_step", "To sing")
    arrive(page.get_by_role("button", name="Save and stay here"))
    assert asked == []
    page.fill("#q_development_next_step", "To dance")
    page.get_by_role("link", name="My applications").first.click()
    page.wait_for_url("**/applications")
    assert asked == ["beforeunload"]


def test_the_words_are_counted_while_they_are_written(site, as_kari):
    _here, application, address = site
    page = as_kari()
    page.goto(f"{address}/applications/{application.public_id}/professional_development")
    page.fill("#q_development_next_step", "l'école d'aujourd'hui")
    assert page.locator("#q_development_next_step-count").text_content() == "2 of at most 150 words"
    page.fill("#q_development_next_step", "word " * 152)
    assert page.locator("#q_development_next_step-count").text_content() == "152 words: 2 more than the limit of 150"
