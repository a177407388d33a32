"""The evidence by a question. Its buttons belong to the form of the section, so that what was typed is saved too."""

from __future__ import annotations

from collections.abc import Sequence

from skolemerke_forms.drawing import words
from skolemerke_forms.drawing.pen import Part, Pen, escaped
from skolemerke_forms.drawing.state import Piece, State
from skolemerke_forms.questions import Question

KINDS = ".pdf,.jpg,.jpeg,.png,.docx,.odt"


def evidence(pen: Pen, question: Question) -> list[Part]:
    """The pieces that stand by a question, and the way to add one."""
    id, label = question.id, pen.text(question.label)
    remove, link_word = pen.say("Remove"), pen.say("link")
    add = {wrong: _adding(pen, question, label, wrong) for wrong in (False, True)}
    error = f'<span class="visually-hidden">{pen.say(words.ERROR)}</span>'

    def slot(state: State) -> str:
        pieces, wrong = state.evidence.get(id, ()), state.evidence_errors.get(id, "")
        made = _pieces(pieces, remove, link_word)
        if wrong:
            made += f'<p class="field-error" id="evidence-{id}-error">{error} {escaped(wrong)}</p>\n'
        if question.evidence == "several" or not pieces:
            before, after = add[bool(wrong)]
            made += f"{before}{escaped(state.links.get(id, ''))}{after}"
        return made

    return [
        f'<div class="evidence" role="group" aria-labelledby="evidence-{id}">\n'
        f'<p class="evidence__title" id="evidence-{id}" tabindex="-1">{pen.say(words.EVIDENCE)}'
        f'<span class="visually-hidden">: {label}</span></p>\n',
        slot,
        "</div>\n",
    ]


def _pieces(pieces: Sequence[Piece], remove: str, link_word: str) -> str:
    if not pieces:
        return ""
    found = []
    for piece in pieces:
        href, name = escaped(piece.href), escaped(piece.name)
        rel = ' rel="noopener noreferrer nofollow"' if piece.is_link else ""
        facts = link_word if piece.is_link else escaped(piece.facts)
        found.append(
            f'<li><a href="{href}"{rel}><bdi>{name}</bdi></a> <span class="hint">{facts}</span>\n'
            f'<button class="link" name="remove" value="{escaped(piece.id)}">{remove}'
            f'<span class="visually-hidden"> {name}</span></button></li>\n'
        )
    return f'<ul class="pieces">\n{"".join(found)}</ul>\n'


def _adding(pen: Pen, question: Question, label: str, is_wrong: bool) -> tuple[str, str]:
    id = question.id
    tied = f" evidence-{id}-error" if is_wrong else ""
    wrong = f' aria-invalid="true" aria-describedby="evidence-{id}-error"' if is_wrong else ""
    before = (
        f'<details class="more more--small"{" open" if is_wrong else ""}><summary>{pen.say(words.ADD_EVIDENCE)}'
        f'<span class="visually-hidden">: {label}</span></summary>\n<div class="more__body">\n'
        f'<div class="field"><label for="file_{id}">{pen.say(words.A_FILE)}</label>\n'
        f'<div class="hint" id="file_{id}-hint">'
        f"{pen.say(words.FILE_LIMITS, size=pen.largest)}</div>\n"
        f'<input type="file" id="file_{id}" name="file_{id}" accept="{KINDS}" '
        f'aria-describedby="file_{id}-hint{tied}"></div>\n'
        f'<div class="field"><label for="link_{id}">{pen.say(words.A_LINK)}</label>\n'
        f'<input type="text" id="link_{id}" name="link_{id}" value="'
    )
    after = (
        f'" inputmode="url" spellcheck="false" autocapitalize="none"{wrong}></div>\n'
        f'<button class="button button--secondary" name="then" value="evidence:{id}">'
        f'{pen.say(words.ADD_AND_SAVE)}<span class="visually-hidden">: {label}</span></button>\n'
        "</div></details>\n"
    )
    return before, after
