"""The page of a section of forty questions, filled in: beside stock Flask-WTF widgets and Django's forms.

Rows speak of CPU in this process, called through WSGI without a socket. Our whole page is the whole application:
session, sign-in, rights, languages, the draft and its edition from the database, the site's frame. The peers' pages
have none of that: a form, its answers from SQLite, a bare template. So the form builder is measured on their ground
too (`form_builder`).
"""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from statistics import median

from skolemerke_forms.answers import AnswerSet
from skolemerke_forms.drawing import State, draw_section
from skolemerke_forms.fields import filled_form, posted_answers, section_form
from werkzeug.datastructures import MultiDict

from bench import form_peers, forty
from bench.form_builder import builder_app
from bench.form_site import Site, site, statements
from bench.frame import Row, cpu_of, paired
from bench.newest import Newest, newest

TIMES = 25
FLASK, DJANGO = "Flask-WTF", "Django"


def run(*, full: bool) -> list[Row]:
    """Measure; the real size repeats more often and counts instructions."""
    times = TIMES * 4 if full else TIMES
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with site(home) as here:
            rows = [*_pages(here, home, times), *_weights(here)]
            rows += _posts(here, home, times)
        rows += [*_rendering(times), *_validating(times), _memory()]
    return [*rows, *_instructions()] if full else rows


def _pages(here: Site, home: Path, times: int) -> list[Row]:
    """Our whole page, and the form builder alone on the peers' own ground, each beside each peer."""
    whole = form_peers.wsgi_get(here.app, here.path, here.cookie)
    builder = form_peers.wsgi_get(builder_app(home / "builder.sqlite"), "/")
    flask = form_peers.wsgi_get(form_peers.flask_app(home / "flask.sqlite"), "/")
    django = form_peers.django_page(home / "django.sqlite")
    expected = {(name, value.strip()) for name, value in forty.posted(forty.answers())}
    for name, page in (("ours", whole), ("builder", builder), (FLASK, flask), (DJANGO, django)):
        assert forty.filled_in(page()) == expected, f"{name}: another page"
    with statements(here.app) as sent:
        whole()
    rows = []
    with newest(home / "newest.sqlite") as latest:
        if latest is not None:
            assert forty.filled_in(latest.page()) == expected, "the newest peer: another page"
        peers = {FLASK: _timed(flask, times), DJANGO: _timed(django, times)}
        for name, page in (("GET, whole page", whole), ("GET, form builder in a bare application", builder)):
            rows += _beside(name, {"ours": _timed(page, times), **peers}, latest, times)
    return [*rows, Row("statements a page", len(sent), "statements", bound=4)]


def _timed(page: Callable[[], str], times: int) -> Callable[[], float]:
    return lambda: cpu_of(_often(page, times))


def _beside(name: str, turns: dict[str, Callable[[], float]], latest: Newest | None, times: int) -> list[Row]:
    """One of our pages and all peers, taking turns.

    The bound is that of Flask-WTF as it is installed today; beside the WTForms that the project is held below, the
    ratio only informs. Where the newest can't be had, the bound is asked of the other.
    """
    if latest is not None:
        turns["latest"] = lambda: latest.cpu(times)
    spent: dict[str, list[float]] = {whose: [] for whose in turns}
    for _ in range(6):
        for whose, act in turns.items():
            spent[whose].append(act())
    # The first round warms everybody.
    found = {whose: median(taken[1:]) / times * 1000 for whose, taken in spent.items()}
    pinned = f"{FLASK}, WTForms {version('wtforms')}"
    rows = [
        Row(name, found["ours"], "ms CPU", peer=pinned, peer_figure=found[FLASK]),
        _ratio(f"{name} : Flask-WTF as pinned here", found, FLASK, None if latest else 0.1, pinned),
        _ratio(f"{name} : Django", found, DJANGO, 0.05, DJANGO),
    ]
    if latest is not None:
        today = f"{FLASK}, WTForms {latest.version}"
        rows.append(_ratio(f"{name} : Flask-WTF as installed today", found, "latest", 0.1, today))
    return rows


def _ratio(name: str, found: dict[str, float], whose: str, bound: float | None, peer: str) -> Row:
    return Row(name, found["ours"] / found[whose], "ratio", bound=bound, peer=f"{peer}, ms", peer_figure=found[whose])


