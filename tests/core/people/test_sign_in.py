"""Signing in with what was mailed: who gets a mail, what its link and code open, how often and how long."""

import json
import re
import threading
from contextlib import suppress
from datetime import date

import pytest
from skolemerke import clock, config, database, outbox
from skolemerke.audit import AuditDetails, AuditLine
from skolemerke.outbox import Mail
from skolemerke.people import operations, queries, signing_in, tokens
from skolemerke.people.models import Account, SignInAsk, SignInSession, SignInToken
from skolemerke.people.operations import NotAnAddress, NotSignedIn
from skolemerke.registry.models import School, Teacher
from skolemerke.worker import sending
from sqlalchemy import event, func, select
from support.applied import account

TEACHER = "kari@school.example"
HERE, ELSEWHERE = "the asking browser", "another browser"


def asked(email=TEACHER, browser=HERE, source=""):
    """Ask for a mail; gives what it carries, or none when none was queued."""
    before = count(Mail)
    operations.ask_sign_in(email, browser, "nb", source)
    if count(Mail) == before:
        return None
    return database.read().scalars(select(Mail).order_by(Mail.id.desc())).first().payload


def count(model):
    database.read().rollback()
    return database.read().scalar(select(func.count()).select_from(model))


def wrong(code):
    return ("C" if code[0] != "C" else "D") + code[1:]


def leave(school_pk):
    with database.write() as session:
        session.scalars(select(Teacher).where(Teacher.school_id == school_pk)).one().left_on = date(2020, 11, 30)


def test_a_link_signs_the_teacher_in_with_the_schools_of_the_register(solbakken):
    token = operations.sign_in_by_token(asked()["token"], HERE)
    actor = queries.actor_of_session(token)
    assert (actor.email, actor.name, actor.schools) == (TEACHER, "Kari Nordmann", {solbakken})
    assert not actor.is_staff


def test_a_link_works_in_another_browser_too(solbakken):
    assert queries.actor_of_session(operations.sign_in_by_token(asked()["token"], ELSEWHERE)).email == TEACHER


def test_a_code_signs_in_however_it_is_typed(solbakken):
    code = asked()["code"]
    assert re.fullmatch(f"[{tokens.ALPHABET}]{{4}}-[{tokens.ALPHABET}]{{4}}", code)
    token = operations.sign_in_by_code(f" {code.lower().replace('-', ' ')} ", HERE)
    assert queries.actor_of_session(token).email == TEACHER


def test_a_code_is_not_taken_from_another_browser(solbakken):
    code = asked()["code"]
    with pytest.raises(NotSignedIn):
        operations.sign_in_by_code(code, ELSEWHERE)
    assert operations.sign_in_by_code(code, HERE)


def test_link_and_code_open_once_together(solbakken):
    mailed = asked()
    operations.sign_in_by_token(mailed["token"], HERE)
    with pytest.raises(NotSignedIn):
        operations.sign_in_by_token(mailed["token"], HERE)
    with pytest.raises(NotSignedIn):
        operations.sign_in_by_code(mailed["code"], HERE)
    assert count(SignInSession) == 1


def test_link_and_code_end_with_their_minutes(solbakken, time):
    mailed = asked()
    time.pass_by(minutes=29)
    assert queries.link_of(mailed["token"], HERE).address == "k…@school.example"
    time.pass_by(minutes=1)
    assert queries.link_of(mailed["token"], HERE) is None
    with pytest.raises(NotSignedIn):
        operations.sign_in_by_token(mailed["token"], HERE)
    with pytest.raises(NotSignedIn):
        operations.sign_in_by_code(mailed["code"], HERE)


def test_five_wrong_codes_end_the_code_and_leave_the_link(solbakken):
    mailed = asked()
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            operations.sign_in_by_code(wrong(mailed["code"]), HERE)
    with pytest.raises(NotSignedIn):
        operations.sign_in_by_code(mailed["code"], HERE)
    assert operations.sign_in_by_token(mailed["token"], HERE)


def test_without_the_limit_the_right_code_is_found_after_any_number_of_wrong_ones(solbakken, monkeypatch):
    """The twin: it is the limit that stops guessing, and nothing else."""
    monkeypatch.setattr(signing_in, "WRONG_CODES", 1000)
    mailed = asked()
    for _ in range(6):
        with pytest.raises(NotSignedIn):
            operations.sign_in_by_code(wrong(mailed["code"]), HERE)
    assert operations.sign_in_by_code(mailed["code"], HERE)


def test_the_code_of_the_second_mail_works_after_the_first_was_guessed_out(solbakken):
    first = asked()
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            operations.sign_in_by_code(wrong(first["code"]), HERE)
    assert operations.sign_in_by_code(asked()["code"], HERE)


def test_nobody_unknown_is_mailed_or_kept(solbakken):
    account("visitor@school.example")
    assert [asked("stranger@school.example"), asked("visitor@school.example")] == [None, None]
    assert (count(Mail), count(SignInToken)) == (0, 0)


