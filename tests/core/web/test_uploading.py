"""Sending a file in pieces, as the script of the page does."""

import hashlib

import pytest
from skolemerke import database
from skolemerke.applications import queries, uploads
from support.applicants import PDF, csrf, scene

CONTENT = PDF + bytes(5000)
PLACE = "safety_activities"


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with scene(tmp_path_factory.mktemp("uploading")) as found:
        yield found


class Sender:
    """What the script does, one request at a time."""

    def __init__(self, here, account_id):
        self.application = here.begun()
        self.client = here.client(account_id)
        page = f"/applications/{self.application.public_id}/esafety"
        self.base = f"/applications/{self.application.public_id}/evidence"
        self.headers = {"X-CSRFToken": csrf(self.client.get(page))}

    def begin(self, **instead):
        told = {"question": PLACE, "name": "plan.pdf", "size": len(CONTENT)}
        told["sha256"] = hashlib.sha256(CONTENT).hexdigest()
        return self.client.post(self.base, json={**told, **instead}, headers=self.headers)

    def put(self, upload_id, offset, piece):
        address = f"{self.base}/uploads/{upload_id}?offset={offset}"
        return self.client.put(address, data=piece, content_type="application/octet-stream", headers=self.headers)

    def ask(self, method, upload_id):
        return self.client.open(f"{self.base}/uploads/{upload_id}", method=method, headers=self.headers)


def names(sender):
    database.read().rollback()
    return [piece.name for piece in queries.evidence_of(sender.application.id)]


def test_a_file_is_begun_sent_and_shown_as_it_then_stands_on_the_page(here):
    sender = Sender(here, here.kari)
    begun = sender.begin(name="programme.pdf").json
    assert (begun["received"], begun["largest"]) == (0, 1024 * 1024)
    assert sender.put(begun["id"], 0, CONTENT[:2000]).json == {"received": 2000}
    assert sender.ask("GET", begun["id"]).json == {"received": 2000}
    assert sender.put(begun["id"], 0, CONTENT[:2000]).status_code == 409
    assert "programme.pdf" not in names(sender)
    assert sender.put(begun["id"], 2000, CONTENT[2000:]).json == {"received": len(CONTENT)}
    shown = sender.ask("POST", begun["id"]).json["piece"]
    assert names(sender).count("programme.pdf") == 1
    assert shown in sender.client.get(sender.base.replace("evidence", "esafety")).text
    assert sender.begin(name="programme.pdf").json["piece"] == shown


def test_a_name_is_shown_as_text(here):
    sender = Sender(here, here.kari)
    begun = sender.begin(name='"><img src=x onerror=alert(1)>.pdf').json
    sender.put(begun["id"], 0, CONTENT)
    shown = sender.ask("POST", begun["id"]).json["piece"]
    assert "<img" not in shown
    assert "&lt;img src=x onerror=alert(1)&gt;.pdf" in shown


def test_what_is_not_taken_is_said_in_the_readers_language(here):
    sender = Sender(here, here.kari)
    answer = sender.begin(name="page.html")
    assert (answer.status_code, answer.json["again"]) == (422, False)
    assert "kinds of file that are taken" in answer.json["said"]


def test_a_full_disk_may_be_tried_again(here, monkeypatch):
    def full(*_args):
        raise uploads.NoRoom

    sender = Sender(here, here.kari)
    begun = sender.begin().json
    monkeypatch.setattr(uploads, "receive", full)
    answer = sender.put(begun["id"], 0, CONTENT)
    assert (answer.status_code, answer.json["again"]) == (422, True)
    assert "no room for files" in answer.json["said"]


@pytest.mark.parametrize(
    "instead",
    [
        {"sha256": "x"},
        {"sha256": 5},
        {"size": "12"},
        {"size": 2**40},
        {"name": None},
        {"question": ["a"]},
    ],
    ids=str,
)
def test_what_no_page_of_ours_sends_is_not_understood(here, instead):
    assert Sender(here, here.kari).begin(**instead).status_code == 400


def test_what_is_no_object_is_not_understood(here):
    sender = Sender(here, here.kari)
    for data in (b"[]", b"{", b"", b"5", b'{"name": "' + b"x" * 20_000 + b'"}'):
        answer = sender.client.post(sender.base, data=data, content_type="application/json", headers=sender.headers)
        assert answer.status_code in {400, 413}


def test_a_piece_that_is_too_large_is_not_read(here):
    sender = Sender(here, here.kari)
    begun = sender.begin().json
    assert sender.put(begun["id"], 0, bytes(1024 * 1024 + 1)).status_code == 413
    assert sender.put(begun["id"], "x", b"1").status_code == 409


def test_without_the_word_that_it_is_ours_nothing_is_taken(here):
    sender = Sender(here, here.kari)
    begun = sender.begin().json
    sender.headers = {}
    assert [sender.begin().status_code, sender.put(begun["id"], 0, CONTENT).status_code] == [400, 400]
    assert [sender.ask(method, begun["id"]).status_code for method in ("POST", "DELETE")] == [400, 400]


def test_who_is_not_signed_in_any_more_is_told_so_and_goes_on_afterwards(here):
    sender = Sender(here, here.kari)
    begun = sender.begin(name="later.pdf").json
    sender.put(begun["id"], 0, CONTENT[:100])
    with sender.client.session_transaction() as session:
        token = session.pop("token")
    answer = sender.put(begun["id"], 100, CONTENT[100:])
    assert (answer.status_code, answer.json) == (401, {})
    with sender.client.session_transaction() as session:
        session["token"] = token
    assert sender.put(begun["id"], 100, CONTENT[100:]).json == {"received": len(CONTENT)}


def test_what_a_colleague_or_a_stranger_began_is_not_there(here):
    sender = Sender(here, here.kari)
    begun = sender.begin().json
    colleague = Sender(here, here.ola)
    for method in ("GET", "PUT", "POST", "DELETE"):
        assert colleague.ask(method, begun["id"]).status_code == 404
        assert colleague.ask(method, "nothing").status_code == 404
    stranger = here.client(here.per)
    assert stranger.get(f"{sender.base}/uploads/{begun['id']}").status_code == 404


def test_a_file_that_was_cancelled_is_not_there_any_more(here):
    sender = Sender(here, here.kari)
    begun = sender.begin().json
    assert sender.ask("DELETE", begun["id"]).status_code == 200
    assert sender.put(begun["id"], 0, CONTENT).status_code == 404
