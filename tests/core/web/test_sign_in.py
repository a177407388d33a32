"""Signing in by pages: no visit signs in, known and unknown look alike, a session is new and ends on the server."""

import re

import pytest
from skolemerke import database
from skolemerke.outbox import Mail
from skolemerke.people import operations, queries
from skolemerke.people.models import SignInSession
from skolemerke.web import guard
from sqlalchemy import func, select
from support.applied import account, school, teacher
from support.installation import install, running
from support.mail_server import Time
from support.public_site import visitor

TEACHER = "kari@school.example"


@pytest.fixture
def time(monkeypatch):
    return Time(monkeypatch)


@pytest.fixture
def app(tmp_path, time):
    with running(install(tmp_path)) as app:
        teacher(school("Solbakken", "NO", None), TEACHER)
        yield app


@pytest.fixture
def kari(app):
    return visitor(app)


def csrf(browser, path="/sign-in"):
    return re.search(r'name="csrf_token" value="([^"]+)"', browser.get(path).text).group(1)


def post(browser, path, page="/sign-in", **data):
    return browser.post(path, data={"csrf_token": csrf(browser, page), **data})


def ask(browser, email=TEACHER):
    return post(browser, "/sign-in", email=email)


def mailed():
    database.read().rollback()
    return database.read().scalars(select(Mail).order_by(Mail.id.desc())).first().payload


def sessions():
    database.read().rollback()
    return database.read().scalar(select(func.count()).select_from(SignInSession))


def held(browser):
    with browser.session_transaction() as session:
        return dict(session)


def holder(browser):
    database.read().rollback()
    return queries.actor_of_session(held(browser).get("token"))


def test_a_teacher_signs_in_with_the_code_and_comes_to_the_applications(kari):
    answer = ask(kari)
    assert (answer.status_code, answer.location) == (303, "/sign-in/code")
    assert TEACHER in kari.get("/sign-in/code").text
    answer = post(kari, "/sign-in/code", "/sign-in/code", code=mailed()["code"].lower())
    assert (answer.status_code, answer.location) == (303, "/applications")
    assert holder(kari).email == TEACHER
    assert kari.get("/sign-in").location == "/applications"


def test_a_teacher_signs_in_with_the_link_in_another_browser(app, kari):
    ask(kari)
    path = f"/sign-in/link/{mailed()['token']}"
    other = visitor(app)
    page = other.get(path)
    assert page.status_code == 200
    assert "k…@school.example" in page.text
    assert TEACHER not in page.text
    answer = post(other, path, path)
    assert (answer.status_code, answer.location) == (303, "/applications")
    assert holder(other).email == TEACHER
    assert holder(kari) is None


def test_staff_comes_to_the_administration(app, kari):
    account("boss@agency.example", role="administrator")
    ask(kari, "boss@agency.example")
    assert post(kari, "/sign-in/code", "/sign-in/code", code=mailed()["code"]).location == "/admin/"


def test_visits_of_programs_sign_nobody_in_and_leave_the_link_to_the_person(app, kari):
    ask(kari)
    path = f"/sign-in/link/{mailed()['token']}"
    for _ in range(20):
        program = visitor(app)
        assert [program.get(path).status_code, program.head(path).status_code] == [200, 200]
        assert "token" not in held(program)
    assert sessions() == 0
    assert post(kari, path, path).status_code == 303
    assert holder(kari).email == TEACHER


def test_a_button_that_was_not_ours_signs_nobody_in(app, kari):
    ask(kari)
    assert visitor(app).post(f"/sign-in/link/{mailed()['token']}").status_code == 400
    assert sessions() == 0


def test_a_link_is_dead_after_its_use_and_after_its_minutes_like_one_that_never_was(app, kari, time):
    ask(kari)
    used = f"/sign-in/link/{mailed()['token']}"
    post(kari, used, used)
    other = visitor(app)
    ask(other)
    old = f"/sign-in/link/{mailed()['token']}"
    time.pass_by(minutes=31)
    pages = [other.get(path) for path in (used, old, "/sign-in/link/never-was")]
    assert [page.status_code for page in pages] == [410] * 3
    bodies = {re.sub(r"/sign-in/link/[^\"?]+|nonce=\"[^\"]+\"", "", page.text) for page in pages}
    assert len(bodies) == 1
    assert post(other, used).status_code == 410
    assert sessions() == 1


def test_known_unknown_and_impatient_visitors_read_the_same(app):
    bodies = []
    for address in [TEACHER] * 7 + ["stranger@school.example"]:
        browser = visitor(app)
        answer = ask(browser, address)
        page = browser.get(answer.location)
        wrong = post(browser, "/sign-in/code", "/sign-in/code", code="CCCC-CCCC")
        text = f"{answer.status_code}{answer.text}{page.status_code}{page.text}{wrong.status_code}{wrong.text}"
        bodies.append(re.sub(r'value="[^"]{60,}"|nonce="[^"]+"', "", text.replace(address, "ADDRESS")))
    assert len(set(bodies)) == 1
    assert database.read().scalar(select(func.count()).select_from(Mail)) == 5


