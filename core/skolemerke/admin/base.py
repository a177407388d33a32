"""The base of every view under /admin: closed unless a right opens it, narrowed to the actor's agencies.

Flask-Admin is open by default: it shows a record by its id outside the list's query, lets anybody look up
related rows, and writes models by itself. Here each name of a view is mapped to a right and the others do not
exist; every query is scoped; no form is made from a model; changes are made by operations of the rooms alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any, ClassVar, TypeVar, cast

from flask import Response, abort, redirect, request, session, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_admin import Admin, BaseView, expose
from flask_admin.contrib.sqla import ModelView
from flask_admin.form import BaseForm
from flask_admin.model.base import ViewArgs
from flask_babel import gettext as _
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Query, Session, scoped_session
from werkzeug.utils import secure_filename

from skolemerke import clock, spreadsheet
from skolemerke.admin.rights import ENTER
from skolemerke.people.actors import Actor
from skolemerke.people.rights import may
from skolemerke.web import guard
from skolemerke.web.languages import moment

SIGN_IN = "/sign-in"
ROWS_AT_ONCE = 1000
LARGEST_ID = 2**31 - 1

Page = TypeVar("Page", bound=Callable[..., ResponseReturnValue])


def page(url: str, *methods: str) -> Callable[[Page], Page]:
    """Make a function of a view answer at an address below the view's own; with GET unless others are named."""
    made: Callable[[Page], Page] = expose(url, methods or ("GET",))
    return made


class Reading(scoped_session[Session]):
    """The reading sessions of an application, as Flask-Admin wants to be given a database."""

    def __init__(self, reads: scoped_session[Any]) -> None:
        super().__init__(reads.session_factory)
        self.registry = reads.registry

    @property
    def session(self) -> Reading:
        """Itself: Flask-Admin asks a database for its session."""
        return self


class Secured:
    """What makes a view safe to register. `rights` maps the name of each view function to the verb that opens it;
    a function that is not named there answers as if it did not exist."""

    rights: ClassVar[Mapping[str, str]] = {}
    _default_view: str
    endpoint: str

    def _handle_view(self, name: str, **_kwargs: Any) -> ResponseReturnValue | None:
        actor = guard.actor()
        if not actor.is_known:
            session[guard.WANTED] = url_for(f"{self.endpoint}.{self._default_view}")
            return redirect(SIGN_IN, 303)
        if name not in self.rights or not may(actor, self.rights[name]):
            abort(404)
        return None

    def is_accessible(self) -> bool:
        """Whether the view stands in the menu of the one who is asking."""
        verb = self.rights.get(self._default_view)
        return verb is not None and may(guard.actor(), verb)

    def draw(self, template: str, **facts: Any) -> str:
        """A page of the administration."""
        drawn: str = cast("Any", self).render(template, **facts)
        return drawn


class SecuredAdmin(Admin):  # type: ignore[misc] # Flask-Admin ships no types
    """The administration. A view that is not secured is refused when it is registered: the start fails."""

    def add_view(self, view: Any) -> None:
        """Register a secured view. Raises `TypeError` for any other."""
        if not isinstance(view, Secured):
            raise TypeError(f"{type(view).__name__} is not secured: derive it from RecordView or PageView")
        super().add_view(view)


class PageView(Secured, BaseView):  # type: ignore[misc] # Flask-Admin ships no types
    """A page of our own in the administration."""


@dataclass(frozen=True)
class Narrowing:
    """A choice above a list: the rows whose `column` has the chosen value. `offers` gives values and words."""

    name: str
    label: Any
    column: Any
    offers: Callable[[], Sequence[tuple[str, str]]]


