"""Addresses are kept for each mount of the site, and are those that Flask makes."""

import flask
import pytest
from skolemerke.web.addresses import url_for
from support.installation import SHIPPED, install, running

PAGES = [
    ("public.label_page", {}),
    ("sections.show", {"public_id": "a1", "section_id": "teaching"}),
    ("sections.show", {"public_id": "a1", "section_id": "teaching", "saved": "", "_anchor": "opened"}),
    ("histories.show", {"public_id": "a1", "address": "<b>/ø"}),
]


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    with running(install(tmp_path_factory.mktemp("home"), *SHIPPED)) as made:
        yield made


@pytest.mark.parametrize(("endpoint", "values"), PAGES)
def test_an_address_is_that_of_flask_however_often_and_wherever_it_is_asked_for(app, endpoint, values):
    for mount in ("", "/skole", "", "/skole"):
        with app.test_request_context("/", environ_overrides={"SCRIPT_NAME": mount}):
            assert url_for(endpoint, **values) == flask.url_for(endpoint, **values)
            assert url_for(endpoint, **values).startswith(f"{mount}/")


def test_a_short_name_means_the_blueprint_of_the_page_that_asks(app):
    with app.test_request_context("/applications/a1/teaching"):
        assert url_for(".show", public_id="a1", section_id="esafety") == "/applications/a1/esafety"
    with app.test_request_context("/account"):
        assert url_for(".overview") == "/account"


def test_a_value_that_can_not_be_kept_is_written_all_the_same(app):
    with app.test_request_context("/"):
        assert url_for("public.label_page", tag=["a", "b"]) == "/?tag=a&tag=b"
