"""The evidence by a question. Its buttons belong to the form of the section, so that what was typed is saved too."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from skolemerke_forms.drawing import words
from skolemerke_forms.drawing.pen import Part, Pen, escaped
from skolemerke_forms.drawing.state import Piece, State
from skolemerke_forms.questions import Question

KINDS = ".pdf,.jpg,.jpeg,.png,.docx,.odt"


def evidence(pen: Pen, question: Question) -> list[Part]:
    """The pieces that stand by a question, and the way to add one."""
    id, label = question.id, pen.text(question.label)
    said = (pen.say(words.REMOVE), pen.say(words.LINK))
    add = {wrong: _adding(pen, question, label, wrong) for wrong in (False, True)}
    error = f'<span class="visually-hidden">{pen.say(words.ERROR)}</span>'
    again = _again(pen, id)

    def slot(state: State) -> str:
        pieces, wrong = state.evidence.get(id, ()), state.evidence_errors.get(id, "")
        made = f'<ul class="pieces">\n{"".join(_piece(piece, *said) for piece in pieces)}</ul>\n' if pieces else ""
        if wrong:
            made += f'<p class="field-error" id="evidence-{id}-error">{error} {escaped(wrong)}</p>\n'
        if question.evidence == "several" or not pieces:
            before, after, end = add[bool(wrong)]
            made += f"{before}{escaped(state.links.get(id, ''))}{after}{again(state)}{end}"
        return made

    return [
        f'<div class="evidence" role="group" aria-labelledby="evidence-{id}" data-takes="{question.evidence}">\n'
        f'<p class="evidence__title" id="evidence-{id}" tabindex="-1">{pen.say(words.EVIDENCE)}'
        f'<span class="visually-hidden">: {label}</span></p>\n',
        slot,
        "</div>\n",
    ]


def one_piece(piece: Piece, say: Callable[[str], str]) -> str:
    """A piece as it stands in the list by its question, for a script that adds it to a page that is open."""
    return _piece(piece, escaped(say(words.REMOVE)), escaped(say(words.LINK)))


def _piece(piece: Piece, remove: str, link_word: str) -> str:
    href, name = escaped(piece.href), escaped(piece.name)
    rel = ' rel="noopener noreferrer nofollow"' if piece.is_link else ""
    facts = link_word if piece.is_link else escaped(piece.facts)
    return (
        f'<li><a href="{href}"{rel}><bdi>{name}</bdi></a> <span class="hint">{facts}</span>\n'
        f'<button class="link" name="remove" value="{escaped(piece.id)}">{remove}'
        f'<span class="visually-hidden"> {name}</span></button></li>\n'
    )


def _adding(pen: Pen, question: Question, label: str, is_wrong: bool) -> tuple[str, str, str]:
    id = question.id
    tied = f" evidence-{id}-error" if is_wrong else ""
    wrong = ' aria-invalid="true"' if is_wrong else ""
    before = (
        f'<details class="more more--small"{" open" if is_wrong else ""}><summary>{pen.say(words.ADD_EVIDENCE)}'
        f'<span class="visually-hidden">: {label}</span></summary>\n<div class="more__body">\n'
        f'<div class="field"><label for="file_{id}">{pen.say(words.A_FILE)}</label>\n'
        f'<div class="hint" id="file_{id}-hint">'
        f"{pen.say(words.FILE_LIMITS, size=pen.largest)} {pen.say(words.FACES)}</div>\n"
        f'<input type="file" id="file_{id}" name="file_{id}" accept="{KINDS}" '
        f'aria-describedby="file_{id}-hint{tied}"></div>\n'
        f'<div class="field"><label for="link_{id}">{pen.say(words.A_LINK)}</label>\n'
        f'<div class="hint" id="link_{id}-hint">{pen.say(words.PRIVATE_WINDOW)}</div>\n'
        f'<input type="text" id="link_{id}" name="link_{id}" value="'
    )
    after = (
        '" inputmode="url" spellcheck="false" autocapitalize="none"'
        f'{wrong} aria-describedby="link_{id}-hint{tied}"></div>\n'
    )
    end = (
        f'<button class="button button--secondary" name="then" value="evidence:{id}">'
        f'{pen.say(words.ADD_AND_SAVE)}<span class="visually-hidden">: {label}</span></button>\n'
        "</div></details>\n"
    )
    return before, after, end


def _again(pen: Pen, id: str) -> Callable[[State], str]:
    """A choice of what stands by other questions of the application and may stand by this one too."""
    before = (
        f'<div class="field"><label for="again_{id}">{pen.say(words.ADDED_ALREADY)}</label>\n'
        f'<select id="again_{id}" name="again_{id}"><option value="">{pen.say(words.CHOOSE)}</option>'
    )

    def slot(state: State) -> str:
        offered: Sequence[Piece] = state.elsewhere.get(id, ())
        if not offered:
            return ""
        options = "".join(f'<option value="{escaped(one.id)}">{escaped(one.name)}</option>' for one in offered)
        return f"{before}{options}</select></div>\n"

    return slot
