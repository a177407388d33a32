"""Evidence: what is taken, what is refused and why, and what stays on the disk."""

import io
import os
import signal
import struct
import zipfile

import pytest
from skolemerke import database
from skolemerke.applications import evidence as room
from skolemerke.applications import operations, queries, sniffing
from skolemerke.applications.models import Evidence
from skolemerke.applications.storing import folder
from sqlalchemy import func, select
from support.applying import LINK, PDF, ROUND, again, docx, odt

PLACE = "safety_activities"
ONE_PIECE = "group_projects"


def _add(world, application, content, name, question_id=PLACE):
    return operations.add_file(world.kari, application.id, question_id, io.BytesIO(content), name)


def _files():
    return sorted(path.name for path in folder().iterdir()) if folder().is_dir() else []


def _rows(application):
    database.read().rollback()
    mine = select(func.count()).select_from(Evidence).where(Evidence.application_id == application.id)
    return database.read().scalar(mine)


TAKEN = [
    ("a.pdf", PDF, "application/pdf"),
    ("A.PDF", PDF, "application/pdf"),
    ("d.docx", docx(), sniffing.DOCX),
    ("e.odt", odt(), sniffing.ODT),
]


@pytest.mark.parametrize(("name", "content", "media_type"), TAKEN, ids=[name for name, *_ in TAKEN])
def test_each_kind_of_file_is_taken_and_given_back_as_it_was(world, name, content, media_type):
    application = world.start()
    piece = _add(world, application, content, name)
    assert (piece.name, piece.media_type, piece.size) == (name, media_type, len(content))
    path, found = queries.open_evidence(world.kari, piece.public_id)
    assert (path.read_bytes(), found.sha256) == (content, piece.sha256)
    assert path.parent == folder()
    assert path.suffix == ""
    assert [e.id for e in queries.evidence_of(application.id)] == [piece.id]


def test_without_the_look_at_the_content_a_page_would_pass_as_pdf(world, monkeypatch):
    # The twin of the tests of hostile files.
    monkeypatch.setattr("skolemerke.applications.storing.media_type_of", lambda *_: sniffing.PDF)
    piece = _add(world, world.start(), b"<!doctype html><script>alert(1)</script>", "page.pdf")
    assert piece.media_type == "application/pdf"


def test_a_directory_that_claims_to_be_huge_is_refused_before_it_is_read():
    content = bytearray(docx())
    at = content.rindex(b"PK\x05\x06")
    content[at + 12 : at + 16] = struct.pack("<I", 0xFFFFFFFF)
    with pytest.raises(operations.EvidenceRefused, match="packed so tightly"):
        sniffing.media_type_of(io.BytesIO(bytes(content)), len(content))


def test_members_that_overlap_are_refused():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("word/document.xml", os.urandom(3000))
        for at in range(20):
            twin = zipfile.ZipInfo(f"word/{at}.xml")
            first = file.infolist()[0]
            twin.header_offset, twin.CRC = first.header_offset, first.CRC
            twin.compress_size, twin.file_size = first.compress_size, first.file_size
            file.filelist.append(twin)
    content = made.getvalue()
    with pytest.raises(operations.EvidenceRefused, match="packed so tightly"):
        sniffing.media_type_of(io.BytesIO(content), len(content))


def test_a_name_never_decides_where_a_file_lies(world):
    application = world.start()
    before = set(_files())
    piece = _add(world, application, PDF, "../../../outside.pdf")
    assert piece.name == "outside.pdf"
    assert set(_files()) - before == {piece.stored_as}
    assert not (folder().parent / "outside.pdf").exists()


def test_links_are_read_like_answers_and_never_fetched(world):
    application = world.start()
    assert operations.add_link(world.kari, application.id, PLACE, f" {LINK} ", "Our page").link == LINK
    for link in ("javascript:alert(1)", "ftp://example.org/a", "https://localhost", "not a link", ""):
        with pytest.raises(operations.EvidenceRefused, match="full web address"):
            operations.add_link(world.kari, application.id, PLACE, link)
    assert _rows(application) == 1


def test_a_question_takes_as_many_pieces_as_it_asks_for(world):
    application = world.start()
    operations.add_link(world.kari, application.id, ONE_PIECE, LINK)
    with pytest.raises(operations.EvidenceRefused, match="One piece"):
        operations.add_link(world.kari, application.id, ONE_PIECE, LINK)
    for _ in range(10):
        operations.add_link(world.kari, application.id, PLACE, LINK)
    with pytest.raises(operations.EvidenceRefused, match="at most 10"):
        _add(world, application, PDF, "a.pdf")
    for question_id in ("internet_rules", "before_you_upload", "no_such_question", ""):
        with pytest.raises(operations.EvidenceRefused, match="No evidence is asked for"):
            operations.add_link(world.kari, application.id, question_id, LINK)


