"""A site in which everybody who can write something wrote an attack: every page shows it as text.

`support.hostile` holds the attacks and where they stand; a new column with a text, like a new route, fails here until
it is named.
"""

import csv
import html
import io
import json
import sys
from urllib.parse import quote

import pytest
from playwright.sync_api import Error as PlaywrightError
from skolemerke import database, outbox
from skolemerke.agencies.models import Agency
from skolemerke.cli import main
from skolemerke.config import current_config
from skolemerke.scoring import operations as scoring
from skolemerke.spreadsheet import FORMULA
from skolemerke.worker import letters
from sqlalchemy import select
from support import every_type, hostile
from support.hostile import PAYLOADS, TEMPLATES, TEXT, WORKED_OUT, Living
from support.installation import SHIPPED, WAIVER, running
from support.pdf_text import words_of
from support.public_site import served, visitor

from . import test_routes
from .everything import MAILS, ROUND, answer_all, everything
from .routes_table import TABLE, VIEWS, rows

OURS = {
    "account": {"email", "language", "teacher_id"},
    "activity": {"kind"},
    "agency": {"code", "contact_url", "language", "reply_to", "timezone"},
    "agency_calendar": {"dates", "round_id"},
    "agency_country": {"country"},
    "answer_change": {"question_id"},
    "application": {"consent", "public_id", "round_id"},
    "audit_details": {"salt"},
    "audit_head": {"hash"},
    "audit_line": {"actor", "commitment", "hash", "previous", "subject", "verb"},
    "decision": {"level", "outcome"},
    "declaration": {"content_hash", "language", "origin", "signer_role", "state", "token_hash"},
    "edition": {"content", "hash", "round_id"},
    "eligibility_run": {"counts", "round_id"},
    "evidence": {"media_type", "public_id", "question_id", "sha256", "stored_as"},
    "invited_school": {"round_id"},
    "judgement": {"finding", "part"},
    "mail": {"claimed_by", "dedupe_key", "kind", "language", "message_id", "round_id", "state"},
    "mail_wording": {"changed_by", "kind", "language"},
    "overlay_place": {"overlay_id", "round_id"},
    "publication": {"counts", "round_id"},
    "recovery_code": {"code_hash"},
    "registry_import": {"counts"},
    "reminder_occasion": {"occasion", "round_id"},
    "role": {"role"},
    "round": {"plugin", "round_id"},
    "school": {"agency_code", "country", "language"},
    "school_label": {"certificate", "country", "origin", "round_id"},
    "school_verdict": {"found"},
    "score_sheet": {"code", "hash", "outcome", "points", "sheet"},
    "scoring_run": {"counts", "round_id"},
    "second_factor": {"secret"},
    "sign_in_ask": {"source_hash"},
    "sign_in_session": {"token_hash"},
    "sign_in_token": {"browser_hash", "code_hash", "email", "token_hash", "way"},
    "submission": {"consent", "content_hash", "idempotency_key", "language", "receipt"},
    "quality_label": {"kind"},
    "suppression": {"cause"},
    "teacher": {"email", "language"},
    "upload": {"public_id", "question_id", "sha256", "stored_as"},
    "verdict_override": {"criterion_id", "round_id"},
}
"""The columns that hold words of the software: ids, hashes, states, kinds, languages, checked addresses. Editions and
sheets hold the words of the definitions, which are hostile in their files."""


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    hostile.hostile_plugins(home, *SHIPPED, WAIVER)
    every_type.plugin(home, hostile=True)
    with running(home, base_url="https://label.example") as app:
        world = test_routes.populated(app)
        everything(world)
        ids, teacher = world.ids["own"], world.actor("teacher_a")
        ids["visit"] = answer_all(teacher, ids["application"])
        scoring.run(ROUND)
        hostile.poison()
        yield world


def test_every_column_with_a_text_is_either_hostile_here_or_a_word_of_ours():
    columns = list(hostile.text_columns())
    wrong = [(t, c) for t, c in columns if (c in hostile.HOSTILE.get(t, ())) is (c in OURS.get(t, ()))]
    assert wrong == []


