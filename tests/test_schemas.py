"""The schemas for editors are those of the models, and take what the check takes."""

import json

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from skolemerke_forms.located import read_file
from support.forms_strategy import definitions
from support.house import ROOT
from support.json_schema import misfits

from tools import schemas

KEPT = {name: json.loads((schemas.FOLDER / name).read_text(encoding="utf-8")) for name in schemas.schemas()}
EXTENDING = {"round.yaml": "round", "overlay.yaml": "overlay", "nb.yaml": "texts", "nn.yaml": "texts"}


def schema_for(path):
    if path.name == "form.yaml":
        whole = "sections:" in path.read_text(encoding="utf-8") and "declaration:" in path.read_text(encoding="utf-8")
        return KEPT["form.schema.json" if whole else "form-changes.schema.json"]
    return KEPT[f"{EXTENDING[path.name]}.schema.json"]


FILES = [path for path in sorted((ROOT / "plugins").rglob("*.yaml")) if path.name in {"form.yaml", *EXTENDING}]


def test_the_kept_schemas_are_those_of_the_models_now() -> None:
    kept = {path.name: path.read_text(encoding="utf-8") for path in schemas.FOLDER.iterdir()}
    assert kept == {name: schemas.text_of(schema) for name, schema in schemas.schemas().items()}, (
        "write them anew: python -m tools.schemas"
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT / "plugins")))
def test_the_shipped_files_fit_their_schema_as_text_and_as_an_editor_reads_them(path) -> None:
    schema = schema_for(path)
    native = json.loads(json.dumps(yaml.safe_load(path.read_text(encoding="utf-8")), default=str))
    assert misfits(read_file(path, path.name), schema, schema) == []
    assert misfits(native, schema, schema) == []


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(definitions())
def test_every_valid_form_fits_the_schema(data) -> None:
    schema = KEPT["form.schema.json"]
    assert misfits(data, schema, schema) == []


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"id": "a", "type": "long_text", "label": "A", "max_word": 3}, "/sections/0/questions/0/max_word"),
        ({"id": "a", "type": "long_text", "label": "A", "max_words": "many"}, "/sections/0/questions/0/max_words"),
        ({"id": "a", "type": "long_text"}, "/sections/0/questions/0/label"),
        ({"id": "A", "type": "yes_no", "label": "A"}, "/sections/0/questions/0/id"),
        (
            {"id": "a", "type": "yes_no", "label": "A", "when": {"question": "b", "iz": 1}},
            "/sections/0/questions/0/when",
        ),
    ],
)
def test_a_form_with_a_fault_of_shape_does_not_fit(change, where) -> None:
    form = {
        "form": "x",
        "title": "T",
        "sections": [{"id": "work", "title": "W", "questions": [change]}],
        "declaration": {"text": "I"},
        "consent": {"text": "C"},
    }
    schema = KEPT["form.schema.json"]
    found = misfits(form, schema, schema)
    assert found
    assert all(one.startswith(where) for one in found)
