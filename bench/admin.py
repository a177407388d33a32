"""A list of the administration over a whole register of teachers, beside a stock view of Flask-Admin.

A page is one request through the whole application. The stock view counts all rows, joins the schools, skips to its
page and searches every row. Figures are CPU seconds of this process, on SQLite.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from flask_admin import Admin
from flask_admin.contrib.sqla import ModelView
from flask_babel import Babel
from skolemerke import database
from skolemerke.admin.base import Reading
from skolemerke.registry.models import Teacher
from sqlalchemy import func, select

from bench.frame import Row, paired
from bench.installation import make_home
from bench.office import BEGINNING, Office, fill, office

FULL, SMALL = 1_200_000, 100_000
ON_A_PAGE = 50
OURS, STOCK = "/admin/teachers/", "/stock/teacher/"
KEYS = re.compile(r"details/\?id=(\d+)")


def run(*, full: bool) -> list[Row]:
    """Turn the pages of 1.2 million teachers, or of a twelfth."""
    teachers = FULL if full else SMALL
    with tempfile.TemporaryDirectory(prefix="skolemerke-bench-") as folder:
        home = make_home(Path(folder) / "home")
        fill(home, teachers)
        with office(home) as ours:
            return _measured(ours, _stock(ours.app), teachers)


def _measured(ours: Office, stock: Any, teachers: int) -> list[Row]:
    def page(address: str) -> Callable[[], str]:
        return lambda: _text(ours.central, OURS + address)

    def stock_page(address: str) -> Callable[[], str]:
        return lambda: _text(stock, STOCK + address)

    last = (teachers - 1) // ON_A_PAGE
    beginning = f"{BEGINNING}00"
    first, end = page("?sort=name"), page("?sort=name&last=1")
    middle = page(f"?sort=name&after={_middle(teachers)}")
    search = page(f"?search={beginning}")
    stock_first, stock_end = stock_page("?sort=0"), stock_page(f"?sort=0&page={last}")
    stock_search = stock_page(f"?sort=0&search=^{beginning}")
    _assert_equal(_keys(first()), _keys(stock_first()))
    _assert_equal(_keys(end())[-1], _keys(stock_end())[-1])
    _assert_equal(_keys(search()), _keys(stock_search()))
    one, at_end = paired(first, end, times=25)
    _one, in_middle = paired(first, middle, times=25)
    _one, found = paired(first, search, times=25)
    own = paired(first, lambda: _text(ours.officer, f"{OURS}?sort=name"), times=5)[1]
    own_end = paired(first, lambda: _text(ours.officer, f"{OURS}?sort=name&last=1"), times=5)[1]
    theirs, theirs_at_end = paired(stock_first, stock_end, times=3, warm=False)
    theirs_found = paired(stock_first, stock_search, times=3, warm=False)[1]
    stock_name = "stock Flask-Admin, the same in times"
    return [
        Row(f"list of {teachers} teachers: the last page beside the first", at_end / one, "times", 1.3,
            peer=stock_name, peer_figure=theirs_at_end / theirs),
        Row("a page in the middle beside the first", in_middle / one, "times", 1.3),
        Row("search by a beginning beside the first page", found / one, "times", 2,
            peer=stock_name, peer_figure=theirs_found / theirs),
        Row("last page beside the stock view's", theirs_at_end / at_end, "times faster"),
        Row("first page", one, "CPU seconds", peer="stock Flask-Admin", peer_figure=theirs),
        Row("first page of an officer of one country in fifty", own, "CPU seconds"),
        Row("last page of that officer beside the first", own_end / own, "times", 1.3),
    ]  # fmt: skip


def _stock(app: Flask) -> Any:
    """A view as Flask-Admin makes it, over the same database."""
    other = Flask("stock")
    other.testing = True
    other.secret_key = "stock"
    Babel(other)
    reads = Reading(app.extensions[database.EXTENSION].reads)
    admin = Admin(other, url="/stock", index_view=None)

    class Teachers(ModelView):  # type: ignore[misc] # Flask-Admin ships no types
        column_list = ("name", "email", "role", "school", "language", "registered_on", "left_on")
        column_sortable_list = ("name", "email")
        column_searchable_list = ("name", "email")
        can_view_details = True
        page_size = ON_A_PAGE

    admin.add_view(Teachers(Teacher, reads, endpoint="teacher", url="/stock/teacher"))
    other.teardown_appcontext(lambda _error: reads.remove())
    return other.test_client()


def _middle(teachers: int) -> int:
    """The key of the row in the middle of the order."""
    order = select(Teacher.id).order_by(func.lower(Teacher.name), Teacher.id).offset(teachers // 2).limit(1)
    return int(database.read().execute(order).scalar_one())


def _text(client: Any, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status)
    return str(answer.get_data(as_text=True))


def _keys(text: str) -> list[str]:
    return list(dict.fromkeys(KEYS.findall(text)))


def _assert_equal(ours: object, theirs: object) -> None:
    assert ours, "nothing is listed"
    assert ours == theirs, (ours, theirs)
