"""Checks and loads frameworks, crosswalks and policies.

`check` leaves for the shelves above, in `tree.shared`: `frameworks`, `levels`, `groups`, `skills` (sets of refs), `group_of`
(skill ref to group ref) and `policies` (list of PolicyDocument, each knowing its `key` and `file`).
"""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from lms.core.content_tree import ContentTree, Source
from lms.core.errors import DomainError
from lms.framework import services
from lms.framework.content import crosswalks, frameworks, policies
from lms.framework.documents import CrosswalkDocument, FrameworkDocument, PolicyDocument
from lms.web import phrases


@dataclass
class Shelf:
    """The files of one tree that passed their check."""

    frameworks: list[tuple[Source, FrameworkDocument]] = field(default_factory=list)
    crosswalks: list[tuple[Source, CrosswalkDocument]] = field(default_factory=list)
    policies: list[tuple[Source, PolicyDocument]] = field(default_factory=list)


def check(tree: ContentTree) -> None:
    """Report faults of this tree's frameworks, crosswalks and policies, and count what is there."""
    shelf = Shelf()
    shelf.frameworks = list(frameworks.read(tree))
    shelf.crosswalks = list(crosswalks.read(tree))
    shelf.policies = list(policies.read(tree))
    tree.shared.setdefault("framework_shelves", {})[tree.root] = shelf


def load(tree: ContentTree, *, now: datetime) -> dict[str, int]:
    """Publish what `check` read; returns rows changed by noun. A published version with other content is an error."""
    shelves: dict[Path, Shelf] = tree.shared["framework_shelves"]
    shelf = shelves[tree.root]
    changed = {"frameworks": 0, "crosswalk rows": 0, "policies": 0}
    for source, framework in shelf.frameworks:
        try:
            changed["frameworks"] += services.publish_framework(framework, now=now)
        except DomainError as refusal:
            _report(tree, source, refusal)
    for source, crosswalk in shelf.crosswalks:
        changed["crosswalk rows"] += services.replace_crosswalk(source.path.stem, crosswalk, now=now)
    for source, policy in shelf.policies:
        try:
            changed["policies"] += services.publish_policy(policy, now=now)
        except DomainError as refusal:
            _report(tree, source, refusal)
    return changed


def _report(tree: ContentTree, source: Source, refusal: DomainError) -> None:
    tree.error(source.name, source.line_of(("version",)), refusal.code, phrases.sentence(refusal))
