"""The addresses of the peer with Django."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import path

VIEWS: dict[str, Callable[[Any], Any]] = {}


def _page(request: Any) -> Any:
    return VIEWS["page"](request)


urlpatterns = [path("", _page)]