def test_a_file_may_stand_by_several_questions_and_is_kept_and_counted_once(world, monkeypatch):
    application = world.start()
    before = _files()
    piece = _add(world, application, PDF, "a.pdf")
    monkeypatch.setattr(room, "AN_APPLICATION", len(PDF))
    twin = operations.add_again(world.kari, application.id, ONE_PIECE, piece.public_id)
    assert (twin.question_id, twin.name, twin.sha256) == (ONE_PIECE, "a.pdf", piece.sha256)
    assert len(_files()) == len(before) + 1
    # Asked twice it stands there once; removed from one question it stays by the other.
    assert operations.add_again(world.kari, application.id, ONE_PIECE, piece.public_id).id == twin.id
    operations.remove_evidence(world.kari, piece.public_id)
    path, _row = queries.open_evidence(world.kari, twin.public_id)
    assert (path.read_bytes(), _rows(application)) == (PDF, 2)
    with pytest.raises(operations.EvidenceRefused, match="removed meanwhile"):
        operations.add_again(world.kari, application.id, PLACE, piece.public_id)


def test_what_stands_in_another_application_cannot_be_taken_over(world):
    application = world.start()
    theirs = operations.start(world.foreign, ROUND, world.other_school)
    piece = operations.add_link(world.foreign, theirs.id, PLACE, LINK)
    with pytest.raises(operations.EvidenceRefused, match="removed meanwhile"):
        operations.add_again(world.kari, application.id, PLACE, piece.public_id)
    assert _rows(application) == 0


def test_all_files_together_have_a_limit(world, monkeypatch):
    application = world.start()
    monkeypatch.setattr(room, "AN_APPLICATION", 2 * len(PDF))
    _add(world, application, PDF, "a.pdf")
    _add(world, application, PDF, "b.pdf")
    with pytest.raises(operations.EvidenceRefused, match="together"):
        _add(world, application, PDF, "c.pdf")


def test_a_piece_that_was_taken_away_is_gone_for_the_draft_and_stays_for_a_submission(world):
    application = world.complete()
    free = _add(world, application, PDF, "free.pdf")
    submitted = _add(world, application, PDF, "submitted.pdf")
    operations.remove_evidence(world.kari, free.public_id)
    world.submit(again(application.id))
    operations.remove_evidence(world.kari, submitted.public_id)
    assert queries.open_evidence(world.officer, free.public_id) is None
    path, _ = queries.open_evidence(world.officer, submitted.public_id)
    assert path.read_bytes() == PDF
    assert "submitted.pdf" not in [piece.name for piece in queries.evidence_of(application.id)]
    operations.remove_evidence(world.kari, submitted.public_id)


def test_a_row_that_fails_leaves_no_file(world, monkeypatch):
    application = world.start()
    before = _files()

    def broken(*_args):
        raise RuntimeError("no row")

    monkeypatch.setattr(room, "file_piece", broken)
    with pytest.raises(RuntimeError):
        _add(world, application, PDF, "a.pdf")
    assert _files() == before


def test_a_sender_who_goes_away_leaves_no_file(world):
    application = world.start()
    before = _files()

    class Broken(io.BytesIO):
        def read(self, size=-1):
            raise ConnectionResetError("gone")

    with pytest.raises(ConnectionResetError):
        operations.add_file(world.kari, application.id, PLACE, Broken(), "a.pdf")
    assert _files() == before


def test_a_full_disk_is_said_in_words_and_leaves_nothing(own_world):
    resource = pytest.importorskip("resource")
    application = own_world.start()
    before = _files()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, limits[1]))
    try:
        with pytest.raises(operations.EvidenceRefused, match="no room for files"):
            _add(own_world, application, PDF + bytes(1_000_000), "a.pdf")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)
    assert _files() == before
    operations.save_answers(own_world.kari, application.id, {"team_work": "still saved"}, {})


def test_leftovers_older_than_an_hour_are_cleared_and_nothing_else(own_world):
    application = own_world.start()
    kept = _add(own_world, application, PDF, "a.pdf")
    for name, age in (("old.part", 4000), ("older", 400_000), ("fresh.part", 10)):
        path = folder() / name
        path.write_bytes(b"x")
        when = path.stat().st_mtime - age
        os.utime(path, (when, when))
    path = folder() / kept.stored_as
    os.utime(path, (0, 0))
    assert operations.clear_leftovers() == 2
    assert _files() == sorted([kept.stored_as, "fresh.part"])
