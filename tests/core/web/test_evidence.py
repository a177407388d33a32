"""Evidence as a download."""

import errno
import os
import signal
from contextlib import contextmanager, nullcontext
from io import BytesIO
from pathlib import Path

import pytest
from skolemerke import database
from skolemerke.applications import operations, queries
from skolemerke.applications.storing import folder
from skolemerke.web import arriving, guard
from support.applicants import PDF, csrf, saved, send
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart


def added(here, name):
    application = here.begun()
    piece = operations.add_file(here.actor(here.kari), application.id, "safety_activities", BytesIO(PDF), name)
    return f"/applications/{application.public_id}/evidence/{piece.public_id}", piece


def test_a_file_is_an_attachment_that_can_run_nothing(here):
    address, _ = added(here, "Møteplan <æ>.pdf")
    with here.client(here.ola).get(address) as answer:
        sent = answer.data
    assert (answer.status_code, sent, answer.mimetype) == (200, PDF, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Content-Security-Policy"] == guard.SEALED
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_file_of_others_is_not_there(here):
    address, _ = added(here, "a.pdf")
    assert here.client(here.per).get(address).status_code == 404
    with here.client(here.kari).get(address) as answer:
        assert answer.status_code == 200


def test_a_file_is_not_there_under_the_address_of_another_application(here):
    from support import applied

    _address, piece = added(here, "a.pdf")
    other = applied.applied(here.other_school_id, here.agency_id)
    assert other != piece.application_id
    wrong = f"/applications/a{here.other_school_id}x20212022/evidence/{piece.public_id}"
    assert here.client(here.per).get(wrong).status_code == 404
    assert here.client(here.kari).get(wrong).status_code == 404


def test_what_was_removed_and_a_link_cannot_be_downloaded(here):
    address, piece = added(here, "a.pdf")
    link = operations.add_link(here.actor(here.kari), piece.application_id, "group_projects", "https://a.example/b")
    operations.remove_evidence(here.actor(here.kari), piece.public_id)
    client = here.client(here.kari)
    assert client.get(address).status_code == 404
    assert client.get(address.replace(piece.public_id, link.public_id)).status_code == 404


def test_the_size_of_a_file_is_said(here):
    address, _ = added(here, "Programme.pdf")
    page = here.client(here.kari).get(address.split("/evidence/")[0] + "/esafety")
    assert "PDF, 1 kB" in page.text


def test_a_file_that_stands_elsewhere_can_be_chosen_for_one_more_question(here):
    address, piece = added(here, "Møteplan <æ>.pdf")
    client, page = here.client(here.kari), address.split("/evidence/")[0] + "/teaching"
    shown = client.get(page).text
    assert f'<option value="{piece.public_id}">Møteplan &lt;æ&gt;.pdf</option>' in shown
    assert "in a private window of your browser" in shown
    answer = send(client, page, {"again_group_projects": piece.public_id, "then": "evidence:group_projects"})
    assert (answer.status_code, answer.location.partition("#")[2]) == (302, "evidence-group_projects")
    assert client.get(page).text.count("Møteplan &lt;æ&gt;.pdf</bdi>") == 1
    wrong = send(client, page, {"again_group_projects": "nothing", "then": "evidence:group_projects"})
    assert (wrong.status_code, "removed meanwhile" in wrong.text) == (422, True)


@contextmanager
def full_disk(bytes_left):
    """No file of this process grows beyond so many bytes, as on a disk that is full."""
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_left, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)


def with_text_and_file(here, client, content=PDF, at_the_send=nullcontext):
    page = f"/applications/{here.begun().public_id}/esafety"
    fields = {"csrf_token": csrf(client.get(page)), "q_safety_activities": "Typed beside the file.", "then": "save"}
    version = queries.answers_of(again(here)).get("safety_activities")
    fields["v_safety_activities"] = str(version.version if version else 0)
    boundary, body = encode_multipart({**fields, "file_safety_activities": FileStorage(BytesIO(content), "plan.pdf")})
    with at_the_send():
        return client.post(page, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def again(here):
    database.read().rollback()
    return here.begun()


def test_a_disk_that_has_no_room_for_the_request_itself_costs_the_file_and_not_the_text(here):
    client = here.client(here.kari)
    answer = with_text_and_file(here, client, PDF + bytes(9_000_000), lambda: full_disk(6_000_000))
    assert (answer.status_code, "There is no room for files just now" in answer.text) == (422, True)
    assert saved(here.begun()) == {"safety_activities": "Typed beside the file."}
    assert queries.evidence_of(here.begun().id) == []


def failing(code):
    def fail(*_args, **_named):
        raise OSError(code, os.strerror(code))

    return fail


STEPS = [(Path, "mkdir"), (Path, "open"), (os, "fsync"), (Path, "replace")]


def test_a_disk_that_is_full_at_any_step_costs_the_file_and_not_the_text(here, monkeypatch):
    client = here.client(here.kari)
    for owner, step in STEPS:
        with monkeypatch.context() as patch:
            patch.setattr(owner, step, failing(errno.ENOSPC))
            answer = with_text_and_file(here, client)
        assert (step, answer.status_code, "There is no room for files" in answer.text) == (step, 422, True)
        assert saved(here.begun()) == {"safety_activities": "Typed beside the file."}
        assert queries.evidence_of(here.begun().id) == []
        assert not folder().is_dir() or list(folder().iterdir()) == []
    # The twin: not every fault of a disk is want of room; the text is saved all the same.
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", failing(errno.EIO))
        assert with_text_and_file(here, client).status_code == 500
    assert saved(here.begun()) == {"safety_activities": "Typed beside the file."}


def test_files_that_are_too_much_at_once_cost_themselves_and_neither_the_text_nor_a_file_that_has_room(
    here, monkeypatch
):
    monkeypatch.setattr(arriving, "MOST_KEPT", 300_000)
    client = here.client(here.kari)
    answer = with_text_and_file(here, client, PDF + bytes(300_000))
    assert (answer.status_code, "more than we take in at once" in answer.text) == (422, True)
    assert saved(here.begun()) == {"safety_activities": "Typed beside the file."}
    assert queries.evidence_of(here.begun().id) == []
    answer = with_text_and_file(here, client)
    assert answer.status_code == 302
    assert [piece.name for piece in queries.evidence_of(here.begun().id)] == ["plan.pdf"]


def test_a_form_with_files_is_read_past_the_limit_of_other_requests_and_not_without_end(here, monkeypatch):
    monkeypatch.setitem(here.app.config, "MAX_CONTENT_LENGTH", 100_000)
    monkeypatch.setattr(arriving, "MOST_KEPT", 90_000)
    client = here.client(here.kari)
    answer = with_text_and_file(here, client, PDF + bytes(200_000))
    assert (answer.status_code, "more than we take in at once" in answer.text) == (422, True)
    assert saved(here.begun()) == {"safety_activities": "Typed beside the file."}
    monkeypatch.setattr(arriving, "MOST_READ", 100_000)
    answer = with_text_and_file(here, client, PDF + bytes(200_000))
    assert (answer.status_code, "Add one file at a time, of at most 10 MB" in answer.text) == (413, True)
