"""The files of `frameworks/crosswalks/`."""

from collections.abc import Iterator

from lms.core.content_tree import ContentTree, Source
from lms.framework.documents import CrosswalkDocument


def read(tree: ContentTree) -> Iterator[tuple[Source, CrosswalkDocument]]:
    """The sound crosswalks of this tree; rows that name nothing, or stand twice, are reported."""
    known: set[str] = tree.shared.get("framework_refs", set())
    for source in tree.yaml_files("frameworks/crosswalks/*.yaml"):
        document = tree.parse(source, CrosswalkDocument)
        if document is None:
            continue
        errors = len(tree.report.errors)
        seen: set[tuple[str, str]] = set()
        for number, row in enumerate(document.rows):
            for end, ref in (("from", row.from_ref), ("to", row.to_ref)):
                if ref not in known:
                    tree.error(source.name, source.line_of(("rows", number, end)), "crosswalk.ref_unknown",
                               f"No framework has {ref}.")
            if (row.from_ref, row.to_ref) in seen:
                tree.error(source.name, source.line_of(("rows", number)), "crosswalk.row_twice",
                           f"{row.from_ref} to {row.to_ref} stands twice.")
            seen.add((row.from_ref, row.to_ref))
        if len(tree.report.errors) == errors:
            yield source, document
