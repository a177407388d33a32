"""In production the site answers only to its own names, and says so in its own page."""

import re

import pytest
from skolemerke import database, look
from skolemerke.app import create_app
from skolemerke.config import load_config
from support.installation import install, running
from support.public_site import visitor
from support.tables import lay_tables

PRODUCTION = {
    "SKOLEMERKE_ENV": "production",
    "SKOLEMERKE_SECRET_KEY": "a secret of thirty-two letters, or more",
    "SKOLEMERKE_BASE_URL": "https://label.example:8443",
}
FOREIGN = [
    {"Host": "evil.example"},
    {"Host": "evil.example:8443"},
    {"Host": "label.example.evil.example"},
    {"Host": "label.example."},
    {"Host": "label.example:80@evil.example"},
    {"Host": "10.0.0.7"},
    {"Host": "label.example", "X-Forwarded-Host": "evil.example"},
]


@pytest.fixture
def started(tmp_path):
    """Start an installation in production mode, with more settings."""
    made = []

    def start(**settings):
        named = {f"SKOLEMERKE_{name.upper()}": value for name, value in settings.items()}
        config = load_config(install(tmp_path), {**PRODUCTION, **named})
        lay_tables(config)
        made.append(create_app(config, distributions=False))
        return made[-1]

    yield start
    for app in made:
        app.extensions[database.EXTENSION].close()


def ask(app, path="/", **headers):
    return visitor(app).get(path, headers={"Accept-Language": "en", **headers})


@pytest.mark.parametrize("headers", FOREIGN, ids=[" ".join(one.values()) for one in FOREIGN])
def test_a_foreign_name_is_answered_with_our_page_under_all_headers_and_the_way_to_the_right_one(started, headers):
    answer = ask(started(proxies="1"), "/sign-in", **headers)
    assert answer.status_code == 400
    assert "This is not our address" in answer.text
    assert re.findall(r'(?:href|src)="([^"]+)"', answer.text) == ["https://label.example:8443/"]
    assert "evil" not in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_the_page_under_a_foreign_name_brings_its_own_style_and_lets_no_other_be_used(started):
    app = started()
    app.extensions[look.EXTENSION] = look.Look(accent="#5b2a86")
    answer = ask(app, Host="evil.example")
    style = re.search(r"<style>(.+)</style>", answer.text, re.DOTALL)[1]
    assert style.endswith(":root{--accent:#5b2a86}")
    assert ".button {" in style
    assert f"style-src '{look.hash_of(style)}';" in answer.headers["Content-Security-Policy"]
    # Why it does: the sheet of the site is not answered under that name.
    assert ask(app, "/static/style.css", Host="evil.example").status_code == 400


@pytest.mark.parametrize("host", ["label.example", "label.example:8443", "localhost:5000", "127.0.0.1"])
def test_its_own_name_at_any_port_and_this_machine_are_answered(started, host):
    assert [ask(started(), path, Host=host).status_code for path in ("/healthz", "/sign-in")] == [200, 200]


def test_further_names_are_a_setting_that_takes_the_place_of_this_machine(started):
    app = started(trusted_hosts="10.0.0.7, label.internal")
    hosts = ("10.0.0.7:8000", "label.internal", "label.example", "localhost")
    assert [ask(app, "/healthz", Host=host).status_code for host in hosts] == [200, 200, 200, 400]


def test_where_nobody_depends_on_it_any_name_will_do(tmp_path):
    with running(install(tmp_path), base_url="https://label.example") as app:
        assert ask(app, Host="another.example").status_code == 200
