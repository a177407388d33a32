"""What stands over every answer, whatever it is: a page, a file, a redirect, a fault."""

import re
import socket
from collections import Counter

import pytest
from flask import abort
from skolemerke import database, outbox
from skolemerke.app import create_app
from skolemerke.config import load_config
from skolemerke.outbox import Mail
from skolemerke.people import operations as people
from skolemerke.web import guard
from skolemerke.worker import letters
from sqlalchemy import select, text
from support import applied
from support.applicants import csrf
from support.installation import install, running
from support.public_site import visitor

from . import test_routes
from .routes_table import TABLE, rows

world = test_routes.world

PAGE = re.compile(
    r"default-src 'none'; script-src 'nonce-[\w-]{22}'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    r"connect-src 'self'; frame-src '(none|self)'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PLAIN = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
SECRET = "a secret of more than thirty-two letters"


def lacks(answer, *, signed_in, policies=(), is_file=False):
    """What an answer lacks of the headers that every answer has; a file of ours is the same for everybody."""
    found = [name for name, value in PLAIN.items() if answer.headers.get(name) != value]
    policy = answer.headers.get("Content-Security-Policy", "")
    if not (PAGE.fullmatch(policy) or policy == guard.SEALED or policy in policies):
        found.append(f"Content-Security-Policy: {policy}")
    if signed_in and not is_file and answer.headers.get("Cache-Control") != "no-store":
        found.append(f"Cache-Control: {answer.headers.get('Cache-Control')}")
    if "Cookie" not in answer.vary and not is_file:
        found.append("Vary: Cookie")
    return found


def mail_policy():
    """Of a mail that our own page shows inside itself: the only answer that may stand in a frame, in ours alone."""
    return (
        f"default-src 'none'; style-src '{letters.style_hash()}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; sandbox"
    )


def test_every_answer_of_every_route_carries_them_to_whoever_asks(world):
    wrong = []
    clients = {role: world.client(role) for role in ("anonymous", "teacher_a", "officer_no")}
    for method, rule, _who in rows(TABLE):
        if rule == "/sign-out":
            continue
        policies = {mail_policy()} if rule.endswith("/preview") else ()
        for role, client in clients.items():
            for tried in (method, "PUT") if role == "anonymous" else (method,):
                answer = test_routes.ask(world, client, tried, rule, world.ids["own"])
                is_file = rule.startswith(("/static/", "/look/")) and answer.status_code == 200
                found = lacks(answer, signed_in=role != "anonymous", policies=policies, is_file=is_file)
                wrong += [(test_routes.line_of(tried, rule), role, answer.status_code, one) for one in found]
    assert not wrong, "\n".join(map(str, wrong))


def test_every_form_whose_token_is_stale_is_answered_under_them_to_whoever_sends_it(world, monkeypatch):
    monkeypatch.setitem(world.app.config, "WTF_CSRF_ENABLED", True)
    wrong, codes = [], Counter()
    for role in ("anonymous", "teacher_a", "officer_no"):
        client = world.client(role)
        for method, rule, _who in rows(TABLE):
            if method == "POST":
                answer = test_routes.ask(world, client, "POST", rule, world.ids["own"])
                codes[answer.status_code] += 1
                found = lacks(answer, signed_in=role != "anonymous")
                wrong += [(rule, role, answer.status_code, one) for one in found]
    assert not wrong, "\n".join(map(str, wrong))
    assert codes[400] > 150, codes


@pytest.fixture
def app(tmp_path):
    with running(install(tmp_path)) as app:
        app.config["PROPAGATE_EXCEPTIONS"] = False

        @app.route("/code/<int:code>", methods=["GET", "POST"])
        def with_code(code):
            abort(code)

        @app.get("/breaks")
        def breaks():
            raise RuntimeError("broken")

        yield app


def test_every_error_carries_them(app):
    anybody, staff = visitor(app), visitor(app)
    with staff.session_transaction() as session:
        session["token"] = people.open_session(applied.account("a@agency.example", role="administrator"))
    asked = [("GET", f"/code/{code}") for code in (400, 401, 403, 404, 405, 409, 413, 418, 422, 429, 503)]
    asked += [
        ("GET", path) for path in ("/breaks", "/static/none.js", "/static/../app.py", "/rounds/", "/%00", "/x" * 900)
    ]
    asked += [("DELETE", "/"), ("POST", "/healthz"), ("OPTIONS", "/"), ("HEAD", "/labels.csv"), ("GET", "/healthz")]
    # Refused for want of its token, before anything else is asked of the request.
    asked += [("POST", path) for path in ("/sign-in", "/code/404", "/sign-out", "/applications/x/esafety")]
    for client, signed_in in ((anybody, False), (staff, True)):
        for method, path in asked:
            answer = client.open(path, method=method)
            assert (method, path, lacks(answer, signed_in=signed_in)) == (method, path, [])


def test_a_body_that_is_too_large_is_refused_under_them_before_it_is_read(app):
    kind, length = "application/x-www-form-urlencoded", str(65 * 1024 * 1024)
    answer = visitor(app).post("/sign-in", content_type=kind, environ_overrides={"CONTENT_LENGTH": length})
    assert (answer.status_code, lacks(answer, signed_in=False)) == (413, [])


def test_the_fault_of_a_database_that_is_gone_carries_them(app):
    with database.current().engine.connect() as connection:
        connection.execute(text("DROP TABLE agency_country"))
        connection.execute(text("DROP TABLE agency"))
        connection.commit()
    answer = visitor(app).get("/privacy")
    assert (answer.status_code, lacks(answer, signed_in=False)) == (500, [])


def test_without_the_guard_an_answer_lacks_all_of_them(app, monkeypatch):
    """The twin: the look at an answer sees what is not there."""
    monkeypatch.setitem(
        app.after_request_funcs, None, [one for one in app.after_request_funcs[None] if one is not guard._secure]
    )
    answer = visitor(app).get("/healthz")
    assert lacks(answer, signed_in=True)[:4] == list(PLAIN)
    assert any(one.startswith("Content-Security-Policy") for one in lacks(answer, signed_in=True))


def test_each_page_has_a_word_for_its_scripts_of_its_own(app):
    policies = {visitor(app).get("/").headers["Content-Security-Policy"] for _ in range(5)}
    assert len(policies) == 5


def test_a_browser_is_told_to_come_by_https_alone_where_people_depend_on_the_site(tmp_path):
    environ = {
        "SKOLEMERKE_ENV": "production",
        "SKOLEMERKE_SECRET_KEY": SECRET,
        "SKOLEMERKE_BASE_URL": "https://a.example",
    }
    install(tmp_path)
    with running(tmp_path) as plain:
        assert "Strict-Transport-Security" not in visitor(plain).get("/healthz").headers
    app = create_app(load_config(tmp_path, environ), distributions=False)
    with app.app_context():
        answer = visitor(app).get("/healthz")
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
        cookie = visitor(app).get("/sign-in").headers["Set-Cookie"]
        assert re.match(r"__Host-session=.*; Secure; HttpOnly; .*Path=/; SameSite=Lax", cookie)
        app.extensions[database.EXTENSION].close()


FORWARDED = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7", "X-Forwarded-Host": "label.example"}


@pytest.mark.parametrize(("proxies", "is_https"), [("0", False), ("1", True)])
def test_what_a_proxy_says_is_believed_only_where_one_is_set_up_whichever_server_runs_the_application(
    tmp_path, proxies, is_https
):
    with running(install(tmp_path), proxies=proxies) as app:
        answer = visitor(app).get("/healthz", headers=FORWARDED)
        assert ("Strict-Transport-Security" in answer.headers) is is_https


HOSTS = [
    {"Host": "evil.example"},
    {"X-Forwarded-Host": "evil.example"},
    {"X-Forwarded-Host": "label.example, evil.example"},
    {"Forwarded": "host=evil.example;proto=https;for=1.2.3.4"},
    {"Host": "label.example:80@evil.example"},
    {"Host": "label.example."},
    {"Host": "label.example:evil.example"},
    {"X-Forwarded-Prefix": "//evil.example", "X-Original-URL": "//evil.example/", "X-Host": "evil.example"},
]


@pytest.mark.parametrize("proxies", ["0", "1"])
@pytest.mark.parametrize("headers", HOSTS, ids=[next(iter(one)) + str(at) for at, one in enumerate(HOSTS)])
def test_no_host_that_a_request_names_comes_into_a_mail_a_redirect_or_a_page(tmp_path, headers, proxies):
    with running(install(tmp_path), base_url="https://label.example", proxies=proxies) as app:
        school = applied.school("Solbakken", "NO", applied.agency("no", "NO"))
        applied.teacher(school, "kari@solbakken.example")
        client = visitor(app)
        page = client.get("/sign-in", headers={**headers, "Accept-Language": "en"})
        told = [page]
        if page.status_code == 200:
            told.append(
                client.post(
                    "/sign-in", data={"csrf_token": csrf(page), "email": "kari@solbakken.example"}, headers=headers
                )
            )
            mail = database.read().scalars(select(Mail).where(Mail.kind == "sign_in")).one()
            links = re.findall(r"https?://\S+", outbox.render(mail).text)
            assert links
            assert all(link.startswith("https://label.example/sign-in/link/") for link in links)
        else:
            assert page.status_code == 400
        told += [client.get(path, headers=headers) for path in ("/applications", "/rounds/", "/labels.json")]
        for answer in told:
            assert "evil" not in answer.text + answer.headers.get("Location", "")


def test_an_address_that_names_another_host_in_full_leads_nowhere_else(tmp_path):
    """A request line with a whole address in it, as programs send it to proxies."""
    from support.public_site import served

    with running(install(tmp_path), base_url="https://label.example") as app, served(app) as address:
        port = int(address.rsplit(":", maxsplit=1)[1])
        with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
            line.sendall(b"GET http://evil.example/applications HTTP/1.0\r\nHost: evil.example\r\n\r\n")
            answer = b"".join(iter(lambda: line.recv(4096), b"")).decode()
    assert "Location: /sign-in" in answer
    assert "evil" not in answer
