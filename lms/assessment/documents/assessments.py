"""Assessments and rubrics."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from lms.assessment.documents.texts import Key, Percent, Ref, Strict, Text, Title, unique

Count = Annotated[int, Field(ge=1, le=100)]
Difficulty = Annotated[int, Field(ge=1, le=5)]


class Draw(Strict):
    """So many items of this skill, of these difficulties where it matters."""

    skill: Ref
    count: Count
    difficulty: tuple[Difficulty, Difficulty] | None = None

    @model_validator(mode="after")
    def from_easy_to_hard(self) -> Self:
        if self.difficulty and self.difficulty[0] > self.difficulty[1]:
            raise ValueError("difficulty is [lowest, highest]")
        return self


class PassRule(Strict):
    """Percentages that must be reached: overall, and in each group named."""

    overall: Percent
    groups: dict[Ref, Percent] = {}


class AssessmentFile(Strict):
    """assessments/<key>.yaml."""

    title: Title
    short_title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    use: Literal["practice", "counting"]
    serves: Ref | None
    banks: Annotated[list[Key], Field(min_length=1)]
    minutes: Annotated[int, Field(ge=1, le=300)]
    grace_seconds: Annotated[int, Field(ge=0, le=600)] = 60
    draw: Annotated[list[Draw], Field(min_length=1)]
    max_attempts: Annotated[int, Field(ge=1)] | None = None
    wait_hours: Annotated[int, Field(ge=0, le=8760)] = 0
    pass_rule: Annotated[PassRule, Field(alias="pass")]
    show_answers: Literal["after_submit", "never"] = "after_submit"

    @model_validator(mode="after")
    def banks_once(self) -> Self:
        unique(list(self.banks), "bank")
        return self


class Task(Strict):
    """One thing that a person does before the assessor's eyes."""

    id: Key
    title: Title
    skill: Ref
    say: Text
    observe: Annotated[list[Text], Field(min_length=1, max_length=8)]
    remind: Text | None = None
    required: bool = True


class RubricFile(Strict):
    """rubrics/<key>.yaml."""

    title: Title
    level: Ref
    tasks: Annotated[list[Task], Field(min_length=1, max_length=20)]

    @model_validator(mode="after")
    def tasks_once(self) -> Self:
        unique([task.id for task in self.tasks], "task")
        return self
