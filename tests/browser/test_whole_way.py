"""The whole way of one round, as people walk it: from the invitation to the published list."""

import json
import re
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser
from skolemerke_forms.located import read_list
from support.demo import served
from support.house import ROOT
from support.walking import Walk, add_link, arrive, begin, consent, sign_as_principal

WAYS = [("en", True, 1280), ("nb", True, 320), ("nn", False, 1280), ("en", False, 320)]
EXAMPLE = read_list(ROOT / "plugins/etwinning-2021-2022/examples.yaml", "examples.yaml")[0]


@pytest.fixture(params=WAYS, ids=lambda way: f"{way[0]}-{'script' if way[1] else 'plain'}-{way[2]}")
def walk(request, browser: Browser, tmp_path):
    language, script, width = request.param
    with served(tmp_path) as address:
        context = browser.new_context(
            java_script_enabled=script, viewport={"width": width, "height": 900}, locale=language
        )
        walk = Walk(context.new_page(), address, language)
        walk.name = f"{language}-{'script' if script else 'plain'}-{width}"
        walk.page.goto(f"{address}/?language={language}")
        yield walk
        context.close()
        assert walk.troubles == []


def test_a_school_goes_from_the_invitation_to_the_published_list(walk, tmp_path):
    teacher, school = invited_teacher(walk)
    sign_in_by_mail(walk, teacher)
    application = begin(walk)
    fill_in(walk, application, tmp_path)
    consent(walk, application)
    sign_as_principal(walk, application)
    submit(walk, application)
    decide(walk, school)
    publish(walk)
    assert school in published_schools(walk)
    walk.door("teacher")
    walk.go(f"{application}/receipt")
    assert walk.page.locator("main").inner_text().count("SM-2021-2022-") >= 1


def invited_teacher(walk):
    """Who stands behind the teacher's door, found by the mail that invited them."""
    walk.go("/demo/")
    walk.door("teacher")
    who = walk.page.locator(".signed-in__who")
    name = who.text_content().removeprefix(who.locator(".visually-hidden").text_content()).strip()
    school = walk.page.locator("main h2").first.text_content().strip()
    walk.press("/sign-out")
    return name, school


def sign_in_by_mail(walk, teacher):
    walk.mail(teacher)
    email = re.search(r"<(\S+@\S+)>", walk.page.locator("main dl").inner_text().split("\n", 2)[2]).group(1)
    walk.go("/sign-in")
    walk.page.locator('input[type="email"], input[name="email"]').fill(email)
    walk.press("/sign-in")
    walk.follow_mail(email, "/sign-in/link/")
    # Opening the link signed nobody in; the button does.
    assert walk.page.locator(".signed-in__who").count() == 0
    arrive(walk.page.locator("main form button"))
    walk.page.locator(".signed-in__who").wait_for(state="attached")


def fill_in(walk, application, tmp_path):
    walk.go(application)
    sections = [link.get_attribute("href") for link in walk.page.locator(".tasks").first.locator("a").all()]
    assert len(sections) == 4
    for section in sections:
        walk.go(section)
        for question, answer in EXAMPLE["answers"].items():
            answer_question(walk.page, question, answer)
        arrive(walk.page.locator('button[name="then"][value="save"]'))
        for question in EXAMPLE["evidence"]:
            if walk.page.locator(f"#evidence-{question}").count():
                add_link(walk.page, question)
    add_file(walk, sections[0], "safety_activities", tmp_path)
    walk.go(sections[0])
    walk.go(application)


def answer_question(page, question, answer):
    fields = page.locator(f'[name="q_{question}"]')
    if not fields.count():
        return
    if fields.first.get_attribute("type") in {"radio", "checkbox"}:
        for value in [answer] if isinstance(answer, str) else answer:
            page.locator(f'[name="q_{question}"][value="{value}"]').check()
    else:
        fields.fill(answer)


def add_file(walk, section, question, tmp_path):
    path = tmp_path / "plan.pdf"
    path.write_bytes(b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n")
    walk.go(section)
    box = walk.page.locator(f'[aria-labelledby="evidence-{question}"]')
    box.locator("summary").last.click()
    box.locator(f'[name="file_{question}"]').set_input_files(path)
    box.locator(f'button[value="evidence:{question}"]').click()
    # Where scripts run the file was sent when it was chosen.
    walk.page.get_by_role("link", name="plan.pdf").wait_for()
    assert walk.page.get_by_role("link", name="plan.pdf").count() == 1


def submit(walk, application):
    walk.go(f"{application}/check")
    walk.go(f"{application}/submit")
    arrive(walk.page.locator('main form:has(input[name="key"]) button'))
    assert walk.page.url.endswith("/receipt")
    walk.keep("receipt")
    # The score sheet stands on the receipt: everything documented, every level the highest.
    assert "42" in walk.page.locator("main").inner_text()
    assert "SM-2021-2022-" in walk.page.locator("main").inner_text()


def decide(walk, school):
    walk.clock("deadline")
    walk.door("officer")
    walk.go("/admin/applications/")
    arrive(walk.page.get_by_role("link", name=school).first)
    walk.page.locator('input[name="outcome-agency"][value="granted"]').check()
    walk.page.locator('textarea[name^="reasons"]').fill("Every requirement is documented.")
    walk.page.locator('textarea[name^="feedback"]').fill("A school that many can learn from.")
    walk.keep("decision")
    arrive(walk.page.locator('form:has(input[name="level"]) button'))


def publish(walk):
    walk.clock("results")
    walk.door("administrator")
    walk.go("/admin/results/?round=2021-2022")
    walk.press("/publish")


def published_schools(walk):
    walk.go("/labels?round=2021-2022")
    with urlopen(f"{walk.address}/labels.json?round=2021-2022") as answer:
        listed = {row["school"] for row in json.load(answer)}
    assert all(walk.page.get_by_text(name).count() for name in sorted(listed)[:3])
    return listed
