from hypothesis import given
from hypothesis import strategies as st
from skolemerke.contract.criteria import Verdict
from skolemerke.eligibility.packing import MOST_CRITERIA, near_misses_of, packed, unpacked, whole

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
