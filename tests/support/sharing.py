"""What the installations of one process of tests share, as one that runs for long does with itself.

Each test has an installation of its own. Most of the work of making one is to compile what is the same in all of them:
SQL statements, templates and the rules of addresses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType
from typing import Any
from unittest.mock import patch

from flask import Flask, request
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from skolemerke.database import Database
from sqlalchemy import Dialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

_FIRST: dict[str, tuple[Dialect, LRUCache[Any, Any]]] = {}
"""By its name, the dialect of the first installation on it, and what it has compiled: the one belongs to the other."""

_BUILDERS: dict[Any, Callable[..., tuple[str, str]]] = {}
"""The functions that make addresses, by all that each was made of."""


def share_statements(made: Database) -> None:
    """Let an installation use the statements that SQLAlchemy has compiled for another."""
    for engine in (made.engine, made._writes.kw["bind"]):
        first = _FIRST.setdefault(engine.dialect.name, (engine.dialect, LRUCache(5_000)))
        engine.dialect, engine._compiled_cache = first


def share_templates(app: Flask) -> None:
    """Let an application use the templates that were compiled for another."""
    app.jinja_env.bytecode_cache = _TEMPLATES


@contextmanager
def shared_rules() -> Iterator[None]:
    """Applications that are made meanwhile use the functions of addresses that were compiled for another."""
    compile_builder = Rule._compile_builder

    def find_builder(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        if rule.defaults:  # they are written into the function by the converters of this rule
            return compile_builder(rule, append_unknown)
        key = (rule.rule, tuple(rule._trace), append_unknown)
        if key not in _BUILDERS:
            _BUILDERS[key] = compile_builder(rule, append_unknown)
        return _BUILDERS[key]

    with patch.object(Rule, "_compile_builder", find_builder):
        yield


class _Templates(BytecodeCache):
    """Keeps compiled templates by all that ours are made of: a changed text, language or mount has its own."""

    def __init__(self) -> None:
        self._kept: dict[Any, CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get(_key_of(bucket))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._kept[_key_of(bucket)] = bucket.code


def _key_of(bucket: Bucket) -> Any:
    environment: Any = bucket.environment
    mount = request.script_root if request else ""
    # What decides on escaping is a method of each application, or a test's own yes or no.
    escaping = getattr(environment.autoescape, "__func__", environment.autoescape)
    return bucket.key, bucket.checksum, environment.language, mount, escaping


_TEMPLATES = _Templates()
