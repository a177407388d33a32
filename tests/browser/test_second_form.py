"""The second form, as a teacher fills it in: through all its pages in three languages, on a phone, without a script."""

import pytest
from playwright.sync_api import Browser
from skolemerke_forms.located import read_list
from support.demo import served
from support.house import ROOT
from support.installation import SECOND
from support.walking import Walk, add_link, arrive, begin, consent, sign_as_principal

ROUND = "2023-2024"
WAYS = [("en", True, 1280), ("nb", False, 320), ("nn", True, 320)]
EXAMPLES = {one["id"]: one for one in read_list(ROOT / "plugins/etwinning-2023-2024/examples.yaml", "examples.yaml")}
EXAMPLE = EXAMPLES["all_there"]
LISTS = {"team": 3, "labelled_projects": 1, "staff_learning": 1}
ROWS = [
    ("Every new teacher is shown a project", "The eTwinning team", "2023-09-15"),
    ("Year 7 takes part in a project about the sea", "Science and English", "2024-05-31"),
]


@pytest.fixture(params=WAYS, ids=lambda way: f"{way[0]}-{'script' if way[1] else 'plain'}-{way[2]}")
def walk(request, browser: Browser, tmp_path):
    language, script, width = request.param
    with served(tmp_path, schools=1500, plugins=SECOND, round_id=ROUND) as address:
        context = browser.new_context(
            java_script_enabled=script, viewport={"width": width, "height": 900}, locale=language
        )
        walk = Walk(context.new_page(), address, language)
        walk.name = f"second-{language}-{'script' if script else 'plain'}-{width}"
        walk.page.goto(f"{address}/?language={language}")
        yield walk
        context.close()
        assert walk.troubles == []


def test_a_school_fills_in_the_second_form_and_sends_it(walk):
    walk.door("teacher")
    application = begin(walk)
    sections = sections_of(walk, application)
    assert [section.rsplit("/", 1)[1] for section in sections] == [
        "esafety", "shared_leadership", "teamwork", "pupils", "model_school", "inclusive_innovation",
    ]  # fmt: skip
    for section in sections:
        fill_in(walk, section)
    consent(walk, application)
    sign_as_principal(walk, application)
    walk.door("teacher")
    walk.go(f"{application}/check")
    assert walk.page.locator("ul.gaps").all_inner_texts() == []
    walk.go(f"{application}/submit")
    arrive(walk.page.locator('main form:has(input[name="key"]) button'))
    assert walk.page.url.endswith("/receipt")
    walk.keep("receipt")
    words = walk.page.locator("main").inner_text()
    assert f"SM-{ROUND}-" in words
    assert "None" not in words
    assert walk.page.locator("table.sheet th.number").count() == 0


def test_without_a_policy_other_questions_are_asked(walk):
    walk.door("teacher")
    section = sections_of(walk, begin(walk))[0]
    walk.go(section)
    shown = {answer: asked(walk, section, answer) for answer in ("yes", "no")}
    assert shown == {
        "yes": {"policy_reviewed", "policy_practice"},
        "no": {"safety_without_policy", "policy_to_come", "policy_due"},
    }


def sections_of(walk, application):
    walk.go(application)
    return [link.get_attribute("href") for link in walk.page.locator(".tasks").first.locator("a").all()]


def asked(walk, section, answer):
    """Which of the questions that depend on the policy can be filled in after that answer."""
    walk.page.locator(f'[name="q_has_policy"][value="{answer}"]').check()
    save(walk)
    walk.go(section)
    names = ("policy_reviewed", "policy_practice", "safety_without_policy", "policy_to_come", "policy_due")
    return {name for name in names if walk.page.locator(f'[name="q_{name}"]:visible').count()}


def fill_in(walk, section):
    """Fill in a page: first what is there, then, after a save, what follows from it."""
    walk.go(section)
    fill_simple(walk.page)
    save(walk)
    walk.go(section)
    fill_simple(walk.page)
    for name, least in LISTS.items():
        tick(walk.page, name, least)
    save(walk)
    if walk.page.locator("#add-planned_actions").count():
        fill_rows(walk)
    for question in EXAMPLE["evidence"]:
        if walk.page.locator(f"#evidence-{question}").count():
            add_link(walk.page, question)
    walk.go(section)


def fill_simple(page):
    for address, answer in EXAMPLE["answers"].items():
        fields = page.locator(f'[name="q_{address}"]:visible')
        if not fields.count() or isinstance(answer, list):
            continue
        kind = fields.first.get_attribute("type")
        if kind == "checkbox":
            fields.first.check()
        elif kind == "radio":
            page.locator(f'[name="q_{address}"][value="{answer}"]').check()
        else:
            fields.first.fill(answer)


def tick(page, name, least):
    """Tick what the register has; write in what is missing to the number that is needed."""
    boxes = page.locator(f'input[type="checkbox"][name="q_{name}"]')
    for at in range(min(least, boxes.count())):
        boxes.nth(at).check()
    if not page.locator(f"#add-{name}").count():
        return
    for missing in range(least - boxes.count()):
        arrive(page.locator(f"#add-{name}"))
        page.locator(f'input[name^="q_{name}."][name$=".name"]').nth(missing).fill(f"Somebody else {missing}")


def fill_rows(walk):
    """Two rows of the plan, added by the button, filled in, saved."""
    for _row in ROWS:
        arrive(walk.page.locator("#add-planned_actions"))
    for column, at in (("action_what", 0), ("action_who", 1), ("action_by", 2)):
        fields = walk.page.locator(f'[name^="q_planned_actions."][name$=".{column}"]')
        assert fields.count() == len(ROWS)
        for number, row in enumerate(ROWS):
            fields.nth(number).fill(row[at])
    save(walk)
    kept = walk.page.locator('[name^="q_planned_actions."][name$=".action_what"]')
    assert [field.input_value() for field in kept.all()] == [row[0] for row in ROWS]
    assert len({field.get_attribute("name") for field in kept.all()}) == len(ROWS), "each row has an id of its own"


def save(walk):
    arrive(walk.page.locator('button[name="then"][value="save"]'))
