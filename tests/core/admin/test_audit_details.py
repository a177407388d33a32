"""The details of a line of the chain of changes are said in words, on its page alone."""

import re
from contextlib import contextmanager
from dataclasses import fields

import pytest
from skolemerke import audit, database
from skolemerke.admin.audit_details import KEYS, details_in_words
from skolemerke.applications.reminding import Reminded
from skolemerke.contract.rounds import Calendar
from skolemerke.eligibility.counting import CheckReport
from skolemerke.invitations.operations import Queued
from skolemerke.registry.importing.report import FileCount
from skolemerke.web.criteria_words import DATES
from sqlalchemy import func, select
from support.installation import install, running
from support.recorded import Unresolved, details_of_the_code

CHECKED = "{name: value for name, value in counts.items() if name not in {'criteria', 'moved'}}"


def names(*kinds):
    return {field.name for kind in kinds for field in fields(kind)}


KNOWN = {
    "report.as_json()": names(Reminded, Queued),
    CHECKED: names(CheckReport) - {"criteria", "moved"},
    "files": names(FileCount),
    # The dates of a round are called as everywhere.
    "dates": set(),
}
"""What details are called that are no plain dictionary where they are written."""


@contextmanager
def reading(app, language):
    with app.app_context(), app.test_request_context(headers={"Accept-Language": language}):
        yield


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    with running(install(tmp_path_factory.mktemp("home"))) as app:
        yield app


def test_every_detail_that_the_code_writes_has_words_and_no_other():
    assert details_of_the_code(KNOWN) == set(KEYS)


def test_every_date_that_can_be_moved_has_words():
    assert set(Calendar.model_fields) - {"grace_minutes"} <= set(DATES)


def test_twin_details_that_the_text_does_not_tell_are_not_passed_over():
    with pytest.raises(Unresolved, match=r"\*\*report\.as_json\(\)"):
        details_of_the_code({name: keys for name, keys in KNOWN.items() if name != "report.as_json()"})


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", [("At the level of", "Agency"), ("Reasons", "agency"), ("Result", "granted")]),
        ("nb", [("Begrunnelse", "agency"), ("På nivået", "Nasjonalt kontor"), ("Resultat", "innvilget")]),
        ("nn", [("Grunngiving", "agency"), ("På nivået", "Nasjonalt kontor"), ("Resultat", "innvilga")]),
    ],
)
def test_what_a_detail_is_called_and_its_code_words_are_said_and_what_people_wrote_is_left(app, language, words):
    with reading(app, language):
        assert details_in_words({"level": "agency", "outcome": "granted", "reasons": "agency"}) == words


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("arrived_at", "2021-02-08T22:59:59.500000+00:00", "8 February 2021, 23:59 (CET)"),
        ("occasion", "1@2021-02-08", "1 day before 8 February 2021"),
        ("occasion", "7@2021-02-08", "7 days before 8 February 2021"),
        ("occasion", "often", "often"),
        ("countries", ["NO", "FI", "Q7"], "Norway, Finland, Q7"),
        ("by", "link in another browser", "the link of a mail, in another browser than it was asked for in"),
        ("to", "2021-02-08T22:59:59+00:00", "8 February 2021, 23:59 (CET)"),
        ("to", "heads", "heads of schools"),
        ("kind", "receipt", "Receipt"),
        ("evidence", "", ""),
        ("dates", {"closes": "2021-03-01T22:59:00+00:00", "opens": None},
         "Deadline for applications: 1 March 2021, 23:59 (CET)\nApplications open: –"),
        ("files", [{"file": "schools.csv", "rows": 2}, {"file": "x", "rows": 0}],
         "File: schools.csv\nRows of the file: 2\n\nFile: x\nRows of the file: 0"),
        ("outcomes", {"passed": 1, "odd": 2}, "passed: 1\nodd: 2"),
        ("plugins", [], ""),
        ("made_up", {"a": [1, None, True]}, "a: 1, –, yes"),
    ],
)  # fmt: skip
def test_a_value_is_said_in_words_whatever_it_is(app, key, value, words):
    with reading(app, "en"):
        [(_called, said)] = details_in_words({key: value})
    assert said == words


def test_an_officer_reads_the_details_in_words_and_hostile_ones_as_text(office):
    with database.write() as session:
        agency_id = office.agencies["no"]
        details = {"level": "central", "odd<b>": "<script>alert(1)</script>"}
        audit.record(session, "decision.made", "submission:1", agency_id=agency_id, **details)
    number = database.read().scalar(select(func.max(audit.AuditLine.number)))
    page = office.client("officer_no").get(f"/admin/changes/details/?id={number}&language=nb").text
    seen = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "På nivået Den sentrale støttetjenesten" in seen
    assert "odd&lt;b&gt; &lt;script&gt;alert(1)&lt;/script&gt;" in seen
