"""Lists: turned by keyset to either end, sorted, narrowed and searched, whatever the address says."""

import csv
import html
import io
import re
from itertools import chain

import pytest
from skolemerke import database
from skolemerke.admin import keyset
from skolemerke.agencies.models import Agency
from skolemerke.registry.models import School
from support.installation import SHIPPED, install, running
from support.office import TODAY, Office

STEPS = ("First", "Previous", "Next", "Last")


@pytest.fixture(scope="module")
def schools(tmp_path_factory):
    """120 schools in Sweden, of which some are called the same; for tests that change nothing."""
    with running(install(tmp_path_factory.mktemp("lists"), *SHIPPED)) as app:
        office = Office(app)
        _add_schools()
        yield office.client("central")


def _add_schools():
    facts = {"country": "SE", "registered_on": TODAY}
    with database.write() as session:
        session.add_all(School(school_id=f"SE-{n:04}", name=f"vik {n // 7:02}", **facts) for n in range(120))


def _text(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.get_data(as_text=True)


def _ids(text):
    return re.findall(r'<td dir="auto">(SE-\d{4})<', text)


def _steps(text):
    """Where the links below a list lead, by their words."""
    found = re.findall(r'<a class="pages__step"[^>]* href="([^"]+)">(\w+)</a>', text)
    return {word: html.unescape(address) for address, word in found}


def _walked(client, address, word):
    """The ids of every page from one on, a page each."""
    pages = []
    while address:
        text = _text(client, address)
        pages.append(_ids(text))
        address = _steps(text).get(word)
    return pages


@pytest.mark.parametrize(
    "order", ["sort=name", "sort=name&desc=1", "sort=school_id", "sort=school_id&desc=1", "sort=city"]
)
def test_each_row_is_seen_once_from_either_end(schools, order):
    address = f"/admin/schools/?country=SE&{order}"
    forth = _walked(schools, address, "Next")
    back = _walked(schools, f"{address}&last=1", "Previous")
    expected = [f"SE-{n:04}" for n in range(120)]
    if "desc" in order:
        expected.reverse()
    assert list(chain(*forth)) == expected
    assert [len(page) for page in forth] == [50, 50, 20]
    assert back == [expected[70:], expected[20:70], expected[:50]]


def test_a_page_leads_to_those_that_there_are(schools):
    first = _steps(_text(schools, "/admin/schools/?country=SE"))
    assert list(first) == ["Next", "Last"]
    assert list(_steps(_text(schools, first["Next"]))) == list(STEPS)
    last = _steps(_text(schools, first["Last"]))
    assert list(last) == ["First", "Previous"]
    assert last["First"] == "/admin/schools/?country=SE"
    assert _steps(_text(schools, "/admin/schools/?country=NO")) == {}


def test_rows_that_come_and_go_neither_repeat_nor_hide_others(office):
    _add_schools()
    client = office.client("central")
    text = _text(client, "/admin/schools/?country=SE&sort=school_id")
    seen, address = _ids(text), _steps(text)["Next"]
    with database.write() as session:
        session.add(School(school_id="SE-0000a", name="New", country="SE", registered_on=TODAY))
        session.delete(session.query(School).filter_by(school_id="SE-0060").one())
    while address:
        text = _text(client, address)
        seen += _ids(text)
        address = _steps(text).get("Next")
    assert seen == [f"SE-{n:04}" for n in range(120) if n != 60]


@pytest.mark.parametrize(
    "nonsense",
    ["after=x", "after=-1", "after=99999999999999999999", "before=0", "after=", "sort=no&desc=2", "sort=registered_on",
     "after=1.5", "before=%00", "in=no", "page=7", "agency=%00"],
)  # fmt: skip
def test_nonsense_in_the_address_gives_the_first_page(schools, nonsense):
    text = _text(schools, f"/admin/schools/?country=SE&{nonsense}")
    assert _ids(text) == [f"SE-{n:04}" for n in range(50)]


@pytest.mark.parametrize("nonsense", ["agency=x", "agency=99999999999999999999", "country=%01", "country=X"])
def test_a_choice_that_no_row_can_have_lists_nothing(schools, nonsense):
    assert "Nothing is listed here." in _text(schools, f"/admin/schools/?{nonsense}")


def test_a_heading_sorts_and_turns(schools):
    text = _text(schools, "/admin/schools/?country=SE")
    assert 'aria-sort="ascending"><a href="/admin/schools/?country=SE&amp;sort=name&amp;desc=1"' in text
    turned = _text(schools, "/admin/schools/?country=SE&sort=name&desc=1")
    assert 'aria-sort="descending"><a href="/admin/schools/?country=SE&amp;sort=name"' in turned
    assert re.search(r'<th scope="col">Country</th>', turned), "what no index has can't be sorted"


def test_beginnings_are_found_in_small_and_capital_letters(office):
    names = ("Åsen skole", "ÅSEN VGS", "åsly", "Vik", "Σχολείο", "ΣΧΟΛΕΊΟ 2")
    with database.write() as session:
        for n, name in enumerate(names):
            session.add(School(school_id=f"SE-{n:04}", name=name, city="Oslo", country="SE", registered_on=TODAY))
    client = office.client("central")
    found = {typed: _ids(_text(client, f"/admin/schools/?country=SE&search={typed}"))
             for typed in ("ås", "ÅSEN", "Åsen ", "VIK", "ik", "σχολ", "Σχολείο", "%25", "_", "%00v")}  # fmt: skip
    assert {typed: sorted(ids) for typed, ids in found.items()} == {
        "ås": ["SE-0000", "SE-0001", "SE-0002"],
        "ÅSEN": ["SE-0000", "SE-0001"],
        "Åsen ": ["SE-0000", "SE-0001"],
        "VIK": ["SE-0003"],
        "ik": [],
        "σχολ": ["SE-0004", "SE-0005"],
        "Σχολείο": ["SE-0004", "SE-0005"],
        "%25": [],
        "_": [],
        "%00v": ["SE-0003"],
    }


def test_a_search_says_where_else_to_look(schools):
    text = _text(schools, "/admin/schools/?country=SE&search=se-000")
    assert "Nothing under “School” begins with that. Look in:" in text
    elsewhere = re.search(r'<a href="([^"]+)">Id</a>', text)
    found = _text(schools, html.unescape(elsewhere[1]))
    assert _ids(found) == [f"SE-{n:04}" for n in range(10)]
    assert "<b>10 rows</b>" in found
    assert '<option value="school_id" selected>' in found


def test_what_was_found_is_turned_in_the_order_of_what_was_searched(schools):
    pages = _walked(schools, "/admin/schools/?country=SE&search=SE-&in=school_id&sort=name", "Next")
    assert list(chain(*pages)) == [f"SE-{n:04}" for n in range(120)]


def test_rows_are_counted_so_far(schools, monkeypatch):
    monkeypatch.setattr(keyset, "COUNTED", 100)
    monkeypatch.setattr("skolemerke.admin.lists.COUNTED", 100)
    assert "<b>More than 100 rows</b>" in _text(schools, "/admin/schools/?country=SE")
    assert "<b>100 rows</b>" in _text(schools, "/admin/schools/?country=SE&search=SE-00&in=school_id")


def test_a_file_holds_what_the_list_shows_in_its_order(schools):
    text = _text(schools, "/admin/schools/?country=SE&search=SE-001&in=school_id&desc=1")
    address = html.unescape(re.search(r'href="(/admin/schools/export/csv/[^"]+)"', text)[1])
    heads, *rows = csv.reader(io.StringIO(_text(schools, address).lstrip("\ufeff")))
    assert heads == ["School", "Id", "Country", "City", "Agency", "Registered", "No longer in the register"]
    assert rows == [[f"vik {n // 7:02}", f"SE-{n:04}", "SE", "", "", TODAY.isoformat(), "no"] for n in range(19, 9, -1)]


@pytest.mark.parametrize(
    ("language", "day", "halves"),
    [
        ("en", "1 January 2015", ("1 December 2020,", "09:00 (CET)")),
        ("nb", "1. januar 2015", ("1. desember 2020,", "09:00 (CET)")),
        ("nn", "1. januar 2015", ("1. desember 2020,", "09:00 (CET)")),
    ],
)
def test_days_and_instants_of_a_list_are_in_the_readers_words_and_broken_only_between_the_two(
    schools, language, day, halves
):
    listed = _text(schools, f"/admin/schools/?country=SE&language={language}")
    assert f'<time datetime="2015-01-01"><span>{day}</span></time>' in listed
    assert "2015-01-01<" not in listed
    said = re.escape(" ".join(f"<span>{half}</span>" for half in halves))
    for path in ("/admin/applications/", "/admin/results/", "/admin/mails/"):
        listed = _text(schools, f"{path}?language={language}")
        assert re.search(rf'<time datetime="2020-12-01T09:00:\d\d\+01:00">{said}</time>', listed), path


def test_the_name_of_a_round_is_never_broken(schools):
    assert '<td class="whole" dir="auto">2021-2022</td>' in _text(schools, "/admin/applications/?language=en")


def test_an_instant_of_a_list_is_told_in_the_zone_of_the_readers_agency(office):
    with database.write() as session:
        session.get(Agency, office.agencies["fi"]).timezone = "Europe/Helsinki"
    listed = _text(office.client("officer_fi"), "/admin/applications/?language=en")
    assert "<span>1 December 2020,</span> <span>10:00 (EET)</span></time>" in listed
    assert re.search(r'<time datetime="2020-12-01T10:00:\d\d\+02:00">', listed)


def test_applications_are_found_by_their_school_and_told_in_a_file(schools):
    client = schools
    for asked in (
        "search=school+n",
        "search=school+n&in=school",
        "search=no-&in=school_id",
        "search=S",
        "",
    ):
        assert "School no" in _text(client, f"/admin/applications/?{asked}")
    assert "School fi" not in _text(client, "/admin/applications/?search=school+n")
    address = "/admin/applications/export/csv/?search=school+n"
    heads, *rows = csv.reader(io.StringIO(_text(client, address).lstrip("\ufeff")))
    assert heads == ["School", "Country", "Round", "Agency", "Started", "Last saved", "Submitted", "Score"]
    assert [(row[1], row[6][:10], row[7]) for row in rows] == [("NO", "2020-12-01", "passed 42")]
