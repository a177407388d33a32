"""Every type of question in a real browser: the script only hastens what the server decides."""

import pytest
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import expect
from skolemerke.applications import operations
from skolemerke.people import operations as people
from skolemerke_forms.answers import AnswerSet
from skolemerke_forms.drawing import State, draw_section
from support import every_type
from support.a_form import form_of, question
from support.applicants import scene
from support.house import ROOT
from support.looking import faults
from support.public_site import served
from support.walking import arrive

SCRIPT = ROOT / "core" / "skolemerke" / "web" / "static" / "shown.js"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    home = tmp_path_factory.mktemp("every")
    every_type.plugin(home)
    with scene(home) as here, served(here.app) as address:
        application = here.begun()
        raw = {
            name: value
            for name, value in every_type.RAW.items()
            if name.partition(".")[0] not in {"partners", "how_many", "kind", "staff", "visits"}
        }
        operations.save_answers(here.actor(here.kari), application.id, {**raw, "pupils": "about ten"}, {})
        yield here, application, address


@pytest.fixture
def cookie(site):
    here, _application, address = site
    signer = SecureCookieSessionInterface().get_signing_serializer(here.app)
    value = signer.dumps({"language": "en", "token": people.open_session(here.kari)})
    return {"name": "session", "value": value, "url": address}


@pytest.fixture
def opened(site, cookie, context):
    _here, application, address = site
    context.add_cookies([cookie])
    # The tests share the application: what one of them types and does not save must not be saved by itself.
    context.add_init_script("window.fetch = undefined")
    page = context.new_page()
    page.goto(f"{address}/applications/{application.public_id}/all?saved=")
    return page


@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(opened, width):
    opened.set_viewport_size({"width": width, "height": 800})
    opened.get_by_label("Yes").check()
    assert faults(opened) == []


def test_a_question_is_shown_and_hidden_at_once_and_what_depends_on_it_too(opened):
    how_many, kind = opened.locator("#question-how_many"), opened.locator("#question-kind")
    expect(how_many).to_be_hidden()
    opened.get_by_label("Yes").check()
    expect(how_many).to_be_visible()
    expect(kind).to_be_hidden()
    opened.fill("#q_how_many", "3")
    expect(kind).to_be_visible()
    assert opened.locator("[data-seen]").input_value() == "how_many kind"
    expect(opened.locator("[data-opened]")).to_have_text("One more question stands below.")
    # What depends on a hidden question is hidden with it.
    opened.get_by_label("No", exact=True).check()
    expect(how_many).to_be_hidden()
    expect(kind).to_be_hidden()


def test_the_summary_leads_to_the_place_and_the_keyboard_reaches_every_level_of_a_matrix(opened):
    expect(opened.locator(".error-summary")).to_be_focused()
    opened.locator(".error-summary a").first.click()
    assert opened.evaluate("document.activeElement.id") == "q_pupils"
    opened.locator("[id='q_statements.pupils_learn-1']").focus()
    opened.keyboard.press("ArrowRight")
    assert opened.evaluate("document.activeElement.value") == "most"


def test_a_click_beside_a_level_of_a_matrix_chooses_it(opened):
    opened.set_viewport_size({"width": 1280, "height": 800})
    label = opened.locator("label[for='q_statements.parents_know-3']")
    label.scroll_into_view_if_needed()
    box = label.bounding_box()
    opened.mouse.click(box["x"] + 4, box["y"] + box["height"] / 2)
    assert opened.locator("[id='q_statements.parents_know-3']").is_checked()


def test_without_a_script_rows_are_added_and_removed_and_what_opens_is_led_to(site, cookie, browser):
    _here, application, address = site
    with browser.new_context(java_script_enabled=False) as plain:
        plain.add_cookies([cookie])
        page = plain.new_page()
        page.goto(f"{address}/applications/{application.public_id}/all")
        arrive(page.get_by_role("button", name="Add a row"))
        name = page.url.partition("#")[2]
        assert name.startswith("q_visits.r")
        expect(page.locator(f"[id='{name}']")).to_be_focused()
        page.locator(f"[id='{name}']").fill("Oslo")
        arrive(page.get_by_role("button", name="Remove this row"))
        expect(page.locator("#removed")).to_be_focused()
        arrive(page.get_by_role("button", name="Put it back"))
        expect(page.locator(f"[id='{name}']")).to_have_value("Oslo")
        page.get_by_label("Yes").check()
        page.fill("#q_pupils", "10")
        arrive(page.get_by_role("button", name="Save and continue"))
        expect(page.locator("#opened")).to_be_focused()
        expect(page.locator("#question-how_many")).to_be_visible()
        page.get_by_label("No", exact=True).check()
        arrive(page.get_by_role("button", name="Save and stay here"))


