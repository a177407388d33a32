"""What was made is kept for the next time, as much as is named and no more."""

import pytest
from skolemerke.kept import Kept


def made(kept, key, log):
    def make():
        log.append(key)
        return key.upper()

    return kept.get(key, make)


def test_what_is_asked_for_again_is_not_made_again():
    kept, log = Kept(2), []
    assert [made(kept, key, log) for key in ("a", "a", "b")] == ["A", "A", "B"]
    assert log == ["a", "b"]


def test_the_one_that_was_not_asked_for_longest_goes_first():
    kept, log = Kept(2), []
    for key in ("a", "b", "a", "c", "a", "b"):
        made(kept, key, log)
    assert log == ["a", "b", "c", "b"]
    assert len(kept) == 2


def test_what_can_not_be_made_is_not_kept():
    kept = Kept(2)
    with pytest.raises(ValueError, match="no"):
        kept.get("a", _fail)
    assert len(kept) == 0


def _fail():
    raise ValueError("no")
