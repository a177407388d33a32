"""Sessions: what they need, when they end, and whose they are where several people share a mailbox."""

import pytest
from skolemerke import config, database
from skolemerke.audit import AuditLine
from skolemerke.outbox import Mail
from skolemerke.people import operations, queries, sessions
from skolemerke.people.actors import SYSTEM
from skolemerke.people.models import Account, SignInSession
from skolemerke.people.operations import WhichPerson
from skolemerke.registry.models import Teacher
from sqlalchemy import select
from support.applied import account, school, teacher

MAILBOX = "office@school.example"
HERE = "the asking browser"


def link(email=MAILBOX):
    operations.ask_sign_in(email, HERE, "nb")
    database.read().rollback()
    return database.read().scalars(select(Mail).order_by(Mail.id.desc())).first().payload["token"]


@pytest.fixture
def two(app):
    """Kari and Ola share a mailbox; Ola teaches at two schools."""
    solbakken, lia = school("Solbakken", "NO", None), school("Lia", "NO", None)
    kari, ola = teacher(solbakken, "kari@x.example", "Kari"), teacher(lia, "ola@x.example", "Ola")
    with database.write() as session:
        for pk in (kari, ola):
            session.get_one(Teacher, pk).email = MAILBOX
        session.add(
            Teacher(person_id=session.get_one(Teacher, ola).person_id, school_id=solbakken, name="Ola", email=MAILBOX)
        )
    return {"solbakken": solbakken, "lia": lia}


def test_who_shares_a_mailbox_is_asked_and_nothing_is_used_up_by_asking(two):
    token = link()
    with pytest.raises(WhichPerson) as raised:
        operations.sign_in_by_token(token, HERE)
    found = [(one.key, one.name, one.schools) for one in raised.value.identities]
    assert found == [
        ("teacher:t-kari@x.example", "Kari", ("Solbakken",)),
        ("teacher:t-ola@x.example", "Ola", ("Lia", "Solbakken")),
    ]
    kari = operations.sign_in_by_token(token, HERE, person="teacher:t-kari@x.example")
    assert queries.actor_of_session(kari).name == "Kari"
    assert queries.actor_of_session(kari).schools == {two["solbakken"]}


def test_each_who_shares_a_mailbox_has_an_account_and_the_schools_of_their_own(two):
    actors = [
        queries.actor_of_session(operations.sign_in_by_token(link(), HERE, person=f"teacher:t-{name}@x.example"))
        for name in ("kari", "ola", "kari")
    ]
    assert [actor.schools for actor in actors] == [
        {two["solbakken"]},
        {two["solbakken"], two["lia"]},
        {two["solbakken"]},
    ]
    assert actors[0].account_id == actors[2].account_id != actors[1].account_id


def test_somebody_who_is_not_of_the_mailbox_can_not_be_chosen(two):
    for person in ("teacher:t-stranger", "staff", "", "t-kari@x.example"):
        with pytest.raises(WhichPerson):
            operations.sign_in_by_token(link(), HERE, person=person)


def test_staff_who_shares_a_mailbox_with_teachers_can_be_chosen(two):
    chief = account(MAILBOX, role="central")
    token = operations.sign_in_by_token(link(), HERE, person="staff")
    actor = queries.actor_of_session(token)
    assert (actor.account_id, actor.is_central) == (chief, True)
    teaching = queries.actor_of_session(
        operations.sign_in_by_token(link(), HERE, person="teacher:t-kari@x.example"),
    )
    assert not teaching.is_staff


def test_what_was_written_before_the_mailbox_was_shared_stays_with_the_one_who_bears_the_name(app):
    home = school("Solbakken", "NO", None)
    teacher(home, MAILBOX, "Kari")
    before = queries.actor_of_session(operations.sign_in_by_token(link(), HERE)).account_id
    newcomer = teacher(home, "ola@x.example", "Ola")
    with database.write() as session:
        session.get_one(Teacher, newcomer).email = MAILBOX
    ola = operations.sign_in_by_token(link(), HERE, person="teacher:t-ola@x.example")
    kari = operations.sign_in_by_token(link(), HERE, person=f"teacher:t-{MAILBOX}")
    assert queries.actor_of_session(kari).account_id == before
    assert queries.actor_of_session(ola).account_id != before


def test_who_is_left_alone_at_a_mailbox_is_not_asked_and_keeps_the_account(two):
    own = queries.actor_of_session(operations.sign_in_by_token(link(), HERE, person="teacher:t-kari@x.example"))
    with database.write() as session:
        for row in session.scalars(select(Teacher).where(Teacher.name == "Ola")):
            row.until = 0
    alone = queries.actor_of_session(operations.sign_in_by_token(link(), HERE))
    assert alone.account_id == own.account_id


