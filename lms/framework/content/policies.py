"""The files of `policies/`. The assessments, rubrics and courses they name are checked by the shelves that own them."""

import re
from collections.abc import Iterator

from lms.core.content_tree import ContentTree, Source
from lms.framework.content.names import key_of
from lms.framework.documents import PolicyDocument


def read(tree: ContentTree) -> Iterator[tuple[Source, PolicyDocument]]:
    """The sound policies of this tree, which also go to `tree.shared["policies"]`; faults are reported."""
    shared: list[PolicyDocument] = tree.shared.setdefault("policies", [])
    for source in tree.yaml_files("policies/*.yaml"):
        parsed = tree.parse(source, PolicyDocument)
        key = key_of(tree, source, parsed.version) if parsed else None
        if parsed is None or key is None:
            continue
        document = parsed.named(key, source.name)
        errors = len(tree.report.errors)
        if any(other.key == key and other.version == document.version for other in shared):
            tree.error(source.name, source.line_of(("version",)), "policy.duplicate",
                       f"{key} version {document.version} stands in another file too; keep one of them.")
        _check_refs(tree, source, document)
        _check_words(tree, source, document)
        if len(tree.report.errors) == errors:
            shared.append(document)
            yield source, document


def _check_refs(tree: ContentTree, source: Source, document: PolicyDocument) -> None:
    named = [("levels", ("level",), document.level)]
    for number, gate in enumerate(document.assessments):
        named += [("groups", ("assessments", number, "groups"), ref) for ref in gate.groups]
        named += [("skills", ("assessments", number, "must_pass_skills"), ref) for ref in gate.must_pass_skills]
    for kind, location, ref in named:
        if ref not in tree.shared.get(kind, set()):
            tree.error(source.name, source.line_of(location), "policy.ref_unknown", f"No framework has {ref}.")


def _check_words(tree: ContentTree, source: Source, document: PolicyDocument) -> None:
    texts = {name: text or "" for name, text in document.certificate.model_dump().items()}
    words: dict[str, set[str]] = tree.shared.get("level_words", {})
    own = words.get(document.level.partition("/")[0], set())
    foreign = {w for others in words.values() for w in others if not any(w in mine for mine in own)}
    for name, text in texts.items():
        if document.status != "official" and re.search(r"phụ lục II\b", text, re.IGNORECASE):
            tree.error(source.name, source.line_of(("certificate", name)), "policy.claims_conformity",
                       "Only an official policy may speak of Phụ lục II.")
        mixed = sorted(w for w in foreign if name != "follows" and re.search(rf"\b{w}\b", text, re.IGNORECASE))
        if mixed:
            tree.warning(source.name, source.line_of(("certificate", name)), "policy.level_word_mixed",
                         f"{', '.join(mixed)} is the level word of another framework; a paper uses one scheme's words.")
