"""Signing in at an identity provider, against a real one on this machine: the whole way, and everything that lies."""

import re
import time as stopwatch
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from authlib.integrations.flask_client.apps import FlaskOAuth2App
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from skolemerke import database
from skolemerke.audit import AuditDetails
from skolemerke.config import ConfigFault, load_config
from skolemerke.people import queries
from skolemerke.people.models import SignInSession
from skolemerke.registry.models import Teacher
from sqlalchemy import func, select
from support.applicants import text_of
from support.applied import account, school, teacher
from support.installation import install, running
from support.provider import CLIENT, SECRET, provider
from support.public_site import visitor

BASE = "http://label.example"
TEACHER = "kari@school.example"


@pytest.fixture
def idp():
    with provider() as made:
        yield made


@contextmanager
def site(home, idp, **more):
    settings = {"issuer": idp.issuer, "client_id": CLIENT, "client_secret": SECRET, "name": "Feide", **more}
    named = {f"sign_in_providers__feide__{name}": value for name, value in settings.items()}
    with running(install(home), base_url=BASE, default_language="en", **named) as app:
        teacher(school("Solbakken", "NO", None), TEACHER)
        yield app


@pytest.fixture
def app(tmp_path, idp):
    with site(tmp_path, idp) as app:
        yield app


def set_out(browser):
    """Press the button; gives the answer."""
    page = browser.get("/sign-in", base_url=BASE)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text).group(1)
    return browser.post("/sign-in/with/feide", base_url=BASE, data={"csrf_token": token})


def return_path(answer):
    """Be the browser at the provider; gives the address to which it sends back."""
    found = requests.get(answer.location, allow_redirects=False, timeout=10).headers["Location"]
    assert found.startswith(f"{BASE}/sign-in/with/feide/back?")
    return found.removeprefix(BASE)


def signs_in(app, browser=None):
    """The whole way; gives the last answer."""
    browser = browser or visitor(app)
    return browser.get(return_path(set_out(browser)), base_url=BASE)


def sessions():
    database.read().rollback()
    return database.read().scalar(select(func.count()).select_from(SignInSession))


def test_a_teacher_signs_in_with_the_address_that_the_provider_vouches_for(app, idp):
    browser = visitor(app)
    answer = signs_in(app, browser)
    assert (answer.status_code, answer.location) == (303, "/applications")
    with browser.session_transaction(base_url=BASE) as session:
        actor = queries.actor_of_session(session["token"])
        assert [name for name in session if name.startswith("_state")] == []
    assert (actor.email, len(actor.schools), actor.is_staff) == (TEACHER, 1, False)
    assert {"by": "provider"} in database.read().scalars(select(AuditDetails.details)).all()


def test_the_provider_is_asked_with_a_proof_key_a_state_and_a_nonce_new_each_time(app, idp):
    for _ in range(2):
        signs_in(app)
    first, second = idp.asked
    assert (first["response_type"], first["scope"], first["code_challenge_method"]) == ("code", "openid email", "S256")
    assert first["redirect_uri"] == f"{BASE}/sign-in/with/feide/back"
    assert not {first[name] for name in ("state", "nonce", "code_challenge")} & set(second.values())


def test_the_page_has_a_button_in_words_asks_nothing_of_the_provider_and_lets_its_form_lead_there(app, idp):
    page = visitor(app).get("/sign-in")
    assert "Sign in with Feide" in text_of(page)
    assert idp.paths == []
    assert f"form-action 'self' {idp.issuer};" in page.headers["Content-Security-Policy"]
    assert "form-action 'self';" in visitor(app).get("/help").headers["Content-Security-Policy"]
    assert page.text.count(idp.issuer) == 0


def test_a_button_that_was_not_ours_leads_nowhere(app, idp):
    assert visitor(app).post("/sign-in/with/feide").status_code == 400
    assert visitor(app).get("/sign-in/with/feide").status_code == 405
    assert visitor(app).get("/sign-in/with/unknown/back").status_code == 404


