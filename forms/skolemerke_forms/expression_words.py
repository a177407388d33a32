"""An expression in CEL in words, where it is simple enough: comparisons of one answer, put together by and, or, not.

The library that runs expressions keeps what it has read to itself, so that the few forms that have words are read here.
What is anything else is said by the questions that it reads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from skolemerke_forms import phrases
from skolemerke_forms.definition import Form
from skolemerke_forms.expression_tokens import NotSimpleError, Tokens
from skolemerke_forms.expressions import expression
from skolemerke_forms.phrases import AND, OR, Said, is_answered, is_one_of, lies_within, negated, together
from skolemerke_forms.questions import (
    Choices,
    Computed,
    Date,
    Group,
    Matrix,
    Number,
    Question,
    RegistryList,
    plain_number,
)
from skolemerke_forms.saying import Say

_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}
_COUNTED = (Choices, Matrix, Group, RegistryList)


def expression_said(source: str, form: Form, say: Say = str) -> Said:
    """An expression as the second half of "only if …"; where it is not simple, the questions that it reads."""
    try:
        return _Reader(source, form, say).whole()
    except NotSimpleError:
        names = expression(source).names
        return phrases.by_answers([question.label for question in form.questions() if question.id in names], say)


@dataclass(frozen=True)
class _Part:
    """What was read: the words, which answers it asks about, and which one it only asks to be there."""

    said: Said
    reads: frozenset[str]
    guards: str = ""


@dataclass(frozen=True)
class _Answer:
    """An answer in an expression: of a question, or of one row of a matrix; `counted`: how many there are of it."""

    question: Question
    label: str
    counted: bool = False
    in_row: bool = False


_Operand = _Answer | Decimal | str | tuple[str, ...] | None
"""An answer, a number, a text, a list of texts, or null."""


class _Reader(Tokens):
    """Reads an expression from left to right. Its size and depth are bounded where the form is read."""

    def __init__(self, source: str, form: Form, say: Say) -> None:
        super().__init__(source)
        self._form, self._say = form, say

    def whole(self) -> Said:
        said = self._any_of().said
        self._require_end()
        return said

    # Put together

    def _any_of(self) -> _Part:
        return self._several(self._all_of, "||", OR)

    def _all_of(self) -> _Part:
        return self._several(self._one, "&&", AND)

    def _several(self, read: Callable[[], _Part], sign: str, word: str) -> _Part:
        parts = [read()]
        while self._takes(sign):
            parts.append(read())
        if word == AND:
            # "a != null && a > 2.0": that it is there is said by what is asked of it.
            parts = [part for part in parts if not any(part.guards in one.reads for one in parts if one is not part)]
        reads = frozenset().union(*(part.reads for part in parts))
        guards = parts[0].guards if len(parts) == 1 else ""
        return _Part(together([part.said for part in parts], word, self._say), reads, guards)

    def _one(self) -> _Part:
        if self._takes("!"):
            part = self._one()
            return _Part(negated(part.said, self._say), part.reads)
        if self._takes("("):
            part = self._any_of()
            self._require(")")
            return part
        if self._calls("has"):
            answer = self._closed(self._answer())
            return _Part(is_answered(answer.label, self._say), frozenset((answer.question.id,)))
        return self._comparison()

    # One answer compared

    def _comparison(self) -> _Part:
        left, sign = self._operand(), self._sign()
        right = self._operand()
        if sign == "in":
            return self._membership(left, right)
        if not isinstance(left, _Answer):
            left, right, sign = right, left, _TURNED[sign]
        if not isinstance(left, _Answer):
            raise NotSimpleError
        guards = left.question.id if right is None and sign == "!=" else ""
        reads = {one.question.id for one in (left, right) if isinstance(one, _Answer)}
        if sign == "!=":
            if right is None:
                return _Part(is_answered(left.label, self._say), frozenset(), guards)
            return _Part(negated(self._equal(left, right), self._say), frozenset(reads))
        said = self._equal(left, right) if sign == "==" else self._ordered(left, sign, right)
        return _Part(said, frozenset(reads))

    def _membership(self, left: _Operand, right: _Operand) -> _Part:
        if isinstance(left, str) and isinstance(right, _Answer) and isinstance(right.question, Choices):
            return self._one_of(right, (left,))
        if isinstance(left, _Answer) and isinstance(right, tuple) and right:
            return self._one_of(left, right)
        raise NotSimpleError

    def _one_of(self, answer: _Answer, values: tuple[str, ...]) -> _Part:
        if answer.counted or (isinstance(answer.question, Matrix) and not answer.in_row):
            raise NotSimpleError
        said = is_one_of(
            None if answer.in_row else answer.question,
            answer.label,
            self._called(answer, values),
            self._form,
            self._say,
        )
        return _Part(said, frozenset((answer.question.id,)))

    def _called(self, answer: _Answer, values: tuple[str, ...]) -> list[str]:
        """The levels of a row as the form calls them; other values are called so where they are said."""
        if not answer.in_row:
            return list(values)
        return [phrases.value_in_words(answer.question, self._form, value, self._say) for value in values]

    def _equal(self, answer: _Answer, other: _Operand) -> Said:
        if other is None:
            return is_answered(answer.label, self._say, answered=False)
        if isinstance(other, str) and not isinstance(answer.question, Choices):
            return self._one_of(answer, (other,)).said
        if isinstance(other, Decimal) and answer.counted:
            return self._count(answer, other, other)
        if isinstance(other, Decimal | _Answer):
            figures = {"question": answer.label, "values": self._figure(answer, other)}
            return Said(self._say(phrases.IS) % figures)
        raise NotSimpleError

    def _ordered(self, answer: _Answer, sign: str, other: _Operand) -> Said:
        if answer.counted and isinstance(other, Decimal):
            least = other + 1 if sign == ">" and other == int(other) else other.to_integral_value(ROUND_CEILING)
            most = other - 1 if sign == "<" and other == int(other) else other.to_integral_value(ROUND_FLOOR)
            return self._count(answer, least if sign[0] == ">" else None, most if sign[0] == "<" else None)
        days = isinstance(answer.question, Date) and isinstance(other, str | _Answer)
        if not days and not isinstance(other, Decimal | _Answer):
            raise NotSimpleError
        message = {
            ">=": phrases.FROM_DAY if days else phrases.AT_LEAST,
            "<=": phrases.UNTIL_DAY if days else phrases.AT_MOST,
            ">": phrases.AFTER_DAY if days else phrases.MORE_THAN,
            "<": phrases.BEFORE_DAY if days else phrases.LESS_THAN,
        }[sign]
        figure = self._figure(answer, other)
        return Said(self._say(message) % {"question": answer.label, "least": figure, "most": figure})

    def _count(self, answer: _Answer, least: Decimal | None, most: Decimal | None) -> Said:
        if (least, most) in {(Decimal(1), None), (None, Decimal(0)), (Decimal(0), Decimal(0))}:
            return is_answered(answer.label, self._say, answered=most is None)
        return lies_within(answer.label, least, most, self._say, counts=True)

    def _figure(self, answer: _Answer, other: _Operand) -> str:
        if isinstance(other, _Answer):
            if other.counted != answer.counted or type(other.question) is not type(answer.question):
                raise NotSimpleError
            return self._say(phrases.QUOTED) % {"value": other.label}
        if isinstance(other, Decimal):
            if not isinstance(answer.question, Number | Computed):
                raise NotSimpleError
            return plain_number(other)
        return str(other)

    def _sign(self) -> str:
        kind, word = self._token()
        if not (kind == "sign" and word in _TURNED) and (kind, word) != ("name", "in"):
            raise NotSimpleError
        self._at += 1
        return word

    # What is compared

    def _operand(self) -> _Operand:
        kind, word = self._token()
        if kind == "text":
            self._at += 1
            return word
        if kind == "number" or word == "-":
            sign = -1 if self._takes("-") else 1
            return sign * Decimal(self._number())
        if self._takes("["):
            return self._list()
        if self._takes_name("null"):
            return None
        return self._answer()

    def _answer(self) -> _Answer:
        for name in ("double", "int"):
            if self._calls(name):
                return self._closed(self._answer())
        if self._calls("size"):
            return self._counted(self._closed(self._answer()))
        kind, name = self._token()
        question = self._form.question(name) if kind == "name" else None
        if question is None:
            raise NotSimpleError
        self._at += 1
        answer = _Answer(question, question.label)
        if self._takes("["):
            answer = self._row(question, self._token())
            self._at += 1
            self._require("]")
        elif self._takes("."):
            if self._calls("size"):
                return self._counted(self._closed(answer))
            answer = self._row(question, self._token())
            self._at += 1
        return answer

    def _counted(self, answer: _Answer) -> _Answer:
        if not isinstance(answer.question, _COUNTED) or answer.in_row:
            raise NotSimpleError
        return _Answer(answer.question, answer.label, counted=True)

    def _row(self, question: Question, token: tuple[str, str]) -> _Answer:
        rows = {row.value: row.label for row in question.rows} if isinstance(question, Matrix) else {}
        if token[1] not in rows:
            raise NotSimpleError
        label = self._say(phrases.ROW) % {"question": question.label, "row": rows[token[1]]}
        return _Answer(question, label, in_row=True)

    def _list(self) -> tuple[str, ...]:
        found: list[str] = []
        while not self._takes("]"):
            if found:
                self._require(",")
            kind, word = self._token()
            if kind != "text":
                raise NotSimpleError
            self._at += 1
            found.append(word)
        return tuple(found)

    def _closed(self, answer: _Answer) -> _Answer:
        self._require(")")
        return answer
