"""The pages of one's sign-in: places where one is signed in, the second factor, and who of a mailbox one is."""

import re

import pyotp
import pytest
from skolemerke import clock, database, migrating
from skolemerke.app import create_app
from skolemerke.config import load_config
from skolemerke.outbox import Mail
from skolemerke.people import operations, second_factor
from skolemerke.people.models import Account, SecondFactor
from skolemerke.registry.models import Teacher
from skolemerke.web import devices
from sqlalchemy import select
from support.applicants import text_of
from support.applied import account, school, teacher
from support.installation import install, running
from support.public_site import visitor

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0"
BOSS = "boss@agency.example"


@pytest.fixture
def app(tmp_path):
    with running(install(tmp_path), require_second_factor="true", default_language="en") as app:
        teacher(school("Solbakken", "NO", None), "kari@school.example")
        yield app


def csrf(answer):
    return re.search(r'name="csrf_token" value="([^"]+)"', answer.text).group(1)


def post(browser, path, page, **data):
    return browser.post(path, data={"csrf_token": csrf(browser.get(page)), **data})


def mailed():
    database.read().rollback()
    return database.read().scalars(select(Mail).order_by(Mail.id.desc())).first().payload


def signed_in(app, email, agent=FIREFOX):
    browser = visitor(app)
    post(browser, "/sign-in", "/sign-in", email=email)
    path = f"/sign-in/link/{mailed()['token']}"
    data = {"csrf_token": csrf(browser.get(path))}
    return browser, browser.post(path, data=data, headers={"User-Agent": agent})


def code(email, ahead=0):
    database.read().rollback()
    row = database.read().scalars(select(SecondFactor).join(Account).where(Account.email == email)).one()
    step = int(clock.real().timestamp()) // second_factor.STEP
    return pyotp.TOTP(second_factor._secret(row)).generate_otp(step + ahead)


def set_up(app):
    """Staff signs in for the first time and sets a second factor up."""
    account(BOSS, role="administrator")
    browser, answer = signed_in(app, BOSS)
    post(browser, "/account/second-factor/begin", "/account/second-factor")
    told = post(browser, "/account/second-factor", "/account/second-factor", code=code(BOSS))
    return browser, answer, told


def test_a_visitor_without_a_sign_in_is_sent_to_it(app):
    browser = visitor(app)
    for path in ("/account", "/account/second-factor", "/sign-in/second-factor"):
        assert (browser.get(path).status_code, browser.get(path).location) == (303, "/sign-in")


def test_one_sees_where_one_is_signed_in_and_signs_out_there(app):
    here, _answer = signed_in(app, "kari@school.example")
    there, _answer = signed_in(app, "kari@school.example", "Mozilla/5.0 (iPhone; CPU) Version/17.0 Safari/604.1")
    page = here.get("/account")
    assert "Firefox on Windows Here" in text_of(page)
    assert "Safari on iPhone" in text_of(page)
    end = re.search(r'action="(/account/sessions/\d+/end)"', page.text).group(1)
    assert there.get("/account").status_code == 200
    assert post(here, end, "/account").location == "/account"
    assert "Signed out there." in here.get("/account").text
    assert there.get("/account").location == "/sign-in"
    assert here.get("/account").status_code == 200


def test_all_others_are_signed_out_with_one_button(app):
    here, _answer = signed_in(app, "kari@school.example")
    others = [signed_in(app, "kari@school.example")[0] for _ in range(2)]
    post(here, "/account/sessions/end-others", "/account")
    assert "Signed out in 2 other places." in here.get("/account").text
    assert [other.get("/account").location for other in others] == ["/sign-in"] * 2


def test_the_session_of_another_is_absent(app):
    here, _answer = signed_in(app, "kari@school.example")
    operations.open_session(account("other@agency.example", role="central"))
    assert [post(here, f"/account/sessions/{number}/end", "/account").status_code for number in (2, 99)] == [404, 404]


def test_staff_is_led_to_set_a_second_factor_up_before_anything_else(app):
    browser, answer, told = set_up(app)
    assert answer.location == "/account/second-factor"
    codes = re.findall(r"<code>([^<]+)</code>", told.text)
    assert len(codes) == 10
    assert browser.get("/sign-in").location == "/admin/"
    assert browser.get("/admin/").status_code == 200


def test_the_square_is_data_of_the_page_and_the_secret_stands_beside_it_until_it_is_set_up(app):
    account(BOSS, role="administrator")
    browser, _answer = signed_in(app, BOSS)
    assert browser.get("/admin/").location == "/sign-in"
    post(browser, "/account/second-factor/begin", "/account/second-factor")
    page = browser.get("/account/second-factor")
    assert 'src="data:image/svg+xml' in page.text
    assert "style=" not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    secret = re.search(r'class="secret">([A-Z2-7]+)<', page.text).group(1)
    post(browser, "/account/second-factor", "/account/second-factor", code=pyotp.TOTP(secret).now())
    assert secret not in browser.get("/account/second-factor").text


def test_the_next_sign_in_asks_for_the_code_and_goes_where_one_wanted(app):
    set_up(app)
    browser = visitor(app)
    assert browser.get("/account").location == "/sign-in"
    post(browser, "/sign-in", "/sign-in", email=BOSS)
    path = f"/sign-in/link/{mailed()['token']}"
    assert post(browser, path, path).location == "/sign-in/second-factor"
    assert browser.get("/sign-in").location == "/sign-in/second-factor"
    assert browser.get("/account").location == "/sign-in"
    wrong = post(browser, "/sign-in/second-factor", "/sign-in/second-factor", code="12")
    assert (wrong.status_code, 'href="#code"' in wrong.text) == (422, True)
    answer = post(browser, "/sign-in/second-factor", "/sign-in/second-factor", code=code(BOSS, 1))
    assert (answer.status_code, answer.location) == (303, "/account")


