"""What is typed arrives without a button, and stays where it is while it can't."""

from datetime import timedelta

import pytest
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import expect
from skolemerke import clock, database
from skolemerke.applications import operations
from skolemerke.applications.models import Application
from skolemerke.people import operations as people
from skolemerke.registry.models import Teacher
from sqlalchemy import inspect, update
from support.applicants import saved, scene
from support.public_site import served
from support.walking import arrive

FIELD = "#q_team_work"


@pytest.fixture
def site(tmp_path):
    with scene(tmp_path) as here, served(here.app) as address:
        yield here, here.begun(), address


def sign_in(context, site, account):
    """Sign somebody in, in another tab of the same browser."""
    here, _application, address = site
    signer = SecureCookieSessionInterface().get_signing_serializer(here.app)
    value = signer.dumps({"language": "en", "token": people.open_session(account)})
    context.add_cookies([{"name": "session", "value": value, "url": address}])


@pytest.fixture
def at_the_part(context, site):
    here, application, address = site

    def enter():
        sign_in(context, site, here.kari)
        page = context.new_page()
        page.goto(f"{address}/applications/{application.public_id}/teaching")
        return page

    return enter


def line(page):
    return page.locator("#autosave-line")


def test_typing_is_saved_and_said_so_only_then(site, at_the_part):
    here, application, _address = site
    page = at_the_part()
    page.fill(FIELD, "We planned a week about water.")
    assert saved(application) == {}
    expect(line(page)).to_contain_text("Saved 09:0", timeout=15_000)
    assert saved(application) == {"team_work": "We planned a week about water."}
    # The page goes on with the version that was acknowledged: its button finds nothing in its way.
    page.fill(FIELD, "We planned a week about water and light.")
    arrive(page.get_by_role("button", name="Save and stay here"))
    expect(page.locator(FIELD)).to_have_value("We planned a week about water and light.")
    assert saved(application) == {"team_work": "We planned a week about water and light."}
    expect(page.locator("#autosave-writing")).to_have_text("")
    operations.save_answers(here.actor(here.ola), application.id, {"team_members": "Ola"}, {})
    page.fill("#q_team_size", "4")
    expect(page.get_by_role("status").and_(page.locator("#autosave-writing"))).to_have_text(
        "Ola is writing in this part.", timeout=15_000
    )


def test_without_a_network_the_text_is_kept_and_arrives_when_it_is_back(site, at_the_part, context):
    _here, application, _address = site
    page = at_the_part()
    context.set_offline(True)
    page.fill(FIELD, "Written on the train.")
    expect(line(page)).to_contain_text("kept in this browser", timeout=15_000)
    assert saved(application) == {}
    context.set_offline(False)
    expect(line(page)).to_contain_text("Saved 09:0", timeout=30_000)
    assert saved(application) == {"team_work": "Written on the train."}
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('skolemerke:'))") == []


def test_what_a_closed_tab_left_stands_in_its_place_again(site, at_the_part, context):
    _here, application, address = site
    page = at_the_part()
    # Neither saved nor sent: the tab is gone while the server can't be reached.
    context.set_offline(True)
    page.fill(FIELD, "Lost with the tab?")
    expect(line(page)).to_contain_text("kept in this browser", timeout=15_000)
    page.close(run_before_unload=False)
    context.set_offline(False)
    again = context.new_page()
    again.goto(f"{address}/applications/{application.public_id}/teaching")
    expect(again.locator(FIELD)).to_have_value("Lost with the tab?")
    expect(line(again)).to_contain_text("Saved 09:0", timeout=15_000)
    assert saved(application) == {"team_work": "Lost with the tab?"}


def test_a_sign_in_that_ended_keeps_the_text_until_its_writer_is_back(site, at_the_part, context):
    here, application, _address = site
    page = at_the_part()
    context.clear_cookies()
    page.fill(FIELD, "Written after the sign-in had ended.")
    expect(line(page)).to_contain_text("Your sign-in has ended", timeout=15_000)
    expect(page.get_by_role("link", name="Sign in, in a new tab").first).to_be_visible()
    sign_in(context, site, here.kari)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(line(page)).to_contain_text("Saved 09:0", timeout=15_000)
    assert saved(application) == {"team_work": "Written after the sign-in had ended."}


