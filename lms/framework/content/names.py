"""How files are named: `<key>.yaml`, or `<key>@<version>.yaml` where several versions lie side by side."""

from lms.core.content_tree import ContentTree, Source
from lms.framework.documents import KEY


def key_of(tree: ContentTree, source: Source, version: str) -> str | None:
    """The key that the file name gives; None when the name is not one (reported)."""
    key, at, named = source.path.stem.partition("@")
    if not KEY.fullmatch(key) or (at and named != version):
        tree.error(source.name, source.line_of(("version",)), "file.name",
                   f"Name the file <key>.yaml or <key>@{version}.yaml.")
        return None
    return key