class RecordView(Secured, ModelView):  # type: ignore[misc] # Flask-Admin ships no types
    """A list of rows with a page for each; nothing is created, edited or deleted through it."""

    rights: ClassVar[Mapping[str, str]] = {"index_view": ENTER, "details_view": ENTER, "export": ENTER}
    list_template = "staff/list.html"
    details_template = "staff/details.html"
    can_create = can_edit = can_delete = False
    can_view_details = can_export = True
    column_display_actions = False
    form_base_class = BaseForm
    page_size = 50
    named_filter_urls = True
    narrowings: tuple[Narrowing, ...] = ()
    intro: Any = ""

    def scope(self, actor: Actor) -> ColumnElement[bool]:
        """The condition that keeps the actor to its own rows."""
        raise NotImplementedError(f"{type(self).__name__} does not say whose rows may be seen")

    # Flask-Admin's ways to rows: each goes through the scope.

    def get_query(self) -> Query[Any]:
        """The rows that the actor may see."""
        return self._within(super().get_query())

    def get_count_query(self) -> Query[Any]:
        """How many rows the actor may see."""
        return self._within(super().get_count_query())

    def get_one(self, id: Any) -> Any:
        """One row, when the actor may see it."""
        key = self.model.__mapper__.primary_key[0]
        try:
            wanted = key.type.python_type(id)
        except (TypeError, ValueError):
            return None
        if isinstance(wanted, int) and not 0 <= wanted <= LARGEST_ID:
            return None
        return super().get_query().filter(self.scope(guard.actor()), key == wanted).one_or_none()

    def _get_list_extra_args(self) -> ViewArgs:
        """What the address asks of the list; a page beyond what a database can count is the last that it can."""
        asked = super()._get_list_extra_args()
        asked.page = min(max(asked.page or 0, 0), LARGEST_ID // self.page_size)
        return asked

    def _within(self, query: Query[Any]) -> Query[Any]:
        query = query.filter(self.scope(guard.actor()))
        for narrowing in self.narrowings:
            chosen = request.args.get(narrowing.name)
            if chosen:
                query = query.filter(narrowing.column == chosen)
        return query

    # No form is made from a model, so that no column can be set by a request.

    def scaffold_form(self) -> type[BaseForm]:
        """A form without fields."""
        empty: type[BaseForm] = self.form_base_class
        return empty

    # Pages

    @page("/details/")
    def details_view(self) -> ResponseReturnValue:
        """The page of one row; a foreign one answers exactly as an absent one."""
        model = self.get_one(request.args.get("id"))
        if model is None:
            abort(404)
        rows = [(label, self._get_list_value(None, model, name, *self._formatters())) for name, label in self._columns]
        return self.draw(self.details_template, model=model, rows=rows, **self.details_of(model))

    @property
    def _columns(self) -> list[tuple[str, Any]]:
        columns: list[tuple[str, Any]] = self._details_columns
        return columns

    def details_of(self, model: Any) -> dict[str, Any]:
        """What the page of a row shows besides its columns."""
        return {}

    def title_of(self, model: Any) -> str:
        """The heading of the page of a row."""
        raise NotImplementedError(f"{type(self).__name__} does not say what a row is called")

    @page("/export/<export_type>/")
    def export(self, export_type: str) -> ResponseReturnValue:
        """The rows of the list as CSV, streamed; no cell is read as a formula."""
        if export_type != "csv":
            abort(404)
        asked = self._get_list_extra_args()
        sort = self._get_column_by_idx(asked.sort)
        _count, query = self.get_list(
            0, sort[0] if sort else None, asked.sort_desc, asked.search, asked.filters, execute=False, page_size=False
        )
        heads = [str(label) for _name, label in self._export_columns]
        name = secure_filename(f"{self.endpoint}-{clock.now():%Y-%m-%d}.csv")
        return Response(
            stream_with_context(spreadsheet.csv_lines(heads, self._cells(query))),
            mimetype="text/csv",
            headers={"Content-Disposition": f"attachment; filename={name}"},
        )

    def _cells(self, query: Query[Any]) -> Iterator[list[object]]:
        rows = iter(query.yield_per(ROWS_AT_ONCE))
        while chunk := list(islice(rows, ROWS_AT_ONCE)):
            self.prepare(chunk)
            for model in chunk:
                yield [self.get_export_value(model, name) for name, _label in self._export_columns]

    def get_list(self, *arguments: Any, **settings: Any) -> Any:
        """The rows of a page; `prepare` sees them before they are drawn."""
        count, data = super().get_list(*arguments, **settings)
        if settings.get("execute", True):
            self.prepare(data)
        return count, data

    def prepare(self, rows: Sequence[Any]) -> None:
        """Fetch at once what the columns of these rows need."""

    def _formatters(self) -> tuple[Any, Any]:
        return self.column_formatters_detail, self.column_type_formatters_detail


def shown(_view: Any, value: Any, _name: str) -> str:
    """A value of a column as text; pages escape it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, datetime):
        return moment(value)
    return value.isoformat() if isinstance(value, date) else str(value)


TYPES = {type(None): shown, bool: shown, datetime: shown, date: shown}
for _name in ("column_type_formatters", "column_type_formatters_export", "column_type_formatters_detail"):
    setattr(RecordView, _name, TYPES)
