"""Signing in at an identity provider that others have written, in a process of its own, with a page to sign in on."""

import json
import subprocess
import sys
import time
from urllib.parse import urlsplit

import pytest
import requests
from skolemerke import database
from skolemerke.people import queries
from skolemerke.people.models import SignInSession
from sqlalchemy import func, select
from support.applied import school, teacher
from support.installation import install, running
from support.ports import free_port
from support.public_site import visitor

from .test_providers import BASE, set_out

PEOPLE = [
    {"sub": "k1", "email": "kari@school.example", "email_verified": True},
    {"sub": "o1", "email": "ola@elsewhere.example", "email_verified": True},
    {"sub": "p1", "email": "kari@school.example", "email_verified": False},
]
SECONDS = 30


@pytest.fixture(scope="module")
def issuer():
    """The address of the provider, which knows three people."""
    port = free_port()
    people = [word for one in PEOPLE for word in ("--user-claims", json.dumps(one))]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", "true", *people]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield answering(f"http://127.0.0.1:{port}", process)
    finally:
        process.terminate()
        process.wait(SECONDS)


def answering(address, process):
    """The address, once somebody answers there."""
    until = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            requests.get(f"{address}/.well-known/openid-configuration", timeout=5).raise_for_status()
        except requests.RequestException:
            time.sleep(0.1)
        else:
            return address
    raise RuntimeError("the provider did not start")


@pytest.fixture
def app(tmp_path, issuer):
    settings = {"issuer": issuer, "client_id": "skolemerke", "client_secret": "shared", "name": "Provider"}
    named = {f"sign_in_providers__feide__{name}": value for name, value in settings.items()}
    with running(install(tmp_path), base_url=BASE, default_language="en", **named) as app:
        teacher(school("Solbakken", "NO", None), "kari@school.example")
        yield app


def comes_back(app, **typed):
    """Somebody signs in on the provider's page, or says no; gives the browser and our answer."""
    browser = visitor(app)
    page = set_out(browser).location
    assert "<form" in requests.get(page, timeout=10).text
    sent_back = requests.post(page, data=typed, allow_redirects=False, timeout=10).headers["Location"]
    assert urlsplit(sent_back).path == "/sign-in/with/feide/back"
    return browser, browser.get(sent_back.removeprefix(BASE), base_url=BASE)


def sessions():
    database.read().rollback()
    return database.read().scalar(select(func.count()).select_from(SignInSession))


def test_a_teacher_signs_in_on_its_page_and_has_the_rights_of_the_register(app):
    browser, answer = comes_back(app, sub="k1")
    assert (answer.status_code, answer.location) == (303, "/applications")
    with browser.session_transaction(base_url=BASE) as session:
        actor = queries.actor_of_session(session["token"])
    assert (actor.email, len(actor.schools), actor.is_staff) == ("kari@school.example", 1, False)


@pytest.mark.parametrize("typed", [{"sub": "o1"}, {"sub": "p1"}, {"action": "deny"}])
def test_who_is_not_registered_or_not_verified_or_says_no_is_not_signed_in(app, typed):
    _browser, answer = comes_back(app, **typed)
    assert (answer.location == "/applications", sessions()) == (False, 0)
