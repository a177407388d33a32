"""Reminders: found by the round's clock, once for each occasion, to those for whom there is something left to do."""

import shutil
from datetime import datetime, timedelta

import pytest
from skolemerke import audit, clock, config, database, outbox
from skolemerke.agencies.models import Agency
from skolemerke.applications import operations, reminding, unsent_changes
from skolemerke.applications.reminding import Reminded, remind
from skolemerke.contract.criteria import Verdict
from skolemerke.eligibility.operations import check, override
from skolemerke.invitations.operations import queue
from skolemerke.mailing import operations as mailing
from skolemerke.outbox import Mail
from skolemerke.people.actors import SYSTEM, Actor
from skolemerke.people.operations import ensure_account
from skolemerke.people.rights import Refused
from skolemerke.registry.models import School, Teacher
from skolemerke.rounds.composition import host
from skolemerke.rounds.operations import close_round, move_dates, open_round
from sqlalchemy import select, update
from support.applied import applied, submitted
from support.applied import school as applied_school
from support.installation import SHIPPED, install, running
from support.screened import ROUND, school, small_registry

CLOSES = datetime.fromisoformat("2021-02-08T23:59:59+01:00")
WEEK, DAY = CLOSES - timedelta(days=6), CLOSES - timedelta(hours=3)


@pytest.fixture
def app(tmp_path, database_url):
    """A round in which the teachers of NO1 are invited."""
    with running(install(tmp_path, *SHIPPED), database_url) as made:
        small_registry(tmp_path / "files")
        open_round(ROUND)
        check(ROUND)
        queue(ROUND)
        yield made


def reminded():
    database.current().forget()
    rows = database.read().scalars(select(Mail).where(Mail.kind.startswith("reminder")).order_by(Mail.id))
    return [(mail.kind.removeprefix("reminder_"), mail.address.partition("@")[0]) for mail in rows]


def at(instant):
    clock.current().move_to(instant)


def test_nobody_is_reminded_before_the_day_and_everybody_once_in_the_last_week_and_on_the_last_day(app):
    assert remind() == []
    at(WEEK)
    assert Reminded(ROUND, "no", "7@2021-02-08", 2, 0) in remind()
    assert remind() == []
    assert reminded() == [("start", "kari"), ("start", "ola")]
    at(DAY)
    remind()
    assert reminded() == [("start", "kari"), ("start", "ola")] * 2
    at(CLOSES + timedelta(minutes=1))
    assert remind() == []
    assert "invitations.reminded" in database.read().scalars(select(audit.AuditLine.verb)).all()


def test_an_occasion_that_was_missed_is_left_out_when_the_next_has_come(app):
    at(DAY)
    remind()
    assert reminded() == [("start", "kari"), ("start", "ola")]


def test_a_school_that_has_begun_is_reminded_to_submit_and_one_that_has_submitted_of_nothing(app):
    number = applied(school("NO1").id, database.read().scalar(select(Agency.id).where(Agency.code == "no")))
    at(WEEK)
    assert Reminded(ROUND, "no", "7@2021-02-08", 0, 2) in remind()
    assert reminded() == [("submit", "kari"), ("submit", "ola")]
    mail = database.read().scalars(select(Mail).where(Mail.kind == "reminder_submit")).first()
    assert mail.application_id == number
    submitted(number, {})
    at(DAY)
    remind()
    assert len(reminded()) == 2


def test_who_left_wants_none_or_came_later_is_not_reminded(app):
    with database.write() as session:
        day = datetime.fromisoformat("2021-01-01").date()
        session.execute(update(Teacher).where(Teacher.email == "ola@skole.example").values(left_on=day))
    mailing.stop(database.read().scalars(select(Mail).where(Mail.address == "kari@skole.example")).first())
    at(WEEK)
    remind()
    assert reminded() == []


