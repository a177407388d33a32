"""The round's time may be moved in a rehearsal: forward only, for all processes, never in production."""

from datetime import UTC, datetime, timedelta

import pytest
from skolemerke.clock import Clock, ClockRefusal
from skolemerke.config import load_config

START = "2020-12-01T09:00:00+01:00"


def clock_of(home, **environ):
    return Clock(load_config(home, environ))


def near(found, wanted):
    return abs(found - datetime.fromisoformat(wanted)) < timedelta(seconds=5)


def test_the_clock_starts_where_the_setting_says_and_goes_on(tmp_path):
    clock = clock_of(tmp_path, SKOLEMERKE_CLOCK=START)
    first = clock.now()
    assert near(first, START)
    assert clock.now() > first


def test_the_setting_counts_on_the_first_start_only(tmp_path):
    clock_of(tmp_path, SKOLEMERKE_CLOCK=START)
    later = clock_of(tmp_path, SKOLEMERKE_CLOCK="2022-01-01T00:00:00+01:00")
    assert near(later.now(), START)


def test_another_process_sees_a_move_at_once(tmp_path):
    one, other = clock_of(tmp_path, SKOLEMERKE_CLOCK=START), clock_of(tmp_path)
    assert near(other.now(), START)
    one.move_to(datetime.fromisoformat("2021-02-08T23:00:00+01:00"))
    assert near(other.now(), "2021-02-08T23:00:00+01:00")


def test_the_clock_never_goes_back(tmp_path):
    clock = clock_of(tmp_path, SKOLEMERKE_CLOCK=START)
    with pytest.raises(ClockRefusal, match="never goes back"):
        clock.move_to(datetime.fromisoformat("2020-11-01T00:00:00+01:00"))
    assert near(clock.now(), START)


def test_in_production_the_clock_is_the_worlds_and_refuses_to_move(tmp_path):
    clock_of(tmp_path, SKOLEMERKE_CLOCK=START)
    clock = clock_of(tmp_path, SKOLEMERKE_ENV="production", SKOLEMERKE_SECRET_KEY="x" * 40)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    with pytest.raises(ClockRefusal, match="production"):
        clock.move_to(datetime.now(UTC) + timedelta(days=1))


def test_the_real_clock_is_not_moved(tmp_path):
    clock = clock_of(tmp_path, SKOLEMERKE_CLOCK=START)
    assert abs(clock.real() - datetime.now(UTC)) < timedelta(seconds=5)
