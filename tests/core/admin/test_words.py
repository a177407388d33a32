"""What staff read has words in every language: verbs of the chain of changes, kinds of mail, reasons of a pause."""

import ast
import re
from contextlib import contextmanager

import pytest
from skolemerke import audit, database, outbox, speech
from skolemerke.admin.audit_words import SUBJECTS, VERBS, actor_in_words, subject_in_words
from skolemerke.admin.mails import kind_in_words
from skolemerke.people import rights
from skolemerke.plugin_host.host import RoundPaused
from skolemerke.web.pauses import why_paused
from support.installation import WAIVER, install, running
from support.recorded import calls, name_of, nodes

WORD = re.compile(r"[a-z_]+\.[a-z_]+")
LANGUAGES = ("en", "nb", "nn")


def _texts(call):
    arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
    return {node.value for each in arguments for node in ast.walk(each) if isinstance(node, ast.Constant)}


def verbs_of_the_code():
    """Every text like a verb that is given to a function with a parameter `verb`; what is a right's name, only where it
    is given to `record` itself."""
    functions = (node for node in nodes() if isinstance(node, ast.FunctionDef))
    recorders = {one.name for one in functions if "verb" in [arg.arg for arg in (*one.args.args, *one.args.kwonlyargs)]}
    aliases = (alias for node in nodes() if isinstance(node, ast.ImportFrom) for alias in node.names)
    recorders |= {alias.asname for alias in aliases if alias.asname and alias.name in recorders}
    given = set().union(*(_texts(call) for call in calls() if name_of(call) in recorders)) - set(rights.verbs())
    given |= set().union(*(_texts(call) for call in calls() if name_of(call) == "record"))
    return {text for text in given if isinstance(text, str) and WORD.fullmatch(text)}


def subjects_of_the_code():
    """The first word of every subject that is given with such a verb."""
    records = [call for call in calls() if name_of(call) == "record" and len(call.args) > 2]
    firsts = [call.args[2].values[0] if isinstance(call.args[2], ast.JoinedStr) else call.args[2] for call in records]
    return {first.value.partition(":")[0] for first in firsts if isinstance(first, ast.Constant)}


@contextmanager
def reading(app, language):
    """A request of somebody who reads a language; what an earlier one found out is not known in it."""
    with app.app_context(), app.test_request_context(headers={"Accept-Language": language}):
        yield


@pytest.fixture
def app(tmp_path):
    with running(install(tmp_path, "etwinning-2021-2022", WAIVER)) as app:
        yield app


def test_every_verb_that_the_code_writes_into_the_chain_has_words_and_no_other(app):
    assert verbs_of_the_code() == set(VERBS)


def test_every_subject_has_a_word(app):
    assert subjects_of_the_code() - set(SUBJECTS) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_of_verbs_and_subjects_are_distinct_in_each_language(app, language):
    with reading(app, language):
        said = {verb: str(words) for verb, words in VERBS.items()}
        assert len(set(said.values())) == len(VERBS)
    with speech.speaking(language):
        assert speech.say("A decision was made") == said["decision.made"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_mail_has_words(app, language):
    with reading(app, language):
        assert [kind for kind in outbox.of().renderers if kind_in_words(kind) == kind] == []


def test_who_and_of_what_are_said_in_words(app):
    with reading(app, "nb"):
        found = [subject_in_words(one) for one in ("round:2021-2022", "mail:address", "submission:7", "thing:<b>")]
        assert found == ["runde 2021-2022", "e-post", "innsending 7", "thing"]
        actors = [("system", None, None), ("account:4", "Kari", "k@x"), ("account:5", None, None), ("odd", None, None)]
        assert [actor_in_words(*one) for one in actors] == ["installasjonen selv", "Kari", "konto 5", "odd"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "it extends 2018-2019: round 2018-2019 is not installed"),
        ("nb", "den bygger på 2018-2019: runden 2018-2019 er ikke installert"),
        ("nn", "han byggjer på 2018-2019: runden 2018-2019 er ikkje installert"),
    ],
)
def test_why_a_round_is_paused_is_said_in_the_readers_language(app, language, words):
    inner = RoundPaused("round %(round)s is not installed", round="2018-2019")
    pause = RoundPaused("it extends %(round)s: %(reason)s", round="2018-2019", reason=inner)
    assert str(pause) == "it extends 2018-2019: round 2018-2019 is not installed"
    with reading(app, language):
        assert why_paused(pause) == words


def test_what_a_plugin_said_itself_stays_as_it_is(app):
    with reading(app, "nb"):
        assert why_paused(RoundPaused("plugin x: 100 % wrong")) == "plugin x: 100 % wrong"


def test_the_chain_of_changes_is_read_in_words_with_the_name_of_who_acted(office):
    with database.write() as session:
        ref = f"account:{office.accounts['officer_no']}"
        audit.record(session, "decision.made", "submission:1", actor=ref, agency_id=office.agencies["no"])
    text = office.client("officer_no").get("/admin/changes/?language=nb").get_data(as_text=True)
    seen = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))
    assert "officer.no Et vedtak ble gjort innsending 1" in seen
    assert "installasjonen selv En utgave av en runde ble låst utgave" in seen
