"""Schemas of the files of a course: course.yaml, the front matter of a lesson, self-checks, replicas."""

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from lms.people.models import AUDIENCES

Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=80)]
Ref = Annotated[str, StringConstraints(pattern=r"^[^/@\s]+@[^/\s]+/(?:skill|level|group)/\S+$", max_length=160)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
MediaPath = Annotated[str, StringConstraints(pattern=r"^media/[a-z0-9][a-z0-9-]*\.[a-z0-9]{2,5}$", max_length=120)]
Percent = Annotated[float, Field(ge=0, le=100)]


def _known_audience(value: str) -> str:
    if value not in AUDIENCES:
        raise ValueError("an audience is one of: " + ", ".join(AUDIENCES))
    return value


class Strict(BaseModel):
    """Unknown keys are faults: a typing error in a key must not pass silently."""

    model_config = ConfigDict(extra="forbid")


class CourseDocument(Strict):
    """course.yaml."""

    title: Title
    short_title: Annotated[Title, StringConstraints(max_length=28)]
    summary: Annotated[Text, StringConstraints(max_length=400)]
    audience: Annotated[list[Annotated[str, AfterValidator(_known_audience)]], Field(min_length=1)]
    level: Ref | None
    icon: str
    lessons: Annotated[list[Key], Field(min_length=1)]
    assessment: Key | None
    reviewed_on: date
    review_by: date


class LessonDocument(Strict):
    """Front matter of a lesson."""

    title: Title
    goal: Annotated[Text, StringConstraints(max_length=300)]
    skill: Ref
    also: list[Ref] = []
    minutes: Annotated[int, Field(ge=1, le=60)]
    prepare: Text | None = None
    facts: list[Annotated[str, StringConstraints(min_length=1, max_length=40)]] = []
    reviewed_on: date
    review_by: date
    audio: MediaPath | None = None
    video: MediaPath | None = None
    captions: MediaPath | None = None

    @model_validator(mode="after")
    def _video_has_captions(self) -> Self:
        if (self.video is None) != (self.captions is None):
            raise ValueError("a video needs captions (media/….vtt), and captions need a video")
        return self


class CheckOption(Strict):
    """One option of a choice; `feedback` is what a learner reads who chose it."""

    id: Key
    text: Text
    feedback: Text
    score: Annotated[float, Field(ge=-1, le=1)] = 0


class CheckPart(Strict):
    """One part of a drawn message; suspicious or not, with its feedback."""

    id: Key
    text: Text
    suspicious: bool = False
    feedback: Text


class RightWrong(Strict):
    """Feedback for a right and for a wrong answer."""

    right: Text
    wrong: Text


class ScenarioPass(Strict):
    """So many suspicious parts have to be found, with at most so many false alarms."""

    found: Annotated[int, Field(ge=1)]
    false_alarms: Annotated[int, Field(ge=0)] = 0


class _Check(Strict):
    id: Key
    stem: Text
    explanation: Text | None = None


def _unique_ids(things: list[Any]) -> None:
    if len({thing.id for thing in things}) < len(things):
        raise ValueError("two options have the same id")


class SingleChoice(_Check):
    """One option is right."""

    type: Literal["single_choice"]
    options: Annotated[list[CheckOption], Field(min_length=2, max_length=6)]

    @model_validator(mode="after")
    def _one_right(self) -> Self:
        _unique_ids(self.options)
        if [o.score for o in self.options if o.score] != [1]:
            raise ValueError("exactly one option has score: 1")
        return self


class MultipleChoice(_Check):
    """Several options are right; their scores add up to 1."""

    type: Literal["multiple_choice"]
    options: Annotated[list[CheckOption], Field(min_length=3, max_length=8)]

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        _unique_ids(self.options)
        if abs(sum(o.score for o in self.options if o.score > 0) - 1) > 0.005:
            raise ValueError("the scores of the right options add up to 1")
        return self


class TrueFalse(_Check):
    """A sentence that is true or not."""

    type: Literal["true_false"]
    answer: bool
    feedback: RightWrong


class Scenario(_Check):
    """A drawn message whose suspicious parts are to be found."""

    type: Literal["scenario"]
    surface: Literal["sms", "chat", "email", "web", "app"]
    sender: Text = Field(alias="from")
    parts: Annotated[list[CheckPart], Field(min_length=2, max_length=10)]
    pass_: ScenarioPass = Field(alias="pass")

    @model_validator(mode="after")
    def _can_be_passed(self) -> Self:
        _unique_ids(self.parts)
        if sum(part.suspicious for part in self.parts) < self.pass_.found:
            raise ValueError("pass.found is more than there are suspicious parts")
        return self


Check = SingleChoice | MultipleChoice | TrueFalse | Scenario
CHECK_TYPES: dict[str, type[Check]] = {
    "single_choice": SingleChoice, "multiple_choice": MultipleChoice, "true_false": TrueFalse, "scenario": Scenario,
}


class ReplicaScreen(Strict):
    """One drawn screen and the right place on it: x, y, width, height in percent of the picture."""

    picture: MediaPath
    alt: Text
    say: Text
    target: tuple[Percent, Percent, Percent, Percent]
    hint: Text
    name: Text

    @model_validator(mode="after")
    def _inside(self) -> Self:
        x, y, width, height = self.target
        if x + width > 100 or y + height > 100 or width < 4 or height < 4:
            raise ValueError("target lies inside the picture: x + width and y + height at most 100, each side at least 4")
        return self


class ReplicaDocument(Strict):
    """A replica: drawn screens to tap through."""

    title: Title
    screens: Annotated[list[ReplicaScreen], Field(min_length=1, max_length=8)]
    done: Text
