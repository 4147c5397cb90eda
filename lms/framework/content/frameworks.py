"""The files of `frameworks/`: read, and checked inside and against each other."""

from collections.abc import Iterator
from typing import Any

from lms.core.content_tree import ContentTree, Source
from lms.framework.content.names import key_of
from lms.framework.documents import FrameworkDocument
from lms.web.icons import SYMBOLS

Found = tuple[Source, FrameworkDocument]


def read(tree: ContentTree) -> Iterator[Found]:
    """The sound framework files of this tree; faults are reported."""
    refs: dict[str, set[str]] = {kind: tree.shared.setdefault(kind, set())
                                 for kind in ("frameworks", "levels", "groups", "skills")}
    found = list(_parsed(tree, refs["frameworks"]))
    own_groups = {document.ref for _, document in found if document.groups and not document.groups_from}
    for source, document in found:
        errors = len(tree.report.errors)
        _check_inside(tree, source, document)
        _check_outside(tree, source, document, refs["frameworks"], own_groups)
        if len(tree.report.errors) == errors:
            _share(tree, document, refs)
            yield source, document


def _parsed(tree: ContentTree, known: set[str]) -> Iterator[Found]:
    for source in tree.yaml_files("frameworks/*.yaml"):
        parsed = tree.parse(source, FrameworkDocument)
        key = key_of(tree, source, parsed.version) if parsed else None
        if parsed is None or key is None:
            continue
        document = parsed.named(key, source.name)
        if document.ref in known:
            tree.error(source.name, source.line_of(("version",)), "framework.duplicate",
                       f"{document.ref} stands in another file too; keep one of them.")
            continue
        known.add(document.ref)
        yield source, document


def _share(tree: ContentTree, document: FrameworkDocument, refs: dict[str, set[str]]) -> None:
    skills = [skill for group in document.groups for skill in group.skills]
    refs["levels"] |= {f"{document.ref}/level/{level.id}" for level in document.levels}
    refs["groups"] |= {f"{document.ref}/group/{group.id}" for group in document.groups}
    refs["skills"] |= {f"{document.ref}/skill/{skill.id}" for skill in skills}
    tree.shared.setdefault("group_of", {}).update({
        f"{document.ref}/skill/{skill.id}": f"{document.ref}/group/{group.id}"
        for group in document.groups for skill in group.skills})
    tree.shared.setdefault("framework_refs", set()).update(document.refs())
    tree.shared.setdefault("level_words", {})[document.ref] = {w for w in (document.level_word, document.band_word) if w}
    tree.report.count("frameworks")
    tree.report.count("levels", len(document.levels))
    tree.report.count("skills", len(skills))


def _check_inside(tree: ContentTree, source: Source, document: FrameworkDocument) -> None:
    def fault(location: tuple[Any, ...], code: str, message: str) -> None:
        tree.error(source.name, source.line_of(location), code, message)

    for location, name in _twice(document):
        fault(location, "framework.id_twice", f"The id {name} stands twice; ids are unique in a framework and kind.")
    bands, levels = {band.id for band in document.bands}, {level.id for level in document.levels}
    for number, level in enumerate(document.levels):
        if level.band and level.band not in bands:
            fault(("levels", number, "band"), "framework.band_unknown", f"No band {level.band}; add it under bands.")
    if document.levels and not document.level_word:
        fault(("levels",), "framework.level_word_missing", "Levels need their word: add level_word (cấp, bậc, mức …).")
    if document.icon not in SYMBOLS:
        fault(("icon",), "icon.unknown", f"No icon {document.icon} in lms/web/icons.svg.")
    for place, group in enumerate(document.groups):
        if group.icon not in SYMBOLS:
            fault(("groups", place, "icon"), "icon.unknown", f"No icon {group.icon} in lms/web/icons.svg.")
        for row, skill in enumerate(group.skills):
            for code, sentences in skill.outcomes.items():
                where = ("groups", place, "skills", row, "outcomes", code)
                if code not in levels:
                    fault(where, "framework.level_unknown", f"No level {code} in this framework.")
                elif any(not name.startswith(f"{skill.id}.{code}") for name in sentences):
                    fault(where, "framework.outcome_misplaced", f"Codes here begin with {skill.id}.{code}.")
    if _rests_on_inference(document) and not document.list_notice:
        fault(("groups",), "framework.notice_missing",
              "A list that was inferred says so: add list_notice, one plain sentence for the page.")


def _check_outside(
    tree: ContentTree, source: Source, document: FrameworkDocument, known: set[str], own_groups: set[str],
) -> None:
    refs: list[tuple[tuple[Any, ...], str | None]] = [(("parent",), document.parent)]
    lists: list[tuple[tuple[Any, ...], str | None]] = [(("groups_from",), document.groups_from)]
    lists += [(("groups", n, "same_as"), group.same_as) for n, group in enumerate(document.groups)]
    for location, ref in refs + lists:
        if ref and ref not in known:
            tree.error(source.name, source.line_of(location), "framework.unknown", f"No framework {ref} in the tree.")
    for location, ref in lists:
        if ref and ref in known and ref not in own_groups:
            tree.error(source.name, source.line_of(location), "framework.without_groups",
                       f"{ref} has no groups of its own to take over.")
    if document.groups_from and document.groups:
        tree.error(source.name, source.line_of(("groups_from",)), "framework.groups_twice",
                   "Either groups or groups_from, not both.")


def _rests_on_inference(document: FrameworkDocument) -> bool:
    entries = [*document.groups, *(skill for group in document.groups for skill in group.skills)]
    return any(entry.confidence == "inferred" for entry in entries) or (
        document.groups_from is not None and document.official_list != "full")


def _twice(document: FrameworkDocument) -> Iterator[tuple[tuple[Any, ...], str]]:
    kinds: dict[str, list[tuple[tuple[Any, ...], str]]] = {
        "bands": [(("bands", n), band.id) for n, band in enumerate(document.bands)],
        "levels": [(("levels", n), level.id) for n, level in enumerate(document.levels)],
        "groups": [(("groups", n), group.id) for n, group in enumerate(document.groups)],
        "skills": [(("groups", n, "skills", m), skill.id) for n, group in enumerate(document.groups)
                   for m, skill in enumerate(group.skills)],
    }
    for entries in kinds.values():
        seen: set[str] = set()
        for location, name in entries:
            if name in seen:
                yield (*location, "id"), name
            seen.add(name)
