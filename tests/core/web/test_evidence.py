"""Evidence as a download."""

from io import BytesIO

import pytest
from skolemerke.applications import operations
from skolemerke.web import guard
from support.applicants import PDF, scene, send


@pytest.fixture
def here(tmp_path):
    with scene(tmp_path) as found:
        yield found


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