def test_wrong_codes_are_said_at_the_field_they_were_typed_in(app):
    browser, _answer, told = set_up(app)
    codes = re.findall(r"<code>([^<]+)</code>", told.text)
    page = "/account/second-factor"
    for path, field in (("/codes", "renew-code"), ("/remove", "remove-code")):
        answer = post(browser, page + path, page, code="wrong")
        assert (answer.status_code, f'href="#{field}"' in answer.text) == (422, True)
    fresh = re.findall(r"<code>([^<]+)</code>", post(browser, f"{page}/codes", page, code=codes[0]).text)
    assert len(set(fresh) - set(codes)) == 10
    assert post(browser, f"{page}/remove", page, code=fresh[0]).location == page
    assert browser.get("/admin/").location == "/sign-in"


def test_a_teacher_has_no_page_of_second_factors(app):
    browser, _answer = signed_in(app, "kari@school.example")
    assert browser.get("/account/second-factor").status_code == 404
    assert post(browser, "/account/second-factor/begin", "/account").status_code == 404
    assert "econd factor" not in browser.get("/account").text


@pytest.fixture
def shared(app):
    """Another teacher uses Kari's mailbox."""
    newcomer = teacher(school("Lia", "NO", None), "ola@school.example", "Ola")
    with database.write() as session:
        session.get_one(Teacher, newcomer).email = "kari@school.example"


def test_who_shares_a_mailbox_chooses_on_the_page_of_the_link(app, shared):
    browser = visitor(app)
    post(browser, "/sign-in", "/sign-in", email="kari@school.example")
    path = f"/sign-in/link/{mailed()['token']}"
    assert "Kari Solbakken" in text_of(browser.get(path))
    missing = post(browser, path, path, asked="yes")
    assert (missing.status_code, 'href="#person-0"' in missing.text) == (422, True)
    assert post(browser, path, path, person="teacher:t-ola@school.example").location == "/applications"
    assert "Ola" in browser.get("/account").text


def test_who_shares_a_mailbox_and_types_the_code_is_asked_then_without_typing_it_again(app, shared):
    browser = visitor(app)
    post(browser, "/sign-in", "/sign-in", email="kari@school.example")
    asked = post(browser, "/sign-in/code", "/sign-in/code", code=mailed()["code"])
    assert (asked.status_code, "Who are you?" in asked.text) == (200, True)
    data = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', asked.text))
    answer = browser.post("/sign-in/code", data={**data, "person": "teacher:t-kari@school.example"})
    assert answer.location == "/applications"


def test_the_link_says_when_it_was_asked_for_in_another_browser(app):
    browser = visitor(app)
    post(browser, "/sign-in", "/sign-in", email="kari@school.example")
    path = f"/sign-in/link/{mailed()['token']}"
    said = "You asked for it in another browser"
    assert [said in one.get(path).text for one in (browser, visitor(app))] == [False, True]


def test_the_cookie_has_an_age_and_no_script_reads_it(app):
    browser = visitor(app)
    cookie = re.sub(r"Expires=[^;]+; ", "", browser.get("/sign-in").headers["Set-Cookie"])
    assert (
        re.sub(r"^session=[^;]+", "session=…", cookie) == "session=…; Max-Age=1209600; HttpOnly; Path=/; SameSite=Lax"
    )
    assert "Set-Cookie" not in browser.get("/sign-in").headers


def test_in_production_the_cookie_is_of_this_host_and_of_https_alone(tmp_path):
    environ = {
        "ENV": "production",
        "SECRET_KEY": "kJ8-pq27cLmZx_04vBnQwErTyUiOpAsDfGh",
        "BASE_URL": "https://x.example",
    }
    config = load_config(install(tmp_path), {f"SKOLEMERKE_{name}": value for name, value in environ.items()})
    app = create_app(config, distributions=False)
    with app.app_context():
        assert migrating.state() == "behind"
        migrating.upgrade()
        answer = visitor(app).get("/sign-in", base_url="https://x.example")
        app.extensions[database.EXTENSION].close()
    cookie = re.sub(r"Expires=[^;]+; ", "", answer.headers["Set-Cookie"])
    assert re.sub(r"=[^;]+", "=…", cookie, count=1) == (
        "__Host-session=…; Max-Age=1209600; Secure; HttpOnly; Path=/; SameSite=Lax"
    )


@pytest.mark.parametrize(
    ("agent", "device", "words"),
    [
        (FIREFOX, "firefox/windows", "Firefox on Windows"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/120.0 Mobile Safari/537.36", "chrome/android", "Chrome on Android"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120 Safari/537.36 Edg/120", "edge/windows", "Edge on Windows"),
        ("curl/8.0", "/", "A browser that did not say which one it is"),
        ("<script>" * 200, "/", "A browser that did not say which one it is"),
    ],
)
def test_a_device_is_known_roughly(app, agent, device, words):
    with app.test_request_context(headers={"User-Agent": agent, "Accept-Language": "en"}):
        assert devices.device_of_request() == device
        assert devices.in_words(device) == words
