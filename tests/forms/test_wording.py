from skolemerke_forms.wording import Text, Worded, chain
from support.a_form import form_of, question


class Sign(Worded):
    worded = ("text", "notes")
    text: str = ""
    notes: dict[str, str] = {}


def said(language: str, texts: dict[str, dict[str, str | dict[str, str]]], source: str = "en") -> tuple[str, str]:
    text = Sign(text="School", texts=texts).said(language, source).text
    assert isinstance(text, Text)
    return str(text), text.lang


def test_a_text_is_said_in_the_readers_language() -> None:
    assert said("nb", {"nb": {"text": "Skole"}}) == ("Skole", "nb")


def test_nynorsk_falls_back_to_bokmal_and_says_so() -> None:
    assert said("nn", {"nb": {"text": "Skole"}}) == ("Skole", "nb")


def test_nynorsk_never_falls_back_to_english_while_there_is_bokmal() -> None:
    assert said("nn", {"nb": {"text": "Skole"}, "en": {"text": "School"}}, source="el") == ("Skole", "nb")


def test_bokmal_falls_back_to_nynorsk() -> None:
    assert said("nb", {"nn": {"text": "Skule"}}) == ("Skule", "nn")


def test_a_regional_language_falls_back_to_its_base() -> None:
    assert said("pt-BR", {"pt": {"text": "Escola"}}) == ("Escola", "pt")


def test_without_a_translation_the_text_of_the_definition_stands_with_its_language() -> None:
    assert said("el", {"nb": {"text": "Skole"}}) == ("School", "en")


def test_a_blank_translation_counts_as_missing() -> None:
    assert said("nb", {"nb": {"text": ""}, "nn": {"text": "Skule"}}) == ("Skule", "nn")


def test_the_inline_text_stands_in_the_definitions_own_language_even_where_it_is_not_english() -> None:
    assert said("nb", {"en": {"text": "School"}}, source="nb") == ("School", "nb")


def test_a_mapping_of_texts_is_said_key_by_key() -> None:
    sign = Sign(notes={"a": "Ann", "b": "Bob"}, texts={"nb": {"notes": {"a": "Anne"}}}).said("nb", "en")
    assert {key: (str(text), getattr(text, "lang", "")) for key, text in sign.notes.items()} == {
        "a": ("Anne", "nb"),
        "b": ("Bob", "en"),
    }


def test_the_chain_ends_with_the_language_of_the_definition() -> None:
    assert chain("nn", "en") == ("nn", "nb", "en")
    assert chain("nb", "en") == ("nb", "nn", "en")
    assert chain("no", "en") == ("no", "nb", "en")
    assert chain("pt-BR", "en") == ("pt-BR", "pt", "en")
    assert chain("en", "en") == ("en",)


NB_SCALE = {"nb": {"levels": {"none": "Ikke ennå"}}}


def test_what_a_form_looks_up_by_id_is_in_the_same_language_as_what_it_lists() -> None:
    form = form_of(
        question("level", "scale", scale="steps", requirement="team", texts={"nb": {"label": "Nivå"}}),
        scales=[
            {
                "id": "steps",
                "levels": [{"value": "none", "label": "Not yet"}, {"value": "all", "label": "All"}],
                "texts": NB_SCALE,
            }
        ],
        requirements=[{"id": "team", "label": "Team", "texts": {"nb": {"label": "Gruppe"}}}],
    )
    # Looked up in English first: what was kept for that must not come along.
    assert (form.scale("steps").levels[0].label, form.questions_of("team")[0].label) == ("Not yet", "Label of level")
    norwegian = form.in_language("nb")
    found, team = norwegian.question("level"), norwegian.requirement("team")
    assert found is not None
    assert team is not None
    assert (found.label, team.label) == ("Nivå", "Gruppe")
    assert [level.label for level in norwegian.scale("steps").levels] == ["Ikke ennå", "All"]
    assert norwegian.scale("steps") == norwegian.scales[0]


def test_a_form_in_a_language_differs_from_its_source_in_nothing_but_words() -> None:
    form = form_of(question("a", "number", minimum=3, texts={"nb": {"label": "Antall"}}))
    norwegian = form.in_language("nb").question("a")
    assert norwegian is not None
    assert norwegian.model_dump(exclude={"label"}) == form.sections[0].questions[0].model_dump(exclude={"label"})


def test_every_text_of_a_form_falls_back_and_says_its_language() -> None:
    parts = {
        "scales": [
            {
                "id": "steps",
                "not_applicable": "None of it",
                "levels": [{"value": "low", "label": "Low"}, {"value": "high", "label": "High"}],
                "texts": {"nb": {"not_applicable": "Gjelder ikke", "levels": {"low": "Lav"}}},
            }
        ],
        "rules": [
            {
                "id": "fits",
                "must": {"question": "sworn", "is": "yes"},
                "message": "Confirm it.",
                "questions": ["sworn"],
                "texts": {"nb": {"message": "Bekreft."}},
            }
        ],
    }
    column = question("name", "short_text", texts={"nb": {"label": "Navn"}})
    form = form_of(
        question("sworn", "declaration", statement="We swear.", texts={"nb": {"statement": "Vi sverger."}}),
        question(
            "rated",
            "matrix",
            scale="steps",
            rows=[{"value": "x", "label": "X"}, {"value": "y", "label": "Y"}],
            texts={"nb": {"rows": {"x": "Eks"}}},
        ),
        question("done", "group", columns=[column, question("age", "number")]),
        **parts,
    ).in_language("nn")
    sworn, rated, done = (found.model_copy() for found in form.questions())
    said = [
        form.scales[0].not_applicable,
        *(level.label for level in form.scales[0].levels),
        form.rules[0].message,
        sworn.statement,  # type: ignore[attr-defined] # a declaration
        *(row.label for row in rated.rows),  # type: ignore[attr-defined] # a matrix
        *(one.label for one in done.columns),  # type: ignore[attr-defined] # a group
        form.declaration.text,
    ]
    assert [(str(text), text.lang) for text in said] == [
        ("Gjelder ikke", "nb"),
        ("Lav", "nb"),
        ("High", "en"),
        ("Bekreft.", "nb"),
        ("Vi sverger.", "nb"),
        ("Eks", "nb"),
        ("Y", "en"),
        ("Navn", "nb"),
        ("Label of age", "en"),
        ("I sign.", "en"),
    ]