def test_who_was_invited_after_the_day_had_come_is_not_reminded_of_it(app):
    with database.write() as session:
        session.execute(update(Mail).where(Mail.address.startswith("ola")).values(created_at=WEEK))
    at(WEEK + timedelta(hours=1))
    remind()
    assert reminded() == [("start", "kari")]


def test_a_school_that_is_gone_from_the_register_is_not_reminded(app):
    with database.write() as session:
        session.execute(update(School).values(until=0))
    at(WEEK)
    remind()
    assert reminded() == []


def test_a_round_that_is_paused_closed_early_or_without_its_plugin_reminds_nobody(app, tmp_path, monkeypatch):
    at(WEEK)

    def paused(*_):
        raise reminding.RoundPaused("a fault")

    with monkeypatch.context() as patch:
        patch.setattr(reminding, "composed", paused)
        assert remind() == []
    stated = dict(host().rounds)
    with monkeypatch.context() as patch:
        patch.setattr(host(), "rounds", {name: value for name, value in stated.items() if name != ROUND})
        assert remind() == []
    close_round(ROUND)
    assert remind() == []
    assert reminded() == []
    shutil.rmtree(tmp_path / "plugins", ignore_errors=True)


def test_an_agency_that_moves_its_end_reminds_anew_before_that(app):
    number = database.read().scalar(select(Agency.id).where(Agency.code == "no"))
    at(WEEK)
    remind()
    move_dates(ROUND, number, {"closes": "2021-02-20T23:59:59+01:00", "signatures_due": "2021-02-28T23:59:59+01:00",
                               "results": "2021-03-20T12:00:00+01:00"}, "Schools were closed.")  # fmt: skip
    assert remind() == []
    at(datetime.fromisoformat("2021-02-14T12:00:00+01:00"))
    assert remind() == [Reminded(ROUND, "no", "7@2021-02-20", 2, 0)]


def test_the_days_are_a_setting(app):
    settings = app.extensions[config.EXTENSION]
    app.extensions[config.EXTENSION] = settings.model_copy(update={"reminder_days": (20, 3)})
    at(CLOSES - timedelta(days=19))
    assert Reminded(ROUND, "no", "20@2021-02-08", 2, 0) in remind()
    app.extensions[config.EXTENSION] = settings.model_copy(update={"reminder_days": ()})
    at(DAY)
    assert remind() == []


def test_an_officer_reminds_the_own_schools_only(app):
    at(WEEK)
    numbers = dict(database.read().execute(select(Agency.code, Agency.id)).all())
    with pytest.raises(Refused):
        remind(actor=Actor(account_id=1))
    assert [done.agency for done in remind(actor=Actor(account_id=1, agencies=frozenset({numbers["se"]})))] == ["se"]
    assert reminded() == []
    assert [done.agency for done in remind(actor=Actor(account_id=1, agencies=frozenset({numbers["no"]})))] == ["no"]
    assert len(reminded()) == 2


def test_the_letters_name_what_is_left_to_do(app):
    applied(school("NO1").id, database.read().scalar(select(Agency.id).where(Agency.code == "no")))
    with database.write() as session:
        session.execute(update(Teacher).values(language="en"))
    at(WEEK)
    remind(actor=SYSTEM)
    letter = outbox.render(database.read().scalars(select(Mail).where(Mail.kind == "reminder_submit")).first())
    assert letter.subject == (
        "Reminder: the application of Ås skole for the eTwinning School Label 2021-2022 is not sent in"
    )
    assert "8 February 2021, 23:59 (CET)" in letter.text
    assert "/mail/stop/" in letter.text


def test_the_teachers_of_a_school_that_an_officer_took_out_are_reminded_of_nothing(app):
    officer = Actor(account_id=None, agencies=frozenset({school("NO1").agency_id}))
    override(
        officer, ROUND, school("NO1").id, "registered", verdict=Verdict.NOT_MET, reason="Registered later than it says."
    )
    at(WEEK)
    remind()
    assert reminded() == []


