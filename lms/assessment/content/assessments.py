"""Reads assessments and rubrics."""

from typing import TypeVar

from lms.assessment.documents import AssessmentFile, RubricFile
from lms.assessment.documents.texts import Strict
from lms.core.content_tree import ContentTree, Source

File = TypeVar("File", bound=Strict)


def read_assessments(tree: ContentTree) -> dict[str, tuple[Source, AssessmentFile]]:
    """The assessments of this tree by key; `shared["assessments"]` gets them too."""
    return _read(tree, "assessments", AssessmentFile)


def read_rubrics(tree: ContentTree) -> dict[str, tuple[Source, RubricFile]]:
    """The rubrics of this tree by key; `shared["rubrics"]` gets them too."""
    return _read(tree, "rubrics", RubricFile)


def _read(tree: ContentTree, folder: str, schema: type[File]) -> dict[str, tuple[Source, File]]:
    found: dict[str, tuple[Source, File]] = {}
    known: dict[str, File] = tree.shared.setdefault(folder, {})
    for source in tree.yaml_files(f"{folder}/*.yaml"):
        key = source.path.stem
        file = tree.parse(source, schema)
        if file is None:
            continue
        if key in known:
            tree.error(source.name, "line 1", f"{folder}.twice", f"There is another {key}; every key once.")
        known[key] = file
        found[key] = (source, file)
    return found
