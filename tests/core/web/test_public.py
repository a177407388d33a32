"""The label's page and the pages of rounds say what the round says, in the reader's language, and nothing else."""

import re
from html.parser import HTMLParser

import pytest
from skolemerke import database
from skolemerke.agencies.models import Agency
from skolemerke.rounds import operations
from support.installation import SHIPPED, WAIVER, install, running, write_plugin
from support.public_site import opened, visitor

HEADINGS_2021 = [
    "On this page",
    "What is the eTwinning School Label?",
    "What does the school gain?",
    "The mission of an eTwinning School",
    "Step one – which schools can apply?",
    "Step two – the self-assessment",
    "How to apply",
    "Tips",
    "Dates",
    "When do we get the result?",
    "Schools with the label, round by round",
]

HOSTILE = "<script>alert(1)</script>{{ 7 * 7 }}%(x)s"

ROUND = f"""
    round: "9001"
    title: "{HOSTILE}"
    results_words: "{HOSTILE}"
    calendar:
      opens: 2020-11-09T09:00:00+01:00
      closes: 2021-02-08T23:59:59+01:00
      signatures_due: 2021-02-22T23:59:59+01:00
      results: 2021-03-26T12:00:00+01:00
      valid_from: 2021
      valid_to: 2022
    criteria:
      - id: registered
        kind: registered_before
        parameters: {{before: 2018-11-09}}
        label: "{HOSTILE}"
        statement: "{HOSTILE}"
    scoring:
      kind: points
      note: "{HOSTILE}"
    sources:
      - {{about: registered, certainty: assumption, source: "{HOSTILE}", note: "{HOSTILE}"}}
    """

FORM = f"""
    form: hostile
    title: "{HOSTILE}"
    requirements:
      - {{id: promotion, letter: "<b>", label: "{HOSTILE}", description: "{HOSTILE}"}}
    sections:
      - id: only
        title: "{HOSTILE}"
        questions:
          - {{id: why, type: long_text, label: "{HOSTILE}", max_words: 10, requirement: promotion}}
    declaration: {{text: "{HOSTILE}"}}
    consent: {{text: "{HOSTILE}"}}
    """

PAGE = f"""
    blocks:
      - id: what_it_is
        heading: "{HOSTILE}"
        text: "{HOSTILE}"
        items:
          - {{id: one, text: "{HOSTILE}"}}
        source: "{HOSTILE}"
    """