MORE = [
    "/?language=nb",
    "/?language=nn",
    "/labels?q={text}",
    "/labels?round={text}&country={text}",
    "/rounds/{text}",
    "/labels/{text}",
    "/{text}",
    "/sign-in?next={text}",
    "/applications/{public_id}/all",
    "/applications/{public_id}/all?saved=&opened={text}&removed={text}",
    "/applications/{public_id}/all?saved=&removed=visits.{visit}.0",
    "/applications/{public_id}/{text}",
    "/applications/{public_id}/history/contact",
    "/applications/{public_id}/history/visits.{visit}.place",
    "/applications/{public_id}/history/{text}",
    "/applications/{public_id}/evidence/{text}",
    "/admin/changes/?prove=yes",
    "/admin/schools/?search={text}&country={text}&sort={text}&page={text}",
    "/admin/mails/?search={text}",
    "/admin/step-one/?round={text}",
    "/admin/step-one/what-if?round={text}",
    "/admin/rounds/figures?round={text}",
    "/admin/schools/details/?id={text}",
]
"""Addresses besides those of the table: what stands in an address is what somebody wrote, too."""

ASKERS = {"anybody": "anonymous", "signed in": "teacher_a", "its teachers": "teacher_a"}
"""Who asks for what everybody of a group may see; officers ask for the rest."""


def pages(world):
    """Every page, asked for by somebody who gets in: the address and the answer."""
    ids = world.ids["own"]
    clients = {role: world.client(role) for role in ("anonymous", "teacher_a", "officer_no", "administrator")}
    for method, rule, who in rows(TABLE):
        if method == "GET" and who != "nobody":
            role = ASKERS.get(who) or ("teacher_a" if rule.startswith("/applications") else "officer_no")
            yield rule, test_routes.ask(world, clients[role], "GET", rule, ids)
    for key in database.read().scalars(select(outbox.Mail.id).order_by(outbox.Mail.id)).all():
        for path in (f"/admin/mails/details/?id={key}", f"/admin/mails/{key}/preview"):
            yield path, clients["administrator"].get(path)
    for path in MORE:
        role = "administrator" if path.startswith("/admin") else "teacher_a"
        yield path, clients[role].get(asked(path, ids))


def asked(path, ids):
    """An address with the ids of the school's things, and an attack where it says `text`."""
    known = {**ids, "text": quote(TEXT, safe="")}
    for name, value in known.items():
        path = path.replace(f"{{{name}}}", str(value))
    return path


def wrong_with(path, answer):
    """What of the attacks came to life on a page."""
    found = [(path, answer.status_code, "a fault of ours")] if answer.status_code >= 500 else []
    if answer.mimetype != "text/html":
        return found
    found += [(path, answer.status_code, one) for one in Living(answer.text).found]
    return found + [(path, "worked out", one) for one in WORKED_OUT if one in answer.text]


def test_nothing_that_anybody_wrote_lives_on_any_page_or_is_worked_out(world):
    wrong, seen, documents = [], 0, []
    for path, answer in pages(world):
        wrong += wrong_with(path, answer)
        if answer.mimetype == "text/html":
            seen += "pwned()" in answer.text
        elif answer.status_code == 200:
            documents.append(answer.mimetype)
        if answer.mimetype == "application/pdf" and "/evidence/" not in path:
            said = "".join(words_of(answer.data).split())
            wrong += [(path, "worked out", one) for one in WORKED_OUT if one.replace(" ", "") in said]
            wrong += [(path, "not there", one) for one in (*TEMPLATES, *PAYLOADS) if "".join(one.split()) not in said]
    assert wrong == []
    # A page on which nothing of it stands proves nothing.
    assert seen > 60
    assert documents.count("application/pdf") == 5


