"""Sheets that wait to be stored come back as they were, in their order, without being held in memory."""

from skolemerke.scoring.waiting import AT_ONCE, IN_MEMORY, Waiting

TEXT = 'line\nline\u2028line\r\n{"a":"ø"}\U0001f600'


def test_rows_come_back_a_slice_at_a_time_as_they_were():
    rows = [{"submission_id": number, "sheet": TEXT, "points": None, "code": {"v": 1}} for number in range(AT_ONCE + 3)]
    with Waiting() as waiting:
        for row in rows:
            waiting.add(row)
        slices = list(waiting.slices())
    assert [len(part) for part in slices] == [AT_ONCE, 3]
    assert [row for part in slices for row in part] == rows
    assert waiting.count == AT_ONCE + 3


def test_nothing_that_waits_is_no_slice():
    with Waiting() as waiting:
        assert list(waiting.slices()) == []


def test_much_that_waits_lies_in_a_file_that_is_gone_afterwards():
    with Waiting() as waiting:
        for number in range(AT_ONCE):
            waiting.add({"submission_id": number, "sheet": "x" * (IN_MEMORY // AT_ONCE)})
        assert sum(map(len, waiting.slices())) == AT_ONCE
        assert waiting._file._rolled
    assert waiting._file.closed
