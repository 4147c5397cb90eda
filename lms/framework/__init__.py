"""Frameworks, levels, groups, skills, outcomes, crosswalks and level policies: reference data with versions."""