def test_nothing_of_it_lives_on_a_page_that_comes_back_with_what_was_sent(world):
    ids, wrong, codes = world.ids["own"], [], []
    section = f"/applications/{ids['public_id']}/all"
    typed = {"v_contact": "0", "q_contact": TEXT + "2", f"v_visits.{ids['visit']}.place": "0", "csrf_token": "x"}
    typed |= {
        f"q_visits.{ids['visit']}.place": TEXT + "2",
        "link_photos": TEXT,
        "then": TEXT,
        "page": TEXT,
        "seen": TEXT,
    }
    typed |= {"v_themes": "0", "q_themes": [TEXT, TEXT + "2"], "use_contact": TEXT, "both_contact": TEXT}
    posts = [
        ("teacher_a", section, typed),
        ("teacher_a", section, {**typed, "v_contact": "2", "q_contact": TEXT * 20}),
        ("teacher_a", f"{section}/settle", typed),
        ("anonymous", section, typed),
        ("teacher_a", f"/applications/{ids['public_id']}/declaration", {"head_name": TEXT, "head_email": TEXT}),
        ("teacher_a", f"/applications/{ids['public_id']}/consent", {"consent": TEXT}),
        ("anonymous", f"/declarations/{ids['token']}", {"name": TEXT, "role": TEXT, "note": TEXT, "answer": "sign"}),
        ("anonymous", "/sign-in", {"email": TEXT}),
        ("anonymous", "/sign-in/code", {"email": TEXT, "code": TEXT}),
        ("officer_no", f"/admin/applications/{ids['application']}/decide/{ids['submission_id']}",
         {"level": "agency", "outcome-agency": "granted", "reasons-agency": "", "feedback-agency": TEXT}),
        ("officer_no", f"/admin/step-one/{ROUND}/{ids['school']}/override",
         {"criterion": TEXT, "verdict": TEXT, "reason": TEXT, "evidence": TEXT}),
        ("officer_no", f"/admin/wordings/{ids['agency']}/invitation/nb/save", {"subject": TEXT, "body": TEXT}),
        ("officer_no", f"/admin/wordings/{ids['agency']}/sender", {"sender_name": TEXT, "reply_to": TEXT}),
        ("officer_no", "/admin/stopped/stop", {"address": TEXT, "reason": TEXT}),
        ("administrator", f"/admin/agencies/{ids['agency']}/change",
         {"name": TEXT, "language": TEXT, "timezone": TEXT, "contact_email": TEXT, "contact_url": TEXT}),
    ]  # fmt: skip
    for role, path, data in posts:
        client = world.client(role)
        answer = client.post(path, data=data)
        wrong += wrong_with(path, answer)
        codes.append(answer.status_code)
        if answer.status_code in {302, 303}:
            wrong += wrong_with(f"{path} leads to", client.get(answer.location))
    world.app.config["WTF_CSRF_ENABLED"] = True
    try:
        stale = world.client("teacher_a").post(section, data=typed)
    finally:
        world.app.config["WTF_CSRF_ENABLED"] = False
    assert wrong + wrong_with("stale", stale) == []
    assert (codes[:4], stale.status_code) == ([409, 409, 422, 401], 400)


def test_nothing_of_it_lives_in_a_mail(world):
    written = 0
    for mail in database.read().scalars(select(outbox.Mail)).all():
        letter = outbox.render(mail)
        page = letters.html_of(letter, "nb", letters.sender_of(database.read().get(Agency, mail.agency_id), "nb"))
        page = page.replace(letters.style(), "")
        assert (mail.kind, Living(page).found) == (mail.kind, [])
        assert not [one for one in WORKED_OUT if one in page + letter.text + letter.subject], mail.kind
        written += PAYLOADS[0] in letter.text or PAYLOADS[0] in letter.subject
    assert written > len(MAILS)


def tables(world, tmp_path, monkeypatch):
    """Every table that can be had as a file."""
    officer = world.client("administrator")
    for view in VIEWS:
        yield view, officer.get(f"/admin/{view}/export/csv/").text
    yield "labels.csv", visitor(world.app).get("/labels.csv").text
    monkeypatch.setenv("SKOLEMERKE_HOME", str(current_config().home))
    for words in (("applications", "export", ROUND), ("labels", "export")):
        file = tmp_path / f"{words[0]}.csv"
        monkeypatch.setattr(sys, "argv", ["skolemerke", *words, str(file)])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 0
        yield " ".join(words), file.read_text(encoding="utf-8")


def test_no_cell_of_any_file_is_a_formula_and_the_text_is_there(world, tmp_path, monkeypatch, capsys):
    held = {}
    for name, text in tables(world, tmp_path, monkeypatch):
        cells = [cell for row in csv.reader(io.StringIO(text.lstrip("\ufeff"))) for cell in row]
        assert [cell[:60] for cell in cells if cell.lstrip(" '").startswith(FORMULA) and not cell.startswith("'")] == []
        assert not [one for one in WORKED_OUT if one in text]
        held[name] = any(cell.startswith(f"'{TEXT}") for cell in cells)
    assert [name for name, is_there in held.items() if not is_there] == []


def test_json_holds_the_text_letter_by_letter_and_is_no_page(world):
    answer = visitor(world.app).get("/labels.json")
    assert (answer.mimetype, answer.headers["X-Content-Type-Options"]) == ("application/json", "nosniff")
    assert {row["school"] for row in json.loads(answer.text)} == {TEXT}


