"""A condition in words, for people who read a form on paper or look at what changed in it."""

from __future__ import annotations

from collections.abc import Sequence

from skolemerke_forms.conditions import Condition
from skolemerke_forms.definition import Form
from skolemerke_forms.questions import Choices, Computed, DeclarationQuestion, Group, Matrix, Question, RegistryList
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
BETWEEN = _("“%(question)s” is from %(least)s to %(most)s")
MANY_AT_LEAST = _("“%(question)s” has at least %(least)s answers")
MANY_AT_MOST = _("“%(question)s” has at most %(most)s answers")
MANY_BETWEEN = _("“%(question)s” has from %(least)s to %(most)s answers")
BY_EXPRESSION = _("the earlier answers call for it")
QUOTED = _("“%(value)s”")
OR = _("%(first)s or %(last)s")
AND = _("%(first)s and %(last)s")
NOT = _("it is not so that %(condition)s")


def condition_in_words(condition: Condition, form: Form, say: Say = str) -> str:
    """A condition as the second half of "only if …". The form is in the reader's language; `say` translates the
    words of the library. An expression in CEL is not put into words."""
    if condition.question is not None:
        return _of_answer(condition, form, say)
    if condition.not_ is not None:
        inner = condition_in_words(condition.not_, form, say)
        return say(NOT) % {"condition": f"({inner})" if _is_joined(condition.not_) else inner}
    if condition.cel:
        return say(BY_EXPRESSION)
    parts = condition.all_ or condition.any_
    words = [_part_in_words(part, form, say, alone=len(parts) == 1) for part in parts]
    return joined(words, say(AND if condition.all_ else OR))


def joined(words: Sequence[str], last: str) -> str:
    """Several texts as one list in words; `last` joins the last two, as `%(first)s and %(last)s`."""
    if len(words) < 2:
        return "".join(words)
    return last % {"first": ", ".join(words[:-1]), "last": words[-1]}


def _part_in_words(part: Condition, form: Form, say: Say, *, alone: bool) -> str:
    words = condition_in_words(part, form, say)
    return f"({words})" if _is_joined(part) and not alone else words


def _is_joined(condition: Condition) -> bool:
    return len(condition.all_ or condition.any_) > 1


def _of_answer(condition: Condition, form: Form, say: Say) -> str:
    question = form.question(condition.question or "")
    figures = {"question": question.label if question else condition.question}
    if condition.answered is not None:
        return say(ANSWERED if condition.answered else NOT_ANSWERED) % figures
    if condition.is_:
        values = [say(QUOTED) % {"value": value_in_words(question, form, value, say)} for value in condition.is_]
        message = INCLUDES if isinstance(question, Choices) else IN_A_ROW if isinstance(question, Matrix) else IS
        return say(message) % {**figures, "values": joined(values, say(OR))}
    counts = isinstance(question, Choices | Matrix | Group | RegistryList)
    least, most = condition.at_least, condition.at_most
    figures |= {"least": f"{least:f}" if least is not None else "", "most": f"{most:f}" if most is not None else ""}
    if least is not None and most is not None:
        return say(MANY_BETWEEN if counts else BETWEEN) % figures
    if least is not None:
        return say(MANY_AT_LEAST if counts else AT_LEAST) % figures
    return say(MANY_AT_MOST if counts else AT_MOST) % figures


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
