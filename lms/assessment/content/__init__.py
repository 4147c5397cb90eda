"""Checks and loads this feature's part of the content tree: items/, assessments/, rubrics/."""

from dataclasses import dataclass
from datetime import datetime

from lms.assessment.content.assessments import read_assessments, read_rubrics
from lms.assessment.content.banks import read_banks
from lms.assessment.content.references import check_assessment, check_policies, check_rubric
from lms.assessment.documents import AssessmentFile, RubricFile
from lms.assessment.services import loading
from lms.core.content_tree import ContentTree, Source
from lms.core.errors import DomainError


@dataclass(frozen=True)
class Shelf:
    """What one tree holds, by key."""

    banks: dict[str, loading.PreparedBank]
    assessments: dict[str, tuple[Source, AssessmentFile]]
    rubrics: dict[str, tuple[Source, RubricFile]]


def check(tree: ContentTree) -> None:
    """Report faults of this feature's files, and of what policies name here."""
    shelf = _shelf(tree)
    for source, assessment in shelf.assessments.values():
        check_assessment(tree, source, assessment)
    for source, rubric in shelf.rubrics.values():
        check_rubric(tree, source, rubric)
    check_policies(tree)
    tree.report.count("banks", len(shelf.banks))
    tree.report.count("assessments", len(shelf.assessments))
    tree.report.count("rubrics", len(shelf.rubrics))
    for bank in shelf.banks.values():
        tree.report.count("items", len(bank.items))
        for item in bank.items:
            tree.report.count(f"items_{item.type}")


def load(tree: ContentTree, *, now: datetime) -> dict[str, int]:
    """Bring the files into the database; returns rows changed by noun. What is gone from the tree is retired.

    A skill that no published framework has is reported: the shelf below refused its file.
    """
    shelf = _shelf(tree)
    try:
        changed = loading.load_banks(list(shelf.banks.values()), is_private=tree.is_private, now=now)
    except DomainError as refusal:
        tree.error("items", "file", refusal.code, "{item}: the skill {skill} is not published.".format(**refusal.params))
        return {}
    return {
        **changed,
        "assessments": loading.load_assessments(
            {key: file for key, (_, file) in shelf.assessments.items()}, is_private=tree.is_private, now=now),
        "rubrics": loading.load_rubrics(
            {key: file for key, (_, file) in shelf.rubrics.items()}, is_private=tree.is_private, now=now),
    }


def _shelf(tree: ContentTree) -> Shelf:
    """The files of this tree, read once for checking and loading."""
    shelves: dict[str, Shelf] = tree.shared.setdefault("assessment_shelves", {})
    name = str(tree.root)
    if name not in shelves:
        shelves[name] = Shelf(read_banks(tree), read_assessments(tree), read_rubrics(tree))
    return shelves[name]
