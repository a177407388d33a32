"""The peer of the rush: a plain application with Flask-WTF, its stock widgets and SQLite, as such projects are written.

A save sends the whole section, and leads to the page once more; there is no saving while somebody writes. Served by the
same server as ours. Run as a program, also where ours is not installed:
`python -m bench.rush_peer FOLDER PORT CLIENTS THREADS`.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import threading
from pathlib import Path
from typing import Any

import waitress
from flask import Flask, g, redirect, request, session
from flask_wtf import FlaskForm

from bench import forty
from bench.form_peers import FIELDS, PAGE, wtforms_class


class Drafts:
    """The drafts of everybody, one row each; every thread has a connection of its own."""

    def __init__(self, path: Path, people: int) -> None:
        self._path, self._here = path, threading.local()
        self.run("CREATE TABLE draft (id INTEGER PRIMARY KEY, answers TEXT, submitted INTEGER DEFAULT 0)")
        for number in range(people):
            self.run("INSERT INTO draft (id, answers) VALUES (?, ?)", number, json.dumps(forty.answers()))

    def run(self, statement: str, *values: Any) -> Any:
        """Run a statement; gives the first row of its answer."""
        if not hasattr(self._here, "connection"):
            self._here.connection = sqlite3.connect(self._path, timeout=30, isolation_level=None)
            self._here.connection.execute("PRAGMA journal_mode=WAL")
            self._here.connection.execute("PRAGMA synchronous=FULL")
        return self._here.connection.execute(statement, values).fetchone()


def make(folder: Path, people: int) -> Flask:
    """The application: signing in by number, the section, and submitting."""
    app, drafts = Flask("peer"), Drafts(folder / "peer.db", people)
    app.config.update(SECRET_KEY="not secret", WTF_CSRF_TIME_LIMIT=None)

    @app.before_request
    def who() -> Any:
        g.person = session.get("person")
        return ("sign in", 401) if g.person is None and request.endpoint != "sign_in" else None

    @app.get("/sign-in/<int:person>")
    def sign_in(person: int) -> str:
        session["person"] = person
        return "welcome"

    _add_section(app, drafts)
    _add_submitting(app, drafts)
    return app


def _add_section(app: Flask, drafts: Drafts) -> None:
    # Compiled once, as a template in a file would be.
    made, template = wtforms_class(), app.jinja_env.from_string(PAGE % FIELDS)

    @app.get("/section")
    def section() -> str:
        (kept,) = drafts.run("SELECT answers FROM draft WHERE id = ?", g.person)
        return template.render(form=made(data={f"q_{name}": value for name, value in json.loads(kept).items()}))

    @app.post("/section")
    def save() -> Any:
        form = made()
        if not form.validate():
            return template.render(form=form), 422
        document = {name.removeprefix("q_"): value for name, value in form.data.items() if name.startswith("q_")}
        drafts.run("UPDATE draft SET answers = ? WHERE id = ?", json.dumps(document), g.person)
        return redirect("/section")


def _add_submitting(app: Flask, drafts: Drafts) -> None:
    template = app.jinja_env.from_string(PAGE % "{{ form.csrf_token }}")

    @app.route("/submit", methods=["GET", "POST"])
    def submit() -> Any:
        form = FlaskForm()
        if form.validate_on_submit():
            drafts.run("UPDATE draft SET submitted = submitted + 1 WHERE id = ?", g.person)
            return redirect("/submit")
        return template.render(form=form)


if __name__ == "__main__":
    home, (port, count, threads) = Path(sys.argv[1]), map(int, sys.argv[2:5])
    waitress.serve(make(home, count), host="127.0.0.1", port=port, threads=threads)
