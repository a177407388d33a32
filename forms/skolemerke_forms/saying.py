"""An answer in words: what stands on a page that is read, printed or signed."""

from __future__ import annotations

from collections.abc import Callable

from skolemerke_forms.cleaning import Raw, tidy
from skolemerke_forms.definition import Form
from skolemerke_forms.questions import Choice, Choices, Date, Question, ScaleQuestion, YesNo


def _(message: str) -> str:
    """Mark a message for translation; it is translated where it is shown."""
    return message


YES_NO = (("yes", _("Yes")), ("no", _("No")))


def options_of(question: Question, form: Form, say: Callable[[str], str] = str) -> list[tuple[str, str]]:
    """The answers that a question offers, each with its label; none for a question that is answered in writing."""
    if isinstance(question, YesNo):
        return [(value, say(label)) for value, label in YES_NO]
    if isinstance(question, Choice | Choices):
        return [(option.value, option.label) for option in question.options]
    if isinstance(question, ScaleQuestion):
        return [(level.value, level.label) for level in form.scale(question.scale).levels]
    return []


def in_words(
    question: Question,
    form: Form,
    raw: Raw,
    *,
    say: Callable[[str], str] = str,
    say_day: Callable[[str], str] = str,
) -> str:
    """An answer as a reader understands it, one line for each chosen option; what can't be read stays as typed.

    The form is in the reader's language already; `say` translates the words of the library, `say_day` says a day
    in ISO 8601. Blank is an empty text.
    """
    value = question.clean(raw, form).value
    if value is None:
        return tidy(raw) if raw is None or isinstance(raw, str) else "\n".join(tidy(one) for one in raw)
    labels = dict(options_of(question, form, say))
    if isinstance(value, tuple):
        return "\n".join(labels.get(one, one) for one in value)
    if isinstance(question, ScaleQuestion) and value in question.descriptors:
        return f"{labels[value]} – {question.descriptors[value]}"
    return say_day(value) if isinstance(question, Date) else labels.get(value, value)
