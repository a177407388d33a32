"""The files of pages: each under an address that names its content, the style sheet made of its parts."""

import re

import pytest
from skolemerke.web import assets
from skolemerke_forms.values import sha256_of
from support.installation import install, running
from support.public_site import visitor

LONGEST_PART = 300


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    with running(install(tmp_path_factory.mktemp("home"))) as app:
        yield app


def parts():
    return {path.stem: path.read_text(encoding="utf-8") for path in assets.STYLE_FILES.iterdir()}


def rules(sheet):
    return re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)


def test_the_style_sheet_is_one_file_of_all_parts_in_their_order(app):
    assert sorted(assets.PARTS) == sorted(parts())
    answer = visitor(app).get("/static/style.css")
    assert (answer.status_code, answer.mimetype) == (200, "text/css")
    assert answer.text == "\n".join(parts()[name] for name in assets.PARTS)


def test_a_page_asks_for_one_style_sheet(app):
    assert re.findall(r'rel="stylesheet" href="([^"?]+)', visitor(app).get("/help").text) == ["/static/style.css"]


@pytest.mark.parametrize("name", assets.PARTS)
def test_each_part_says_its_subject_stands_alone_and_is_not_long(name):
    part = parts()[name]
    assert part.startswith("/* ")
    assert rules(part).count("{") == rules(part).count("}") > 0
    assert "@import" not in part
    assert len(part.splitlines()) < LONGEST_PART


def test_with_another_content_a_file_has_another_address(app, tmp_path, monkeypatch, anew):
    with app.test_request_context():
        before = assets.asset("style.css")
        assert before == f"/static/style.css?v={sha256_of(assets._text_of('style.css'))[:12]}"
    for name in assets.PARTS:
        (tmp_path / f"{name}.css").write_text(f"/* {name} */\n", encoding="utf-8")
    monkeypatch.setattr(assets, "STYLE_FILES", tmp_path)
    anew()
    with app.test_request_context():
        after = assets.asset("style.css")
    assert before.partition("?")[0] == after.partition("?")[0] == "/static/style.css"
    assert before != after
    assert "/* demo */" in visitor(app).get(after).text


@pytest.fixture
def anew():
    """Lets the files be read once more, as a new process does; so does the test after this one."""

    def forget():
        assets._text_of.cache_clear()
        assets._print_of.cache_clear()

    yield forget
    forget()


def test_a_browser_that_has_the_sheet_is_not_sent_it_again(app):
    client = visitor(app)
    mark = client.get("/static/style.css").headers["ETag"]
    again = client.get("/static/style.css", headers={"If-None-Match": mark})
    assert (again.status_code, again.data) == (304, b"")
