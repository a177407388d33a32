"""The blank form: what is asked, of whom, and room for each answer."""

from __future__ import annotations

from skolemerke_forms.condition_words import condition_in_words
from skolemerke_forms.conditions import Condition
from skolemerke_forms.definition import Form, Requirement
from skolemerke_forms.printing import words
from skolemerke_forms.printing.paper import Frame, Paper
from skolemerke_forms.questions import (
    Computed,
    Date,
    DeclarationQuestion,
    File,
    Group,
    Link,
    LongText,
    Matrix,
    Note,
    Number,
    Question,
    RegistryList,
    ScaleQuestion,
    plain_number,
)
from skolemerke_forms.saying import Say, options_of

WORDS_ON_A_LINE = 12
MOST_LINES = 20
ROWS_SHOWN = 3


def blank_paper(form: Form, frame: Frame, *, say: Say = str) -> Paper:
    """A form to read or to fill in by hand. It is in the reader's language already; `say` translates the words of the
    library."""
    paper = Paper(form.title, frame, say(words.PAGE))
    maker = _Blank(form, paper, say)
    paper.paragraphs(form.introduction)
    for section in form.sections:
        paper.heading(1, section.title)
        maker.condition(section.when)
        paper.paragraphs(section.introduction)
        maker.questions(section.questions)
    paper.heading(1, say(words.LIST_OF_SCHOOLS))
    paper.paragraphs(form.consent.text)
    paper.options([(say(label), "") for label in words.CONSENTS.values()], several=False)
    paper.heading(1, say(words.DECLARATION))
    paper.declared(form.declaration.text)
    paper.signature([say(label) for label in words.SIGNATURE])
    return paper


def requirement_words(requirement: Requirement, say: Say) -> str:
    """A requirement with its letter and its state."""
    message = words.LETTERED if requirement.letter else words.REQUIREMENT
    figures = {
        "letter": requirement.letter,
        "label": requirement.label,
        "state": say(words.STATES[requirement.state]),
    }
    return say(message) % figures


class _Blank:
    """Puts the questions of a form on a paper."""

    def __init__(self, form: Form, paper: Paper, say: Say) -> None:
        self._form, self._paper, self._say = form, paper, say

    def condition(self, condition: Condition | None) -> None:
        if condition is not None:
            said = condition_in_words(condition, self._form, self._say)
            self._paper.paragraphs(self._say(words.ONLY_IF) % {"condition": said}, "condition")

    def questions(self, questions: tuple[Question, ...]) -> None:
        before: str | None = None
        for question in questions:
            requirement = self._form.requirement(question.requirement) if question.requirement else None
            if requirement and requirement.id != before:
                self._paper.tag(requirement_words(requirement, self._say))
            before = question.requirement
            self._question(question)

    def _question(self, question: Question) -> None:
        paper = self._paper
        if isinstance(question, Note):
            self.condition(question.when)
            paper.paragraphs(question.label, "note")
            paper.paragraphs(question.help, "help")
            return
        paper.heading(2, question.label)
        self.condition(question.when)
        paper.paragraphs(question.help, "help")
        if question.example:
            paper.paragraphs(self._say(words.EXAMPLE) % {"example": question.example}, "help")
        paper.paragraphs(" ".join(self._hints(question)), "help")
        self._room(question)
        if question.evidence != "none":
            paper.writing(1 if question.evidence == "one" else 3, self._say(words.PIECES))

    def _hints(self, question: Question) -> list[str]:
        """What is asked of the answer, one sentence each."""
        say, found = self._say, []
        if self._form.must_answer(question) and not isinstance(question, File):
            found.append(say(words.MUST))
        if question.read_only or isinstance(question, Computed):
            found.append(say(words.FROM_REGISTRY if question.read_only else words.WORKED_OUT))
        elif options_of(question, self._form):
            in_rows = isinstance(question, Matrix)
            choose = words.CHOOSE_SEVERAL if question.several else words.CHOOSE_ONE
            found.append(say(words.CHOOSE_IN_ROWS if in_rows else choose))
        elif hint := _limits(question, say):
            found.append(hint)
        if question.evidence != "none":
            pieces = words.ONE_PIECE if question.evidence == "one" else words.SEVERAL_PIECES
            found.append(say(pieces))
        return found

    def _room(self, question: Question) -> None:
        """Room for the answer."""
        paper, say = self._paper, self._say
        if not question.takes_answer:
            return
        if isinstance(question, Matrix):
            for row in question.rows:
                paper.heading(3, row.label)
                paper.options([(label, "") for _value, label in options_of(question, self._form, say)], several=False)
        elif options := options_of(question, self._form, say):
            more = question.descriptors if isinstance(question, ScaleQuestion) else {}
            items = [(label, more.get(value, "")) for value, label in options]
            paper.options(items, several=question.several)
        elif isinstance(question, Group):
            self._rows(question)
        elif isinstance(question, DeclarationQuestion):
            paper.declared(question.statement)
            paper.options([(say(words.CONFIRM), "")], several=True)
        else:
            paper.writing(_lines(question))

    def _rows(self, group: Group) -> None:
        for number in range(1, min(max(group.at_least, ROWS_SHOWN), group.at_most) + 1):
            self._paper.heading(3, self._say(words.ROW) % {"number": number})
            for column in group.columns:
                options = options_of(column, self._form, self._say)
                if options:
                    self._paper.paragraphs(column.label)
                    self._paper.options([(label, "") for _value, label in options], several=False)
                else:
                    self._paper.writing(min(_lines(column), 4), column.label)


def _lines(question: Question) -> int:
    """How many lines there are to write on."""
    if isinstance(question, LongText):
        return min(MOST_LINES, max(3, -(-question.max_words // WORDS_ON_A_LINE)))
    if isinstance(question, RegistryList):
        return max(5, min(question.at_least, MOST_LINES))
    return 1


def _limits(question: Question, say: Say) -> str:
    if isinstance(question, LongText):
        message = words.FROM_TO_WORDS if question.min_words else words.AT_MOST_WORDS
        return say(message) % {"least": question.min_words, "most": question.max_words}
    if isinstance(question, Number):
        return _number_words(question, say)
    if isinstance(question, RegistryList):
        least = say(words.ROWS_AT_LEAST) % {"least": question.at_least} if question.at_least else ""
        return f"{say(words.LISTED)} {least}".strip()
    if isinstance(question, Group):
        return say(words.ROWS_AT_LEAST) % {"least": question.at_least} if question.at_least else ""
    if isinstance(question, Date):
        return say(words.A_DAY)
    return say(words.A_LINK) if isinstance(question, Link) else ""


def _number_words(question: Number, say: Say) -> str:
    least = plain_number(question.minimum) if question.minimum is not None else ""
    most = plain_number(question.maximum) if question.maximum is not None else ""
    if least and most:
        return say(words.NUMBER_BETWEEN) % {"least": least, "most": most}
    if least:
        return say(words.NUMBER_AT_LEAST) % {"least": least}
    return say(words.NUMBER_AT_MOST) % {"most": most} if most else say(words.A_NUMBER)
