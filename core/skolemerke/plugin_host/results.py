"""What is tested of a plugin and of what it returns, since pluggy does not."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any, TypeVar

import pluggy
from pydantic import BaseModel

from skolemerke.contract.hooks import HOOK_GROUPS, PROJECT

T = TypeVar("T")


class _Manager(pluggy.PluginManager):
    """Looks for hooks where they can be: what Python itself gives every object is none."""

    def parse_hookimpl_opts(self, plugin: object, name: str) -> pluggy.HookimplOpts | None:
        return None if _is_pythons(name) else super().parse_hookimpl_opts(plugin, name)

    def parse_hookspec_opts(self, module_or_class: ModuleType | type, name: str) -> pluggy.HookspecOpts | None:
        return None if _is_pythons(name) else super().parse_hookspec_opts(module_or_class, name)


def _is_pythons(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def hooks_of(plugin: object, name: str) -> pluggy.HookRelay:
    """The hooks of one plugin, in a manager of its own: asking it reaches no other, however many there are.

    Raises when it has a hook that the contract does not know, or one whose place in line is set.
    """
    manager = _Manager(PROJECT)
    for group in HOOK_GROUPS:
        manager.add_hookspecs(group)
    manager.register(plugin, name)
    manager.check_pending()
    for caller in manager.get_hookcallers(plugin) or ():
        for implementation in caller.get_hookimpls():
            if (
                implementation.hookwrapper
                or implementation.wrapper
                or implementation.tryfirst
                or implementation.trylast
            ):
                raise ValueError(f"{caller.name}: wrappers, tryfirst and trylast are refused: order decides nothing")
    return manager.hook


def one(model: type[T]) -> Callable[[Any], T]:
    """A check that an answer is one value of `model`."""

    def check(answer: Any) -> T:
        if not isinstance(answer, model):
            raise TypeError(f"must return a {model.__name__}, not {type(answer).__name__}")
        return answer

    return check


def all_values(model: type[BaseModel]) -> Callable[[Any], Any]:
    """A check that an answer holds values of `model` only; it gives a list."""
    return _each(lambda item: isinstance(item, model), f"{model.__name__} values")


def all_classes(base: type) -> Callable[[Any], Any]:
    """A check that an answer holds subclasses of `base` only; it gives a list."""
    return _each(lambda item: isinstance(item, type) and issubclass(item, base), f"subclasses of {base.__name__}")


def _each(fits: Callable[[Any], bool], what: str) -> Callable[[Any], list[Any]]:
    def check(answer: Any) -> list[Any]:
        items = list(answer)
        for item in items:
            if not fits(item):
                raise TypeError(f"must return {what}, not {type(item).__name__}")
        return items

    return check
