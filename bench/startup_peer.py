"""The peer of the benchmark `startup`: bare Flask, SQLAlchemy and Flask-Admin, with plugins as such projects have them.

Run as a program it starts with so many plugins, answers a page, and prints its CPU seconds and its memory in MB. Each
plugin has a table, an administration view, five routes and five hooks.
"""

from __future__ import annotations

import sys
import time
from typing import Any

HOOKS = ("one", "two", "three", "four", "five")


def main(plugins: int) -> None:
    """Start, answer a page, and tell."""
    import pluggy  # noqa: PLC0415 - what is imported is what is measured
    from flask import Blueprint, Flask  # noqa: PLC0415 - the same
    from flask_admin import Admin  # noqa: PLC0415 - the same
    from flask_admin.contrib.sqla import ModelView  # noqa: PLC0415 - the same
    from flask_wtf import CSRFProtect  # noqa: PLC0415 - the same
    from sqlalchemy import create_engine  # noqa: PLC0415 - the same
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, scoped_session, sessionmaker  # noqa: PLC0415

    spec, impl = pluggy.HookspecMarker("peer"), pluggy.HookimplMarker("peer")

    class Base(DeclarativeBase):
        pass

    app = Flask("peer")
    app.config["SECRET_KEY"] = "not secret"
    CSRFProtect(app)
    engine = create_engine("sqlite://")
    session = scoped_session(sessionmaker(engine))
    admin, manager = Admin(app), pluggy.PluginManager("peer")
    manager.add_hookspecs(type("Hooks", (), {name: spec(_hook(name)) for name in HOOKS}))
    for number in range(plugins):
        columns: dict[str, Any] = {"__tablename__": f"t{number}", "__annotations__": {"id": Mapped[int]}}
        model = type(f"Model{number}", (Base,), {**columns, "id": mapped_column(primary_key=True)})
        admin.add_view(ModelView(model, session, endpoint=f"a{number}", url=f"a{number}"))
        blueprint = Blueprint(f"b{number}", __name__)
        for at in range(5):
            blueprint.add_url_rule(f"/p{number}/r{at}", f"r{at}", lambda: "well")
        app.register_blueprint(blueprint)
        manager.register(type(f"Plugin{number}", (), {name: impl(_hook(name)) for name in HOOKS})())
    app.add_url_rule("/", "home", lambda: "well")
    Base.metadata.create_all(engine)
    client = app.test_client()
    assert client.get("/").status_code == 200
    assert plugins == 0 or client.get(f"/p{plugins - 1}/r4").status_code == 200
    assert len(manager.get_plugins()) == plugins


def _hook(name: str) -> Any:
    def hook(self: object, round: str) -> str:  # noqa: ARG001 - a method of a plugin
        return f"{name} of {round}"

    hook.__name__ = name
    return hook


if __name__ == "__main__":
    main(int(sys.argv[1]))
    cpu = time.process_time()
    from bench.frame import peak_megabytes

    print(cpu, peak_megabytes())
