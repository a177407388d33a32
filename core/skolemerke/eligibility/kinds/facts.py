"""A fact of the school's row in the register, compared with what is stated."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator
from sqlalchemy import ColumnElement, Float, Select, String, and_, case, cast, false, func, literal, null, or_, select

from skolemerke.contract.criteria import CriterionKind, RegistryTables, Verdict
from skolemerke.eligibility.kinds.common import Day, Say, Sparse
from skolemerke.eligibility.kinds.common import mark as _

COLUMNS = frozenset(
    {"name", "country", "city", "region", "level", "pupils", "language", "registered_on"}
    | {"address", "head_name", "head_email", "site"}
)
"""Facts that have a column of their own; every other name is a column of `schools.csv` that the core does not know."""

NUMBER = r"^-?[0-9]{1,15}(\.[0-9]{1,15})?\Z"
DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\Z"
IS_DAY = re.compile(DAY, re.ASCII)
SHOWN = 60
"""So many characters of a fact are kept with the verdict."""

WORDS: dict[str, Verdict] = {"met": Verdict.MET, "not_met": Verdict.NOT_MET, "unclear": Verdict.UNCLEAR}

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r'^[^"\\\x00-\x1f]+$', max_length=80)]


def _number_or_day(value: object) -> object:
    """A day in ISO 8601, else a number: pydantic by itself would read a number as days since 1970."""
    if isinstance(value, str) and IS_DAY.match(value):
        return date.fromisoformat(value)
    if not isinstance(value, str | int):
        return value
    try:
        number = Decimal(value)
    except ArithmeticError:
        number = Decimal("NaN")
    if not number.is_finite():
        raise ValueError("state a number or a day like 2020-11-09")
    return number


Limit = Annotated[Decimal | date, BeforeValidator(_number_or_day)]


class SchoolFact(CriterionKind):
    """A fact of the school compared in one of five ways; a missing fact gives the declared verdict.

    The fact is a column of `schools.csv`, also one that the core does not know. It has no date: it is taken as the
    registry has it now, whatever the instant. Texts are compared letter by letter; `at_least` and `at_most` compare
    numbers or days, and a fact that is neither counts as missing.
    """

    id = "school_fact"

    class Parameters(Sparse):
        """`fact` and one of `equals`, `one_of`, `at_least`, `at_most`, `present`; `missing` is `unclear` unless
        stated. `present: no` asks that the fact is not there."""

        fact: Name
        equals: Text | None = None
        one_of: Annotated[tuple[Text, ...], Field(min_length=1)] | None = None
        at_least: Limit | None = None
        at_most: Limit | None = None
        present: bool | None = None
        missing: Literal["met", "not_met", "unclear"] | None = None

        @model_validator(mode="after")
        def _one_comparison(self) -> Self:
            comparisons = ("equals", "one_of", "at_least", "at_most", "present")
            stated = [name for name in comparisons if getattr(self, name) is not None]
            if len(stated) != 1:
                raise ValueError(f"state exactly one of {', '.join(comparisons)}")
            if self.fact in {"school_id", "agency_id", "facts"}:
                raise ValueError(f"fact must be a column of schools.csv, not {self.fact}")
            return self

        @property
        def limit(self) -> Decimal | date | None:
            """The number or day that the fact is compared with, if it is so compared."""
            return self.at_least if self.at_least is not None else self.at_most

    def statement(self, parameters: Parameters, tables: RegistryTables, at: datetime) -> Select[Any]:
        """One row for every school."""
        text = _text(parameters.fact, tables)
        known, met = _comparison(parameters, text)
        if parameters.present is not None:
            found: ColumnElement[str] = case((text.is_(None), literal("0")), else_=literal("1"))
        else:
            clean: ColumnElement[str] = func.substr(text, 1, SHOWN)
            for sign in ("\x1e", "\x1f"):  # what is found is kept with these between
                clean = func.replace(clean, literal(sign, String), literal(" ", String))
            found = case((known, clean), else_=literal("", String))
        verdict = case(
            (~known, literal(int(WORDS[parameters.missing or "unclear"]))),
            (met, literal(int(Verdict.MET))),
            else_=literal(int(Verdict.NOT_MET)),
        )
        return select(tables.schools.c.school_id, found.label("found"), verdict.label("verdict"))

    def required(self, parameters: Parameters) -> str:
        """The number or the day, where there is one."""
        limit = parameters.limit
        return "" if limit is None else limit.isoformat() if isinstance(limit, date) else format(limit, "f")

    def sentence(self, parameters: Parameters, found: str, verdict: Verdict, say: Say, day: Day) -> str:
        """What the register says, and what was asked."""
        rule = self._rule(parameters, say, day)
        if parameters.present is None and not found:
            return say(
                _("The register does not say “%(fact)s” of the school. %(rule)s"), fact=parameters.fact, rule=rule
            )
        if parameters.present is not None:
            said = _("The register says “%(fact)s” of the school. %(rule)s")
            if found == "0":
                said = _("The register does not say “%(fact)s” of the school. %(rule)s")
            return say(said, fact=parameters.fact, rule=rule)
        return say(
            _("“%(fact)s” of the school is “%(found)s” in the register. %(rule)s"),
            fact=parameters.fact,
            found=day(found),
            rule=rule,
        )

    def _rule(self, parameters: Parameters, say: Say, day: Day) -> str:
        if parameters.present is not None:
            return say(_("It must stand there.") if parameters.present else _("It must not stand there."))
        if parameters.limit is not None:
            message = _("It must be %(limit)s or more.")
            if parameters.at_most is not None:
                message = _("It must be %(limit)s or less.")
            if isinstance(parameters.limit, date):
                message = _("It must be %(limit)s or later.")
                if parameters.at_most is not None:
                    message = _("It must be %(limit)s or earlier.")
            return say(message, limit=day(self.required(parameters)))
        if parameters.equals is not None:
            return say(_("It must be “%(value)s”."), value=parameters.equals)
        return say(_("It must be one of: %(values)s."), values=", ".join(parameters.one_of or ()))


def _text(fact: str, tables: RegistryTables) -> ColumnElement[str]:
    """The fact as text without blanks around it; nothing where it is empty."""
    schools = tables.schools.c
    if fact in COLUMNS:
        value: ColumnElement[str] = cast(schools[fact], String)
    else:
        value = schools.facts[fact].as_string()
    return func.nullif(func.trim(value), "")


def _comparison(
    parameters: SchoolFact.Parameters, text: ColumnElement[str]
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """When the fact can be compared, and when the comparison holds."""
    known: ColumnElement[bool] = text.is_not(None)
    if parameters.present is not None:
        return or_(known, text.is_(None)), known if parameters.present else text.is_(None)
    if parameters.equals is not None:
        return known, text == parameters.equals
    if parameters.one_of is not None:
        return known, text.in_(parameters.one_of)
    limit = parameters.limit
    least = parameters.at_least is not None
    if isinstance(limit, date):
        known = and_(known, func.coalesce(text.regexp_match(DAY), false()))
        return known, text >= limit.isoformat() if least else text <= limit.isoformat()
    known = and_(known, func.coalesce(text.regexp_match(NUMBER), false()))
    # Never cast what is no number: PostgreSQL refuses the whole statement.
    number = cast(case((known, text), else_=null()), Float)
    wanted = float(limit or 0)
    return known, number >= wanted if least else number <= wanted
