"""Rows are added, removed and put back, each in one transaction, and nothing that was written in one is lost."""

import pytest
from skolemerke import clock, database
from skolemerke.applications import operations
from skolemerke.applications.models import AnswerChange
from skolemerke.people.rights import Refused
from sqlalchemy import select
from support import every_type
from support.applicants import saved, scene


@pytest.fixture
def here(tmp_path):
    every_type.plugin(tmp_path)
    with scene(tmp_path) as found:
        yield found


@pytest.fixture
def application(here):
    return here.begun()


@pytest.fixture
def kari(here):
    return here.actor(here.kari)


def history(application, address):
    of_it = select(AnswerChange).where(
        AnswerChange.application_id == application.id, AnswerChange.question_id == address
    )
    return [(change.version, change.raw) for change in database.read().scalars(of_it.order_by(AnswerChange.id))]


def test_a_row_is_an_answer_of_its_own_with_versions_and_a_history(application, kari):
    first = operations.add_row(kari, application.id, "visits")
    second = operations.add_row(kari, application.id, "visits")
    assert first != second
    assert saved(application)["visits"] == [first, second]
    assert history(application, "visits") == [(1, [first]), (2, [first, second])]


def test_a_row_that_is_removed_keeps_what_was_written_and_can_be_put_back_where_it_stood(application, kari):
    rows = [operations.add_row(kari, application.id, "visits") for _ in range(3)]
    operations.save_answers(kari, application.id, {f"visits.{rows[1]}.place": "Oslo"}, {})
    assert operations.remove_row(kari, application.id, "visits", rows[1]) == 1
    assert saved(application)["visits"] == [rows[0], rows[2]]
    assert saved(application)[f"visits.{rows[1]}.place"] == "Oslo"
    operations.put_back_row(kari, application.id, "visits", rows[1], 1)
    assert saved(application)["visits"] == rows


def test_removing_or_putting_back_twice_changes_nothing(application, kari):
    row = operations.add_row(kari, application.id, "visits")
    operations.put_back_row(kari, application.id, "visits", row, 0)
    operations.remove_row(kari, application.id, "visits", row)
    operations.remove_row(kari, application.id, "visits", row)
    assert history(application, "visits") == [(1, [row]), (2, [])]


def test_there_are_no_more_rows_than_the_question_allows(application, kari):
    rows = [operations.add_row(kari, application.id, "visits") for _ in range(3)]
    with pytest.raises(operations.RowsRefused, match="at most 3 rows"):
        operations.add_row(kari, application.id, "visits")
    operations.remove_row(kari, application.id, "visits", rows[0])
    operations.add_row(kari, application.id, "visits")
    with pytest.raises(operations.RowsRefused, match="at most 3 rows"):
        operations.put_back_row(kari, application.id, "visits", rows[0], 0)


@pytest.mark.parametrize("question", ["pupils", "nothing", "internet_rules", "statements"])
def test_a_question_without_rows_has_none(application, kari, question):
    with pytest.raises(operations.RowsRefused, match="has no rows"):
        operations.add_row(kari, application.id, question)


@pytest.mark.parametrize("row", ["a.b", "", "x" * 41, "<b>"])
def test_a_row_that_no_address_can_name_is_not_put_back(application, kari, row):
    with pytest.raises(operations.RowsRefused):
        operations.put_back_row(kari, application.id, "visits", row, 0)


def test_one_who_is_not_in_the_registry_is_a_row_too(application, kari):
    row = operations.add_row(kari, application.id, "staff")
    operations.save_answers(kari, application.id, {f"staff.{row}.name": "Per Ny"}, {})
    assert saved(application) == {"staff.others": [row], f"staff.{row}.name": "Per Ny"}


def test_nobody_else_changes_rows_and_nobody_after_closing(here, application, kari):
    with pytest.raises(Refused):
        operations.add_row(here.actor(here.per), application.id, "visits")
    clock.current().move_to(clock.now().replace(year=2021, month=6))
    with pytest.raises(operations.Closed):
        operations.add_row(kari, application.id, "visits")
    assert saved(application) == {}


def test_taking_out_what_the_registry_suggests_is_kept_and_a_blank_elsewhere_is_no_answer(application, kari):
    operations.save_answers(kari, application.id, {"contact": "", "pupils": ""}, {"contact": 0, "pupils": 0})
    assert saved(application) == {"contact": ""}


def test_writing_in_a_row_that_a_colleague_removed_lists_it_again(here, application, kari):
    row = operations.add_row(kari, application.id, "visits")
    operations.remove_row(here.actor(here.ola), application.id, "visits", row)
    operations.save_answers(kari, application.id, {f"visits.{row}.place": "Oslo"}, {})
    assert saved(application)["visits"] == [row]
