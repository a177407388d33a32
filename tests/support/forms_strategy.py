"""Random forms and random answers for property tests.

`definitions()` gives valid definitions as plain data, `forms()` the same as forms, `answers_to(form)` answers of every
kind of hostility. Texts of both hold what breaks careless code: markup, template code, other scripts, control
characters, lone surrogates (in answers alone: a file in UTF-8 can't hold one).
"""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from skolemerke_forms.answers import AnswerSet, Known, KnownRow
from skolemerke_forms.definition import Form
from skolemerke_forms.questions import FACTS, SOURCES, Group, Matrix, Question, RegistryList

HOSTILE = (
    "{{7*7}}",
    "{% raw %}",
    "<script>alert(1)</script>",
    "</textarea><b>&amp;",
    "%(name)s {name} %s",
    "=1+2",
    "'; drop table answers; --",
    "ﷺ\u202egnp.exe",
    "emoji 👩‍👩‍👧‍👦🇳🇴",
    "l'école ἀρχή 学校",
    "first line\r\nsecond line\n\n\tthird",
    "a\u0000b",
    "#set page(width: 1pt) \\ $x$ *b* _i_ `c` @ref <label>",
    "e\u0301" * 5,
)
LANGUAGES = ("nb", "nn", "el", "ar")

_letters = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"))


def texts(*, most: int = 40) -> SearchStrategy[str]:
    """A text of a definition: never blank, hostile as often as not."""
    plain = st.text(_letters, min_size=1, max_size=most).filter(lambda text: bool(text.strip()))
    return st.one_of(plain, st.sampled_from(HOSTILE), st.just("A plain text"))


def decimals() -> SearchStrategy[str]:
    """Points and limits as they stand in a file."""
    return st.sampled_from(("0", "1", "2", "3", "0.5", "2.25", "10"))


