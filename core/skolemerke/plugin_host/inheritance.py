"""What a round takes over from the one that it extends."""

from __future__ import annotations

from skolemerke_forms.merging import merge_value

from skolemerke.contract.rounds import PageBlock, Round

MAX_DEPTH = 8


def inherit(parent: Round, child: Round) -> Round:
    """The child with what it does not state taken from its parent; page blocks and sources merge by id.

    Title, results in words and calendar are each round's own.
    """
    stated = child.model_fields_set
    update: dict[str, object] = {
        "page": _merged_page(parent, child),
        "sources": tuple(
            {
                **{source.about: source for source in parent.sources if not source.about.startswith("calendar")},
                **{source.about: source for source in child.sources},
            }.values()
        ),
    }
    for field in ("decision", "release", "language"):
        if field not in stated:
            update[field] = getattr(parent, field)
    return child.model_copy(update=update)


def _merged_page(parent: Round, child: Round) -> tuple[PageBlock, ...]:
    if not child.page:
        return parent.page
    base = [_stated(block) for block in parent.page]
    merged = merge_value(base, [_stated(block) for block in child.page])
    return tuple(PageBlock.model_validate(block) for block in merged)


def _stated(block: PageBlock) -> dict[str, object]:
    return block.model_dump(mode="json", exclude_unset=True)
