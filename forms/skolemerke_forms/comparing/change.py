"""One change between two forms: its class, and its sentence in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from skolemerke_forms.condition_words import condition_in_words
from skolemerke_forms.conditions import Condition
from skolemerke_forms.definition import Form
from skolemerke_forms.questions import Group, Matrix, Question
from skolemerke_forms.saying import Say, options_of
from skolemerke_forms.values import Value, content_of
from skolemerke_forms.wording import Worded

Class = Literal["wording", "widening", "narrowing", "score_changing"]

BY_ITSELF: frozenset[Class] = frozenset({"wording", "widening"})
"""What a draft can take over by itself."""

GRAVITY: tuple[Class, ...] = ("wording", "widening", "score_changing", "narrowing")


class Change(Value):
    """One change. `message` is English with named figures; `%(name)s` stands for the label of the part, `%(item)s`
    for that of an option, row, column or level in it, and `%(condition)s` for its condition in words.

    `within` is the column of a repeating group that changed.
    """

    part: str
    id: str
    within: str = ""
    item: str = ""
    change: Literal["added", "removed", "changed"]
    kind: Class
    message: str
    figures: dict[str, str] = {}

    def sentence(self, name: str, say: Say = str, *, item: str = "", condition: str = "") -> str:
        """The change in words; `say` translates, `name`, `item` and `condition` are in that language already."""
        figures = {key: say(value) if value else "" for key, value in self.figures.items()}
        return say(self.message) % {"name": name, "item": item or self.item, "condition": condition, **figures}


def sentence_of(change: Change, old: Form, new: Form, say: Say = str) -> str:
    """A change of a form in words; both forms are in the reader's language already."""
    first, second = (old, new) if change.change == "removed" else (new, old)
    name = name_in(first, change) or name_in(second, change) or change.id
    item = _item_in(new, change, say) or _item_in(old, change, say)
    condition = _condition_in(new, change)
    words = condition_in_words(condition, new, say) if condition else ""
    return change.sentence(name, say, item=item, condition=words)


def name_in(form: Form, change: Change) -> str:
    """What a form calls the part that changed; empty when it does not have it."""
    section, question = form.section(change.id), form.question(change.id)
    requirement = form.requirement(change.id)
    rule = next((rule for rule in form.rules if rule.id == change.id), None)
    if question is not None:
        column = _column(question, change.within)
        return f"{question.label} – {column.label}" if column else question.label
    if section is not None:
        return section.title
    if requirement is not None:
        return requirement.label
    if rule is not None:
        return rule.message
    return form.title if change.part == "form" else ""


def worst(kinds: Iterable[Class]) -> Class:
    """The gravest of several classes; `wording` of none."""
    return max(kinds, key=GRAVITY.index, default="wording")


def bare(value: Worded) -> dict[str, Any]:
    """A value as plain data, without its texts."""
    data = content_of(value)
    for name in (*value.worded, "texts"):
        data.pop(name, None)
    for name, (_key, text) in value.worded_items.items():
        for item in data.get(name, ()):
            item.pop(text, None)
    return data


def said_differently(before: Worded, after: Worded) -> Literal["text", "translation", ""]:
    """Whether the texts of a part changed, in its own language or in a translation alone. An item that only one of
    the two has is another matter."""
    if any(getattr(before, name) != getattr(after, name) for name in after.worded):
        return "text"
    for name, (key, text) in after.worded_items.items():
        labels = [{getattr(item, key): getattr(item, text) for item in getattr(one, name)} for one in (before, after)]
        if any(labels[0][value] != labels[1][value] for value in labels[0].keys() & labels[1].keys()):
            return "text"
    return "translation" if _common_texts(before, after) != _common_texts(after, before) else ""


def moved_ids(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """The fewest of the ids that both have which must have moved, in the order of `after`."""
    place = {name: at for at, name in enumerate(before)}
    common = [name for name in after if name in place]
    # The longest run that kept its order; whatever is not in it has moved.
    runs: list[list[str]] = [[]]
    for name in common if common != [one for one in before if one in set(after)] else ():
        before_it = [run for run in runs if not run or place[run[-1]] < place[name]]
        runs.append([*max(before_it, key=len), name])
    if runs == [[]]:
        return []
    longest = max(runs, key=len)
    kept = set(longest)
    return [name for name in common if name not in kept]


def _common_texts(one: Worded, other: Worded) -> dict[str, dict[str, Any]]:
    keyed = {
        name: {getattr(item, key) for item in getattr(other, name)} for name, (key, _text) in one.worded_items.items()
    }
    return {
        language: {
            name: {key: text for key, text in said.items() if key in keyed[name]}
            if isinstance(said, dict) and name in keyed
            else said
            for name, said in texts.items()
        }
        for language, texts in one.texts.items()
    }


def _column(question: Question, within: str) -> Question | None:
    columns = question.columns if isinstance(question, Group) else ()
    return next((column for column in columns if column.id == within), None)


def _item_in(form: Form, change: Change, say: Say) -> str:
    if not change.item:
        return ""
    scale = next((scale for scale in form.scales if scale.id == change.id), None)
    if scale is not None:
        level = scale.level(change.item)
        return level.label if level else ""
    section, question = form.section(change.item), form.question(change.id)
    if question is None:
        return section.title if section else ""
    of = _column(question, change.within) or question
    labels = dict(options_of(of, form, say))
    labels |= {row.value: row.label for row in (of.rows if isinstance(of, Matrix) else ())}
    labels |= {column.id: column.label for column in (of.columns if isinstance(of, Group) else ())}
    return labels.get(change.item, section.title if section else "")


def _condition_in(form: Form, change: Change) -> Condition | None:
    part = form.question(change.id) or form.section(change.id)
    return part.when if part else None
