"""What the documentation lists is what the code has."""

import re
from typing import get_args

from skolemerke import outbox
from skolemerke.applications import signatures
from skolemerke.config import Config, MailSettings, ProviderSettings
from skolemerke.contract.criteria import Verdict
from skolemerke.plugin_host import host
from skolemerke.rounds import changes, queries
from skolemerke_forms import definition
from skolemerke_forms.questions import QUESTION_TYPES
from support.house import ROOT

STATES = {
    "plugin": get_args(host.State),
    "round": get_args(queries.State),
    "requirement": get_args(definition.State),
    "verdict": tuple(verdict.word for verdict in Verdict),
    "mail": outbox.STATES,
    "declaration": get_args(signatures.State),
    "change of an edition": get_args(changes.Class),
}


def page(name):
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def test_the_states_of_the_architecture_page_are_those_of_the_code():
    table = page("architecture.md").split("## States")[1]
    rows = dict(re.findall(r"^\| ([a-z ]+) \| (`.*) \|$", table, re.MULTILINE))
    assert {name: sorted(re.findall(r"`(\w+)`", cell)) for name, cell in rows.items()} == {
        name: sorted(states) for name, states in STATES.items()
    }


def test_every_question_type_stands_in_the_plugin_authors_page():
    table = page("plugin-authors.md").split("| type | takes |")[1].split("\n\n")[0]
    cells = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    assert sorted(name for cell in cells for name in re.findall(r"`(\w+)`", cell)) == sorted(QUESTION_TYPES)


def test_every_room_stands_in_the_architecture_page():
    rooms = [path.name for path in (ROOT / "core" / "skolemerke").iterdir() if (path / "__init__.py").is_file()]
    missing = [room for room in rooms if not re.search(rf"\b{room}\b", page("architecture.md"))]
    assert missing == []


def test_every_setting_stands_in_the_operators_page_with_its_default():
    rows = dict(re.findall(r"^\| `([\w.]+)` \| (.*?) \|", page("operators.md").split("## Run")[0], re.MULTILINE))
    fields = {**Config.model_fields, **{f"mail.{name}": field for name, field in MailSettings.model_fields.items()}}
    assert set(rows) == set(fields) - {"home", "mail"}
    numbers = {name: field.default for name, field in fields.items() if type(field.default) is int}
    assert {name: rows[name] for name in numbers} == {name: f"`{number}`" for name, number in numbers.items()}


def test_every_setting_of_a_provider_stands_in_the_operators_page():
    table = page("operators.md").split("| setting of a provider |")[1].split("\n\n")[0]
    assert set(re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)) == {
        "`name`", "`issuer`", "`client_id`, `client_secret`", "`scope`", "`email_claim`", "`verified_claim`",
    }  # fmt: skip
    named = {name for name in re.findall(r"`(\w+)`", table) if name in ProviderSettings.model_fields}
    assert named == set(ProviderSettings.model_fields)
