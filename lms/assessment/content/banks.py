"""Reads item banks: every item against the schema of its type, rendered, and tried with its own right answer."""

import re
from collections.abc import Iterator
from typing import Any

from lms.assessment import item_types
from lms.assessment.documents import BankFile, ItemBase
from lms.assessment.item_types.base import ItemType
from lms.assessment.item_types.hotspot import view_box
from lms.assessment.services.loading import PreparedBank, PreparedItem
from lms.core import clock
from lms.core.content_tree import ContentTree, Source
from lms.web.markdown import UnsafeDrawing, safe_svg

LARGEST_DRAWING = 6 * 1024
# Counting questions must be fair to whoever owns another phone or bank (design §5).
BRANDS = re.compile(
    r"\b(zalo|zalopay|facebook|messenger|viber|telegram|tiktok|youtube|instagram|whatsapp|google|gmail|chrome|safari|"
    r"ch play|app store|android|iphone|samsung|oppo|xiaomi|vivo|vietcombank|bidv|agribank|techcombank|vietinbank|"
    r"momo|shopee|lazada|tiki|grab|viettel|vinaphone|mobifone|microsoft|windows)\b", re.IGNORECASE)


def read_banks(tree: ContentTree) -> dict[str, PreparedBank]:
    """The banks of this tree by key, without the items that have faults; `shared["banks"]` gets them too."""
    found: dict[str, PreparedBank] = {}
    known: dict[str, PreparedBank] = tree.shared.setdefault("banks", {})
    for source in tree.yaml_files("items/*.yaml"):
        head = tree.parse(source, BankFile)
        if head is None:
            continue
        if head.bank != source.path.stem:
            tree.error(source.name, source.line_of(("bank",)), "bank.name_differs",
                       f"The file is called {source.path.stem}, the bank {head.bank}; give both one name.")
        if head.bank in known:
            tree.error(source.name, source.line_of(("bank",)), "bank.twice",
                       f"There is another bank {head.bank}; every key once.")
        if head.use == "counting-closed" and not tree.is_private:
            tree.error(source.name, source.line_of(("use",)), "bank.closed_in_public",
                       "A closed bank never lies in the public tree. Move the file to the folder of LMS_PRIVATE_CONTENT.")
        items = tuple(_read_items(tree, source, head.use))
        due = [item.key for item in items if item.review_by < clock.local_date(clock.now())]
        if due:
            tree.warning(source.name, "file", "review.due", f"To be reviewed since their date: {', '.join(due)}.")
        known[head.bank] = found[head.bank] = PreparedBank(head.bank, head.title, head.use, items)
    return found


def _read_items(tree: ContentTree, source: Source, use: str) -> Iterator[PreparedItem]:
    keys: set[str] = set()
    for place, raw in enumerate(source.data["items"]):
        kind = item_types.TYPES.get(str(raw.get("type"))) if isinstance(raw, dict) else None
        if kind is None:
            tree.error(source.name, source.line_of(("items", place, "type")), "item.type_unknown",
                       f"type must be one of: {', '.join(item_types.TYPES)}.")
            continue
        item = tree.parse(source, kind.schema, location=("items", place))
        if not isinstance(item, ItemBase):
            continue
        line = source.line_of(("items", place))
        if item.id in keys:
            tree.error(source.name, line, "item.twice", f"The id {item.id} stands twice in this bank; every id once.")
        keys.add(item.id)
        skills = tree.shared.get("skills")
        if skills is not None and item.skill not in skills:
            tree.error(source.name, source.line_of(("items", place, "skill")), "item.skill_unknown",
                       f"No framework has the skill {item.skill}.")
        drawing = _drawing(tree, source, place, item)
        if hasattr(item, "picture") and drawing is None:
            continue
        prepared = _prepare(kind, item, drawing)
        _try_out(tree, source, line, kind, prepared)
        if use != "practice":
            _warn_of_brands(tree, source, line, prepared)
        yield prepared


def _prepare(kind: ItemType, item: ItemBase, drawing: str | None) -> PreparedItem:
    origin = item.model_dump(mode="json", by_alias=True, exclude_defaults=True,
                             exclude={"id", "reviewed_on", "review_by"})
    if drawing is not None:
        origin["drawing"] = drawing
    return PreparedItem(
        key=item.id, type=kind.name, skill_ref=item.skill, difficulty=item.difficulty, source=origin,
        document=kind.store(item, drawing=drawing), reviewed_on=item.reviewed_on, review_by=item.review_by)


def _drawing(tree: ContentTree, source: Source, place: int, item: ItemBase) -> str | None:
    """The picture of the item as safe SVG, None where it has none or a faulty one (reported)."""
    name = getattr(item, "picture", None)
    if name is None:
        return None
    path, line = source.path.parent / name, source.line_of(("items", place, "picture"))
    if not path.is_file():
        tree.error(source.name, line, "drawing.missing", f"There is no items/{name}.")
        return None
    if path.stat().st_size > LARGEST_DRAWING:
        tree.error(source.name, line, "drawing.too_large",
                   f"items/{name} has {path.stat().st_size} bytes; at most {LARGEST_DRAWING}.")
        return None
    try:
        drawing = safe_svg(path.read_text(encoding="utf-8"))
        view_box(drawing)
    except (UnsafeDrawing, ValueError) as fault:
        tree.error(source.name, line, "drawing.unsafe", f"items/{name} cannot be used: {fault}")
        return None
    return drawing


def _try_out(tree: ContentTree, source: Source, line: str, kind: ItemType, item: PreparedItem) -> None:
    """The right answer must score 1, none at all 0; and a question holds no link to walk away by."""
    document = item.document
    right, nothing = kind.points(document, kind.correct_response(document)), kind.points(document, None)
    if right != 1 or nothing:
        tree.error(source.name, line, "item.key_wrong",
                   f"The right answer of {item.key} scores {right}, an empty one {nothing}; it must be 1 and 0.")
    if any("<a " in text for text in _texts(kind.present(document, seed=0))):
        tree.error(source.name, line, "item.link", f"{item.key} holds a link; write the address as plain text.")


def _warn_of_brands(tree: ContentTree, source: Source, line: str, item: PreparedItem) -> None:
    brands = sorted({brand for text in _texts(item.source) for brand in BRANDS.findall(text)})
    if brands:
        tree.warning(source.name, line, "item.brand",
                     f"{item.key} names {', '.join(brands)}; questions that count name no brands.")


def _texts(node: Any) -> Iterator[str]:
    """Every text in a document."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict | list | tuple):
        for part in node.values() if isinstance(node, dict) else node:
            yield from _texts(part)
