"""What an installation looks like by its own style sheet and logo."""

import re

import pytest
from support.installation import install, running
from support.public_site import visitor

STYLE = ":root { --accent: #5b2a86; }\n"
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'


@pytest.fixture
def client(tmp_path):
    home = install(tmp_path)
    look = home / "instance" / "look"
    look.mkdir(parents=True)
    (look / "style.css").write_text(STYLE, encoding="utf-8")
    (look / "logo.svg").write_text(LOGO, encoding="utf-8")
    (look / "secret.txt").write_text("not for the web", encoding="utf-8")
    with running(home) as app:
        yield visitor(app)


def test_the_own_style_sheet_comes_after_ours_and_is_kept_under_its_content(client):
    sheets = re.findall(r'rel="stylesheet" href="([^"]+)"', client.get("/help").text)
    assert [address.partition("?")[0] for address in sheets] == ["/static/style.css", "/look/style.css"]
    answer = client.get(sheets[1])
    assert (answer.status_code, answer.mimetype, answer.text) == (200, "text/css", STYLE)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_the_bar_of_a_browser_has_the_own_accent(client):
    assert '<meta name="theme-color" content="#5b2a86">' in client.get("/help").text


def test_the_own_logo_takes_the_place_of_the_mark(client):
    page = client.get("/help").text
    address = re.search(r'class="brand__logo" src="([^"]+)"', page).group(1)
    assert "brand__mark" not in page
    answer = client.get(address)
    assert (answer.mimetype, answer.text) == ("image/svg+xml", LOGO)
    # An image that somebody opens by itself runs nothing.
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["secret.txt", "logo.png", "..%2fsecret_key"])
def test_nothing_else_of_the_folder_is_served(client, name):
    assert client.get(f"/look/{name}").status_code == 404


def test_an_installation_without_a_look_has_ours(tmp_path):
    with running(install(tmp_path)) as app:
        page = visitor(app).get("/help").text
    assert "/look/" not in page
    assert "brand__mark" in page
    assert '<meta name="theme-color" content="#0b4f5c">' in page
