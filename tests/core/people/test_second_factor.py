"""The second factor: set up with a first code, given once, counted when wrong, stood in for by paper, reset."""

from contextlib import suppress

import pyotp
import pytest
from skolemerke import audit, clock, config, database
from skolemerke.audit import AuditLine
from skolemerke.people import operations, queries, second_factor, sessions
from skolemerke.people.actors import ANONYMOUS, SYSTEM, Actor
from skolemerke.people.models import RecoveryCode, SecondFactor
from skolemerke.people.rights import Refused
from skolemerke.people.second_factor import NotNow, TooManyWrong, WrongCode
from sqlalchemy import select
from support.applied import account

BOSS = "boss@agency.example"


@pytest.fixture
def boss(app):
    return account(BOSS, role="administrator")


def code(account_id, ahead=0):
    """What the app shows, or will show after some steps."""
    database.read().rollback()
    row = database.read().get(SecondFactor, account_id)
    step = int(clock.real().timestamp()) // second_factor.STEP
    return pyotp.TOTP(second_factor._secret(row)).generate_otp(step + ahead)


def set_up(account_id):
    """Set a second factor up; gives the session's token and the codes for the paper."""
    token = operations.open_session(account_id)
    second_factor.begin_set_up(token)
    return second_factor.confirm(token, code(account_id))


def lines():
    database.read().rollback()
    found = select(AuditLine.verb).where(AuditLine.verb.startswith("second_factor")).order_by(AuditLine.number)
    return list(database.read().scalars(found))


def test_a_first_code_sets_it_up_and_the_session_goes_on_under_a_new_token(boss):
    old = operations.open_session(boss)
    second_factor.begin_set_up(old)
    assert queries.actor_of_session(old) is not None
    assert not second_factor.is_set_up(boss)
    new, codes = second_factor.confirm(old, code(boss))
    assert second_factor.is_set_up(boss)
    assert second_factor.secret_to_set_up(boss) is None
    assert (queries.actor_of_session(old), queries.actor_of_session(new).email) == (None, BOSS)
    assert (len(set(codes)), second_factor.recovery_codes_left(boss), lines()) == (10, 10, ["second_factor.set_up"])


def test_the_next_sign_in_opens_nothing_until_the_code_is_given(boss, time):
    set_up(boss)
    token = operations.open_session(boss)
    assert sessions.standing_of(token).step == "second_factor"
    assert queries.actor_of_session(token) is None
    time.pass_by(seconds=60)
    new = second_factor.give(token, f" {code(boss)[:3]} {code(boss)[3:]} ")
    assert queries.actor_of_session(new).email == BOSS
    assert queries.actor_of_session(token) is None


def test_a_code_is_taken_once_and_none_older_than_it(boss, time):
    set_up(boss)
    time.pass_by(seconds=90)
    shown, before = code(boss), code(boss, -1)
    second_factor.give(operations.open_session(boss), shown)
    for again in (shown, before):
        with pytest.raises(WrongCode):
            second_factor.give(operations.open_session(boss), again)
    time.pass_by(seconds=60)
    assert second_factor.give(operations.open_session(boss), code(boss))


def test_without_remembering_the_last_step_a_code_is_taken_twice(boss, time):
    """The twin: it is the remembered step that refuses a code that was used."""
    set_up(boss)
    time.pass_by(seconds=90)
    shown = code(boss)
    second_factor.give(operations.open_session(boss), shown)
    with database.write() as session:
        session.get_one(SecondFactor, boss).last_step = 0
    assert second_factor.give(operations.open_session(boss), shown)


