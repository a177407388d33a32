"""What changed in one question, key by key."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from skolemerke_forms.comparing.asked import Compared, kind_of_reach, reach
from skolemerke_forms.comparing.change import Change, Class, bare, moved_ids, said_differently
from skolemerke_forms.questions import (
    Choice,
    Choices,
    DeclarationQuestion,
    Group,
    Matrix,
    Number,
    Question,
    ScaleQuestion,
)


def _(message: str) -> str:
    """Mark a message for translation; it is translated where it is shown."""
    return message


Tell = Callable[..., Change]

LESS_IS_HARDER: dict[str, str] = {
    "max_words": _("“%(name)s”: at most %(after)s words; it was %(before)s."),
    "max_length": _("“%(name)s”: at most %(after)s characters; it was %(before)s."),
    "maximum": _("“%(name)s” is at most %(after)s; it was %(before)s."),
    "at_most": _("“%(name)s”: at most %(after)s rows; it was %(before)s."),
}
MORE_IS_HARDER: dict[str, str] = {
    "min_words": _("“%(name)s”: at least %(after)s words; it was %(before)s."),
    "at_least": _("“%(name)s”: at least %(after)s rows; it was %(before)s."),
}
NO_LIMIT = _("without limit")
OFFERS: dict[str, tuple[str, str]] = {
    "may_not_apply": (
        _("“%(name)s” can be answered with “does not apply” now."),
        _("“%(name)s” can't be answered with “does not apply” any more."),
    ),
    "may_add": (
        _("In “%(name)s” something can be added now that the registry does not have."),
        _("In “%(name)s” nothing can be added any more that the registry does not have."),
    ),
}
EVIDENCE: dict[str, str] = {
    "none": _("“%(name)s” asks for no evidence any more."),
    "one": _("“%(name)s” asks for one file or link as evidence."),
    "several": _("“%(name)s” takes several files or links as evidence."),
}


def question_changes(before: Question, after: Question, compared: Compared) -> Iterator[Change]:
    """Every change of a question that both forms have, but for its place."""
    yield from _changes(before, after, compared, "")


def _changes(before: Question, after: Question, compared: Compared, within: str, group: str = "") -> Iterator[Change]:
    def tell(kind: Class, message: str, change: str = "changed", item: str = "", **figures: object) -> Change:
        said = {key: str(figure) for key, figure in figures.items()}
        return Change.model_validate(
            {
                "part": "question",
                "id": group or after.id,
                "within": within,
                "item": item,
                "change": change,
                "kind": kind,
                "message": message,
                "figures": said,
            }
        )

    if before.type != after.type or type(before) is not type(after):
        yield tell("narrowing", _("“%(name)s” is answered in another way now."))
        return
    yield from _wording(before, after, tell)
    yield from _when(before, after, compared, tell)
    yield from _duties(before, after, tell)
    yield from _source(before, after, tell)
    yield from _limits(before, after, tell)
    yield from _items(before, after, compared, tell)
    yield from _columns(before, after, compared, tell)
    if _rest(before) != _rest(after):
        yield tell("narrowing", _("What “%(name)s” asks for changed."))


def _wording(before: Question, after: Question, tell: Tell) -> Iterator[Change]:
    marks = [one.fingerprint if isinstance(one, DeclarationQuestion) else "" for one in (before, after)]
    if marks[0] != marks[1]:
        yield tell("narrowing", _("The text of “%(name)s” changed: it has to be confirmed again."))
        return
    said = said_differently(before, after)
    if said == "text":
        yield tell("wording", _("The wording of “%(name)s” changed."))
    elif said == "translation":
        yield tell("wording", _("A translation of “%(name)s” changed."))


def _when(before: Question, after: Question, compared: Compared, tell: Tell) -> Iterator[Change]:
    if before.when == after.when:
        return
    kind = kind_of_reach(reach(before.when, after.when), [(before, after)], compared)
    if after.when is None:
        yield tell(kind, _("“%(name)s” is asked of every school now."))
    else:
        yield tell(kind, _("“%(name)s” is asked only if %(condition)s."))


def _duties(before: Question, after: Question, tell: Tell) -> Iterator[Change]:
    if before.required != after.required:
        if after.required:
            yield tell("narrowing", _("“%(name)s” has to be answered now."))
        else:
            yield tell("widening", _("“%(name)s” need not be answered any more."))
    if before.evidence != after.evidence:
        # Several may be added where one was asked for; from none on, something is asked for that was not before.
        harder = before.evidence == "none" or (before.evidence, after.evidence) == ("several", "one")
        yield tell("narrowing" if harder else "widening", EVIDENCE[after.evidence])
    if before.requirement != after.requirement:
        yield tell("narrowing", _("“%(name)s” documents another requirement, or none."))


def _source(before: Question, after: Question, tell: Tell) -> Iterator[Change]:
    if before.read_only != after.read_only:
        if after.read_only:
            yield tell("narrowing", _("“%(name)s” is taken from the registry and can't be changed."))
        else:
            yield tell("narrowing", _("“%(name)s” is not taken from the registry any more: it has to be written."))
    elif before.prefill != after.prefill:
        kind: Class = "narrowing" if after.read_only else "widening"
        if after.prefill:
            yield tell(kind, _("“%(name)s” is filled in beforehand with what the registry has."))
        else:
            yield tell(kind, _("“%(name)s” is not filled in beforehand any more."))


def _limits(before: Question, after: Question, tell: Tell) -> Iterator[Change]:
    for direction, messages in ((-1, LESS_IS_HARDER), (1, MORE_IS_HARDER)):
        for key, message in messages.items():
            was, is_now = getattr(before, key, None), getattr(after, key, None)
            if was != is_now:
                harder = (_figure(is_now) - _figure(was)) * direction > 0
                yield tell("narrowing" if harder else "widening", message, before=_said(was), after=_said(is_now))
    if isinstance(before, Number) and isinstance(after, Number) and before.minimum != after.minimum:
        easier = _takes_negative(after) >= _takes_negative(before) and (after.minimum or 0) <= (before.minimum or 0)
        message = _("“%(name)s” is at least %(after)s; it was %(before)s.")
        figures = {"before": _said(before.minimum), "after": _said(after.minimum)}
        yield tell("widening" if easier else "narrowing", message, **figures)
    for key, (now, no_more) in OFFERS.items():
        was, is_now = getattr(before, key, False), getattr(after, key, False)
        if was != is_now:
            yield tell("widening", now) if is_now else tell("narrowing", no_more)


def _takes_negative(question: Number) -> bool:
    return question.minimum is not None and question.minimum < 0


def _figure(limit: object) -> Decimal:
    return Decimal(str(limit)) if limit is not None else Decimal(10) ** 15


def _said(limit: object) -> str:
    return NO_LIMIT if limit is None else str(limit)


def _items(before: Question, after: Question, compared: Compared, tell: Tell) -> Iterator[Change]:
    if isinstance(before, Choice | Choices) and isinstance(after, Choice | Choices):
        yield from _options(before, after, tell)
    elif isinstance(before, Matrix) and isinstance(after, Matrix):
        yield from _rows(before, after, compared, tell)
    if isinstance(before, ScaleQuestion | Matrix) and isinstance(after, ScaleQuestion | Matrix):
        yield from _scale(before, after, compared, tell)


def _options(before: Choice | Choices, after: Choice | Choices, tell: Tell) -> Iterator[Change]:
    was = {option.value: option for option in before.options}
    is_now = {option.value: option for option in after.options}
    for value in {**was, **is_now}:
        if value not in is_now:
            message = _("“%(name)s”: the answer “%(item)s” is not offered any more.")
            yield tell("narrowing", message, "removed", item=value)
        elif value not in was:
            kind: Class = "score_changing" if is_now[value].points else "widening"
            yield tell(kind, _("“%(name)s”: the answer “%(item)s” is offered too."), "added", item=value)
        elif was[value].points != is_now[value].points:
            message = _("“%(name)s”: the answer “%(item)s” gives %(after)s points instead of %(before)s.")
            figures = {"before": was[value].points, "after": is_now[value].points}
            yield tell("score_changing", message, item=value, **figures)
    if moved_ids(list(was), list(is_now)):
        yield tell("wording", _("The answers of “%(name)s” stand in another order."))


def _rows(before: Matrix, after: Matrix, compared: Compared, tell: Tell) -> Iterator[Change]:
    was, is_now = [row.value for row in before.rows], [row.value for row in after.rows]
    scored = bool(before.most_points(compared.old) or after.most_points(compared.new))
    harmless: Class = "score_changing" if scored else "widening"
    must = after.required or after.requirement is not None
    for value in dict.fromkeys([*was, *is_now]):
        if value not in is_now:
            kind: Class = "narrowing" if after.id in compared.named else harmless
            yield tell(kind, _("“%(name)s”: the row “%(item)s” was dropped."), "removed", item=value)
        elif value not in was:
            message = _("“%(name)s”: the row “%(item)s” is new.")
            yield tell("narrowing" if must else harmless, message, "added", item=value)
    if moved_ids(was, is_now):
        yield tell("wording", _("The rows of “%(name)s” stand in another order."))


def _scale(
    before: ScaleQuestion | Matrix, after: ScaleQuestion | Matrix, compared: Compared, tell: Tell
) -> Iterator[Change]:
    if before.scale == after.scale:
        return
    levels = [
        {level.value: level.points for level in form.scale(question.scale).levels}
        for form, question in ((compared.old, before), (compared.new, after))
    ]
    kind: Class = "score_changing" if levels[0].keys() <= levels[1].keys() else "narrowing"
    yield tell(kind, _("“%(name)s” is answered on another scale."))


def _columns(before: Question, after: Question, compared: Compared, tell: Tell) -> Iterator[Change]:
    if not isinstance(before, Group) or not isinstance(after, Group):
        return
    was = {column.id: column for column in before.columns}
    is_now = {column.id: column for column in after.columns}
    for name in {**was, **is_now}:
        if name not in is_now:
            kind: Class = "narrowing" if after.id in compared.named else "widening"
            yield tell(kind, _("“%(name)s”: the column “%(item)s” was dropped."), "removed", item=name)
        elif name not in was:
            kind = "narrowing" if is_now[name].required else "widening"
            yield tell(kind, _("“%(name)s”: the column “%(item)s” is new."), "added", item=name)
        else:
            yield from _changes(was[name], is_now[name], compared, name, after.id)
    if moved_ids(list(was), list(is_now)):
        yield tell("wording", _("The columns of “%(name)s” stand in another order."))


TOLD = {
    *("id", "type", "required", "requirement", "evidence", "when", "prefill", "read_only"),
    *LESS_IS_HARDER,
    *MORE_IS_HARDER,
    *OFFERS,
    *("minimum", "scale"),
}
"""The keys of which something has been said, when they changed."""


def _rest(question: Question) -> dict[str, Any]:
    """What stands in a question besides: the keys of plugins' types, and of items what is not said one by one."""
    data = {key: value for key, value in bare(question).items() if key not in TOLD}
    if isinstance(question, Choice | Choices):
        data["options"] = _less(data.pop("options", ()), {"value", "points"})
    elif isinstance(question, Matrix):
        data["rows"] = _less(data.pop("rows", ()), {"value"})
    elif isinstance(question, Group):
        data.pop("columns", None)
    return data


def _less(items: Sequence[dict[str, Any]], told: set[str]) -> list[dict[str, Any]]:
    left = [{key: value for key, value in item.items() if key not in told} for item in items]
    return [item for item in left if item]