def test_two_who_write_the_same_answer_see_both_texts(site, at_the_part):
    here, application, _address = site
    page = at_the_part()
    operations.save_answers(here.actor(here.ola), application.id, {"team_work": "Ola's words"}, {})
    page.fill(FIELD, "Kari's words")
    expect(line(page)).to_contain_text("Ola has changed the same answer", timeout=15_000)
    page.get_by_role("button", name="See both texts").click()
    expect(page.get_by_role("heading", name="A colleague has changed the same answer")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Ola's words")
    expect(page.locator("main")).to_contain_text("Kari's words")
    assert saved(application) == {"team_work": "Ola's words"}


def writers(application):
    """Who saved each answer as it stands."""
    (number,) = inspect(application).identity
    database.read().rollback()
    return {name: kept["by"] for name, kept in database.read().get_one(Application, number).answers.items()}


def test_who_signs_in_in_another_tab_takes_over_nothing_unless_that_is_said(site, at_the_part, context):
    here, application, _address = site
    page = at_the_part()
    sign_in(context, site, here.ola)
    page.fill(FIELD, "Kari's own words.")
    expect(line(page)).to_contain_text("Ola is signed in in this browser now", timeout=15_000)
    assert saved(application) == {}
    (key,) = page.evaluate("Object.keys(localStorage)")
    assert key.startswith(f"skolemerke:{application.public_id}:{here.kari}:")
    sign_in(context, site, here.kari)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(line(page)).to_contain_text("Saved 09:0", timeout=15_000)
    assert writers(application) == {"team_work": here.kari}
    sign_in(context, site, here.ola)
    page.fill(FIELD, "Words of both.")
    page.get_by_role("button", name="Go on as Ola").click(timeout=15_000)
    expect(line(page)).to_contain_text("Saved 09:0", timeout=15_000)
    assert writers(application) == {"team_work": here.ola}
    assert page.evaluate("Object.keys(localStorage)") == []


def test_who_has_left_the_school_is_told_that_nothing_is_saved_any_more_and_can_copy_the_text(site, at_the_part):
    _here, application, _address = site
    page = at_the_part()
    with database.write() as session:
        session.execute(update(Teacher).values(left_on=clock.now().date() - timedelta(days=1)))
    page.fill(FIELD, "Written as a former colleague.")
    expect(line(page)).to_contain_text("This can't be saved here any more", timeout=15_000)
    arrive(page.get_by_role("button", name="Save and stay here"))
    expect(page.get_by_role("heading", name="This can't be saved here any more")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Written as a former colleague.")
    assert saved(application) == {}


def test_what_two_tabs_kept_of_one_answer_is_offered_and_can_be_put_together(site, at_the_part, context):
    _here, application, _address = site
    tabs = [at_the_part(), at_the_part()]
    context.set_offline(True)
    for tab, text in zip(tabs, ("Written in the first tab.", "Written in the second tab."), strict=True):
        tab.fill(FIELD, text)
        expect(line(tab)).to_contain_text("kept in this browser", timeout=15_000)
        tab.close(run_before_unload=False)
    context.set_offline(False)
    page = at_the_part()
    expect(page.locator(FIELD)).to_have_value("Written in the second tab.")
    expect(page.locator("#kept textarea")).to_have_value("Written in the first tab.")
    expect(line(page)).to_contain_text("Saved 09:0", timeout=15_000)
    # Until it is chosen or thrown away the other text stays, here and at the next visit.
    assert len(page.evaluate("Object.keys(localStorage)")) == 1
    page.get_by_role("button", name="Change places").click()
    expect(page.locator(FIELD)).to_have_value("Written in the first tab.")
    expect(page.locator("#kept textarea")).to_have_value("Written in the second tab.")
    page.get_by_role("button", name="Put it below").click()
    both = "Written in the first tab.\n\nWritten in the second tab."
    expect(page.locator(FIELD)).to_have_value(both)
    expect(page.locator("#kept")).to_be_hidden()
    with page.expect_response("**/autosave"):
        pass
    page.wait_for_function("localStorage.length === 0")
    assert saved(application) == {"team_work": both}


def test_a_button_in_one_tab_forgets_nothing_of_another(site, at_the_part):
    first, second = at_the_part(), at_the_part()
    first.route("**/teaching", lambda route: route.abort() if route.request.method == "POST" else route.fallback())
    first.route("**/autosave", lambda route: route.abort())
    first.fill(FIELD, "Sent into the void.")
    first.get_by_role("button", name="Save and stay here").click()
    second.fill("#q_team_members", "Kari")
    arrive(second.get_by_role("button", name="Save and stay here"))
    expect(second.locator(FIELD)).to_have_value("Sent into the void.")