CONTEXTS = [
    "<p>{}</p>", '<input value="{}">', "<input value='{}'>", "<textarea>{}</textarea>", "<title>{}</title>",
    "<style>{}</style>", "<script nonce=x>{}</script>", "<!-- {} -->", '<a href="{}">x</a>',
]  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_twin_each_attack_is_found_where_it_comes_to_life(payload):
    read_again = (payload, html.unescape(payload), payload.encode().decode("unicode_escape"))
    assert any(Living(context.replace("{}", one)).found for context in CONTEXTS for one in read_again)
    safe = html.escape(payload)
    assert not [one for one in CONTEXTS[:5] if Living(one.replace("{}", safe)).found]


@pytest.fixture
def unescaped(world, monkeypatch):
    """The site as it would be if texts were not escaped."""
    monkeypatch.setattr(world.app.jinja_env, "autoescape", False)
    # The templates of each language are compiled anew.
    monkeypatch.setattr(world.app.jinja_env, "_of_pages", {})
    return world


@pytest.mark.parametrize("path", ["/labels", "/contact", "/applications", "/admin/schools/", "/no-such-page"])
def test_the_twin_without_escaping_they_are_found(unescaped, path):
    assert len(Living(unescaped.client("officer_no" if "admin" in path else "teacher_a").get(path).text).found) > 0


WATCH = """
    window.pwned = window.alert = () => window.told("an attack ran");
    document.addEventListener("securitypolicyviolation", e => window.told(`${e.violatedDirective} ${e.blockedURI}`));
"""


def looked_at(page, address):
    """What a real browser met with on a page: scripts that ran, policies that were broken, where it was led."""
    page.troubles.clear()
    page.goto(address)
    try:
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        page.mouse.move(200, 300)
        page.evaluate("1")
    except PlaywrightError:
        page.troubles.append("led away")
    return list(page.troubles)


def signed_in(world, context, address, role):
    client = world.client(role)
    context.add_cookies([{"name": "session", "value": client.get_cookie("session").value, "url": address}])
    context.add_init_script(WATCH)
    page = context.new_page()
    page.troubles = told = []
    page.expose_function("told", lambda words: told.append(str(words)))
    page.on("dialog", lambda dialog: (told.append("a dialog"), dialog.dismiss()))
    page.on("pageerror", lambda error: told.append(f"fault: {error}"))
    page.on("request", lambda one: None if one.url.startswith((address, "data:")) else told.append(f"asked {one.url}"))
    return page


A = "/applications/{public_id}"
BROWSED = {
    "teacher_a": [
        "/", "/labels", "/contact", "/applications", A, f"{A}/all", f"{A}/all?saved=&removed=visits.{{visit}}.0",
        f"{A}/history/contact", f"{A}/check", f"{A}/receipt", f"{A}/print", f"{A}/declaration",
        "/declarations/token-of-own", "/{text}",
    ],
    "officer_no": [
        "/admin/", "/admin/applications/details/?id={application}", "/admin/schools/details/?id={school}",
        "/admin/mails/", "/admin/mails/details/?id={mail}", "/admin/changes/details/?id={change}",
        "/admin/step-one/2021-2022/{school}", "/admin/wordings/{agency}/invitation/nb",
    ],
}  # fmt: skip


def test_nothing_of_it_runs_in_a_real_browser_and_no_page_breaks_its_own_policy(world, browser):
    met = []
    with served(world.app) as address:
        for role, paths in BROWSED.items():
            with browser.new_context() as context:
                page = signed_in(world, context, address, role)
                for path in paths:
                    met += [(path, one) for one in looked_at(page, address + asked(path, world.ids["own"]))]
    assert met == []


def test_the_twin_without_escaping_the_policy_stops_it_and_the_browser_tells(unescaped, browser):
    with served(unescaped.app) as address, browser.new_context() as context:
        page = signed_in(unescaped, context, address, "teacher_a")
        met = looked_at(page, f"{address}/labels")
    assert any(one.startswith("script-src") for one in met)
    assert "an attack ran" not in met


def test_the_twin_without_escaping_and_policy_it_runs(unescaped, browser, monkeypatch):
    monkeypatch.setattr("skolemerke.web.guard.policy", lambda *_: "img-src *")
    with served(unescaped.app) as address, browser.new_context() as context:
        page = signed_in(unescaped, context, address, "teacher_a")
        assert "an attack ran" in looked_at(page, f"{address}/labels")
