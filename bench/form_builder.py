"""The section on the peers' own ground: a plain Flask application that draws it with `skolemerke_forms`.

Nothing else differs from the peers: the answers from SQLite by the bare driver, a token, a bare template.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flask import Flask
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from skolemerke_forms.answers import AnswerSet
from skolemerke_forms.drawing import State, draw_section

from bench import form_peers, forty

FIELDS = '<input type="hidden" name="csrf_token" value="{{ token }}">{{ section }}'


def builder_app(path: Path) -> Flask:
    """GET shows the section, filled in."""
    app, form, connection = Flask("builder"), forty.form(), form_peers.keep(path, forty.answers())
    app.config.update(SECRET_KEY="not secret")
    template = app.jinja_env.from_string(form_peers.PAGE % FIELDS)
    drawn = draw_section(form, form.sections[0], "en")

    @app.route("/")
    def page() -> Any:
        (kept,) = connection.execute("SELECT answers FROM draft WHERE id = 1").fetchone()
        answers = AnswerSet.of(json.loads(kept))
        filled = drawn.fill(State(answers.under(form), typed=answers.raw, versions={}))
        return template.render(token=generate_csrf(), section=Markup(filled))

    return app