@pytest.mark.parametrize(("ahead", "is_taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_that_is_half_a_minute_off_is_borne(boss, time, ahead, is_taken):
    set_up(boss)
    # To the beginning of a step, so that none begins while the test runs.
    time.pass_by(minutes=10, seconds=second_factor.STEP - clock.real().timestamp() % second_factor.STEP)
    taken = False
    with suppress(WrongCode):
        taken = bool(second_factor.give(operations.open_session(boss), code(boss, ahead)))
    assert taken is is_taken


@pytest.mark.parametrize("typed", ["", "000000", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "0" * 100])
def test_what_is_no_code_of_the_app_is_wrong(boss, time, typed):
    set_up(boss)
    time.pass_by(minutes=1)
    with pytest.raises(WrongCode):
        second_factor.give(operations.open_session(boss), typed)


def test_after_ten_wrong_codes_none_is_looked_at_for_a_quarter_of_an_hour(boss, time):
    set_up(boss)
    time.pass_by(minutes=1)
    token = operations.open_session(boss)
    for _ in range(10):
        with pytest.raises(WrongCode):
            second_factor.give(token, "nothing")
    with pytest.raises(TooManyWrong):
        second_factor.give(token, code(boss))
    time.pass_by(minutes=15)
    assert second_factor.give(token, code(boss))


def test_without_the_limit_the_right_code_is_taken_after_any_number_of_wrong_ones(boss, time, monkeypatch):
    """The twin: it is the limit that stops guessing."""
    monkeypatch.setattr(second_factor, "WRONG", 1000)
    set_up(boss)
    time.pass_by(minutes=1)
    token = operations.open_session(boss)
    for _ in range(12):
        with pytest.raises(WrongCode):
            second_factor.give(token, "nothing")
    assert second_factor.give(token, code(boss))


def test_a_code_of_the_paper_stands_in_once_however_it_is_typed(boss):
    _token, codes = set_up(boss)
    assert second_factor.give(operations.open_session(boss), codes[0].lower().replace("-", " "))
    assert second_factor.recovery_codes_left(boss) == 9
    with pytest.raises(WrongCode):
        second_factor.give(operations.open_session(boss), codes[0])
    assert lines() == ["second_factor.set_up", "second_factor.recovery_code_used"]


def test_new_codes_for_the_paper_end_the_old_ones(boss):
    token, codes = set_up(boss)
    token, fresh = second_factor.renew_recovery_codes(token, codes[1])
    assert not set(codes) & set(fresh)
    with pytest.raises(WrongCode):
        second_factor.give(operations.open_session(boss), codes[2])
    assert second_factor.give(operations.open_session(boss), fresh[0])


def test_neither_the_secret_nor_a_code_of_the_paper_is_stored_in_the_clear(boss):
    token = operations.open_session(boss)
    second_factor.begin_set_up(token)
    secret = second_factor.secret_to_set_up(boss)
    _token, codes = second_factor.confirm(token, pyotp.TOTP(secret).at(clock.real()))
    database.read().rollback()
    stored = [row.secret for row in database.read().scalars(select(SecondFactor))]
    stored += [row.code_hash for row in database.read().scalars(select(RecoveryCode))]
    assert len(stored) == 11
    assert not [word for word in (secret, *codes) for text in stored if word in text]


def test_a_changed_key_of_the_installation_makes_codes_wrong_and_a_reset_helps(app, boss, time):
    set_up(boss)
    app.extensions[config.EXTENSION] = app.extensions[config.EXTENSION].model_copy(update={"secret_key": "k" * 40})
    time.pass_by(minutes=1)
    with pytest.raises(WrongCode):
        second_factor.give(operations.open_session(boss), "123456")
    assert second_factor.reset(SYSTEM, boss)
    assert queries.actor_of_session(operations.open_session(boss)) is not None


def test_it_is_not_set_up_twice_and_not_confirmed_before_it_was_begun(boss):
    token = operations.open_session(boss)
    with pytest.raises(NotNow):
        second_factor.confirm(token, "123456")
    token, _codes = set_up(boss)
    with pytest.raises(NotNow):
        second_factor.begin_set_up(token)
    with pytest.raises(NotNow):
        second_factor.give("no session", "123456")


def test_a_teacher_sets_none_up(app):
    with pytest.raises(Refused):
        second_factor.begin_set_up(operations.open_session(account("kari@school.example")))


def test_a_reset_takes_it_off_ends_all_sessions_and_leaves_a_line(boss):
    token, _codes = set_up(boss)
    assert second_factor.reset(SYSTEM, boss)
    assert queries.actor_of_session(token) is None
    assert not second_factor.is_set_up(boss)
    assert not second_factor.reset(SYSTEM, boss)
    assert lines() == ["second_factor.set_up", "second_factor.reset"]
    assert list(audit.breaks(database.read())) == []


@pytest.mark.parametrize("actor", [ANONYMOUS, Actor(account_id=7, is_central=True), Actor(7, agencies=frozenset({1}))])
def test_only_an_administrator_resets_it(boss, actor):
    set_up(boss)
    with pytest.raises(Refused):
        second_factor.reset(actor, boss)
    assert second_factor.is_set_up(boss)


def test_its_holder_takes_it_off_with_a_code(boss):
    token, codes = set_up(boss)
    with pytest.raises(WrongCode):
        second_factor.remove(token, "000000")
    second_factor.remove(token, codes[0])
    assert (second_factor.is_set_up(boss), second_factor.recovery_codes_left(boss)) == (False, 0)
