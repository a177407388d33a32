"""What is held about a person: all of it is exported, and what need not be kept is taken away for good."""

import json

import pytest
from skolemerke import audit, database, outbox
from skolemerke.database import Base
from skolemerke.people import operations, personal, queries
from skolemerke.people.actors import ANONYMOUS, SYSTEM, Actor
from skolemerke.people.personal import NobodyThere, StillStaff
from skolemerke.people.rights import Refused
from skolemerke.registry.models import School, Teacher
from sqlalchemy import select
from support import applied, applying
from support.installation import SHIPPED, WAIVER, install, running

MARK = "zq-kari-7@marker.example"
NAME = "Kari Markørsen"


@pytest.fixture
def world(tmp_path):
    """Kari has written, submitted, signed in, and was written to; she is the head of another school as well."""
    with running(install(tmp_path, *SHIPPED, WAIVER)) as app:
        made = applying.begin(app)
        school = made.school
        applied.teacher(school, MARK, NAME)
        account = operations.ensure_account(MARK, NAME, "nb")
        made.kari = Actor(account_id=account.id, email=MARK, name=NAME, schools=frozenset({school}))
        operations.ask_sign_in(MARK, "browser", "nb", "192.0.2.1")
        operations.open_session(account.id, "firefox/linux")
        made.submit(made.complete())
        with database.write() as session:
            session.get_one(School, made.other_school).head_email = MARK.title()
            session.scalars(select(Teacher).where(Teacher.email == MARK)).one().person.teacher_id = "t-4711"
            sent = session.scalars(select(outbox.Mail).where(outbox.Mail.address == MARK)).first()
            sent.state, sent.payload = outbox.SENT, {"words": f"Dear {NAME}"}
            audit.record(session, "role.granted", "account:99", address=MARK)
        yield made


def everything():
    """Every row of every table, as text, by table."""
    database.read().rollback()
    return {
        table.name: "\n".join(json.dumps(list(row), default=str) for row in database.read().execute(select(table)))
        for table in Base.metadata.sorted_tables
    }


def test_the_export_tells_of_every_kind_that_is_held(world):
    found = personal.export(SYSTEM, MARK.upper())
    assert found["address"] == MARK
    filled = {
        f"{room}.{kind}" for room, held in found.items() if room != "address" for kind, rows in held.items() if rows
    }
    assert filled == {
        "people.accounts", "people.sessions", "people.mails", "people.register", "people.head_of", "people.changes",
        "applications.begun", "applications.answers", "applications.evidence", "applications.submissions",
    }  # fmt: skip
    assert json.loads(json.dumps(found)) == found


def test_the_export_has_nothing_of_others(world):
    text = json.dumps(personal.export(SYSTEM, MARK))
    assert [word for word in (world.ola.email, world.foreign.email, world.head) if word in text] == []


def test_after_erasing_the_address_stands_only_where_the_register_brings_it(world):
    before = everything()
    submissions = before["submission"], before["answer_change"]
    done = personal.erase(SYSTEM, MARK)
    after = everything()
    tables = {name for name, text in after.items() if MARK in text.lower()}
    assert tables == {"teacher", "school"}
    assert {name for name, text in after.items() if NAME in text} <= {"teacher", "submission"}
    assert (after["submission"], after["answer_change"]) == submissions
    assert (done.erased["accounts"], done.erased["sessions"], done.kept["submissions"]) == (1, 1, 1)
    assert list(audit.breaks(database.read())) == []


def test_a_row_that_the_register_no_longer_brings_loses_its_names(world):
    with database.write() as session:
        session.scalars(select(Teacher).where(Teacher.email == MARK)).one().until = 0
    personal.erase(SYSTEM, MARK)
    assert MARK not in everything()["teacher"]


def test_a_rehearsal_says_the_same_and_changes_nothing(world):
    before = everything()
    told = personal.erase(SYSTEM, MARK, dry_run=True)
    assert everything() == before
    assert personal.erase(SYSTEM, MARK) == told


def test_who_is_erased_is_signed_out_and_comes_back_as_somebody_new(world):
    token = operations.open_session(world.kari.account_id)
    personal.erase(SYSTEM, MARK)
    assert queries.actor_of_session(token) is None
    assert operations.ensure_account(MARK).id != world.kari.account_id


def test_staff_is_not_erased_while_it_serves(world):
    operations.grant_role(SYSTEM, world.kari.account_id, "central")
    before = everything()
    with pytest.raises(StillStaff):
        personal.erase(SYSTEM, MARK)
    assert everything() == before


def test_who_is_not_known_has_nothing_to_export_or_erase(world):
    for verb in (personal.export, personal.erase):
        with pytest.raises(NobodyThere):
            verb(SYSTEM, "stranger@school.example")


@pytest.mark.parametrize("actor", [ANONYMOUS, Actor(account_id=1, is_central=True), Actor(1, agencies=frozenset({1}))])
def test_only_an_administrator_exports_and_erases(world, actor):
    for verb in (personal.export, personal.erase):
        with pytest.raises(Refused):
            verb(actor, MARK)
