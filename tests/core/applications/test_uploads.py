"""Files that are sent in pieces: what may be repeated, what is checked when, and who may go on."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from skolemerke import clock, database
from skolemerke.applications import evidence as room
from skolemerke.applications import operations, queries, uploads
from skolemerke.applications.models import Evidence, Upload
from skolemerke.applications.storing import folder
from skolemerke.applications.uploads import Elsewhere, Told
from skolemerke.people.rights import Refused
from sqlalchemy import func, select
from support.applying import CLOSES, PDF, docx, known, picture, together

PLACE, ONE_PIECE = "safety_activities", "group_projects"
CONTENT = PDF + bytes(3000)
DOCUMENT = docx()
STEP = 1000


def told(content=CONTENT, name="plan.pdf"):
    return Told(name, len(content), hashlib.sha256(content).hexdigest())


def begun(world, application, content=CONTENT, name="plan.pdf", question_id=PLACE):
    return uploads.begin(world.kari, application.id, question_id, told(content, name))


def send(world, application, public_id, content=CONTENT, start=0):
    for at in range(start, len(content), STEP):
        uploads.receive(world.kari, application.id, public_id, at, content[at : at + STEP])


def sent_whole(world, application, content=CONTENT, name="plan.pdf", question_id=PLACE):
    one = begun(world, application, content, name, question_id)
    send(world, application, one.public_id, content)
    return uploads.finish(world.kari, application.id, one.public_id)


def names(application):
    return [piece.name for piece in queries.evidence_of(application.id)]


def arriving():
    return sorted(path.name for path in folder().glob("*.arriving")) if folder().is_dir() else []


def count(model, application):
    database.read().rollback()
    return database.read().scalar(select(func.count()).where(model.application_id == application.id))


def test_pieces_make_the_file_that_was_chosen(world):
    application = world.start()
    before = arriving()
    one = begun(world, application)
    assert (one.received, one.evidence) == (0, None)
    send(world, application, one.public_id)
    assert names(application) == []
    piece = uploads.finish(world.kari, application.id, one.public_id)
    path, row = queries.open_evidence(world.kari, piece.public_id)
    assert (path.read_bytes(), row.name, row.sha256) == (CONTENT, "plan.pdf", told().sha256)
    assert (names(application), arriving()) == (["plan.pdf"], before)


def test_the_same_file_begun_again_goes_on_where_it_stopped(world):
    application = world.start()
    first = begun(world, application)
    uploads.receive(world.kari, application.id, first.public_id, 0, CONTENT[:1200])
    again = begun(world, application)
    assert (again.public_id, again.received) == (first.public_id, 1200)
    send(world, application, again.public_id, start=1200)
    uploads.finish(world.kari, application.id, again.public_id)
    assert (names(application), count(Upload, application)) == (["plan.pdf"], 1)


def test_a_piece_that_came_already_or_comes_too_early_is_told_what_is_there(world):
    application = world.start()
    one = begun(world, application)
    uploads.receive(world.kari, application.id, one.public_id, 0, CONTENT[:1000])
    for offset in (0, 2000, -1):
        with pytest.raises(Elsewhere) as told_so:
            uploads.receive(world.kari, application.id, one.public_id, offset, CONTENT[offset : offset + 1000])
        assert told_so.value.received == 1000
    assert uploads.received(world.kari, application.id, one.public_id) == 1000


def test_more_than_was_said_is_not_taken(world):
    application = world.start()
    one = begun(world, application)
    with pytest.raises(Elsewhere):
        uploads.receive(world.kari, application.id, one.public_id, 0, CONTENT + b"x")
    with pytest.raises(ValueError, match="at most"):
        uploads.receive(world.kari, application.id, one.public_id, 0, bytes(uploads.LARGEST_PIECE + 1))
    assert uploads.received(world.kari, application.id, one.public_id) == 0


def test_finishing_twice_gives_the_same_evidence_and_so_does_beginning_what_stands(world):
    application = world.start()
    piece = sent_whole(world, application)
    upload = begun(world, application)
    assert upload.evidence is not None
    assert (upload.evidence.id, upload.received) == (piece.id, len(CONTENT))
    assert uploads.finish(world.kari, application.id, upload.public_id).id == piece.id
    assert count(Evidence, application) == 1
    # Who removes it and adds it again means it.
    operations.remove_evidence(world.kari, piece.public_id)
    anew = sent_whole(world, application)
    assert (anew.id != piece.id, names(application)) == (True, ["plan.pdf"])


def test_two_who_finish_the_same_file_at_once_make_one_piece(own_world):
    application = own_world.start()
    one = begun(own_world, application)
    send(own_world, application, one.public_id)
    application, public_id = known(application), one.public_id
    made = together(4, lambda _at: uploads.finish(own_world.kari, application.id, public_id).id)
    assert (len(set(made)), count(Evidence, application), len(list(folder().iterdir()))) == (1, 1, 1)


def test_what_is_not_the_file_that_was_begun_is_asked_for_from_the_beginning(world):
    application = world.start()
    one = begun(world, application)
    send(world, application, one.public_id, CONTENT[:-1] + b"!")
    with pytest.raises(Elsewhere) as asked:
        uploads.finish(world.kari, application.id, one.public_id)
    assert (asked.value.received, names(application)) == (0, [])
    send(world, application, one.public_id)
    uploads.finish(world.kari, application.id, one.public_id)
    assert names(application) == ["plan.pdf"]


def test_a_file_that_is_not_whole_is_not_finished(world):
    application = world.start()
    one = begun(world, application)
    uploads.receive(world.kari, application.id, one.public_id, 0, CONTENT[:1000])
    with pytest.raises(Elsewhere) as asked:
        uploads.finish(world.kari, application.id, one.public_id)
    assert (asked.value.received, names(application)) == (1000, [])


@pytest.mark.parametrize(
    ("name", "size", "words"),
    [
        ("photo.heic", 1000, "add it as JPEG"),
        ("page.html", 1000, "can't be added"),
        ("empty.pdf", 0, "empty"),
        ("large.pdf", 10 * 1024 * 1024 + 1, "larger than 10 MB"),
        ("large.jpg", 20 * 1024 * 1024 + 1, "larger than 20 MB"),
    ],
)
def test_what_would_be_refused_at_the_end_is_refused_before_it_is_sent(world, name, size, words):
    application = world.start()
    with pytest.raises(operations.EvidenceRefused, match=words):
        uploads.begin(world.kari, application.id, PLACE, Told(name, size, "0" * 64))
    assert count(Upload, application) == 0


def test_the_limits_are_looked_at_when_it_begins_and_again_when_it_ends(world, monkeypatch):
    application = world.start()
    monkeypatch.setattr(room, "AN_APPLICATION", 2 * len(CONTENT))
    first, second = begun(world, application, name="a.pdf"), begun(world, application, name="b.pdf")
    third = begun(world, application, name="c.pdf")
    for one in (first, second, third):
        send(world, application, one.public_id)
    uploads.finish(world.kari, application.id, first.public_id)
    uploads.finish(world.kari, application.id, second.public_id)
    with pytest.raises(operations.EvidenceRefused, match="together"):
        uploads.finish(world.kari, application.id, third.public_id)
    with pytest.raises(operations.EvidenceRefused, match="together"):
        begun(world, application, name="d.pdf")
    assert names(application) == ["a.pdf", "b.pdf"]
    # What is refused for good is let go of.
    with pytest.raises(Refused):
        uploads.received(world.kari, application.id, third.public_id)


def test_a_photo_that_arrives_large_may_begin_where_its_small_self_has_room(world, monkeypatch):
    application = world.start()
    monkeypatch.setattr(room, "AN_APPLICATION", 2000)
    noisy = picture() + bytes(3000)
    piece = sent_whole(world, application, noisy, "photo.jpg")
    assert piece.size < 2000 < len(noisy)


def test_a_question_for_one_piece_takes_one_of_two_that_were_begun(world):
    application = world.start()
    one = begun(world, application, question_id=ONE_PIECE)
    other = begun(world, application, DOCUMENT, "other.docx", ONE_PIECE)
    send(world, application, one.public_id)
    send(world, application, other.public_id, DOCUMENT)
    uploads.finish(world.kari, application.id, one.public_id)
    with pytest.raises(operations.EvidenceRefused, match="One piece"):
        uploads.finish(world.kari, application.id, other.public_id)
    with pytest.raises(operations.EvidenceRefused, match="No evidence is asked for"):
        begun(world, application, question_id="internet_rules")


def test_only_who_began_it_may_go_on(world):
    application = world.start()
    one = begun(world, application)
    for other in (world.ola, world.foreign, world.officer, world.foreign_officer):
        for act in (
            lambda actor: uploads.received(actor, application.id, one.public_id),
            lambda actor: uploads.receive(actor, application.id, one.public_id, 0, CONTENT[:10]),
            lambda actor: uploads.finish(actor, application.id, one.public_id),
            lambda actor: uploads.cancel(actor, application.id, one.public_id),
        ):
            with pytest.raises(Refused):
                act(other)
    with pytest.raises(Refused):
        uploads.begin(world.foreign, application.id, PLACE, told())
    assert uploads.received(world.kari, application.id, one.public_id) == 0


def test_who_has_left_the_school_cannot_go_on(world):
    application = world.start()
    one = begun(world, application)
    with pytest.raises(Refused):
        uploads.receive(replace(world.kari, schools=frozenset()), application.id, one.public_id, 0, CONTENT)


def test_cancelling_leaves_nothing_and_a_second_time_finds_nothing(world):
    application = world.start()
    before = arriving()
    one = begun(world, application)
    send(world, application, one.public_id)
    uploads.cancel(world.kari, application.id, one.public_id)
    assert (arriving(), count(Upload, application)) == (before, 0)
    with pytest.raises(Refused):
        uploads.cancel(world.kari, application.id, one.public_id)


def test_the_eleventh_that_is_begun_takes_the_place_of_the_oldest(world):
    application = world.start()
    made = [begun(world, application, name=f"{at}.pdf") for at in range(uploads.AT_ONCE + 1)]
    with pytest.raises(Refused):
        uploads.received(world.kari, application.id, made[0].public_id)
    assert [uploads.received(world.kari, application.id, one.public_id) for one in made[1:]] == [0] * uploads.AT_ONCE


def test_after_the_deadline_nothing_is_finished(own_world):
    application = own_world.start()
    one = begun(own_world, application)
    send(own_world, application, one.public_id)
    clock.current().move_to(CLOSES + timedelta(seconds=1))
    with pytest.raises(operations.Closed):
        uploads.finish(own_world.kari, application.id, one.public_id)
    with pytest.raises(operations.Closed):
        begun(own_world, application, name="late.pdf")
    assert names(application) == []


def test_what_was_begun_a_day_ago_is_swept_away_and_what_became_evidence_stays(own_world):
    application = own_world.start()
    old, fresh = begun(own_world, application, name="old.pdf"), begun(own_world, application, name="fresh.pdf")
    kept = sent_whole(own_world, application, name="kept.pdf")
    for one in (old, fresh):
        send(own_world, application, one.public_id)
    with database.write() as session:
        for row in session.scalars(select(Upload).where(Upload.name.in_(["old.pdf", "kept.pdf"]))):
            row.began_at -= timedelta(days=1, minutes=1)
    assert operations.clear_leftovers() == 2
    database.read().rollback()
    assert database.read().scalars(select(Upload.name)).all() == ["fresh.pdf"]
    path, _row = queries.open_evidence(own_world.kari, kept.public_id)
    assert (path.read_bytes(), len(arriving())) == (CONTENT, 1)
    assert uploads.received(own_world.kari, application.id, fresh.public_id) == len(CONTENT)