def test_a_teacher_who_left_or_whose_school_is_gone_is_not_mailed(solbakken):
    leave(solbakken)
    assert asked() is None
    with database.write() as session:
        session.scalars(select(Teacher)).one().left_on = None
        session.get_one(School, solbakken).until = 0
    assert asked() is None


def test_staff_is_mailed_without_being_in_the_register(app):
    account("boss@agency.example", role="administrator")
    token = operations.sign_in_by_token(asked("Boss@Agency.example ")["token"], HERE)
    assert queries.actor_of_session(token).is_administrator


@pytest.mark.parametrize("text", ["", "kari", "kari@", "@school.example", "a b@c.example", "a@b@c", "x" * 65 + "@c.no"])
def test_what_is_no_address_is_refused(app, text):
    with pytest.raises(NotAnAddress):
        operations.ask_sign_in(text, HERE, "nb")


def test_an_address_gets_five_mails_an_hour(solbakken, time):
    assert [asked() is not None for _ in range(7)] == [True] * 5 + [False] * 2
    time.pass_by(minutes=61)
    assert asked() is not None


def test_the_installation_sends_no_more_than_its_share_an_hour(app, solbakken):
    settle(app, sign_in_mails_per_hour=2)
    account("boss@agency.example", role="central")
    found = [asked(), asked("boss@agency.example"), asked("boss@agency.example")]
    assert [mailed is not None for mailed in found] == [True, True, False]


def test_one_network_asks_for_no_more_than_its_share_an_hour_whatever_it_asks_for(app, solbakken, time):
    settle(app, sign_in_mails_per_network=3)
    for address in ("one@x.example", "two@x.example", "three@x.example"):
        operations.ask_sign_in(address, HERE, "nb", "192.0.2.1")
    assert [asked(source="192.0.2.1"), asked(source="192.0.2.2") is not None] == [None, True]
    time.pass_by(minutes=61)
    assert asked(source="192.0.2.1") is not None


def test_the_network_address_itself_is_not_stored(solbakken):
    asked(source="192.0.2.77")
    stored = [row.source_hash for row in database.read().scalars(select(SignInAsk))]
    assert len(stored) == 1
    assert "192.0.2" not in stored[0]


def test_known_and_unknown_addresses_are_answered_with_the_same_work(app, solbakken):
    settle(app, sign_in_mails_per_address=10_000)
    work = {}
    for address in (TEACHER, "stranger@school.example"):
        statements = work[address] = []

        def note(*arguments, statements=statements):
            statements.append(arguments[2])

        event.listen(database.current().engine, "before_cursor_execute", note)
        operations.ask_sign_in(address, HERE, "nb", "192.0.2.1")
        event.remove(database.current().engine, "before_cursor_execute", note)
    assert work[TEACHER] == work["stranger@school.example"]
    assert len(work[TEACHER]) > 6


def settle(app, **settings):
    """Change settings of a running installation."""
    app.extensions[config.EXTENSION] = app.extensions[config.EXTENSION].model_copy(update=settings)


def test_only_hashes_are_stored_and_the_mail_forgets_when_it_was_sent(solbakken):
    mailed = asked()
    session_token = operations.sign_in_by_token(asked()["token"], HERE)
    assert sending.send_due() == sending.SendReport(sent=2)
    database.read().rollback()
    rows = [
        [getattr(row, column.key) for column in model.__table__.columns]
        for model in (SignInToken, SignInSession, Mail, Account, AuditLine, AuditDetails)
        for row in database.read().scalars(select(model))
    ]
    stored = json.dumps(rows, default=str)
    assert TEACHER in stored
    for secret in (mailed["token"], mailed["code"], mailed["code"].replace("-", ""), session_token):
        assert secret not in stored


def test_the_hash_of_a_code_takes_the_key_of_the_installation(app):
    mine = tokens.hash_of_code("CDFG-3467", "x")
    app.extensions[config.EXTENSION] = app.extensions[config.EXTENSION].model_copy(update={"secret_key": "k" * 40})
    assert tokens.hash_of_code("CDFG-3467", "x") != mine


def test_the_letter_is_in_the_language_of_the_page_and_carries_link_and_code(solbakken):
    mailed = asked()
    mail = database.read().scalars(select(Mail)).one()
    letter = outbox.render(mail)
    assert mail.language == "nb"
    assert f"https://label.example/sign-in/link/{mailed['token']}\n" in letter.text
    assert f"\n{mailed['code']}\n" in letter.text


def test_a_letter_that_is_sent_too_late_fails_instead_of_carrying_a_dead_link(solbakken, time):
    asked()
    time.pass_by(minutes=31)
    assert sending.send_due() == sending.SendReport(failed=1)
    database.read().rollback()
    mail = database.read().scalars(select(Mail)).one()
    assert (mail.state, mail.payload) == (outbox.FAILED, {})


