"""A school has one application in a round, whoever begins it and how many at once."""

from datetime import timedelta

import pytest
from skolemerke import clock, database
from skolemerke.applications import operations, queries
from skolemerke.applications.models import Application
from skolemerke.audit import AuditLine
from skolemerke.people.actors import ANONYMOUS
from skolemerke.people.rights import Refused
from skolemerke.rounds import operations as rounds
from skolemerke.rounds.models import Edition
from sqlalchemy import func, select
from support import applied
from support.applied import ROUND
from support.applying import CLOSES, again, teacher, together


def _lines(subject):
    return list(
        database.read().scalars(select(AuditLine.verb).where(AuditLine.subject == subject).order_by(AuditLine.number))
    )


def test_a_teacher_begins_under_the_edition_of_the_agency(world):
    application = world.start()
    edition = database.read().get_one(Edition, application.edition_id)
    assert (edition.agency_id, edition.id) == (world.agency_id, rounds.freeze(ROUND, world.agency_id).id)
    assert (application.school_id, application.created_by) == (world.school, world.kari.account_id)
    assert _lines(f"application:{application.id}") == ["application.started"]


def test_a_colleague_who_begins_later_gets_the_same_application(world):
    assert operations.start(world.ola, ROUND, world.school).id == world.start().id


def test_ten_at_once_begin_one_application(world):
    results = together(10, lambda _: operations.start(world.kari, ROUND, world.school).id)
    assert len(set(results)) == 1
    mine = select(func.count()).select_from(Application).where(Application.school_id == world.school)
    assert database.read().scalar(mine) == 1


def test_a_teacher_of_another_school_and_an_officer_can_not_begin(world):
    for actor in (world.foreign, world.officer, ANONYMOUS):
        with pytest.raises(Refused):
            operations.start(actor, ROUND, world.school)


def test_a_school_that_was_not_invited_can_not_begin(world):
    school = applied.school(f"Uninvited{world.school}", "NO", world.agency_id)
    with pytest.raises(operations.NotInvited):
        operations.start(teacher(f"new@{school}.example", school), ROUND, school)


def test_after_closing_nobody_begins_but_what_was_begun_is_there(own_world):
    begun = own_world.start()
    clock.current().move_to(CLOSES + timedelta(seconds=1))
    with pytest.raises(operations.Closed):
        operations.start(own_world.foreign, ROUND, own_world.other_school)
    assert own_world.start().id == begun.id


def test_the_consent_is_answered_with_yes_or_no(world):
    application = world.start()
    assert queries.status(application).consent == ""
    for answer in ("yes", "no"):
        operations.set_consent(world.ola, application.id, answer)
        assert again(application.id).consent == answer
    with pytest.raises(ValueError, match="yes or no"):
        operations.set_consent(world.ola, application.id, "perhaps")
    with pytest.raises(Refused):
        operations.set_consent(world.foreign, application.id, "yes")
    assert again(application.id).consent == "no"


def test_the_schools_of_a_teacher_with_their_rounds(world):
    begun = world.start()
    mine, theirs = queries.of_actor(world.kari), queries.of_actor(world.foreign)
    assert [(w.school.id, [(r.round_id, r.application.id, r.may_start) for r in w.rounds]) for w in mine] == [
        (world.school, [(ROUND, begun.id, False)])
    ]
    assert [(r.round_id, r.application, r.may_start, r.is_open, r.closes) for w in theirs for r in w.rounds] == [
        (ROUND, None, True, True, CLOSES)
    ]
    assert queries.of_actor(world.officer) == []