def _weights(here: Site) -> list[Row]:
    page = form_peers.wsgi_get(here.app, here.path, here.cookie)()
    warm = len(gzip.compress(page.encode()))
    client = here.app.test_client()
    files = [client.get(address).data for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', page)]
    cold = warm + sum(len(gzip.compress(file)) for file in files)
    return [
        Row("page with all its files, compressed", cold / 1000, "kB", bound=80),
        Row("page alone, compressed", warm / 1000, "kB", bound=20),
    ]


def _posts(here: Site, home: Path, times: int) -> list[Row]:
    """A whole POST with one answer changed: ours merges versions and appends to the history, and syncs to the disk."""
    client, peer = here.app.test_client(), form_peers.flask_app(home / "flask_post.sqlite").test_client()
    name, _sign, value = here.cookie.partition("=")
    client.set_cookie(name, value)
    own, other = _token(client.get(here.path).text), _token(peer.get("/").text)
    versions = dict.fromkeys(forty.answers(), 1)

    def fields() -> list[tuple[str, str]]:
        return forty.posted({**forty.answers(), "line0": f"Changed {versions['line0']}"})

    def ours() -> None:
        markers = [(f"v_{name}", str(version)) for name, version in versions.items()]
        answer = client.post(here.path, data=MultiDict([("csrf_token", own), *markers, *fields()]))
        assert answer.status_code == 302, answer.status
        versions["line0"] += 1

    def theirs() -> None:
        answer = peer.post("/", data=MultiDict([("csrf_token", other), *fields()]))
        assert answer.status_code == 204, answer.status

    mine, stock = paired(_often(ours, times), _often(theirs, times), times=3)
    return [
        Row("POST, the whole application", mine / times * 1000, "ms CPU", peer=FLASK, peer_figure=stock / times * 1000),
        Row("POST, ours : Flask-WTF with a row", mine / stock, "ratio", peer=FLASK, peer_figure=1),
    ]


def _rendering(times: int) -> list[Row]:
    ours, theirs = renderings()
    mine, stock = paired(_often(ours, times), _often(theirs, times))
    return [
        Row("rendering alone, ours", mine / times * 1000, "ms CPU", peer="WTForms", peer_figure=stock / times * 1000),
        Row("rendering alone, ours : WTForms widgets", mine / stock, "ratio", peer="WTForms", peer_figure=1),
    ]


def renderings() -> tuple[Callable[[], str], Callable[[], str]]:
    """The forty questions drawn with their answers, by us and by WTForms' widgets."""
    form, raw = forty.form(), forty.answers()
    section = form.sections[0]
    drawn, made = draw_section(form, section, "en"), section_form(form, section)
    answers = AnswerSet.of(raw)
    bound = filled_form(made, raw, {})

    def ours() -> str:
        return drawn.fill(State(answers.under(form), typed=answers.raw, versions={}))

    def theirs() -> str:
        return "".join(f"{field.label}{field()}" for field in bound if field.name.startswith("q_"))

    expected = {(name, value.strip()) for name, value in forty.posted(raw)}
    assert forty.filled_in(ours()) == forty.filled_in(theirs()) == expected
    return ours, theirs


def _validating(times: int) -> list[Row]:
    """Reading what was sent, checking it, and the new document of the draft; the peer checks alone."""
    form = forty.form()
    section = form.sections[0]
    peer = form_peers.flask_app(Path(tempfile.mkdtemp()) / "validate.sqlite")
    made = form_peers.wtforms_class()
    sent = MultiDict(
        [*((f"v_{name}", "1") for name in forty.answers()), *forty.posted(forty.with_faults())],
    )
    kept = {name: {"raw": value, "version": 1, "by": 1, "at": "2020-12-01"} for name, value in forty.answers().items()}

    def ours() -> set[str]:
        answers, versions = posted_answers(section, sent)
        reading = AnswerSet.of(answers).under(form)
        wrong = {f"q_{question.id}" for question in section.questions if reading.cleaned(question).problems}
        document = dict(kept)
        for name, value in answers.items():
            if value != kept[name]["raw"]:
                document[name] = {"raw": value, "version": versions[name] + 1, "by": 1, "at": "2020-12-01"}
        json.dumps(document)
        return wrong

    def theirs() -> set[str]:
        with peer.test_request_context("/", method="POST", data=sent):
            bound = made(meta={"csrf": False})
            bound.validate()
            return set(bound.errors)

    def stock() -> object:
        bound = made(formdata=sent, meta={"csrf": False})
        return bound.validate()

    # A level that was never offered is a fault for both, words too many and a line with a break too.
    assert ours() == theirs() == forty.FAULTY, (ours(), theirs())
    with peer.test_request_context("/", method="POST"):
        mine, alone = paired(_often(ours, times), _often(stock, times))
    return [
        Row(
            "POST, checked, with the draft's document",
            mine / times * 1000,
            "ms CPU",
            peer=f"{FLASK} checking alone",
            peer_figure=alone / times * 1000,
        ),
        Row("POST, ours : Flask-WTF checking alone", mine / alone, "ratio", bound=1.0, peer=FLASK, peer_figure=1),
    ]


def _memory() -> Row:
    """What a hundred sections of forty questions take, each with its class and its markup; their definitions aside."""
    forms = [forty.form(f" ({number})") for number in range(100)]
    draw_section(forms[0], forms[0].sections[0], "en")
    tracemalloc.start()
    kept = [(draw_section(one, one.sections[0], "en"), section_form(one, one.sections[0])) for one in forms]
    found, _peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(kept) == 100
    return Row("memory of 100 compiled sections", found / 1_000_000, "MB")


def _instructions() -> list[Row]:
    """Instructions of the rendering alone, which no other load disturbs; nothing where there is no callgrind."""
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        print("callgrind is not on this machine: no instructions are counted", file=sys.stderr)
        return []
    counts = {}
    for whose in ("ours", "theirs"):
        few, many = (_counted(valgrind, whose, often) for often in (1, 11))
        counts[whose] = (many - few) / 10 / 1_000_000
    return [
        Row("rendering alone, ours", counts["ours"], "M instr.", peer="WTForms", peer_figure=counts["theirs"]),
        Row("rendering alone, ours : WTForms widgets", counts["ours"] / counts["theirs"], "instr.", peer="WTForms"),
    ]


def _counted(valgrind: str, whose: str, often: int) -> int:
    code = (
        "import gc; gc.disable(); from bench.form import renderings; "
        f"act = dict(zip(('ours', 'theirs'), renderings()))['{whose}']; [act() for _ in range({often})]"
    )
    with tempfile.TemporaryDirectory() as folder:
        command = [valgrind, "--tool=callgrind", f"--callgrind-out-file={folder}/out", sys.executable, "-c", code]
        ended = subprocess.run(
            command, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONHASHSEED": "0"}
        )
    found = next(line for line in ended.stderr.splitlines() if "Collected" in line)
    return int(found.rpartition(":")[2])


def _often(act: Callable[[], object], times: int) -> Callable[[], None]:
    def often() -> None:
        for _ in range(times):
            act()

    return often


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found, "the page has no token"
    return found.group(1)
