"""Turns a folder of data into a plugin object: one object for each folder, with the hooks that it answers.

Functions of a `plugin.py` beside the data take the place of the data's own answer to the same hook.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Mapping
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from skolemerke_forms.located import (
    DefinitionFault,
    Finding,
    LocatedList,
    LocatedMap,
    Mark,
    convert,
    place,
    read_file,
)
from skolemerke_forms.merging import merge, merge_value
from skolemerke_forms.questions import Question
from skolemerke_forms.values import content_of

from skolemerke.contract.hooks import PROJECT, hookimpl
from skolemerke.contract.rounds import Criterion, Form, Overlay, Round, ScoringPolicy
from skolemerke.plugin_host.blocks import BuildingBlocks, UnknownBlock

ROUND_KEYS_ELSEWHERE = ("criteria", "scoring", "remove")
UNVISITED = {"levels", "options", "rows", "items", "texts", "parameters"}


class FolderPlugin:
    """What every folder has: its id, its files and their texts in other languages.

    `files` are the files as far as they could be read, for the check; without them they are read when needed, and a
    fault in one is raised.
    """

    def __init__(
        self, plugin_id: str, folder: Path, blocks: BuildingBlocks, files: Mapping[str, LocatedMap] | None = None
    ) -> None:
        self.id = plugin_id
        self.folder = folder
        self._blocks = blocks
        self._files = files

    def read(self, name: str) -> LocatedMap | None:
        """One file of the folder, or none when it is not there."""
        if self._files is not None:
            return self._files.get(name)
        path = self.folder / name
        return read_file(path, name) if path.is_file() else None

    @cached_property
    def texts(self) -> dict[str, LocatedMap]:
        """The translations: language -> id -> field -> text."""
        if self._files is not None:
            files = {Path(name).stem: data for name, data in self._files.items() if name.startswith("texts/")}
            said = {language: data.get("texts") for language, data in files.items()}
            return {language: _of_parts(texts) for language, texts in said.items() if isinstance(texts, LocatedMap)}
        found: dict[str, LocatedMap] = {}
        for path in sorted((self.folder / "texts").glob("*.yaml")):
            name = f"texts/{path.name}"
            data = read_file(path, name)
            texts = data.get("texts")
            if not isinstance(texts, LocatedMap):
                raise DefinitionFault([Finding.at(data.mark, "missing_key", "the key 'texts' is missing")])
            found[path.stem] = texts
        return found

    def with_texts(self, tree: Any, name: str | None = None) -> Any:
        """A copy of `tree` in which each part that has an id holds its translations; `name` is the top's id.

        `tree` itself where the folder translates nothing.
        """
        if not self.texts:
            return tree
        if isinstance(tree, list):
            return _like(tree, [self.with_texts(item) for item in tree])
        if not isinstance(tree, dict):
            return tree
        copy = LocatedMap({key: self._with_texts_at(key, value) for key, value in tree.items()})
        copy.mark = getattr(tree, "mark", Mark(""))
        copy.key_marks = getattr(tree, "key_marks", {})
        part = name or str(tree.get("id", ""))
        for language, texts in self.texts.items():
            if part in texts:
                laid = merge_value(copy.get("texts") or {}, {language: texts[part]})
                copy["texts"] = laid
        return copy

    def _with_texts_at(self, key: str, value: Any) -> Any:
        if key in UNVISITED:
            return value
        return self.with_texts(value, key if key in {"declaration", "consent"} else None)

    def _convert_criteria(self, base: list[Criterion], change: LocatedMap) -> list[Criterion]:
        stated = {"criteria": [content_of(criterion) for criterion in base]}
        merged = self.with_texts(merge(stated, change)).get("criteria") or []
        return [self._criterion(item) for item in merged]

    def _criterion(self, item: Any) -> Criterion:
        criterion = convert(Criterion, item)
        try:
            return self._blocks.normal_criterion(criterion)
        except UnknownBlock as error:
            raise _fault_at(item, error) from error

    def _convert_policy(self, base: ScoringPolicy | None, change: Any) -> ScoringPolicy:
        stated = content_of(base) if base else {}
        merged = self.with_texts(merge_value(stated, change if change is not None else LocatedMap()), "scoring")
        policy = convert(ScoringPolicy, merged)
        try:
            return self._blocks.normal_policy(policy)
        except UnknownBlock as error:
            raise _fault_at(merged, error) from error

    def _convert_form(self, base: Form | None, change: Any) -> Form:
        if base is not None and change is None and not self.texts:
            return base
        stated = content_of(base) if base else {}
        merged = merge_value(stated, change) if change is not None else stated
        context: dict[str, object] = {"question_types": self._blocks.question_types}
        return convert(Form, self.with_texts(merged, "form"), context=context, file="form.yaml")

    @property
    def known_types(self) -> dict[str, type[Question]]:
        """The question types that a form of this folder may name."""
        return self._blocks.question_types

    def worded_form(self, form: Form) -> Form:
        """A form with the translations of this folder laid over its own, whatever else is wrong with it."""
        context = {"question_types": self.known_types, "parts_alone": True}
        return Form.model_validate(self.with_texts(content_of(form), "form"), context=context)


class RoundFolder(FolderPlugin):
    """A folder with a `round.yaml`: it answers for one round."""

    @cached_property
    def _round_file(self) -> LocatedMap:
        found = self.read("round.yaml")
        return found if found is not None else LocatedMap()

    @cached_property
    def _round(self) -> Round:
        data = _without(self._round_file, ROUND_KEYS_ELSEWHERE)
        page = self.read("page.yaml")
        if page is not None and "blocks" in page:
            data["page"] = page["blocks"]
        return convert(Round, self.with_texts(data, "round"), file="round.yaml")

    @hookimpl
    def rounds(self) -> list[Round]:
        """The round, with the blocks of `page.yaml`."""
        return [self._round]

    @hookimpl
    def eligibility_criteria(self, round: Round, inherited: list[Criterion] | None) -> list[Criterion]:
        """The criteria of `round.yaml`, laid over those of the parent."""
        change = _only(self._round_file, ("criteria", "remove"))
        criteria = self._convert_criteria(inherited or [], change)
        return [criterion.model_copy(update={"language": round.language}) for criterion in criteria]

    @hookimpl
    def self_assessment_form(self, inherited: Form | None) -> Form:
        """The form of `form.yaml`, laid over that of the parent."""
        change = self.read("form.yaml")
        if change is None and inherited is None:
            raise DefinitionFault(
                [
                    Finding.at(
                        Mark("form.yaml"),
                        "missing_file",
                        "the round has no form.yaml, and extends no round that has one",
                    )
                ]
            )
        return self._convert_form(inherited, change)

    @hookimpl
    def scoring_policy(self, inherited: ScoringPolicy | None) -> ScoringPolicy:
        """The policy of `round.yaml`, laid over that of the parent."""
        change = self._round_file.get("scoring")
        if change is None and inherited is None:
            message = "the round names no scoring: write the key 'scoring' with its kind"
            raise DefinitionFault([Finding.at(self._round_file.mark, "missing_key", message)])
        return self._convert_policy(inherited, change)


class OverlayFolder(FolderPlugin):
    """A folder with an `overlay.yaml`: it adjusts one round."""

    @cached_property
    def _overlay_file(self) -> LocatedMap:
        found = self.read("overlay.yaml")
        return found if found is not None else LocatedMap()

    @cached_property
    def _overlay(self) -> Overlay:
        data = _without(self._overlay_file, ("criteria", "form", "scoring", "remove"))
        return convert(Overlay, self.with_texts(data, str(data.get("overlay", ""))), file="overlay.yaml")

    @hookimpl
    def overlays(self) -> list[Overlay]:
        """The overlay, with its reason."""
        return [self._overlay]

    @hookimpl
    def adjust_eligibility_criteria(self, criteria: list[Criterion]) -> list[Criterion]:
        """The criteria with the changes under `criteria`."""
        return self._convert_criteria(criteria, _only(self._overlay_file, ("criteria", "remove")))

    @hookimpl
    def adjust_self_assessment_form(self, form: Form) -> Form:
        """The form with the changes under `form`."""
        return self._convert_form(form, self._overlay_file.get("form"))

    @hookimpl
    def adjust_scoring_policy(self, policy: ScoringPolicy) -> ScoringPolicy:
        """The policy with the changes under `scoring`."""
        return self._convert_policy(policy, self._overlay_file.get("scoring"))


def plugin_of_folder(plugin_id: str, folder: Path, blocks: BuildingBlocks) -> FolderPlugin:
    """Make the plugin object of a folder. Importing its `plugin.py` may raise anything."""
    has_round, has_overlay = (folder / "round.yaml").is_file(), (folder / "overlay.yaml").is_file()
    if has_round and has_overlay:
        message = "a folder holds a round or an overlay, not both: move one to a folder of its own"
        raise DefinitionFault([Finding.at(Mark("overlay.yaml"), "round_and_overlay", message)])
    kind = RoundFolder if has_round else OverlayFolder if has_overlay else FolderPlugin
    plugin = kind(plugin_id, folder, blocks)
    if (folder / "plugin.py").is_file():
        for name, function in _hooks_of_module(plugin_id, folder / "plugin.py").items():
            setattr(plugin, name, function)
    elif kind is FolderPlugin:
        message = "the folder has none of round.yaml, overlay.yaml and plugin.py"
        raise DefinitionFault([Finding.at(Mark("pyproject.toml"), "empty_plugin", message)])
    return plugin


def _hooks_of_module(plugin_id: str, path: Path) -> dict[str, Callable[..., Any]]:
    """Run a `plugin.py` and give its hook functions.

    The module's name holds the path, so that two installations in one process do not share a module.
    """
    name = f"skolemerke_plugin_{sha256(f'{plugin_id}:{path}'.encode()).hexdigest()[:16]}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path.name} can't be loaded as Python")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    marker = f"{PROJECT}_impl"
    return {key: value for key, value in vars(module).items() if hasattr(value, marker)}


def _of_parts(texts: LocatedMap) -> LocatedMap:
    """Texts without what is no mapping of fields, which the check says for itself."""
    return _picked(texts, [name for name, fields in texts.items() if isinstance(fields, LocatedMap)])


def _fault_at(item: Any, error: UnknownBlock) -> DefinitionFault:
    return DefinitionFault([Finding.at(place(item, error.path), error.code, str(error))])


def _only(data: LocatedMap, keys: tuple[str, ...]) -> LocatedMap:
    return _picked(data, [key for key in data if key in keys])


def _without(data: LocatedMap, keys: tuple[str, ...]) -> LocatedMap:
    return _picked(data, [key for key in data if key not in keys])


def _picked(data: LocatedMap, keys: list[str]) -> LocatedMap:
    picked = LocatedMap({key: data[key] for key in keys})
    picked.mark, picked.key_marks = data.mark, data.key_marks
    return picked


def _like(old: list[Any], items: list[Any]) -> LocatedList:
    made = LocatedList(items)
    made.mark = getattr(old, "mark", Mark(""))
    return made
