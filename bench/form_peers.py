"""The same section with stock widgets: on a plain Flask application with Flask-WTF, and with Django's forms.

Both read the answers, one JSON document, from SQLite by the bare driver. Neither has a sign-in, rights or languages.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, request
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length, Regexp, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from bench import forty

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Forty questions</title></head><body>
<h1>Forty questions</h1><form method="post">%s<button>Save</button></form></body></html>"""
FIELDS = """{{ form.csrf_token }}{% for field in form if field.name != "csrf_token" %}
<div class="field">{{ field.label }}{% if field.description %}<div class="hint">{{ field.description }}</div>{% endif %}
{{ field() }}{% for error in field.errors %}<p>{{ error }}</p>{% endfor %}</div>{% endfor %}"""
DJANGO_FIELDS = """{% csrf_token %}{{ form.as_div }}"""


def keep(path: Path, raw: dict[str, Any]) -> sqlite3.Connection:
    """A database with the answers of one draft."""
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE draft (id INTEGER PRIMARY KEY, answers TEXT)")
    connection.execute("INSERT INTO draft VALUES (1, ?)", [json.dumps(raw)])
    return connection


def wtforms_class() -> type[Any]:
    """The form as a project with Flask-WTF writes it."""
    choices = [(level, level.capitalize()) for level in forty.LEVELS]
    fields: dict[str, Any] = {}
    for name in forty.answers():
        label = forty.label_of(name)
        if name.startswith(("scale", "choice")):
            fields[f"q_{name}"] = RadioField(label, choices=choices)
        elif name.startswith("boxes"):
            fields[f"q_{name}"] = SelectMultipleField(
                label, choices=choices, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
            )
        elif name.startswith("text"):
            fields[f"q_{name}"] = TextAreaField(label, validators=[_few_words])
        else:
            validators = [Length(max=200), Regexp(r"[^\n]*\Z")]
            fields[f"q_{name}"] = StringField(label, description="One line will do.", validators=validators)
    return type("FortyForm", (FlaskForm,), fields)


def flask_app(path: Path) -> Flask:
    """A plain application: GET shows the form, POST validates it and keeps the answers."""
    app, made, connection = Flask("peer"), wtforms_class(), keep(path, forty.answers())
    app.config.update(SECRET_KEY="not secret")
    # Compiled once, as a template in a file would be.
    template = app.jinja_env.from_string(PAGE % FIELDS)

    @app.route("/", methods=["GET", "POST"])
    def page() -> Any:
        if request.method == "GET":
            (kept,) = connection.execute("SELECT answers FROM draft WHERE id = 1").fetchone()
            form = made(data={f"q_{name}": value for name, value in json.loads(kept).items()})
            return template.render(form=form)
        form = made()
        if not form.validate():
            return template.render(form=form), 422
        document = {name.removeprefix("q_"): value for name, value in form.data.items()}
        connection.execute("UPDATE draft SET answers = ? WHERE id = 1", [json.dumps(document)])
        return "", 204

    return app


def django_page(path: Path) -> Callable[[], str]:
    """The page through Django: a WSGI request, its CSRF middleware, a form, a template."""
    import django  # noqa: PLC0415 - Django is set up once, when it is asked for
    from django.conf import settings  # noqa: PLC0415 - the same

    if not settings.configured:
        settings.configure(
            SECRET_KEY="not secret",
            ALLOWED_HOSTS=["*"],
            ROOT_URLCONF="bench.django_urls",
            MIDDLEWARE=["django.middleware.csrf.CsrfViewMiddleware"],
            TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
            USE_I18N=False,
        )
        django.setup()
    from django import forms  # noqa: PLC0415 - the same
    from django.core.handlers.wsgi import WSGIHandler  # noqa: PLC0415 - the same
    from django.http import HttpResponse  # noqa: PLC0415 - the same
    from django.template import engines  # noqa: PLC0415 - the same

    from bench import django_urls  # noqa: PLC0415 - the same

    choices = [(level, level.capitalize()) for level in forty.LEVELS]
    fields: dict[str, Any] = {}
    for name in forty.answers():
        label = forty.label_of(name)
        if name.startswith(("scale", "choice")):
            fields[f"q_{name}"] = forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect)
        elif name.startswith("boxes"):
            box = forms.CheckboxSelectMultiple
            fields[f"q_{name}"] = forms.MultipleChoiceField(label=label, choices=choices, widget=box)
        elif name.startswith("text"):
            fields[f"q_{name}"] = forms.CharField(label=label, widget=forms.Textarea)
        else:
            fields[f"q_{name}"] = forms.CharField(label=label, help_text="One line will do.", max_length=200)
    made = type("FortyForm", (forms.Form,), fields)
    connection = keep(path, forty.answers())
    template = engines["django"].from_string(PAGE % DJANGO_FIELDS)

    def page(request: Any) -> Any:
        (kept,) = connection.execute("SELECT answers FROM draft WHERE id = 1").fetchone()
        form = made(initial={f"q_{name}": value for name, value in json.loads(kept).items()})
        return HttpResponse(template.render({"form": form}, request))

    django_urls.VIEWS["page"] = page
    return wsgi_get(WSGIHandler(), "/")


def wsgi_get(app: Any, path: str, cookie: str = "") -> Callable[[], str]:
    """A call that fetches a page in this process, without a socket."""
    import io  # noqa: PLC0415 - used here alone

    base = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "HTTP_ACCEPT_LANGUAGE": "en",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        **({"HTTP_COOKIE": cookie} if cookie else {}),
    }

    def get() -> str:
        status: list[str] = []

        def start(said: str, headers: Any, _error: Any = None) -> Any:
            status.append(said)
            for name, value in headers:
                if name == "Set-Cookie":
                    # As a browser does: what was set by a page is there when the next one is asked for.
                    base["HTTP_COOKIE"] = value.partition(";")[0]
            return lambda _data: None

        body = app({**base, "wsgi.input": io.BytesIO()}, start)
        page = b"".join(body)
        if hasattr(body, "close"):
            body.close()
        if not status[0].startswith("200"):
            raise AssertionError(f"{path}: {status[0]}")
        return page.decode()

    return get


def _few_words(_form: object, field: Any) -> None:
    if len((field.data or "").split()) > 300:
        raise ValidationError("Too many words.")
