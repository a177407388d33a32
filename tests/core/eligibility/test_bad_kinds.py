"""A kind of criterion that misbehaves is named, with its plugin; nothing is stored."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from skolemerke import database
from skolemerke.contract.criteria import Verdict
from skolemerke.eligibility import queries
from skolemerke.eligibility.asking import CriterionFault
from skolemerke.eligibility.models import Run
from skolemerke.eligibility.operations import check
from sqlalchemy import func, select
from support.installation import SHIPPED, install, running, write_plugin
from support.screened import ROUND, school, small_registry

KIND = """
    from sqlalchemy import cast, func, literal, select, String, union_all, column
    from skolemerke.toolkit import CriterionKind, Unnamed, Value, Verdict, hookimpl

    class Odd(CriterionKind):
        id = "odd"
        {unnamed}

        class Parameters(Value):
            pass

        def statement(self, parameters, tables, at):
            {statement}

        def sentence(self, parameters, found, verdict, say, day):
            {sentence}

    @hookimpl
    def criterion_kinds():
        return [Odd]
"""
OVERLAY = """
    overlay: odd-one
    round: "2021-2022"
    language: en
    reason: To see what happens.
    criteria:
      - {id: odd_condition, kind: odd, label: Odd, statement: Something odd.}
"""
EVERY = "select(tables.schools.c.school_id, literal('1').label('found'), {}.label('verdict'))"


@contextmanager
def odd(home: Path, url: str, statement: str, sentence: str = "return 'Odd.'", unnamed: str = "") -> Iterator[None]:
    """An installation with a plugin whose kind answers with `statement`."""
    install(home, *SHIPPED)
    write_plugin(
        home,
        "odd-one",
        plugin__py=KIND.format(statement=statement, sentence=sentence, unnamed=unnamed),
        overlay__yaml=OVERLAY,
    )
    with running(home, url):
        small_registry(home / "files")
        yield


@pytest.mark.parametrize(
    ("statement", "part"),
    [
        ("raise RuntimeError('no idea')", "RuntimeError: no idea"),
        ("return select(tables.schools.c.school_id)", "has no column found, verdict"),
        ("return select(tables.nothing)", "AttributeError"),
        ("return " + EVERY.format("column('no_such_column')"), "no_such_column"),
        (
            "one = " + EVERY.format("literal(1)") + "; both = union_all(one, one).subquery(); return select(both)",
            "more than one row for a school",
        ),
    ],
)
def test_a_kind_that_misbehaves_is_named_and_nothing_is_stored(
    tmp_path: Path, database_url: str, statement: str, part: str
) -> None:
    with odd(tmp_path, database_url, statement):
        with pytest.raises(CriterionFault, match=part) as fault:
            check(ROUND)
        assert "criterion odd_condition, of kind odd of plugin odd-one" in str(fault.value)
        assert "\n" not in str(fault.value)
        database.current().forget()
        assert database.read().scalar(select(func.count()).select_from(Run)) == 0


def test_a_verdict_that_is_none_of_the_three_counts_as_unclear(tmp_path: Path, database_url: str) -> None:
    with odd(tmp_path, database_url, "return " + EVERY.format("literal(7)")):
        report = check(ROUND)
        assert (report.eligible, report.unclear, report.ineligible) == (0, 1, 3)
        assert queries.explain(ROUND, school("NO1"), "en").eligible is None
        assert [miss.school.school_id for miss in queries.near_misses(ROUND)] == []


def test_schools_that_a_statement_does_not_name_get_the_declared_default(tmp_path: Path, database_url: str) -> None:
    statement = "return " + EVERY.format("literal(1)") + ".where(tables.schools.c.country == 'SE')"
    default = "unnamed = Unnamed(found='0', verdict=Verdict.UNCLEAR)"
    with odd(tmp_path, database_url, statement, unnamed=default):
        check(ROUND)
        shown = {name: queries.explain(ROUND, school(name), "en").criteria[-1] for name in ("NO1", "SE1")}
        assert (shown["NO1"].verdict, shown["NO1"].found) == (Verdict.UNCLEAR, "0")
        assert (shown["SE1"].verdict, shown["SE1"].found) == (Verdict.MET, "1")


def test_a_kind_that_can_not_say_its_result_leaves_a_plain_sentence(tmp_path: Path, database_url: str) -> None:
    with odd(tmp_path, database_url, "return " + EVERY.format("literal(1)"), sentence="raise RuntimeError('mute')"):
        check(ROUND)
        assert queries.explain(ROUND, school("NO1"), "en").criteria[-1].sentence == "Odd: met (found: 1)."
