"""Reads of frameworks and policies: public reference data, the same for everybody, so no actor is asked for."""

from lms.framework.queries.frameworks import (
    FrameworkSummary,
    about,
    framework_of,
    parts_of,
    published_frameworks,
    versions_of,
)
from lms.framework.queries.levels import LevelView, OutcomeGroup, level_of, levels_of, outcomes_of
from lms.framework.queries.policies import PolicyView, policies_for_assessment, policies_shown, policy_by_id, policy_for
from lms.framework.queries.skills import (
    CrosswalkRow,
    GroupView,
    SkillName,
    SkillView,
    crosswalk_from,
    crosswalks_of,
    groups_of,
    skill_map,
    skills_of,
)

__all__ = [
    "CrosswalkRow", "FrameworkSummary", "GroupView", "LevelView", "OutcomeGroup", "PolicyView", "SkillName",
    "SkillView", "about", "crosswalk_from", "crosswalks_of", "framework_of", "groups_of", "level_of", "levels_of",
    "outcomes_of", "parts_of", "policies_for_assessment", "policies_shown", "policy_by_id", "policy_for",
    "published_frameworks", "skill_map", "skills_of", "versions_of",
]
