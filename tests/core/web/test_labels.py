"""The list of schools with the label: found by round, country and words, and the same as a file."""

import csv
import io
from datetime import UTC, datetime

import pytest
from support.installation import install, running
from support.public_site import label, list_labels, visitor

COLUMNS = ["certificate", "school", "city", "country", "round", "valid_from", "valid_to", "state"]


@pytest.fixture
def site(tmp_path, database_url):
    with running(install(tmp_path, "etwinning-2018-2019"), database_url, now="2022-06-01T12:00:00+02:00") as app:
        yield visitor(app)


@pytest.fixture
def three(site):
    list_labels(
        label("NO-1", "Solbakken skole"),
        label("SE-1", "Åsens skola", city="Göteborg", country="SE", withdrawn_at=datetime(2022, 1, 2, tzinfo=UTC)),
        label("NO-2", "Fjellheim skole", round_id="2018-2019", city="Tromsø", valid_from=2018, valid_to=2019),
    )
    return site


def certificates(client, query):
    return [row["certificate"] for row in client.get(f"/labels.json{query}").json]


def test_the_json_holds_the_named_columns_of_every_label(three):
    answer = three.get("/labels.json")
    assert answer.content_type == "application/json"
    assert answer.json == [
        {
            "certificate": "NO-1",
            "school": "Solbakken skole",
            "city": "Bergen",
            "country": "NO",
            "round": "2021-2022",
            "valid_from": "2021-01-01",
            "valid_to": "2022-12-31",
            "state": "valid",
        },
        {
            "certificate": "SE-1",
            "school": "Åsens skola",
            "city": "Göteborg",
            "country": "SE",
            "round": "2021-2022",
            "valid_from": "2021-01-01",
            "valid_to": "2022-12-31",
            "state": "withdrawn",
        },
        {
            "certificate": "NO-2",
            "school": "Fjellheim skole",
            "city": "Tromsø",
            "country": "NO",
            "round": "2018-2019",
            "valid_from": "2018-01-01",
            "valid_to": "2019-12-31",
            "state": "expired",
        },
    ]


def test_an_empty_list_is_still_json_and_csv(site):
    assert site.get("/labels.json").json == []
    assert site.get("/labels.csv").text == ",".join(COLUMNS) + "\r\n"


def test_the_csv_holds_the_same_rows(three):
    answer = three.get("/labels.csv?country=se")
    assert answer.content_type == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows == [
        COLUMNS,
        ["SE-1", "Åsens skola", "Göteborg", "SE", "2021-2022", "2021-01-01", "2022-12-31", "withdrawn"],
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_of_the_csv_never_begins_like_a_formula(site, start):
    list_labels(label("NO-1", f"{start}HYPERLINK(1)", city=f"{start}1"))
    row = list(csv.reader(io.StringIO(site.get("/labels.csv").text, newline="")))[1]
    assert row[1:3] == [f"'{start}HYPERLINK(1)", f"'{start}1"]
    assert site.get("/labels.json").json[0]["school"] == f"{start}HYPERLINK(1)", "JSON runs no formulas"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?round=2018-2019", ["NO-2"]),
        ("?country=NO", ["NO-1", "NO-2"]),
        ("?country=no&round=2021-2022", ["NO-1"]),
        ("?q=skole", ["NO-1", "NO-2"]),
        ("?q=TROMS", ["NO-2"]),
        ("?q=%25", []),
        ("?q=%00", ["NO-1", "SE-1", "NO-2"]),
        ("?round=none", []),
    ],
)
def test_the_filters_find_what_they_name(three, query, found):
    assert certificates(three, query) == found


def test_the_files_are_not_paged_and_the_page_is(site):
    list_labels(*[label(f"NO-{number:03}", f"School {number:03}") for number in range(1, 121)])
    assert len(certificates(site, "")) == 120
    first, last = site.get("/labels?language=en").text, site.get("/labels?page=3").text
    assert first.count('<tr role="row">') == 51
    assert "120 labels" in first
    assert "1 to 50 are shown" in first
    assert 'href="/labels?page=2"' in first
    assert last.count('<tr role="row">') == 21
    assert site.get("/labels?page=99").text.count('<tr role="row">') == 21, "beyond the last page is the last page"
    assert site.get("/labels?page=x").text.count('<tr role="row">') == 51


def test_pages_and_files_keep_the_filters(site):
    list_labels(*[label(f"NO-{number:03}", f"School {number:03}") for number in range(1, 61)])
    page = site.get("/labels?country=NO&q=school").text
    assert 'href="/labels?country=NO&amp;q=school&amp;page=2"' in page
    assert 'href="/labels.csv?round=&amp;country=NO&amp;q=school"' in page


def test_countries_are_named_in_the_readers_language(three):
    page = three.get("/labels?language=nb").text
    assert '<option value="SE">Sverige</option>' in page
    assert '<option value="SE">Sweden</option>' in three.get("/labels?language=en").text


def test_a_school_name_is_shown_and_never_run(site):
    list_labels(label("NO-1", "<script>alert(1)</script>{{ 7 * 7 }}"))
    for path in ("/labels", "/labels/NO-1"):
        page = site.get(path).text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7 * 7 }}" in page
        assert "<script" not in page


def test_a_certificate_has_its_page_and_an_unknown_one_has_none(three):
    page = three.get("/labels/NO-1?language=en").text
    assert '<h1 dir="auto">Solbakken skole</h1>' in page
    assert "This school holds the eTwinning School Label until 31 December 2022." in page
    assert "withdrawn on 2 January 2022" in three.get("/labels/SE-1?language=en").text
    assert "was valid until 31 December 2019" in three.get("/labels/NO-2?language=en").text
    assert three.get("/labels/NO-3").status_code == 404
    assert three.get("/labels/%00").status_code == 404


def test_a_label_of_a_round_that_was_never_run_here_names_the_round_without_a_link(three):
    page = three.get("/labels/NO-1?language=en").text
    assert "<dd>2021-2022</dd>" in page
    assert "/rounds/2018-2019" in three.get("/labels/NO-2").text


def test_the_files_answer_head_without_their_rows(three):
    for path in ("/labels", "/labels.json", "/labels.csv"):
        answer = three.head(path)
        assert (path, answer.status_code, answer.data) == (path, 200, b"")


def test_a_label_without_consent_opens_for_who_has_its_number_and_stands_nowhere_else(site):
    list_labels(label("2021-2022-NO-LISTED"), label("2021-2022-NO-HIDDEN", "Stille skole", public=False))
    page = site.get("/labels/2021-2022-NO-HIDDEN?language=en")
    text = page.get_data(as_text=True)
    assert (page.status_code, page.headers["X-Robots-Tag"]) == (200, "noindex, nofollow")
    assert page.headers["Cache-Control"] == "no-store"
    assert '<meta name="robots" content="noindex, nofollow">' in text
    assert "The school stands in no public list." in text
    for address in ("/labels", "/labels.json", "/labels.csv", "/labels?q=Stille", "/labels.json?q=HIDDEN"):
        found = site.get(address).get_data(as_text=True)
        assert "Stille skole" not in found
        assert "2021-2022-NO-HIDDEN" not in found


def test_twin_a_label_with_consent_is_open_to_all(site):
    list_labels(label("2021-2022-NO-LISTED"))
    page = site.get("/labels/2021-2022-NO-LISTED?language=en")
    assert "X-Robots-Tag" not in page.headers
    assert "The school stands in no public list." not in page.get_data(as_text=True)
    assert "2021-2022-NO-LISTED" in site.get("/labels.csv").get_data(as_text=True)