def test_signing_out_ends_the_session_on_the_server(solbakken):
    one = operations.sign_in_by_token(asked()["token"], HERE)
    other = operations.sign_in_by_token(asked()["token"], HERE)
    operations.sign_out(one)
    assert queries.actor_of_session(one) is None
    assert queries.actor_of_session(other).email == TEACHER


def test_a_session_ends_with_its_days(solbakken, time):
    token = operations.sign_in_by_token(asked()["token"], HERE)
    time.pass_by(days=13.9)
    assert queries.actor_of_session(token) is not None
    time.pass_by(days=0.2)
    assert queries.actor_of_session(token) is None


def test_a_teacher_who_leaves_loses_the_school_at_the_next_request(solbakken):
    token = operations.sign_in_by_token(asked()["token"], HERE)
    leave(solbakken)
    actor = queries.actor_of_session(token)
    assert (actor.email, actor.schools) == (TEACHER, frozenset())


def test_a_teacher_who_left_between_the_mail_and_the_button_is_not_signed_in(solbakken):
    mailed = asked()
    leave(solbakken)
    with pytest.raises(NotSignedIn):
        operations.sign_in_by_token(mailed["token"], HERE)


def test_who_acts_is_found_with_one_statement(solbakken):
    token = operations.sign_in_by_token(asked()["token"], HERE)
    statements = []
    event.listen(database.current().engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    queries.actor_of_session(token)
    assert len([statement for statement in statements if statement.startswith("SELECT")]) == 1


@pytest.mark.parametrize("token", [None, "", "never given"])
def test_a_session_that_never_was_belongs_to_nobody(app, token):
    assert queries.actor_of_session(token) is None


def test_signing_in_and_out_is_in_the_audit_chain_without_the_address(solbakken):
    operations.sign_out(operations.sign_in_by_token(asked()["token"], ELSEWHERE))
    found = database.read().execute(
        select(AuditLine.verb, AuditLine.subject, AuditLine.actor, AuditDetails.details)
        .join(AuditDetails, AuditDetails.number == AuditLine.number)
        .order_by(AuditLine.number)
    )
    number = database.read().scalar(select(Account.id))
    who = f"account:{number}"
    assert found.all() == [
        ("account.signed_in", who, who, {"by": "link in another browser"}),
        ("account.signed_out", who, who, {}),
    ]


def test_what_is_old_is_forgotten(solbakken, time):
    asked()
    operations.sign_in_by_token(asked()["token"], HERE)
    assert operations.forget_old() == 0
    time.pass_by(days=1, minutes=1)
    assert operations.forget_old() == 4
    time.pass_by(days=14)
    assert operations.forget_old() == 1
    assert (count(SignInToken), count(SignInSession)) == (0, 0)


def test_the_rounds_clock_does_not_end_a_sign_in(solbakken):
    mailed = asked()
    clock.current().move_to(clock.now().replace(year=2021))
    token = operations.sign_in_by_token(mailed["token"], HERE)
    assert queries.actor_of_session(token) is not None


def at_once(app, count, work):
    """Do something in several threads at the same time."""
    together = threading.Barrier(count)

    def run(number):
        with app.app_context():
            together.wait(timeout=20)
            work(number)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_guesses_at_the_same_time_are_counted_one_by_one(app, solbakken):
    mailed = asked()

    def guess(_number):
        with pytest.raises(NotSignedIn):
            operations.sign_in_by_code(wrong(mailed["code"]), HERE)

    at_once(app, 10, guess)
    database.read().rollback()
    assert database.read().scalar(select(SignInToken.attempts)) == 5


def test_a_link_that_is_pressed_ten_times_at_once_opens_one_session(app, solbakken):
    mailed, opened = asked(), []

    def press(_number):
        with suppress(NotSignedIn):
            opened.append(operations.sign_in_by_token(mailed["token"], HERE))

    at_once(app, 10, press)
    assert (len(opened), count(SignInSession)) == (1, 1)


def test_asking_ten_times_at_once_sends_five_mails(app, solbakken):
    at_once(app, 10, lambda _number: operations.ask_sign_in(TEACHER, HERE, "nb"))
    assert (count(Mail), count(SignInToken)) == (5, 5)


@pytest.mark.parametrize("database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_without_waiting_for_each_other_more_than_five_mails_are_sent(app, solbakken, monkeypatch):
    """The twin, on the database where several can write at once: what counts is counted alone."""
    monkeypatch.setattr(database, "alone", lambda *_: None)
    counted, together = signing_in._asked_too_often, threading.Barrier(10)

    def count_together(*arguments):
        found = counted(*arguments)
        together.wait(timeout=20)
        return found

    monkeypatch.setattr(signing_in, "_asked_too_often", count_together)
    at_once(app, 10, lambda _number: operations.ask_sign_in(TEACHER, HERE, "nb"))
    assert count(Mail) == 10
