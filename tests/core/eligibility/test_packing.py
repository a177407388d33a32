from datetime import date

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from skolemerke import database
from skolemerke.contract.criteria import Verdict
from skolemerke.eligibility.packing import (
    MOST_CRITERIA,
    found_by_each,
    joined,
    near_misses_of,
    packed,
    stored_text,
    unpacked,
    whole,
)
from sqlalchemy import Date, cast, literal, null, select

MET, NOT_MET, UNCLEAR = Verdict.MET, Verdict.NOT_MET, Verdict.UNCLEAR


@given(st.lists(st.sampled_from(Verdict), max_size=MOST_CRITERIA))
def test_packed_verdicts_unpack_to_themselves_and_fit_into_32_bits(verdicts: list[Verdict]) -> None:
    assert unpacked(packed(verdicts), len(verdicts)) == verdicts
    assert packed(verdicts) < 2**31


def test_the_first_criterion_lies_lowest() -> None:
    assert packed([MET, NOT_MET, UNCLEAR]) == 0b10_00_01


def test_any_not_met_wins_over_any_unclear() -> None:
    assert whole([MET, UNCLEAR, NOT_MET]) is NOT_MET
    assert whole([MET, UNCLEAR]) is UNCLEAR
    assert whole([MET, MET]) is MET
    assert whole([]) is MET


def test_near_misses_have_one_criterion_not_met_and_all_others_met() -> None:
    assert near_misses_of(2) == [packed([NOT_MET, MET]), packed([MET, NOT_MET])]


@pytest.mark.parametrize("day", ["1970-01-01", "1999-12-31", "2000-01-01", "2020-02-29", "2027-05-19"])
def test_a_day_is_stored_in_less_room_and_read_as_it_was(app: Flask, day: str) -> None:
    found = [stored_text(literal(date.fromisoformat(day), Date)), stored_text(null()), stored_text(literal("3"))]
    stored = database.read().scalar(select(joined(found)))
    assert found_by_each(stored or "", 3) == [day, "", "3"]
    assert len(stored or "") < len(f"{day},,3")


def test_what_is_empty_at_the_end_takes_no_room(app: Flask) -> None:
    nothing = stored_text(cast(null(), Date))
    assert database.read().scalar(select(joined([nothing, nothing]))) == ""
    assert found_by_each("", 2) == ["", ""]


def test_what_was_stored_before_days_were_narrow_is_read_as_it_stands() -> None:
    assert found_by_each("2018-11-09\x1f2\x1f", 3) == ["2018-11-09", "2", ""]