def sent_as(text, number=1):
    """The application of NO1 with one answer, sent; Kari, and the key of the application."""
    place, agency_id = school("NO1").id, school("NO1").agency_id
    kari = Actor(account_id=ensure_account("kari@skole.example", "Kari", "en").id, schools=frozenset({place}))
    application = applied(place, agency_id)
    save(kari, application, text, 0)
    submitted(application, {"team_work": text}, consent="", number=number)
    return kari, application


def save(kari, application, text, version):
    at(clock.now() + timedelta(minutes=1))
    operations.save_answers(kari, application, {"team_work": text}, {"team_work": version})


@pytest.mark.parametrize("change", ["an answer", "the consent"])
def test_a_school_that_changed_what_it_had_submitted_is_reminded_that_the_change_is_not_sent(app, change):
    kari, application = sent_as("Hele skolen")
    if change == "an answer":
        save(kari, application, "Halve skolen", 1)
    else:
        operations.set_consent(kari, application, "yes")
    at(WEEK)
    assert Reminded(ROUND, "no", "7@2021-02-08", 0, 0, 2) in remind()
    assert reminded() == [("changed", "kari"), ("changed", "ola")]
    mail = database.read().scalars(select(Mail).where(Mail.kind == "reminder_changed")).first()
    assert mail.application_id == application


def test_a_school_that_sent_its_changes_or_took_them_back_is_reminded_of_nothing(app):
    kari, application = sent_as("Hele skolen")
    save(kari, application, "Halve skolen", 1)
    save(kari, application, "Hele skolen", 2)
    at(WEEK)
    assert Reminded(ROUND, "no", "7@2021-02-08", 0, 0, 0) in remind()
    save(kari, application, "Halve skolen", 3)
    submitted(application, {"team_work": "Halve skolen"}, consent="", number=2)
    at(DAY)
    assert Reminded(ROUND, "no", "1@2021-02-08", 0, 0, 0) in remind()
    assert reminded() == []


def test_a_school_that_sends_its_changes_while_reminders_are_made_is_reminded_of_nothing(app, monkeypatch):
    kari, application = sent_as("Hele skolen")
    save(kari, application, "Halve skolen", 1)
    found = reminding.changed_after_sending

    def then_sent(*of):
        changed = found(*of)
        if changed:
            submitted(application, {"team_work": "Halve skolen"}, consent="", number=2)
        return changed

    monkeypatch.setattr(reminding, "changed_after_sending", then_sent)
    at(WEEK)
    assert Reminded(ROUND, "no", "7@2021-02-08", 0, 0, 0) in remind()


def test_more_changed_applications_than_are_looked_at_at_once_are_all_found(app, monkeypatch):
    monkeypatch.setattr(unsent_changes, "AT_ONCE", 1)
    agency_id, changed = school("NO1").agency_id, []
    for number in range(3):
        place = applied_school(f"Skole {number}", "NO", agency_id)
        kari = Actor(account_id=ensure_account("kari@skole.example", "Kari", "en").id, schools=frozenset({place}))
        application = applied(place, agency_id)
        save(kari, application, "Hele skolen", 0)
        changed.append(submitted(application, {"team_work": "Halve skolen"}, consent=""))
        save(kari, application, "Hele skolen, hver dag", 1)
    assert unsent_changes.changed_after_sending(ROUND, agency_id) == changed


def test_the_letter_about_changes_says_what_counts_and_what_to_do(app):
    kari, application = sent_as("Hele skolen")
    save(kari, application, "Halve skolen", 1)
    with database.write() as session:
        session.execute(update(Teacher).values(language="en"))
    at(WEEK)
    remind()
    letter = outbox.render(database.read().scalars(select(Mail).where(Mail.kind == "reminder_changed")).first())
    assert letter.subject == (
        "Reminder: the changes in the application of Ås skole for the eTwinning School Label 2021-2022 are not sent in"
    )
    assert "What you sent in counts as it was then, without the changes." in letter.text
    assert "8 February 2021, 23:59 (CET)" in letter.text