class Addresses(HTMLParser):
    """Every address that a browser asks for by itself when it shows the page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in {"img", "script", "iframe", "source", "use", "image", "embed"} and given.get("src"):
            self.found.append(given["src"] or "")
        if tag == "link":
            self.found.append(given.get("href") or "")


def headings(page: str) -> list[str]:
    """The second-level headings of a page."""
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", found)).strip() for found in re.findall(r"<h2.*?</h2>", page)]


def words_of(page: str) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.fixture
def site(tmp_path):
    with running(install(tmp_path, *SHIPPED, WAIVER)) as app:
        opened("2021-2022")
        yield visitor(app)


def test_the_labels_page_has_the_sections_of_the_label_in_their_order(site):
    page = site.get("/?language=en").text
    assert headings(page) == HEADINGS_2021


def test_the_page_states_the_checked_points_and_the_deadline_of_the_current_round(site):
    words = words_of(site.get("/?language=en").text)
    assert "At least two eTwinning teachers at the school have been active" in words
    assert "at least 2 When from 1 January 2019 to 31 December 2020, both days included" in words
    assert "Registered before 9 November 2018" in words
    assert "8 February 2021, 23:59 (CET)" in words
    assert "69 days left" in words
    assert "End of March to the start of April 2021" in words


def test_the_waived_requirement_is_marked_with_the_reason_of_its_adjustment(site):
    page = site.get("/?language=en").text
    words = words_of(page[page.index('id="requirement-promotion"') : page.index('id="about-how_to_apply"')])
    assert "Promotion of eTwinning given to every school" in words
    assert "No school has to document this. Every school gets the points." in words
    assert "Adjusted for this round Because of the pandemic" in words
    before = words_of(page[: page.index('id="requirement-promotion"')])
    assert "Adjusted for this round" not in before


def test_without_the_waiver_the_requirement_is_compulsory_and_nothing_is_marked(tmp_path):
    with running(install(tmp_path, *SHIPPED)) as app:
        opened("2021-2022")
        words = words_of(visitor(app).get("/?language=en").text)
    assert "Promotion of eTwinning compulsory" in words
    assert "Adjusted for this round" not in words


def test_an_assumed_date_is_marked_and_an_official_one_is_not(site):
    page = site.get("/?language=en").text
    dates = page[page.index('id="about-dates"') : page.index('id="about-results"')]
    opens, closes = dates.index("Applications open"), dates.index("Deadline for applications")
    signatures = dates.index("Last day for the principal")
    assert "Partly an assumption of this installation" in dates[opens:closes]
    assert "assumption" not in dates[closes:signatures]


def test_without_a_round_the_page_says_so_plainly(tmp_path):
    with running(install(tmp_path)) as app:
        answer = visitor(app).get("/?language=en")
    assert answer.status_code == 200
    assert "No round of the label is installed here yet." in answer.text


def test_a_paused_round_shows_what_was_frozen_of_it(tmp_path):
    home = install(tmp_path, *SHIPPED, WAIVER)
    with running(home):
        opened("2021-2022")
        operations.store_overlays()
        operations.freeze("2021-2022", None)
    (home / "plugins" / WAIVER / "overlay.yaml").write_text("overlay: [", encoding="utf-8")
    with running(home) as app:
        for address in ("/?language=en", "/rounds/2021-2022?language=en"):
            answer = visitor(app).get(address)
            words = words_of(answer.text)
            assert answer.status_code == 200
            assert "This round is paused because of a fault" in words
            assert "Promotion of eTwinning given to every school" in words


def test_a_paused_round_of_which_nothing_was_frozen_still_answers(tmp_path):
    home = install(tmp_path, *SHIPPED)
    (home / "plugins" / "etwinning-2018-2019" / "form.yaml").write_text("form: [", encoding="utf-8")
    with running(home) as app:
        opened("2021-2022")
        found = {path: visitor(app).get(path).status_code for path in ("/", "/rounds", "/rounds/2021-2022")}
    assert found == {"/": 200, "/rounds": 200, "/rounds/2021-2022": 200}


def test_the_page_of_a_round_tells_how_it_is_scored_and_how_well_each_part_is_known(site):
    words = words_of(site.get("/rounds/2021-2022?language=en").text)
    assert "Pass mark 24 points" in words
    assert "The agency proposes, and the central service awards." in words
    assert "Active teachers: Counted from concluded from sources" in words
    assert "Dates: Deadline for applications official source Sources : S1, S2, S14, S17" not in words
    assert "Dates: Deadline for applications official source S1, S2, S14, S17" in words


def test_a_round_that_is_not_there_answers_404(site):
    assert site.get("/rounds/1999-2000").status_code == 404


def test_the_list_of_rounds_names_all_with_their_state_newest_first(site):
    page = site.get("/rounds?language=en").text
    titles = re.findall(r"eTwinning School Label (\d{4}-\d{4})</a>", page)
    assert titles == ["2021-2022", "2020-2021", "2019-2020", "2018-2019"]
    assert words_of(page).count("being prepared") == 3


def test_texts_of_a_definition_are_shown_and_never_run(tmp_path):
    home = install(tmp_path)
    write_plugin(home, "hostile", round__yaml=ROUND, form__yaml=FORM, page__yaml=PAGE)
    with running(home) as app:
        client = visitor(app)
        pages = [client.get(path).text for path in ("/", "/rounds", "/rounds/9001", "/labels")]
    for page in pages[:3]:
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7 * 7 }}%(x)s" in page
    for page in pages:
        assert "<script" not in page
        assert "49" not in words_of(page)


def test_the_page_is_said_in_the_language_that_was_chosen(site):
    page = site.get("/?language=nb").text
    assert '<html lang="nb" dir="ltr">' in page
    assert "<title>eTwinning-skole-merket 2021-2022</title>" in page
    assert 'href="/?language=nn" lang="nn"' in page
    assert '<html lang="nb"' in site.get("/rounds").text, "the choice is remembered"


def test_the_language_switch_keeps_the_address_and_what_was_asked(site):
    page = site.get("/labels?round=2021-2022&q=a%26b&language=en").text
    assert 'href="/labels?round=2021-2022&amp;q=a%26b&amp;language=nn"' in page


def test_a_text_that_fell_back_says_its_language(tmp_path):
    home = install(tmp_path, "etwinning-2018-2019")
    for language in ("nb", "nn"):
        (home / "plugins" / "etwinning-2018-2019" / "texts" / f"{language}.yaml").unlink()
    with running(home) as app:
        page = visitor(app).get("/?language=nn").text
    assert '<h2 id="about-benefits" lang="en" dir="auto">What does the school gain?</h2>' in page


def test_a_browser_is_sent_to_no_other_host(site):
    for path in ("/", "/rounds", "/rounds/2021-2022", "/labels", "/privacy", "/help"):
        parser = Addresses()
        parser.feed(site.get(path).text)
        assert parser.found, path
        assert [address for address in parser.found if not address.startswith("/static/")] == []
    sheet = site.get("/static/style.css").text
    assert "http:" not in sheet
    assert "https:" not in sheet
    assert "@import" not in sheet
    assert "url(" not in sheet


def test_every_public_page_answers_head_and_carries_the_headers(site):
    for path in ("/", "/rounds", "/rounds/2021-2022", "/labels", "/privacy", "/accessibility", "/help", "/contact"):
        answer = site.head(path)
        assert (path, answer.status_code, answer.data) == (path, 200, b"")
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer.headers


def test_no_page_has_a_style_or_a_handler_in_its_text(site):
    for path in ("/", "/rounds/2021-2022", "/labels", "/help", "/nowhere"):
        page = site.get(path).text
        assert not re.search(r"<[^>]+\s(style|on\w+)=", page), path


def test_an_asset_whose_address_names_its_content_is_kept_and_a_bare_one_is_not(site):
    address = re.search(r'href="(/static/style\.css\?v=[0-9a-f]{12})"', site.get("/").text)[1]
    assert site.get(address).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "immutable" not in site.get("/static/style.css").headers["Cache-Control"]


def test_an_agencys_own_text_takes_the_place_of_ours_and_is_never_run(site):
    texts = {"en": {"privacy": f"## Ours\n\nFirst line\nsecond line.\n\n- one\n- {HOSTILE}"}}
    with database.write() as session:
        session.add(Agency(code="no", name="Agency of Norway", language="nb", texts=texts))
    page = site.get("/privacy?language=nn").text
    assert "<h2>Ours</h2>" not in page, "nynorsk does not fall back to English"
    page = site.get("/privacy?language=en").text
    assert "<h2>Ours</h2>" in page
    assert "<p>First line second line.</p>" in page
    assert "<li>one</li><li>&lt;script&gt;alert(1)&lt;/script&gt;{{ 7 * 7 }}%(x)s</li>" in page
    assert "Agency of Norway" in page


def test_the_help_states_the_deadline_of_the_current_round(site):
    words = words_of(site.get("/help?language=en").text)
    assert "have to be submitted by 8 February 2021, 23:59 (CET)." in words
    assert "A signature on paper can follow until 22 February 2021, 23:59 (CET)." in words


def test_the_contact_page_links_only_an_address_that_is_one(site):
    with database.write() as session:
        for code, url in (("no", "javascript:alert(1)"), ("se", "https://agency.example/etwinning")):
            session.add(Agency(code=code, name=code, contact_email=f"{code}@agency.example", contact_url=url))
    page = site.get("/contact?language=en").text
    assert 'href="https://agency.example/etwinning"' in page
    assert "javascript:" not in page
    assert 'href="mailto:no@agency.example"' in page
