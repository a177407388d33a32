"""Fifty posts of one page at the same instant, over real connections: one submission, one receipt number, one mail."""

from collections import Counter
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import pytest
from skolemerke import database
from skolemerke.applications import queries, submitting
from skolemerke.audit import AuditLine
from skolemerke.outbox import Mail
from skolemerke.scoring.models import StoredSheet
from sqlalchemy import func, select
from support.applicants import csrf, scene
from support.applying import known, together
from support.public_site import served

POSTS = 50


@pytest.fixture
def whole(tmp_path, database_url):
    """An application that may be submitted."""
    with scene(tmp_path, url=database_url) as here:
        application = here.begun()
        here.fill(application)
        yield here, application


def posted(here, application):
    """What each of fifty posts of one and the same page was answered: the status, and where it leads.

    The server gives each connection a thread, so that nothing but the application itself puts them in a row.
    """
    client, own = here.client(here.kari), f"/applications/{application.public_id}"
    page = client.get(f"{own}/submit")
    body = urlencode({"csrf_token": csrf(page), "key": page.text.split('name="key" value="')[1].split('"')[0]})
    headers = {
        "Cookie": f"session={client.get_cookie('session').value}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    with served(here.app, threaded=True) as address:
        lines = [HTTPConnection(urlsplit(address).netloc, timeout=60) for _ in range(POSTS)]
        for line in lines:
            line.connect()

        def post(at):
            lines[at].request("POST", f"{own}/submit", body, headers)
            answer = lines[at].getresponse()
            answer.read()
            lines[at].close()
            return answer.status, answer.headers.get("Location")

        return together(POSTS, post)


def counted(of, *conditions):
    return database.read().scalar(select(func.count()).select_from(of).where(*conditions))


def test_fifty_posts_at_once_give_one_submission_one_receipt_number_and_one_mail(whole):
    here, application = whole
    number, own = known(application).id, f"/applications/{application.public_id}"
    assert set(posted(here, application)) == {(302, f"{own}/receipt")}
    (submission,) = queries.submissions(number)
    assert submission.receipt in here.client(here.kari).get(f"{own}/receipt").text
    assert counted(Mail, Mail.kind == "receipt") == 1
    assert counted(AuditLine, AuditLine.verb == "application.submitted") == 1
    assert counted(StoredSheet) == 1


def test_without_the_look_for_the_key_one_of_fifty_is_answered_and_the_others_fail(whole, monkeypatch):
    # The twin of the test above.
    here, application = whole
    monkeypatch.setattr(submitting, "_same", lambda *_: None)
    assert Counter(status for status, _place in posted(here, application)) == {302: 1, 500: POSTS - 1}
