"""The whole way of one round, as people walk it: from the invitation to the published list."""

import json
import os
import re
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page
from skolemerke_forms.located import read_list
from support.demo import served
from support.house import ROOT

WAYS = [("en", True, 1280), ("nb", True, 320), ("nn", False, 1280), ("en", False, 320)]
EXAMPLE = read_list(ROOT / "plugins/etwinning-2021-2022/examples.yaml", "examples.yaml")[0]


PATIENCE = 10_000


class Walk:
    """A person with a browser in a served demo."""

    def __init__(self, page: Page, address: str, language: str) -> None:
        self.page, self.address, self.language = page, address, language
        self.name, self.pictures = "", 0
        page.set_default_timeout(PATIENCE)
        self.troubles: list[str] = []
        page.on("console", lambda message: self.troubles.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("request", self._watch)
        page.on("response", lambda r: self.troubles.append(f"{r.status} {r.url}") if r.status >= 500 else None)

    def _watch(self, request) -> None:
        if not request.url.startswith((self.address, "data:", "about:")):
            self.troubles.append(f"asked another host: {request.url}")

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)
        assert self.page.locator("html").get_attribute("lang") == self.language
        # Nothing is wider than the window, on a phone either.
        assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        self.keep(path)

    def keep(self, name: str) -> None:
        """Keep a picture of the page in the folder that the environment names, to be looked at by people."""
        folder = os.environ.get("SCREENSHOTS")
        if folder:
            self.pictures += 1
            file = f"{self.name}-{self.pictures:02}-{re.sub(r'[^a-z0-9]+', '-', name.lower()).strip('-')}.png"
            self.page.screenshot(path=Path(folder) / file, full_page=True)

    def press(self, form: str) -> None:
        """Press the button of the form with that address."""
        self.page.locator(f'form[action$="{form}"] button:visible').first.click()

    def mail(self, words: str) -> None:
        """Open the newest mail in whose address or subject the words stand."""
        self.page.goto(f"{self.address}/demo/mails?q={words}")
        self.page.locator("main ul a").first.click()

    def follow_mail(self, words: str, path: str) -> None:
        """Wait for a mail that the worker sends, and follow its link to a path."""
        link = self.page.locator(f'main a[href*="{path}"]').first
        for _ in range(60):
            self.page.goto(f"{self.address}/demo/mails?q={words}")
            if self.page.locator("main ul a").count():
                self.page.locator("main ul a").first.click()
                if link.count():
                    self.keep(f"mail {path}")
                    link.click()
                    self.keep(f"followed {path}")
                    return
            self.page.wait_for_timeout(250)
        raise AssertionError(f"no mail to {words} with a link to {path}")

    def door(self, name: str) -> None:
        self.page.goto(f"{self.address}/demo/")
        self.press(f"/door/{name}")

    def clock(self, name: str) -> None:
        self.page.goto(f"{self.address}/demo/")
        self.page.locator(f'form:has(input[value="{name}"]) button').click()


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
    walk.page.locator("main form button").click()
    assert walk.page.locator(".signed-in__who").count() == 1


def begin(walk):
    walk.go("/applications")
    walk.page.locator("main form button").first.click()
    return walk.page.url.removeprefix(walk.address)


def fill_in(walk, application, tmp_path):
    walk.go(application)
    sections = [link.get_attribute("href") for link in walk.page.locator("ul.tasks").first.locator("a").all()]
    assert len(sections) == 4
    for section in sections:
        walk.go(section)
        for question, answer in EXAMPLE["answers"].items():
            answer_question(walk.page, question, answer)
        walk.page.locator('button[name="then"][value="save"]').click()
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


def add_link(page, question):
    box = page.locator(f'[aria-labelledby="evidence-{question}"]')
    box.locator("summary").last.click()
    box.locator(f'[name="link_{question}"]').fill(f"https://www.example.org/{question}")
    box.locator(f'button[value="evidence:{question}"]').click()


def add_file(walk, section, question, tmp_path):
    path = tmp_path / "plan.pdf"
    path.write_bytes(b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n")
    walk.go(section)
    box = walk.page.locator(f'[aria-labelledby="evidence-{question}"]')
    box.locator("summary").last.click()
    box.locator(f'[name="file_{question}"]').set_input_files(path)
    box.locator(f'button[value="evidence:{question}"]').click()
    assert walk.page.get_by_role("link", name="plan.pdf").count() == 1


def consent(walk, application):
    walk.go(f"{application}/consent")
    walk.page.locator('input[value="yes"]').check()
    walk.page.locator("main form .button").first.click()


def sign_as_principal(walk, application):
    walk.go(f"{application}/declaration")
    head = walk.page.locator('input[name="head_email"]')
    head.fill("rektor@school.example")
    walk.page.locator('input[name="head_name"]').fill("Rektor Hansen")
    walk.press("/declaration")
    walk.follow_mail("rektor@school.example", "/declarations/")
    walk.page.locator('input[name="name"]').fill("Rektor Hansen")
    walk.page.locator('input[name="role"][value="principal"]').check()
    walk.page.locator('button[value="sign"]').click()
    walk.keep("signed")


def submit(walk, application):
    walk.go(f"{application}/check")
    walk.go(f"{application}/submit")
    walk.page.locator('main form:has(input[name="key"]) button').click()
    assert walk.page.url.endswith("/receipt")
    walk.keep("receipt")
    # The score sheet stands on the receipt: everything documented, every level the highest.
    assert "42" in walk.page.locator("main").inner_text()
    assert "SM-2021-2022-" in walk.page.locator("main").inner_text()


def decide(walk, school):
    walk.clock("deadline")
    walk.door("officer")
    walk.go("/admin/applications/")
    walk.page.get_by_role("link", name=school).first.click()
    walk.page.locator('input[name="outcome-agency"][value="granted"]').check()
    walk.page.locator('textarea[name^="reasons"]').fill("Every requirement is documented.")
    walk.page.locator('textarea[name^="feedback"]').fill("A school that many can learn from.")
    walk.keep("decision")
    walk.page.locator('form:has(input[name="level"]) button').click()


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
