"""What becomes of files that are not what they seem: each is refused in words, or kept where it can do nothing."""

import hashlib
import io

import pytest
from skolemerke.applications import operations, queries, uploads
from skolemerke.applications.storing import folder
from skolemerke.web import guard
from support.applicants import scene
from support.hostile_files import corpus

PLACE = "safety_activities"
KINDS = {
    "application/pdf",
    "image/jpeg",
    "image/png",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.oasis.opendocument.text",
}
FILES = corpus()


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with scene(tmp_path_factory.mktemp("hostile")) as found:
        yield found


def lying():
    return sorted(path.name for path in folder().iterdir()) if folder().is_dir() else []


@pytest.mark.parametrize("sent", FILES, ids=[ascii(f"{at} {one.name[-40:]}") for at, one in enumerate(FILES)])
def test_each_has_its_outcome_and_is_never_shown_by_a_browser(here, sent):
    application, kari, before = here.begun(), here.actor(here.kari), lying()
    if sent.refused:
        with pytest.raises(operations.EvidenceRefused, match=sent.refused):
            operations.add_file(kari, application.id, PLACE, io.BytesIO(sent.content), sent.name)
        assert (lying(), queries.evidence_of(application.id)) == (before, [])
        return
    piece = operations.add_file(kari, application.id, PLACE, io.BytesIO(sent.content), sent.name)
    path, _row = queries.open_evidence(kari, piece.public_id)
    assert (piece.name, path.parent, path.name in before) == (sent.kept, folder(), False)
    assert not sent.gone or sent.gone not in path.read_bytes()
    with here.client(here.kari).get(f"/applications/{application.public_id}/evidence/{piece.public_id}") as answer:
        headers = answer.headers
    assert answer.mimetype in KINDS
    assert headers["Content-Disposition"].startswith("attachment;")
    assert headers["Content-Security-Policy"] == guard.SEALED
    assert (headers["X-Content-Type-Options"], headers.get("Set-Cookie")) == ("nosniff", None)
    operations.remove_evidence(kari, piece.public_id)


def _in_pieces(actor, application, told, content):
    begun = uploads.begin(actor, application.id, PLACE, told)
    uploads.receive(actor, application.id, begun.public_id, 0, content)
    return uploads.finish(actor, application.id, begun.public_id)


def test_what_is_sent_in_pieces_has_the_same_outcome(here):
    application, kari = here.begun(), here.actor(here.kari)
    # One of each kind of refusal and one that is kept: the way from here on is the same.
    for sent in {one.refused: one for one in FILES if len(one.content) < 1_000_000}.values():
        told = uploads.Told(sent.name, len(sent.content), hashlib.sha256(sent.content).hexdigest())
        if sent.refused:
            with pytest.raises(operations.EvidenceRefused, match=sent.refused):
                _in_pieces(kari, application, told, sent.content)
        else:
            assert _in_pieces(kari, application, told, sent.content).name == sent.kept
    assert list(folder().glob("*.arriving")) == []


def test_there_are_as_many_as_are_worth_the_name():
    assert len(FILES) >= 60
    assert len({(one.name, one.content) for one in FILES}) == len(FILES)
    assert sum(len(one.content) for one in FILES) < 25_000_000
