"""The base of every list under /admin: narrowed to the actor's agencies, turned by keyset, exported as a stream.

Flask-Admin shows a record by its id outside the list's query, lets anybody look up related rows, counts and skips
through whole tables, and writes models by itself. Here every query is scoped; a page costs the same wherever it
stands (`keyset`); no form is made from a model; changes are made by operations of the rooms alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import Response, abort, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask_admin.contrib.sqla import ModelView
from flask_admin.form import BaseForm
from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, false, inspect, select
from sqlalchemy.orm import Query
from werkzeug.utils import secure_filename

from skolemerke import clock, database, spreadsheet
from skolemerke.admin.base import LARGEST_ID, Secured, page
from skolemerke.admin.cells import Cells, Source
from skolemerke.admin.keyset import COUNTED, Listing, Order, Place, begins, spellings
from skolemerke.admin.rights import ENTER
from skolemerke.people.actors import Actor
from skolemerke.web import guard


@dataclass(frozen=True)
class Narrowing:
    """A choice above a list: the rows whose `column` has the chosen value. `offers` gives values and words."""

    name: str
    label: Any
    column: Any
    offers: Callable[[], Sequence[tuple[str, str]]]

    def chosen(self) -> str:
        """What the request chose; empty for all."""
        return request.args.get(self.name, "")

    def condition(self) -> ColumnElement[bool]:
        """The rows that have what was chosen; none for what no row can have."""
        try:
            value = self.column.type.python_type(self.chosen())
        except ValueError:
            return false()
        if "\0" in self.chosen() or (isinstance(value, int) and not 0 <= value <= LARGEST_ID):
            return false()
        found: ColumnElement[bool] = self.column == value
        return found


@dataclass(frozen=True)
class Search:
    """A column in which the beginnings of texts are searched: `by` is `folded`, or `coded` for what is kept in small
    letters, as an index has it. `via` leads to another table where the column is one of that."""

    name: str
    by: ColumnElement[str]
    via: Any = None

    def condition(self, text: str) -> ColumnElement[bool]:
        """The rows whose text begins with what was typed, in small or capital letters."""
        return begins(self.by, spellings(text) if isinstance(self.by, database.folded) else [text.lower()])


@dataclass(frozen=True)
class Asked:
    """What a request asks of a list: which rows, in which order, which page."""

    text: str
    search: Search | None
    column: str
    descending: bool
    place: Place


class RecordView(Secured, ModelView):  # type: ignore[misc] # Flask-Admin ships no types
    """A list of rows with a page for each; nothing is created, edited or deleted through it.

    `sources` says where cells come from that the model has not under the column's name. `orders` are the columns by
    which a list can be sorted, each with what an index has of it, never null; `default_order` names one, or none for
    the key, and says whether it falls. `searches` are the columns that can be searched, one at a time: the list is
    then in the order of that column. The cells of `column_whole` are never broken.
    """

    rights: ClassVar[Mapping[str, str]] = {"index_view": ENTER, "details_view": ENTER, "export": ENTER}
    list_template = "staff/list.html"
    details_template = "staff/details.html"
    can_create = can_edit = can_delete = False
    can_view_details = can_export = True
    column_display_actions = False
    column_auto_select_related = False
    form_base_class = BaseForm
    page_size = 50
    sources: ClassVar[Mapping[str, Source]] = {}
    orders: ClassVar[Mapping[str, Any]] = {}
    default_order: ClassVar[tuple[str, bool]] = ("", True)
    searches: ClassVar[tuple[Search, ...]] = ()
    column_whole: ClassVar[frozenset[str]] = frozenset({"round_id", "certificate"})
    narrowings: tuple[Narrowing, ...] = ()

    def scope(self, actor: Actor) -> ColumnElement[bool]:
        """The condition that keeps the actor to its own rows."""
        raise NotImplementedError(f"{type(self).__name__} does not say whose rows may be seen")

    def title_of(self, model: Any) -> str:
        """The heading of the page of a row."""
        raise NotImplementedError(f"{type(self).__name__} does not say what a row is called")

    def details_of(self, model: Any) -> dict[str, Any]:
        """What the page of a row shows besides its columns."""
        return {}

    # Which rows

    @property
    def key(self) -> Any:
        """The column of the key."""
        return inspect(self.model).primary_key[0]

    def asked(self) -> Asked:
        """What the request asks for. What is nonsense in it counts as not asked."""
        text = request.args.get("search", "").replace("\0", "").strip()
        search = next((search for search in self.searches if search.name == request.args.get("in")), None)
        search = (search or next(iter(self.searches), None)) if text else None
        column, descending = request.args.get("sort", ""), request.args.get("desc") == "1"
        if search is not None:
            column = search.name
        elif column not in self.orders:
            column, descending = self.default_order
        return Asked(text if search else "", search, column, descending, _place())

    def conditions(self, asked: Asked) -> list[ColumnElement[bool]]:
        """What holds of every row of the list: it is the actor's, and as it was narrowed and searched."""
        found = [self.scope(guard.actor())]
        found += [narrowing.condition() for narrowing in self.narrowings if narrowing.chosen()]
        if asked.search is not None:
            found.append(asked.search.condition(asked.text))
        return found

    def rows(self, asked: Asked) -> Select[Any]:
        """A statement for the keys of the rows that are asked for, in no order."""
        statement = select(self.key).select_from(self.model)
        if asked.search is not None and asked.search.via is not None:
            statement = statement.join(asked.search.via)
        return statement.where(*self.conditions(asked))

    def order(self, asked: Asked) -> Order:
        """The order that is asked for."""
        by = asked.search.by if asked.search else self.orders.get(asked.column)
        return Order(self.key, by, asked.descending)

    def get_query(self) -> Query[Any]:
        """The rows that the actor may see, for what of Flask-Admin asks for them."""
        own: Query[Any] = super().get_query().filter(self.scope(guard.actor()))
        return own

    def get_one(self, id: Any) -> Any:
        """One row, when the actor may see it."""
        try:
            wanted = self.key.type.python_type(id)
        except (TypeError, ValueError):
            return None
        if isinstance(wanted, int) and not 0 <= wanted <= LARGEST_ID:
            return None
        return self.get_query().filter(self.key == wanted).one_or_none()

    def scaffold_form(self) -> type[BaseForm]:
        """A form without fields: none is made from a model, so that no column can be set by a request."""
        empty: type[BaseForm] = self.form_base_class
        return empty

    # Pages

    @page("/")
    def index_view(self) -> ResponseReturnValue:
        """A page of the list."""
        asked, read = self.asked(), database.read()
        listing = Listing(read, self.rows(asked), self.order(asked), self.page_size)
        found = listing.page(asked.place)
        cells = Cells(self.model, [name for name, _label in self._list_columns], self.sources)
        return self.draw(
            self.list_template,
            asked=asked,
            found=found,
            columns=self._list_columns,
            rows=cells.of(read, found.keys),
            count=in_words(listing.counted()) if found.keys else "",
        )

    def address(self, **changed: Any) -> str:
        """The address of this list with something asked otherwise; where nothing is said of the page, the first."""
        kept = {name: value for name, value in self.kept().items() if name not in changed}
        return str(self.get_url(".index_view", **kept, **{name: value for name, value in changed.items() if value}))

    def kept(self) -> dict[str, str]:
        """What was asked of this list, but for the page."""
        names = ["search", "in", "sort", "desc", *(narrowing.name for narrowing in self.narrowings)]
        return {name: request.args[name] for name in names if request.args.get(name)}

    def label_of(self, name: str) -> Any:
        """What a column is called."""
        return self.column_labels[name]

    def searched_columns(self) -> list[tuple[str, Any]]:
        """The columns that can be searched, with what they are called."""
        return [(search.name, self.label_of(search.name)) for search in self.searches]

    def is_sorted_by(self, name: str, asked: Asked) -> bool:
        """Whether the list can be sorted by a column; what is searched is in the order of the searched column."""
        return name == asked.column if asked.search else name in self.orders

    @page("/details/")
    def details_view(self) -> ResponseReturnValue:
        """The page of one row; a foreign one answers exactly as an absent one."""
        model = self.get_one(request.args.get("id"))
        if model is None:
            abort(404)
        return self.page_of(model)

    def page_of(self, model: Any, **facts: Any) -> str:
        """The page of one row, with some facts said otherwise."""
        names = [name for name, _label in self._details_columns]
        labels = [label for _name, label in self._details_columns]
        [(_key, cells)] = Cells(self.model, names, self.sources).of(database.read(), inspect(model).identity)
        rows = list(zip(labels, cells, strict=True))
        return self.draw(self.details_template, model=model, rows=rows, **{**self.details_of(model), **facts})

    @page("/export/<export_type>/")
    def export(self, export_type: str) -> ResponseReturnValue:
        """The rows of the list as CSV, streamed; no cell is read as a formula."""
        if export_type != "csv":
            abort(404)
        asked = self.asked()
        cells = Cells(self.model, [name for name, _label in self._export_columns], self.sources, plainly=True)
        via = [asked.search.via] if asked.search and asked.search.via is not None else []
        statement = cells.statement(*self.conditions(asked), via=via).order_by(*self.order(asked).clauses())
        heads = [str(label) for _name, label in self._export_columns]
        slices = cells.streamed(database.read(), statement)
        name = secure_filename(f"{self.endpoint}-{clock.now():%Y-%m-%d}.csv")
        return Response(
            stream_with_context(spreadsheet.csv_of_columns(heads, slices)),
            mimetype="text/csv",
            headers={"Content-Disposition": f"attachment; filename={name}"},
        )


def _place() -> Place:
    """The page that the request asks for; the first, when that is nonsense."""
    for side in ("after", "before"):
        key = request.args.get(side, type=int)
        if key is not None and 0 <= key <= LARGEST_ID:
            return Place("after" if side == "after" else "before", key)
    return Place("last" if "last" in request.args else "first")


def in_words(count: int) -> str:
    """How many rows there are, as far as they were counted."""
    if count > COUNTED:
        return str(_("More than %(count)s rows", count=format_decimal(COUNTED)))
    return str(ngettext("%(num)s row", "%(num)s rows", count))