def test_what_the_provider_says_of_roles_gives_none(app, idp):
    idp.person |= {"roles": ["administrator"], "is_staff": True, "groups": ["central"]}
    browser = visitor(app)
    signs_in(app, browser)
    assert browser.get("/admin/", base_url=BASE).status_code == 404


def test_staff_comes_with_the_roles_that_we_gave(app, idp):
    account("boss@agency.example", role="administrator")
    idp.person["email"] = "Boss@agency.example"
    assert signs_in(app).location == "/admin/"


def test_the_address_is_asked_of_the_user_information_where_the_token_has_none(app, idp):
    idp.in_token = False
    assert signs_in(app).location == "/applications"
    idp.info = {**idp.person, "sub": "somebody else"}
    assert signs_in(app).status_code == 400


def test_who_shares_the_mailbox_is_asked_which_one_it_is(app, idp):
    newcomer = teacher(school("Lia", "NO", None), "ola@school.example", "Ola")
    with database.write() as session:
        session.get_one(Teacher, newcomer).email = TEACHER
    browser = visitor(app)
    answer = signs_in(app, browser)
    page = browser.get(answer.location, base_url=BASE)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text).group(1)
    data = {"csrf_token": token, "person": "teacher:t-ola@school.example"}
    assert browser.post(answer.location, base_url=BASE, data=data).location == "/applications"


def now():
    return int(stopwatch.time())


LIES = {
    "wrong audience": lambda claims: {**claims, "aud": "another client"},
    "wrong audience, but said to be for us": lambda claims: {**claims, "aud": "another client", "azp": CLIENT},
    "wrong issuer": lambda claims: {**claims, "iss": "https://evil.example"},
    "expired": lambda claims: {**claims, "exp": now() - 120, "iat": now() - 600},
    "not yet": lambda claims: {**claims, "iat": now() + 600, "nbf": now() + 600},
    "wrong nonce": lambda claims: {**claims, "nonce": "of another journey"},
    "no nonce": lambda claims: {name: value for name, value in claims.items() if name != "nonce"},
    "no subject": lambda claims: {name: value for name, value in claims.items() if name != "sub"},
    "no end": lambda claims: {name: value for name, value in claims.items() if name != "exp"},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_is_not_for_us_now_is_refused(app, idp, lie):
    idp.spoil = LIES[lie]
    answer = signs_in(app)
    assert (answer.status_code, sessions()) == (400, 0)
    assert "could not be believed" in text_of(answer)


@pytest.mark.parametrize("forgery", ["none", "shared secret", "another key", "garbage", "client secret"])
def test_a_token_that_the_provider_did_not_sign_is_refused(app, idp, forgery):
    ways = {
        "none": idp.unsigned,
        "shared secret": idp.signed_with_the_public_key,
        "another key": lambda claims: idp.signed(claims, RSAKey.generate_key(2048)),
        "garbage": lambda _claims: "not.a.token",
        "client secret": lambda claims: jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET)),
    }
    idp.sign = ways[forgery]
    answer = signs_in(app)
    assert (answer.status_code in {400, 503}, sessions()) == (True, 0)


def test_without_the_check_of_the_audience_a_token_for_another_client_would_do(app, idp, monkeypatch):
    """The twin: it is our demand on the audience that refuses it, the library's own lets it through."""
    ours = FlaskOAuth2App.authorize_access_token

    def lax(client, **settings):
        settings["claims_options"].pop("aud")
        return ours(client, **settings)

    monkeypatch.setattr(FlaskOAuth2App, "authorize_access_token", lax)
    idp.spoil = LIES["wrong audience, but said to be for us"]
    assert signs_in(app).status_code == 303


@pytest.mark.parametrize("said", [False, "true", None, 1])
def test_an_address_that_is_not_verified_is_not_taken(app, idp, said):
    idp.person["email_verified"] = said
    answer = signs_in(app)
    assert (answer.status_code, sessions()) == (403, 0)
    assert "vouches for no e-mail address" in text_of(answer)


