"""Each attack alone in every text of the site: no other one before it can shield it, as one that opens a comment might.

`test_hostile_site` puts all of them into one text and walks every page; here a few pages of each kind are enough.
"""

import pytest
from markupsafe import escape
from skolemerke import database, outbox
from skolemerke.agencies.models import Agency
from skolemerke.scoring import operations as scoring
from skolemerke.worker import letters
from skolemerke_forms.answers import AnswerSet
from skolemerke_forms.drawing import State, draw_section
from sqlalchemy import select
from support import every_type, hostile
from support.hostile import PAYLOADS, Living
from support.installation import SHIPPED, WAIVER, install, running
from support.public_site import served

from . import test_hostile_site as site
from . import test_routes
from .everything import ROUND, answer_all, everything

A = "/applications/{public_id}"
PAGES = {
    "anonymous": ("/labels", "/contact", "/declarations/{token}"),
    "teacher_a": (A, f"{A}/all", f"{A}/receipt"),
    "officer_no": ("/admin/applications/details/?id={application}", "/admin/schools/details/?id={school}"),
}
DANGEROUS = (
    "<img src=x onerror=pwned()>",
    '"><script>pwned()</script>',
    '" onfocus=pwned() autofocus="',
    '<iframe srcdoc="<script>parent.pwned()</script>"></iframe>',
    "<math><mtext><style><img src=x onerror=pwned()>",
    "<meta http-equiv=refresh content=0;url=//pwned.example>",
)
"""Those that a browser runs or follows at once."""
SHOWN = "main => main.textContent + [...main.querySelectorAll('input, textarea')].map(one => one.value).join(' ')"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """The site with something of everything; only the definitions are clean."""
    home = install(tmp_path_factory.mktemp("home"), *SHIPPED, WAIVER)
    every_type.plugin(home)
    with running(home, base_url="https://label.example") as app:
        world = test_routes.populated(app)
        everything(world)
        ids = world.ids["own"]
        ids["visit"] = answer_all(world.actor("teacher_a"), ids["application"])
        scoring.run(ROUND)
        yield world


@pytest.fixture(scope="module")
def clients(world):
    return {role: world.client(role) for role in PAGES}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_attack_lives_on_a_page_or_in_a_mail_where_it_stands_alone(world, clients, payload):
    hostile.poison(payload)
    database.read().rollback()
    wrong, missing, told = [], [], str(escape(payload))
    for role, paths in PAGES.items():
        for path in paths:
            answer = clients[role].get(site.asked(path, world.ids["own"]))
            wrong += site.wrong_with(path, answer)
            missing += [(path, answer.status_code)] if told not in answer.text else []
    mails = [outbox.render(mail) for mail in database.read().scalars(select(outbox.Mail))]
    for letter in mails:
        page = letters.html_of(letter, "nb", letters.sender_of(database.read().scalars(select(Agency)).first(), "nb"))
        wrong += [("mail", one) for one in Living(page.replace(letters.style(), "")).found]
    assert (wrong, missing) == ([], [])
    assert sum(payload in letter.text for letter in mails) > 5


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_attack_lives_in_a_part_whose_every_text_and_answer_it_is(monkeypatch, payload):
    monkeypatch.setattr(every_type, "HOSTILE", payload)
    form = every_type.form(hostile=True)
    answers = AnswerSet.of(hostile.poisoned(every_type.RAW, payload), {}, every_type.KNOWN)
    state = State(answers.under(form), typed=answers.raw, errors=dict.fromkeys(answers.raw, payload))
    drawn = draw_section(form, form.sections[0], "en").fill(state)
    assert Living(drawn).found == []
    assert drawn.count(str(escape(payload))) > 40


def test_the_twin_without_escaping_each_that_is_an_element_is_found(world, clients, monkeypatch):
    monkeypatch.setattr(world.app.jinja_env, "autoescape", False)
    monkeypatch.setattr(world.app.jinja_env, "_of_pages", {})
    alive = []
    for payload in PAYLOADS:
        hostile.poison(payload)
        database.read().rollback()
        alive += [payload] if Living(clients["anonymous"].get("/labels").text).found else []
    assert alive == [payload for payload in PAYLOADS if "<" in payload]


def test_none_of_the_most_dangerous_runs_in_a_real_browser_where_it_stands_alone(world, browser):
    met, ids = [], world.ids["own"]
    looked = {"teacher_a": f"{A}/all", "officer_no": "/admin/schools/details/?id={school}"}
    with served(world.app) as address, browser.new_context() as teacher, browser.new_context() as officer:
        pages = {
            role: site.signed_in(world, context, address, role)
            for role, context in zip(looked, (teacher, officer), strict=True)
        }
        for payload in DANGEROUS:
            hostile.poison(payload)
            for role, path in looked.items():
                met += [(payload, path, one) for one in site.looked_at(pages[role], address + site.asked(path, ids))]
                # A page on which nothing of it stands proves nothing.
                assert payload in pages[role].locator("main").evaluate(SHOWN)
    assert met == []
