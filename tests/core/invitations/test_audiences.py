"""Who gets an invitation, who gets none, and that nobody gets two, however often and at whatever time it is asked."""

import threading

import pytest
from skolemerke import database
from skolemerke.eligibility.operations import check
from skolemerke.invitations import queries
from skolemerke.invitations.models import InvitedSchool
from skolemerke.invitations.operations import Queued, queue
from skolemerke.mailing import operations as mailing
from skolemerke.outbox import Mail
from skolemerke.people.actors import SYSTEM
from skolemerke.rounds.operations import open_round
from sqlalchemy import func, select
from support.registry_files import write
from support.screened import ROUND, school, small_registry

HEADED = "school_id,name,country,city,registered_on,language,head_name,head_email"


def queued():
    database.current().forget()
    rows = database.read().scalars(select(Mail).order_by(Mail.kind, Mail.address))
    return [(mail.kind, mail.address, mail.name, mail.language) for mail in rows]


def ready(folder, *schools, **changed):
    """A checked round; the schools stand with their heads."""
    files = small_registry(folder, **changed)
    if schools:
        from skolemerke.registry.operations import import_directory

        write(folder, "schools", *schools, header=HEADED)
        import_directory(folder, allow_shrink=True)
    open_round(ROUND)
    check(ROUND)
    return files


TEACHERS = [
    ("invitation", "kari@skole.example", "Kari Nordmann", "nb"),
    ("invitation", "ola@skole.example", "Ola Nordmann", "nb"),
]


def test_heads_are_invited_in_the_language_of_the_school_else_of_its_agency(app, tmp_path):
    ready(tmp_path / "files", "NO1,Ås skole,NO,Ås,2015-01-01,nn,Rektor Ås,Rektor@Skole.example")
    assert queue(ROUND, to="heads") == Queued(queued=1, already=0, schools=1)
    assert queue(ROUND, to="heads") == Queued(queued=0, already=1, schools=1)
    assert queued() == [("invitation_head", "rektor@skole.example", "Rektor Ås", "nn")]
    assert queries.may_apply(ROUND, school("NO1").id)
    assert queue(ROUND, to="everybody") == Queued(queued=2, already=1, schools=1)
    assert [address for kind, address, *_ in queued() if kind == "invitation"] == [who[1] for who in TEACHERS]


def test_a_head_who_teaches_there_is_invited_once_as_a_teacher(app, tmp_path):
    ready(tmp_path / "files", "NO1,Ås skole,NO,Ås,2015-01-01,,Kari Nordmann,KARI@skole.example")
    assert queue(ROUND, to="everybody") == Queued(queued=2, already=0, schools=1)
    assert queued() == TEACHERS


def test_who_wants_no_more_gets_none_and_the_school_may_apply_all_the_same(app, tmp_path):
    ready(tmp_path / "files")
    for address in ("kari@skole.example", "ola@skole.example"):
        mailing.suppress(SYSTEM, address, "Asked by phone.")
    assert queue(ROUND) == Queued(queued=0, already=0, schools=0)
    assert database.read().scalar(select(func.count()).select_from(InvitedSchool)) == 1


def test_two_that_invite_at_once_and_again_later_leave_one_mail_each(app, tmp_path):
    from skolemerke.registry.models import Person, Teacher

    ready(tmp_path / "files")
    with database.write() as session:
        place = school("NO1").id
        people = [Person(teacher_id=f"X{number}") for number in range(2000)]
        session.add_all(
            Teacher(person=person, school_id=place, name=person.teacher_id, email=f"{person.teacher_id}@x.example")
            for person in people
        )
    reports, begin = [], threading.Barrier(2)

    def invite():
        with app.app_context():
            begin.wait(timeout=20)
            reports.append(queue(ROUND))

    threads = [threading.Thread(target=invite) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(report.queued for report in reports) == [0, 2002]
    assert queue(ROUND) == Queued(queued=0, already=2002, schools=1)
    counted = select(func.count(), func.count(Mail.address.distinct()), func.count(Mail.message_id.distinct()))
    assert database.read().execute(counted).one() == (2002, 2002, 2002)


@pytest.mark.parametrize("audience", ["teachers", "heads", "everybody"])
def test_nobody_with_an_address_is_no_mail(app, tmp_path, audience):
    ready(tmp_path / "files", teachers=[line.replace("@", " ") for line in ["T1,NO1,Kari,,,,,"]])
    assert queue(ROUND, to=audience).queued == 0
