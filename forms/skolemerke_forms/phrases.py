"""The phrases of which conditions are said: what is asked of one answer, and how several are put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from skolemerke_forms.definition import Form
from skolemerke_forms.questions import Choices, Computed, DeclarationQuestion, Matrix, Question, plain_number
from skolemerke_forms.saying import CONFIRMED, YES_NO, Say, options_of


def _(message: str) -> str:
    """Mark a message for translation; it is translated where it is shown."""
    return message


IS = _("“%(question)s” is %(values)s")
INCLUDES = _("the answer to “%(question)s” includes %(values)s")
IN_A_ROW = _("a row of “%(question)s” is %(values)s")
ANSWERED = _("“%(question)s” is answered")
NOT_ANSWERED = _("“%(question)s” is not answered")
AT_LEAST = _("“%(question)s” is at least %(least)s")
AT_MOST = _("“%(question)s” is at most %(most)s")
MORE_THAN = _("“%(question)s” is more than %(least)s")
LESS_THAN = _("“%(question)s” is less than %(most)s")
BETWEEN = _("“%(question)s” is from %(least)s to %(most)s")
FROM_DAY = _("“%(question)s” is %(least)s or later")
UNTIL_DAY = _("“%(question)s” is %(most)s or earlier")
AFTER_DAY = _("“%(question)s” is later than %(least)s")
BEFORE_DAY = _("“%(question)s” is earlier than %(most)s")
MANY_AT_LEAST = _("“%(question)s” has at least %(least)s answers")
MANY_AT_MOST = _("“%(question)s” has at most %(most)s answers")
MANY_BETWEEN = _("“%(question)s” has from %(least)s to %(most)s answers")
MANY_EXACTLY = _("“%(question)s” has exactly %(least)s answers")
BY_ANSWER = _("the answer to %(questions)s calls for it")
BY_ANSWERS = _("the answers to %(questions)s call for it")
ROW = _("%(question)s – %(row)s")
QUOTED = _("“%(value)s”")
OR = _("%(first)s or %(last)s")
AND = _("%(first)s and %(last)s")
NOT = _("it is not so that %(condition)s")


@dataclass(frozen=True)
class Said:
    """A condition in words. `is_joined`: several are put together in it, so that brackets keep them apart."""

    words: str
    is_joined: bool = False

    @property
    def bracketed(self) -> str:
        """The words as a part of more words."""
        return f"({self.words})" if self.is_joined else self.words


def together(parts: Sequence[Said], last: str, say: Say) -> Said:
    """Several conditions as one, with `AND` or `OR` before the last."""
    if len(parts) == 1:
        return parts[0]
    return Said(joined([part.bracketed for part in parts], say(last)), is_joined=True)


def negated(part: Said, say: Say) -> Said:
    """That a condition does not hold."""
    return Said(say(NOT) % {"condition": part.bracketed})


def joined(words: Sequence[str], last: str) -> str:
    """Several texts as one list in words; `last` joins the last two, as `%(first)s and %(last)s`."""
    if len(words) < 2:
        return "".join(words)
    return last % {"first": ", ".join(words[:-1]), "last": words[-1]}


def is_answered(label: str, say: Say, *, answered: bool = True) -> Said:
    """That a question is answered, or is not."""
    return Said(say(ANSWERED if answered else NOT_ANSWERED) % {"question": label})


def is_one_of(question: Question | None, label: str, values: Sequence[str], form: Form, say: Say) -> Said:
    """That an answer is one of some values."""
    quoted = [say(QUOTED) % {"value": value_in_words(question, form, value, say)} for value in values]
    message = INCLUDES if isinstance(question, Choices) else IN_A_ROW if isinstance(question, Matrix) else IS
    return Said(say(message) % {"question": label, "values": joined(quoted, say(OR))})


def lies_within(label: str, least: Decimal | None, most: Decimal | None, say: Say, *, counts: bool) -> Said:
    """That a number lies within limits; with `counts` the number of answers."""
    figures = {"question": label}
    figures |= {"least": plain_number(least) if least is not None else ""}
    figures |= {"most": plain_number(most) if most is not None else ""}
    if least is not None and most is not None:
        exactly = counts and least == most
        message = MANY_EXACTLY if exactly else MANY_BETWEEN if counts else BETWEEN
    elif least is not None:
        message = MANY_AT_LEAST if counts else AT_LEAST
    else:
        message = MANY_AT_MOST if counts else AT_MOST
    return Said(say(message) % figures)


def by_answers(labels: Sequence[str], say: Say) -> Said:
    """That something depends on the answers to some questions, where there are no better words."""
    quoted = [say(QUOTED) % {"value": label} for label in labels]
    return Said(say(BY_ANSWER if len(quoted) == 1 else BY_ANSWERS) % {"questions": joined(quoted, say(AND))})


def value_in_words(question: Question | None, form: Form, value: str, say: Say = str) -> str:
    """One value that an answer can have, as the form calls it; a value that it does not know as it is."""
    if question is None:
        return value
    if isinstance(question, DeclarationQuestion) and value == "yes":
        return say(CONFIRMED)
    labels = dict(options_of(question, form, say))
    if isinstance(question, Computed):
        labels = {known: say(label) for known, label in YES_NO}
    return labels.get(value, value)