def test_a_provider_that_is_believed_for_every_address_needs_no_word_on_it(tmp_path, idp):
    idp.person = {"sub": "u1", "mail": TEACHER}
    with site(tmp_path, idp, email_claim="mail", verified_claim="") as app:
        assert signs_in(app).location == "/applications"


@pytest.mark.parametrize("address", ["stranger@school.example", "", "no address", ["kari@school.example"], None])
def test_who_is_not_registered_here_reads_so_and_is_not_signed_in(app, idp, address):
    idp.person["email"] = address
    answer = signs_in(app)
    assert (answer.status_code, sessions()) == (403, 0)
    assert "Sign in with a mail" in text_of(answer)


def test_the_way_back_is_open_once_and_to_the_browser_that_set_out(app, idp):
    browser = visitor(app)
    path = return_path(set_out(browser))
    assert visitor(app).get(path, base_url=BASE).status_code == 400
    forged = path.replace(parse_qs(urlsplit(path).query)["state"][0], "forged")
    assert visitor(app).get(forged, base_url=BASE).status_code == 400
    assert browser.get(path, base_url=BASE).status_code == 303
    assert browser.get(path, base_url=BASE).status_code == 404
    browser.delete_cookie("session", domain="label.example")
    assert browser.get(path, base_url=BASE).status_code == 400


def test_who_says_no_at_the_provider_reads_how_else_to_sign_in(app, idp):
    browser = visitor(app)
    set_out(browser)
    answer = browser.get("/sign-in/with/feide/back?error=access_denied&error_description=<script>", base_url=BASE)
    assert (answer.status_code, "<script>" in answer.text.replace("<script nonce", "")) == (400, False)


@pytest.mark.parametrize("part", ["/.well-known/openid-configuration", "/token", "/jwks"])
def test_a_provider_out_of_order_is_said_and_the_mail_stays(app, idp, part):
    idp.broken.add(part)
    browser = visitor(app)
    answer = set_out(browser)
    if answer.status_code == 303:
        answer = browser.get(return_path(answer), base_url=BASE)
    assert (answer.status_code, sessions()) == (503, 0)
    assert "Feide does not answer as it should" in text_of(answer)
    assert "Send me the mail" in text_of(browser.get("/sign-in", base_url=BASE))
    idp.broken.clear()
    assert signs_in(app).location == "/applications"


def test_a_provider_that_is_gone_is_said(tmp_path):
    with provider() as idp:
        pass
    with site(tmp_path, idp) as app:
        assert set_out(visitor(app)).status_code == 503


@pytest.mark.parametrize(
    "description",
    [{"issuer": "https://evil.example"}, {"token_endpoint": None}, {"jwks_uri": 7}, {"authorization_endpoint": ""}],
)
def test_a_description_that_is_not_the_providers_own_is_not_followed(app, idp, description):
    idp.description = description
    assert set_out(visitor(app)).status_code == 503


def test_a_new_signing_key_is_fetched(app, idp):
    assert signs_in(app).status_code == 303
    idp.new_key()
    assert signs_in(app).status_code == 303


def test_where_the_page_could_not_know_the_site_there_is_one_more_button(app, idp):
    idp.description = {"authorization_endpoint": idp.issuer.replace("127.0.0.1", "localhost") + "/authorize"}
    browser = visitor(app)
    first = set_out(browser)
    assert (first.status_code, "Go on to Feide" in text_of(first)) == (200, True)
    assert set_out(visitor(app)).status_code == 303


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ISSUER", "http://feide.example", "begins with https://"),
        ("SCOPE", "email", "must hold the word openid"),
        ("CLIENT_ID", "", "at least 1 character"),
        ("COLOUR", "red", "Extra inputs"),
    ],
)
def test_a_setting_that_can_not_be_is_named(tmp_path, name, value, said):
    given = {"NAME": "Feide", "ISSUER": "https://feide.example", "CLIENT_ID": "x", name: value}
    with pytest.raises(ConfigFault, match=said):
        load_config(tmp_path, {f"SKOLEMERKE_SIGN_IN_PROVIDERS__FEIDE__{key}": text for key, text in given.items()})
