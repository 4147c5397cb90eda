"""Checks what files name in other files. What a lower shelf has not read is not checked."""

from typing import Any

from lms.assessment.documents import AssessmentFile, RubricFile
from lms.assessment.services.loading import PreparedBank
from lms.assessment.services.marking import FEWEST_TO_JUDGE
from lms.core.content_tree import ContentTree, Source

OPEN_BANK_FACTOR = 5  # an open bank holds so many items for each one drawn; ten once the content is complete
BANK_USES = {"practice": {"practice"}, "counting": {"counting-open", "counting-closed"}}


def check_assessment(tree: ContentTree, source: Source, file: AssessmentFile) -> None:
    """Its banks exist and are of its kind, its skills, groups and level exist, and the banks can fill the draw."""
    _known(tree, source, ("serves",), "levels", file.serves)
    for ref in file.pass_rule.groups:
        _known(tree, source, ("pass", "groups", ref), "groups", ref)
    banks = []
    for place, key in enumerate(file.banks):
        bank: PreparedBank | None = tree.shared["banks"].get(key)
        line = source.line_of(("banks", place))
        if bank is None:
            tree.error(source.name, line, "assessment.bank_unknown", f"There is no bank {key}.")
        elif bank.use not in BANK_USES[file.use]:
            tree.error(source.name, line, "assessment.bank_use",
                       f"A {file.use} assessment does not draw from {key}, which is for {bank.use}.")
        else:
            banks.append(bank)
    for place, draw in enumerate(file.draw):
        _known(tree, source, ("draw", place, "skill"), "skills", draw.skill)
        if len(banks) == len(file.banks):
            _check_draw(tree, source, file, place, banks)
    _check_groups(tree, source, file)


def _check_draw(
    tree: ContentTree, source: Source, file: AssessmentFile, place: int, banks: list[PreparedBank],
) -> None:
    """Enough items for this line of the draw alone, and for all lines of its skill together."""
    line = file.draw[place]
    lowest, highest = line.difficulty or (1, 5)
    of_skill = [item for bank in banks for item in bank.items if item.skill_ref == line.skill]
    fitting = sum(lowest <= item.difficulty <= highest for item in of_skill)
    drawn = sum(other.count for other in file.draw if other.skill == line.skill)
    factor = OPEN_BANK_FACTOR if any(bank.use == "counting-open" for bank in banks) else 1
    for have, count in ((fitting, line.count), (len(of_skill), drawn)):
        if have < factor * count:
            tree.error(source.name, source.line_of(("draw", place)), "assessment.bank_too_small",
                       f"{count} items of {line.skill} are drawn out of {have}; the banks must hold {factor * count}.")
            return


def _check_groups(tree: ContentTree, source: Source, file: AssessmentFile) -> None:
    """A named group with too few items on the paper would never be judged."""
    group_of: dict[str, str] = tree.shared.get("group_of", {})
    for ref in file.pass_rule.groups if group_of else ():
        drawn = sum(draw.count for draw in file.draw if group_of.get(draw.skill) == ref)
        if drawn < FEWEST_TO_JUDGE:
            tree.error(source.name, source.line_of(("pass", "groups", ref)), "assessment.group_not_judged",
                       f"{ref} is asked for, but {drawn} items of it are drawn; with fewer than {FEWEST_TO_JUDGE} it is "
                       "never judged.")


def check_rubric(tree: ContentTree, source: Source, file: RubricFile) -> None:
    """Its level and its skills exist."""
    _known(tree, source, ("level",), "levels", file.level)
    for place, task in enumerate(file.tasks):
        _known(tree, source, ("tasks", place, "skill"), "skills", task.skill)


def check_policies(tree: ContentTree) -> None:
    """The assessments, rubric and course that this tree's policies name exist."""
    for policy in tree.shared.get("policies", ()):
        if not (tree.root / policy.file).is_file():
            continue
        named = [("assessments", gate.key) for gate in policy.assessments]
        if policy.practical:
            named.append(("rubrics", policy.practical.rubric))
        if policy.lessons.course:
            named.append(("courses", policy.lessons.course))
        for folder, key in named:
            if folder in tree.shared and key not in tree.shared[folder]:
                tree.error(policy.file, folder, "policy.names_nothing", f"There is no {key} in {folder}/.")
        _check_policy_banks(tree, policy)


def _check_policy_banks(tree: ContentTree, policy: Any) -> None:
    """What counts for a policy is a counting assessment, drawn from banks of the kind that the policy says."""
    for gate in policy.assessments:
        assessment: AssessmentFile | None = tree.shared["assessments"].get(gate.key)
        if assessment is None:
            continue
        uses = {tree.shared["banks"][key].use for key in assessment.banks if key in tree.shared["banks"]}
        if assessment.use != "counting" or uses - {f"counting-{policy.bank}"}:
            tree.error(policy.file, "bank", "policy.bank_differs",
                       f"The policy counts on {policy.bank} banks; {gate.key} draws from {', '.join(sorted(uses))}.")


def _known(tree: ContentTree, source: Source, location: tuple[Any, ...], noun: str, ref: str | None) -> None:
    refs = tree.shared.get(noun)
    if ref is not None and refs is not None and ref not in refs:
        tree.error(source.name, source.line_of(location), f"{noun.removesuffix('s')}.unknown",
                   f"No framework has {ref}.")
