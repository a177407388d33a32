"""Templates with their constants written in say exactly what they say as they are written."""

import re

import pytest
from flask import g
from skolemerke import database
from skolemerke.agencies.models import Agency
from skolemerke.people.models import Account
from skolemerke.registry.models import School
from support.applicants import scene

HOSTILE = "<script>alert(1)</script> {{ 7 * 7 }} {% x %} & \"q\" 'a' %(name)s %s"
PAGES = ("", "/esafety", "/esafety?saved=", "/check", "/submit", "/print", "/declaration", "/consent", "/changes")
OTHERS = (
    "/",
    "/rounds",
    "/labels",
    "/help",
    "/privacy?language={language}&x=%3Cb%3E",
    "/account",
    "/applications",
    "/no",
)


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with scene(tmp_path_factory.mktemp("home")) as found:
        with database.write() as session:
            session.get_one(School, found.school_id).name = HOSTILE
            session.get_one(Agency, found.agency_id).name = HOSTILE
            session.get_one(Account, found.kari).name = HOSTILE
        found.fill(found.begun(), safety_activities=HOSTILE)
        yield found


@pytest.fixture
def as_written(here):
    """Turn the application to templates as they are written; gives a way back."""
    yield lambda yes: setattr(here.app, "debug", yes)
    here.app.debug = False


def plain(page):
    """A page without what differs from request to request."""
    return re.sub(r'nonce="[^"]+"|name="csrf_token" value="[^"]+"|name="(?:page|key)" value="[^"]+"', "", page.text)


@pytest.mark.parametrize("language", ["en", "nb", "nn"])
def test_every_page_is_the_same_with_constants_as_without(here, as_written, language):
    client, application = here.client(here.kari, language), here.begun()
    for path in [*(f"/applications/{application.public_id}{page}" for page in PAGES), *OTHERS]:
        found = plain(client.get(path.format(language=language)))
        as_written(True)
        expected = plain(client.get(path.format(language=language)))
        as_written(False)
        assert found == expected, path
        assert "<script>alert" not in found


def compiled(here, source, language="nb", mount=""):
    """The Python that a template becomes for the pages of a language."""
    with here.app.test_request_context("/", base_url=f"http://localhost{mount}"):
        g.language = language
        environment = here.app.jinja_env.get_template("layout.html").environment
        return environment.compile(source, "a.html", "a.html", raw=True)


def test_messages_addresses_and_files_are_written_in(here):
    source = "{{ _('Save') }} {{ language() }} {{ direction() }} {{ url_for('labels.schools') }}"
    assert "'Lagre nb ltr /labels'" in compiled(here, source)
    assert "'Save en ltr /site/labels'" in compiled(here, source, "en", "/site")
    assert re.search(r"'/site/static/style.css\?v=\w{12}'", compiled(here, "{{ asset('style.css') }}", "nb", "/site"))


def test_figures_of_a_message_are_worked_out_and_escaped_on_every_page(here):
    made = compiled(here, "{{ _('Page %(number)s', number=found) }}")
    assert "(Markup('Side %(number)s') % {'number': " in made


@pytest.mark.parametrize(
    "source",
    [
        "{{ _(found) }}",
        "{{ url_for('.mine') }}",
        "{{ url_for('sections.show', public_id=found) }}",
        "{{ asset(found) }}",
        "{{ nonce() }}",
        "{% set _ = found %}{{ _('Save') }}",
        "{% macro asset(name) %}{% endmacro %}{{ asset('x') }}",
        "{% from 'macros.html' import said as language %}{{ language('x') }}",
    ],
)
def test_what_differs_from_page_to_page_is_asked_on_every_page(here, source):
    assert "context.call(" in compiled(here, source)


def test_many_mounts_are_served_without_keeping_templates_for_each(here):
    client = here.client()
    for number in range(20):
        page = client.get("/help", environ_overrides={"SCRIPT_NAME": f"/m{number}"})
        assert f'href="/m{number}/labels"' in page.text
    kept = here.app.jinja_env._of_pages
    assert len(kept) <= 16
