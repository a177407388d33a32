"""Templates as the pages of one language use them: what is the same on every page is worked out when they are compiled.

A page says dozens of messages, and a template that looks each of them up spends most of its time on that. So there is
one set of compiled templates for each language and mount of the site (`SCRIPT_NAME`). In it a message that is written
out (`_("…")`) is a text, and so is what `CONSTANT` names. Templates are ours alone: no text of a definition, of the
registry or of an applicant is ever part of what is compiled here.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from typing import Any

from flask import Flask, request, url_for
from flask.templating import Environment
from jinja2 import Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from skolemerke import speech
from skolemerke.web.languages import current_language

CONSTANT = frozenset({"asset", "direction", "language"})
"""The functions of templates that answer alike on every page of one language and mount, for the same arguments."""

MESSAGES = frozenset({"_", "gettext"})
MOST_MOUNTS = 16
"""A site is mounted at one place, or at few; under more, templates are used as they are."""


class PageTemplates(Environment):
    """Flask's templates; in a request they are those of its language and mount."""

    def __init__(self, app: Flask, **options: Any) -> None:
        super().__init__(app, **options)
        self.language = ""
        """The language whose templates these are; empty for templates as they are written."""
        self._of_pages: dict[tuple[str, str], PageTemplates] = {}

    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 - Jinja's name
    ) -> Template:
        """A template, compiled for the page that asks."""
        of_page = self if self.overlayed else self._of_page()
        return super(PageTemplates, of_page).get_template(name, parent, globals)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """What a template knows besides what it is given: copied once, where Jinja looks through two on every page."""
        return super().make_globals(d) if d else dict(self.globals)

    def _of_page(self) -> PageTemplates:
        # While somebody works on a file, its address changes with it.
        if not request or self.app.debug:
            return self
        key = (current_language(), request.script_root)
        found = self._of_pages.get(key)
        if found is None and len(self._of_pages) < MOST_MOUNTS:
            found = self.overlay()
            found.language, found.code_generator_class = key[0], _CodeGenerator
            self._of_pages[key] = found
        return found or self


def register(app: Flask) -> None:
    """Give an application these templates; call it before anything else asks for them."""
    app.jinja_environment = PageTemplates  # type: ignore[assignment] # Flask types the attribute, not its subclasses


class _CodeGenerator(CodeGenerator):
    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802 - Jinja's name
        """Compile a template with its constants written in."""
        environment = self.environment
        if isinstance(environment, PageTemplates):
            _Constants(environment, _names_set_in(node)).visit(node)
        super().visit_Template(node, frame)


def _names_set_in(node: nodes.Template) -> set[str]:
    """The names that a template sets itself: variables, arguments, macros, and what it imports."""
    found = {one.name for one in node.find_all(nodes.Name) if one.ctx != "load"}
    found |= {one.name for one in node.find_all(nodes.Macro)}
    found |= {one.target for one in node.find_all(nodes.Import)}
    imported = (name for one in node.find_all(nodes.FromImport) for name in one.names)
    return found | {name if isinstance(name, str) else name[1] for name in imported}


class _Constants(NodeTransformer):
    """Puts constants in the place of calls; names that a template sets itself (`own`) are left alone."""

    def __init__(self, environment: PageTemplates, own: set[str]) -> None:
        self._environment, self._own = environment, own
        self._catalogue = speech.catalogue(environment.language)

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - Jinja's name
        """A call as a constant, where it is one."""
        self.generic_visit(node)
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        written = [argument.value for argument in node.args if isinstance(argument, nodes.Const)]
        if name in self._own or len(written) < len(node.args) or node.dyn_args or node.dyn_kwargs:
            return node
        if name in MESSAGES and len(written) == 1:
            return self._message(written[0], node.kwargs)
        if node.kwargs:
            return node
        if name in CONSTANT:
            found: Callable[..., str] = self._environment.globals[name]  # type: ignore[assignment] # Jinja says object
            return nodes.Const(found(*written))
        if name == "url_for" and len(written) == 1 and not written[0].startswith("."):
            return nodes.Const(url_for(written[0]))
        return node

    def _message(self, message: str, figures: list[nodes.Keyword]) -> nodes.Expr:
        """What Jinja's `gettext` gives: our messages are markup, their figures are escaped."""
        said = Markup(self._catalogue.gettext(message))  # noqa: S704 - messages of the catalogue are ours
        if not figures:
            return nodes.Const(said % {})
        return nodes.Mod(
            nodes.Const(said), nodes.Dict([nodes.Pair(nodes.Const(one.key), one.value) for one in figures])
        )