@st.composite
def definitions(draw: DrawFn, *, most_questions: int = 8) -> dict[str, Any]:
    """A valid definition, as plain data."""
    scale = {"id": "scale_one", "levels": _values(draw, "level", 2, 4, points=True)}
    if draw(st.booleans()):
        scale["not_applicable"] = draw(texts())
    requirements = [
        {
            "id": f"requirement_{at}",
            "label": draw(texts()),
            "state": draw(st.sampled_from(("compulsory", "optional", "waived", "fixed"))),
            "points": draw(decimals()),
        }
        for at in range(draw(st.integers(0, 2)))
    ]
    sections: list[dict[str, Any]] = []
    asked: list[dict[str, Any]] = []
    for at in range(draw(st.integers(1, 3))):
        section: dict[str, Any] = {"id": f"section_{at}", "title": draw(texts()), "questions": []}
        _maybe(draw, section, "introduction", texts())
        _maybe(draw, section, "when", conditions(asked)) if asked else None
        for _ in range(draw(st.integers(1, max(1, most_questions // 3)))):
            question = draw(questions(f"question_{len(asked)}", asked, [r["id"] for r in requirements]))
            section["questions"].append(question)
            asked.append(question)
        sections.append(section)
    data: dict[str, Any] = {
        "form": "random",
        "language": "en",
        "title": draw(texts()),
        "scales": [scale],
        "requirements": requirements,
        "sections": sections,
        "rules": [
            {
                "id": f"rule_{at}",
                "must": draw(conditions(asked)),
                "message": draw(texts()),
                "questions": [draw(st.sampled_from(asked))["id"]],
            }
            for at in range(draw(st.integers(0, 2)))
        ],
        "declaration": {"text": draw(texts())},
        "consent": {"text": draw(texts())},
    }
    for part in (data, *sections, *asked):
        if draw(st.booleans()):
            field = "label" if part in asked else "title"
            part["texts"] = {draw(st.sampled_from(LANGUAGES)): {field: draw(texts())}}
    return data


def forms(*, most_questions: int = 8) -> SearchStrategy[Form]:
    """A valid form."""
    return definitions(most_questions=most_questions).map(Form.model_validate)


@st.composite
def questions(draw: DrawFn, name: str, before: list[dict[str, Any]], requirements: list[str]) -> dict[str, Any]:
    """One question of any type; its condition asks about questions that stand before it."""
    kind = draw(st.sampled_from(tuple(OF_TYPE)))
    question: dict[str, Any] = {"id": name, "type": kind, "label": draw(texts()), **OF_TYPE[kind](draw, before)}
    for field in ("help", "example"):
        _maybe(draw, question, field, texts())
    if before:
        _maybe(draw, question, "when", conditions(before))
    if kind not in {"note", "computed"}:
        _maybe(draw, question, "required", st.sampled_from(("yes", "no")))
        if requirements:
            _maybe(draw, question, "requirement", st.sampled_from(requirements))
    if kind not in {"note", "computed", "file"}:
        _maybe(draw, question, "evidence", st.sampled_from(("none", "one", "several")))
    if kind in {"short_text", "long_text", "number", "date", "link"} and draw(st.booleans()):
        question["prefill"] = draw(st.sampled_from(FACTS))
        question["read_only"] = draw(st.sampled_from(("yes", "no")))
    return question


@st.composite
def conditions(draw: DrawFn, before: list[dict[str, Any]], *, depth: int = 2) -> dict[str, Any]:
    """A condition over questions; it may well be never true."""
    form = draw(st.sampled_from(("question", "all", "any", "not") if depth else ("question",)))
    if form in {"all", "any"}:
        inner = conditions(before, depth=depth - 1)
        return {form: draw(st.lists(inner, min_size=1, max_size=3))}
    if form == "not":
        return {"not": draw(conditions(before, depth=depth - 1))}
    question = draw(st.sampled_from(before))
    tests: list[dict[str, Any]] = [{"answered": "yes"}, {"answered": "no"}]
    offered = _offered(question)
    if offered:
        tests.append({"is": draw(st.lists(st.sampled_from(offered), min_size=1, max_size=2))})
    if question["type"] in {"number", "choices", "group", "matrix", "registry_list"}:
        tests += [{"at_least": draw(decimals())}, {"at_most": draw(decimals())}]
    if question["type"] == "number":
        tests.append({"at_least": "1", "at_most": "3"})
    if draw(st.booleans()):
        return {"cel": f"{question['id']} == null || {question['id']} != null"}
    return {"question": question["id"], **draw(st.sampled_from(tests))}


def hostile_texts() -> SearchStrategy[str]:
    """What may be sent by anybody."""
    return st.one_of(
        st.sampled_from((*HOSTILE, "", " ", "yes", "no", "level_0", "option_1", "12", "1,5", "-3", "1e400", "NaN")),
        st.sampled_from(("2020-01-31", "31.12.2019", "2020-02-30", "https://example.org/a", "javascript:alert(1)")),
        st.sampled_from(("\ud800lone", "x" * 30_000, "😀" * 10_000)),
        st.text(max_size=30),
    )


@st.composite
def answers_to(draw: DrawFn, form: Form) -> AnswerSet:
    """Answers to a form: right, wrong, at places that it has and at places that it has not."""
    addresses = [address for question in form.questions() for address in _addresses(draw, question)]
    raw: dict[str, Any] = {}
    for address in [*addresses, "nothing.of.it", "_", "sections", "a." * 50]:
        if draw(st.booleans()):
            raw[address] = draw(st.one_of(hostile_texts(), st.lists(hostile_texts(), max_size=3)))
    for question in form.questions():
        if isinstance(question, Group | RegistryList) and draw(st.booleans()):
            raw[question.list_address] = ["r1", "r2"]
    evidence = {question.id: 1 for question in form.questions() if draw(st.booleans())}
    return AnswerSet.of(raw, evidence, draw(known()))


@st.composite
def known(draw: DrawFn) -> Known:
    """What a registry may know of a school."""
    facts = {name: draw(texts()) for name in FACTS if draw(st.booleans())}
    rows = tuple(KnownRow(id=f"r{at}", label=draw(texts()), details=draw(texts())) for at in range(2))
    return Known(facts=facts, lists={name: rows for name in SOURCES if draw(st.booleans())})


def _addresses(draw: DrawFn, question: Question) -> list[str]:
    if isinstance(question, Matrix):
        return [question.address_of(row) for row in question.rows] + [question.id, f"{question.id}.no_row"]
    if isinstance(question, Group):
        rows = ("r1", "r2", "<b>")
        return [question.id, *(question.address_of(row, column) for row in rows for column in question.columns)]
    if isinstance(question, RegistryList):
        return [question.id, question.list_address, f"{question.id}.r1.remark", f"{question.id}.r2.name"]
    return [question.id]


def _maybe(draw: DrawFn, part: dict[str, Any], key: str, value: SearchStrategy[Any]) -> None:
    if draw(st.booleans()):
        part[key] = draw(value)


def _values(draw: DrawFn, name: str, least: int, most: int, *, points: bool = False) -> list[dict[str, Any]]:
    found = [{"value": f"{name}_{at}", "label": draw(texts())} for at in range(draw(st.integers(least, most)))]
    return [{**one, "points": draw(decimals())} for one in found] if points else found


def _offered(question: dict[str, Any]) -> list[str]:
    if question["type"] in {"yes_no", "declaration"}:
        return ["yes"] if question["type"] == "declaration" else ["yes", "no"]
    if question["type"] in {"scale", "matrix"}:
        return ["level_0", "level_1"]
    return [option["value"] for option in question.get("options", ())]


def _written(draw: DrawFn, before: list[dict[str, Any]]) -> dict[str, Any]:
    return {"max_length": draw(st.sampled_from(("10", "200")))}


def _long(draw: DrawFn, before: list[dict[str, Any]]) -> dict[str, Any]:
    return {"min_words": draw(st.sampled_from(("0", "3"))), "max_words": draw(st.sampled_from(("5", "300")))}


def _number(draw: DrawFn, before: list[dict[str, Any]]) -> dict[str, Any]:
    return draw(st.sampled_from(({}, {"minimum": "2"}, {"minimum": "0", "maximum": "20"})))


def _nothing(draw: DrawFn, before: list[dict[str, Any]]) -> dict[str, Any]:
    return {}


def _options(draw: DrawFn, before: list[dict[str, Any]]) -> dict[str, Any]:
    return {"options": _values(draw, "option", 2, 4, points=draw(st.booleans()))}


def _scale(draw: DrawFn, before: list[dict[str, Any]]) -> dict[str, Any]:
    described = {"descriptors": {"level_0": draw(texts())}} if draw(st.booleans()) else {}
    return {"scale": "scale_one", "may_not_apply": draw(st.sampled_from(("yes", "no"))), **described}


def _matrix(draw: DrawFn, before: list[dict[str, Any]]) -> dict[str, Any]:
    return {"scale": "scale_one", "rows": _values(draw, "row", 1, 3), "may_not_apply": draw(st.booleans())}


def _group(draw: DrawFn, before: list[dict[str, Any]]) -> dict[str, Any]:
    kinds = ("short_text", "long_text", "number", "date", "link", "yes_no", "choice")
    columns = []
    for at in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(kinds))
        name = f"column_{len(before)}_{at}"
        columns.append({"id": name, "type": kind, "label": draw(texts()), **OF_TYPE[kind](draw, before)})
        _maybe(draw, columns[-1], "required", st.just("yes"))
    return {"columns": columns, "at_least": draw(st.sampled_from(("0", "1"))), "at_most": "3"}


def _registry(draw: DrawFn, before: list[dict[str, Any]]) -> dict[str, Any]:
    return {"source": draw(st.sampled_from(SOURCES)), "may_add": draw(st.booleans())}


def _statement(draw: DrawFn, before: list[dict[str, Any]]) -> dict[str, Any]:
    return {"statement": draw(texts(most=200))}


def _computed(draw: DrawFn, before: list[dict[str, Any]]) -> dict[str, Any]:
    numbers = [question["id"] for question in before if question["type"] == "number"]
    if numbers:
        return {"value": " + ".join(numbers[:3]) + " + 1.0"}
    return {"value": draw(st.sampled_from(("1.0 + 2.0", "'a' + 'b'", "true", "1.0 / 0.0", "[1.0][3]")))}


OF_TYPE: dict[str, Any] = {
    "short_text": _written,
    "long_text": _long,
    "number": _number,
    "date": _nothing,
    "yes_no": _nothing,
    "choice": _options,
    "choices": _options,
    "scale": _scale,
    "matrix": _matrix,
    "group": _group,
    "registry_list": _registry,
    "file": _nothing,
    "link": _nothing,
    "declaration": _statement,
    "computed": _computed,
    "note": _nothing,
}
