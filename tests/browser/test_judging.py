"""A judged round in a real browser: the officer judges without a script, the school reads it with the result."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import current_app
from skolemerke.decisions import operations, reviewing
from skolemerke.decisions.reviewing import Judging
from skolemerke.people import operations as people
from skolemerke.people.actors import SYSTEM
from support.applying import again
from support.installation import SECOND, install, running
from support.judged import ALL_FULFILLED, IN_IT, ROUND, JudgedRound
from support.public_site import served, visitor
from support.walking import arrive


@pytest.fixture
def world(tmp_path):
    with running(install(tmp_path, *SECOND), now=IN_IT) as app:
        made = JudgedRound()
        with served(app) as address:
            made.address = address
            yield made


@pytest.fixture
def context(browser):
    made = browser.new_context(java_script_enabled=False)
    yield made
    made.close()


def signed_in(world, context, account_id):
    """A page on which somebody is signed in."""
    client = visitor(current_app)
    token = people.open_session(account_id)
    with client.session_transaction() as session:
        session["token"] = token
    cookie = client.get_cookie("session").value
    context.add_cookies([{"name": "session", "value": cookie, "url": world.address}])
    return context.new_page()


def faults_of(page, address, languages=(("en", 1280), ("nb", 320), ("nn", 1280))):
    """What axe finds at an address, and what runs out of the page, in the languages and widths."""
    found = {}
    for language, width in languages:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.goto(f"{address}{'&' if '?' in address else '?'}language={language}").status == 200
        sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        violations = [(each["id"], each["nodes"][0]["html"]) for each in Axe().run(page).response["violations"]]
        if violations or sideways > 0:
            found[language, width] = (violations, sideways)
    return found


def test_an_officer_judges_and_decides_without_a_script_and_the_school_reads_it(world, context):
    page = signed_in(world, context, world.officer_account)
    page.goto(f"{world.address}/admin/applications/details/?id={world.application}&language=en")
    part = page.get_by_role("region", name="Judge this part: A model for other schools")
    part.get_by_label("Not fulfilled").check()
    part.get_by_label("Feedback to the school").fill("Invite a school that is new to eTwinning.")
    part.get_by_label("Note for colleagues").fill("Ask Ola.")
    arrive(part.get_by_role("button", name="Save the judgements"))
    assert "The judgements are saved." in page.locator("main").inner_text()
    assert page.url.endswith("#judge-model_school")
    page.locator("#decision ~ form").get_by_label("refused").check()
    page.get_by_label("Reasons").fill("One principle is missing.")
    arrive(page.get_by_role("button", name="Note the decision"))
    operations.publish(SYSTEM, ROUND)

    context.clear_cookies()
    school = signed_in(world, context, world.kari)
    school.goto(f"{world.address}/applications/{again(world.application).public_id}?language=en")
    arrive(school.get_by_role("link", name="How each part was judged"))
    told = school.locator("main").inner_text()
    assert "Invite a school that is new to eTwinning." in told
    assert "Ask Ola." not in told


def test_axe_finds_nothing_on_the_pages_of_a_judged_round(world, browser):
    context = browser.new_context()
    said = {**ALL_FULFILLED, "pupils": Judging("not_fulfilled", "More than two pupils.\n\nAsk the council.", "Thin.")}
    reviewing.judge(world.officer, world.sent, said)
    later = world.submit(number=2, model_plan="We accompany two schools.")
    page = signed_in(world, context, world.officer_account)
    details = f"{world.address}/admin/applications/details/?id={world.application}"
    assert faults_of(page, details) == {}
    reviewing.confirm(world.officer, later)
    assert faults_of(page, details, [("en", 320)]) == {}
    operations.decide(world.officer, later, "agency", "refused", reasons="So", feedback="Try again.")
    operations.publish(SYSTEM, ROUND)
    context.clear_cookies()
    school = signed_in(world, context, world.kari)
    receipt = f"{world.address}/applications/{again(world.application).public_id}/receipt"
    assert faults_of(school, receipt) == {}
    context.close()