def test_a_wrong_code_is_said_and_the_sixth_right_one_too(kari):
    ask(kari)
    code = mailed()["code"]
    answers = [post(kari, "/sign-in/code", "/sign-in/code", code="XXXX") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [422] * 5
    assert 'href="#code"' in answers[0].text
    assert post(kari, "/sign-in/code", "/sign-in/code", code=code).status_code == 422
    assert sessions() == 0


def test_forged_headers_do_not_lift_the_limit_of_codes(kari):
    ask(kari)
    code = mailed()["code"]
    token = csrf(kari, "/sign-in/code")
    for number in range(20):
        kari.post(
            "/sign-in/code",
            data={"csrf_token": token, "code": "XXXX"},
            headers={"X-Forwarded-For": f"10.0.0.{number}", "Forwarded": f"for=10.0.0.{number}"},
        )
    assert kari.post("/sign-in/code", data={"csrf_token": token, "code": code}).status_code == 422


@pytest.mark.parametrize("typed", ["", "kari", "kari@", "<script>@"])
def test_what_is_no_address_is_said_at_its_field(kari, typed):
    answer = ask(kari, typed)
    assert answer.status_code == 422
    assert 'href="#email"' in answer.text
    assert "<script>@" not in answer.text


def test_the_code_page_without_an_address_begins_at_the_start(kari):
    assert kari.get("/sign-in/code").location == "/sign-in"
    assert post(kari, "/sign-in/code", code="CDFG-3467").location == "/sign-in"


def test_nothing_that_a_browser_held_before_is_held_after_signing_in(app, kari):
    ask(kari)
    with kari.session_transaction() as session:
        session.update({"token": "planted by a stranger", "planted": "yes", "language": "nn"})
    before = csrf(kari, "/sign-in/code")
    post(kari, "/sign-in/code", "/sign-in/code", code=mailed()["code"])
    after = held(kari)
    assert set(after) == {"token", "language", "_permanent"}
    assert after["token"] != "planted by a stranger"
    assert after["language"] == "nn"
    assert kari.post("/sign-out", data={"csrf_token": before}).status_code == 400


def test_signing_in_anew_ends_the_session_that_the_browser_held(app, kari):
    old = operations.open_session(operations.ensure_account(TEACHER).id)
    ask(kari)
    with kari.session_transaction() as session:
        session["token"] = old
    path = f"/sign-in/link/{mailed()['token']}"
    post(kari, path, path)
    database.read().rollback()
    assert queries.actor_of_session(old) is None
    assert holder(kari).email == TEACHER


def test_signing_out_ends_the_session_on_the_server_and_keeps_the_language(app, kari):
    ask(kari)
    post(kari, "/sign-in/code", "/sign-in/code", code=mailed()["code"])
    with kari.session_transaction() as session:
        session["language"] = "nn"
    copied = held(kari)
    answer = post(kari, "/sign-out", "/")
    assert (answer.status_code, answer.location) == (303, "/")
    assert held(kari) == {"language": "nn", "_permanent": True}
    thief = visitor(app)
    with thief.session_transaction() as session:
        session.update(copied)
    assert holder(thief) is None
    assert "/sign-out" not in thief.get("/").text


def test_a_visit_does_not_sign_out(kari):
    assert kari.get("/sign-out").status_code == 405


def test_one_comes_back_to_the_page_that_one_wanted(app, kari):
    app.add_url_rule("/wanted/<name>", "wanted", guard.signed_in(lambda name: f"hello {name}"), methods=["GET", "POST"])
    answer = kari.get("/wanted/page?next=https://evil.example")
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert post(kari, "/wanted/page").status_code == 401
    ask(kari)
    assert post(kari, "/sign-in/code", "/sign-in/code", code=mailed()["code"]).location == "/wanted/page"
    assert kari.get("/wanted/page").text == "hello page"


@pytest.mark.parametrize("name", ["next", "url", "wanted", "return_to"])
def test_an_address_in_the_request_leads_nowhere(kari, name):
    ask(kari)
    path = f"/sign-in/link/{mailed()['token']}"
    answer = kari.post(f"{path}?{name}=https://evil.example", data={"csrf_token": csrf(kari, path), name: "//evil"})
    assert answer.location == "/applications"


def test_no_page_of_signing_in_is_kept_by_a_cache(kari):
    ask(kari)
    paths = ["/sign-in", "/sign-in/code", f"/sign-in/link/{mailed()['token']}", "/sign-in/link/never-was"]
    assert {kari.get(path).headers["Cache-Control"] for path in paths} == {"no-store"}


def test_the_mail_is_in_the_language_that_was_read(kari):
    kari.get("/sign-in?language=nn")
    ask(kari)
    assert database.read().scalars(select(Mail.language)).all() == ["nn"]