QUESTIONS = (
    question("yes", "yes_no"),
    question("one", "choice", options=[{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]),
    question("some", "choices", options=[{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]),
    question("level", "scale", scale="steps", may_not_apply=True),
    question("grid", "matrix", scale="steps", rows=[{"value": "x", "label": "X"}, {"value": "y", "label": "Y"}]),
    question("number", "number", maximum=100),
    question("day", "date"),
    question("text", "short_text"),
    question("group", "group", columns=[question("c", "short_text")]),
    question("staff", "registry_list", source="teachers"),
    question("promise", "declaration", statement="We agree."),
)
TERMS = [
    {"question": "yes", "is": "yes"},
    {"question": "yes", "answered": False},
    {"question": "one", "is": ["b", "a"]},
    {"question": "some", "is": "b"},
    {"question": "some", "at_least": 2},
    {"question": "level", "is": "not_applicable"},
    {"question": "grid", "is": "whole"},
    {"question": "grid", "at_least": 2},
    {"question": "grid", "answered": True},
    {"question": "number", "at_least": 2.5, "at_most": 10},
    {"question": "number", "answered": True},
    {"question": "number", "is": "3"},
    {"question": "day", "is": "2020-09-01"},
    {"question": "day", "answered": True},
    {"question": "text", "is": "same"},
    {"question": "text", "answered": True},
    {"question": "text", "at_least": 2},
    {"question": "group", "at_least": 1},
    {"question": "group", "answered": False},
    {"question": "staff", "at_least": 2},
    {"question": "promise", "is": "yes"},
    {"not": {"question": "yes", "is": "yes"}},
    {"all": [{"question": "yes", "is": "yes"}, {"question": "number", "at_most": 5}]},
    {"any": [{"question": "yes", "is": "yes"}, {"question": "number", "at_most": 5}]},
    {"any": [{"not": {"question": "one", "is": "a"}}, {"question": "text", "answered": False}]},
]
SETS = [
    {},
    {"yes": "yes", "one": "a", "some": ("a", "b"), "level": "not_applicable", "grid.x": "whole", "number": "3"},
    {"yes": "no", "one": "b", "some": ("b",), "grid.x": "none", "grid.y": "some", "number": "2,5", "day": "1.9.2020"},
    {"number": "-1", "day": "31.13.2020", "text": "  same "},
    {"number": "1 000", "day": "2020-09-01", "text": "3"},
    {"number": "abc", "text": "   ", "group": ("r1", "r2"), "group.r2.c": "x", "staff": ("aaaaaaaaaaaa",)},
    {"number": "1e1", "group": ("r1",), "staff": ("aaaaaaaaaaaa",), "staff.others": ("t",), "staff.t.name": "Per"},
]


@pytest.mark.parametrize("raw", SETS, ids=range(len(SETS)))
def test_the_script_decides_as_the_server_does(page, raw):
    asked = [question(f"if{number}", "short_text", when=term) for number, term in enumerate(TERMS)]
    form = form_of(*QUESTIONS, *asked)
    fingerprint = form.question("promise").fingerprint
    answers = AnswerSet.of({**raw, "promise": fingerprint} if raw else raw, {}, every_type.KNOWN)
    reading = answers.under(form)
    expected = {one["id"]: reading.shows(form.question(one["id"])) for one in asked}
    markup = draw_section(form, form.sections[0], "en").fill(State(reading, typed=answers.raw))
    # The server's own decision is taken out, so that the script alone decides.
    markup = markup.replace(" hidden>", ">")
    page.set_content(
        f'<form class="section-form"><input type="hidden" data-seen><p data-opened="More"></p>{markup}</form>'
    )
    page.add_script_tag(path=SCRIPT)
    found = page.evaluate(
        "Object.fromEntries(Array.from(document.querySelectorAll('[data-when]'),"
        " each => [each.id.replace('question-', ''), !each.hidden]))"
    )
    assert {name: found.get(name) for name in expected} == expected