def test_one_session_is_ended_at_its_next_request_and_the_others_live(app):
    who = account("boss@agency.example", role="central")
    here, there = (operations.open_session(who, device) for device in ("firefox/windows", "safari/iphone"))
    listed = sessions.live_sessions(who)
    assert sorted(row.device for row in listed) == ["firefox/windows", "safari/iphone"]
    phone = next(row.id for row in listed if row.device == "safari/iphone")
    assert operations.end_session(who, phone)
    assert not operations.end_session(who, phone)
    assert [queries.actor_of_session(token) is not None for token in (here, there)] == [True, False]


def test_nobody_ends_the_session_of_another(app):
    mine, theirs = account("a@agency.example", role="central"), account("b@agency.example", role="central")
    token = operations.open_session(theirs)
    row = sessions.live_sessions(theirs)[0]
    assert not operations.end_session(mine, row.id)
    assert operations.end_others(mine, "any") == 0
    assert queries.actor_of_session(token) is not None


def test_all_others_are_ended_at_once_with_a_line_each(app):
    who = account("boss@agency.example", role="central")
    here, *others = (operations.open_session(who) for _ in range(3))
    assert operations.end_others(who, here) == 2
    assert [queries.actor_of_session(token) is not None for token in (here, *others)] == [True, False, False]
    ended = select(AuditLine.subject).where(AuditLine.verb == "account.session_ended")
    assert database.read().scalars(ended).all() == [f"account:{who}"] * 2


def test_staff_who_rests_for_an_hour_is_signed_out_and_use_keeps_the_session(app, time):
    token = operations.open_session(account("boss@agency.example", role="central"))
    for _ in range(3):
        time.pass_by(minutes=50)
        standing = sessions.standing_of(token)
        assert standing.is_to_be_noted
        operations.note_use(standing.session_id)
    time.pass_by(minutes=60)
    assert queries.actor_of_session(token) is None


def test_a_teacher_may_rest_for_days_and_no_use_prolongs_the_last_day(app, time):
    who = account("kari@x.example")
    token = operations.open_session(who)
    for _ in range(13):
        time.pass_by(days=1)
        operations.note_use(sessions.standing_of(token).session_id)
    time.pass_by(hours=25)
    assert queries.actor_of_session(token) is None


def test_use_is_noted_seldom_and_that_a_session_was_just_used_costs_nothing(app, time):
    teacher_token = operations.open_session(account("kari@x.example"))
    staff_token = operations.open_session(account("boss@agency.example", role="central"))
    noted = []
    for _ in range(3):
        noted.append([sessions.standing_of(token).is_to_be_noted for token in (teacher_token, staff_token)])
        time.pass_by(minutes=7)
        if len(noted) == 2:
            operations.note_use(sessions.standing_of(staff_token).session_id)
            time.pass_by(minutes=50)
    assert noted == [[False, False], [False, True], [True, True]]


def test_a_second_factor_that_is_required_closes_a_session_until_it_is_set_up(app):
    who = account("boss@agency.example", role="central")
    token = operations.open_session(who)
    assert sessions.standing_of(token).step == "whole"
    app.extensions[config.EXTENSION] = app.extensions[config.EXTENSION].model_copy(
        update={"require_second_factor": True}
    )
    assert sessions.standing_of(token).step == "set_up"
    assert queries.actor_of_session(token) is None
    assert queries.actor_of_session(operations.open_session(account("kari@x.example"))) is not None


def test_a_teacher_who_is_made_staff_needs_the_second_factor_at_the_next_request(app):
    app.extensions[config.EXTENSION] = app.extensions[config.EXTENSION].model_copy(
        update={"require_second_factor": True}
    )
    who = account("kari@x.example")
    token = operations.open_session(who)
    assert queries.actor_of_session(token) is not None
    operations.grant_role(SYSTEM, who, "central")
    assert queries.actor_of_session(token) is None


def test_accounts_of_a_shared_mailbox_differ_by_the_registers_id(two):
    for name in ("kari", "ola"):
        operations.sign_in_by_token(link(), HERE, person=f"teacher:t-{name}@x.example")
    found = database.read().execute(select(Account.email, Account.teacher_id, Account.name).order_by(Account.id)).all()
    assert found == [(MAILBOX, "t-kari@x.example", "Kari"), (MAILBOX, "t-ola@x.example", "Ola")]
    assert len(queries.accounts_of(MAILBOX)) == len(database.read().scalars(select(SignInSession)).all()) == 2
