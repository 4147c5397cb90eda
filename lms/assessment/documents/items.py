"""Item banks: one schema for each type of item. What no learner could answer rightly is refused here."""

import unicodedata
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from lms.assessment.documents.texts import Answer, Key, Ref, Strict, Text, Title, different, unique
from lms.core.vietnamese import clean

Points = Annotated[float, Field(ge=-1, le=1)]
Number = Annotated[Decimal, Field(allow_inf_nan=False, max_digits=18)]
Picture = Annotated[str, StringConstraints(pattern=r"^media/[a-z0-9-]+\.svg$")]
SHORTEST_WITH_TYPOS = 4


class BankFile(BaseModel):
    """The head of items/<bank-key>.yaml; its items are checked one by one, so that one fault hides no other."""

    model_config = ConfigDict(extra="forbid")

    bank: Key
    title: Title
    use: Literal["practice", "counting-open", "counting-closed"]
    items: Annotated[list[Any], Field(min_length=1)]


class ItemBase(Strict):
    """What items of all types have."""

    id: Key
    type: str
    skill: Ref
    difficulty: Annotated[int, Field(ge=1, le=5)]
    stem: Text
    explanation: Text | None = None
    facts: list[Annotated[str, StringConstraints(pattern=r"^[A-Z]+[0-9]+$")]] = []
    reviewed_on: date
    review_by: date

    @model_validator(mode="after")
    def dates_in_order(self) -> Self:
        if self.review_by <= self.reviewed_on:
            raise ValueError("review_by must be later than reviewed_on")
        return self


class Feedback(Strict):
    right: Text | None = None
    wrong: Text | None = None


class Option(Strict):
    id: Key
    text: Text
    score: Points = 0
    feedback: Text | None = None


class Region(Strict):
    id: Key
    shape: Literal["rect"] = "rect"
    at: tuple[float, float, float, float]
    text: Text
    score: Points = 0
    feedback: Text | None = None

    @model_validator(mode="after")
    def inside_the_picture(self) -> Self:
        x, y, width, height = self.at
        if min(x, y) < 0 or min(width, height) <= 0 or x + width > 100 or y + height > 100:
            raise ValueError("at is [x, y, width, height] in percent and must lie inside the picture")
        return self


class Pair(Strict):
    id: Key
    left: Text
    right: Text


class Part(Strict):
    id: Key
    text: Text
    suspicious: bool = False
    feedback: Text | None = None


class PassMark(Strict):
    """When a scenario counts as seen through: so many found, and at most so many false alarms."""

    found: Annotated[int, Field(ge=1)]
    false_alarms: Annotated[int, Field(ge=0)] = 0


def check_options(options: list[Option] | list[Region], *, many: bool) -> None:
    """Raises ValueError unless the scores tell a right answer from ticking everything."""
    unique([one.id for one in options], "option")
    different([one.text for one in options], "options")
    right = [Decimal(str(one.score)) for one in options if one.score > 0]
    if not right:
        raise ValueError("no option has a score above 0")
    if many:
        if sum(right) != 1:
            raise ValueError(f"the scores above 0 add up to {sum(right)}; they must add up to 1")
        if sum(Decimal(str(one.score)) for one in options) >= 1:
            raise ValueError("choosing everything would score 1; give wrong options a score below 0")
    elif right.count(Decimal(1)) != 1 or any(one.score < 0 for one in options):
        raise ValueError("exactly one option has score: 1, the others 0 or a part of it")


class SingleChoice(ItemBase):
    type: Literal["single_choice"]
    options: Annotated[list[Option], Field(min_length=2, max_length=8)]

    @model_validator(mode="after")
    def one_is_right(self) -> Self:
        check_options(self.options, many=False)
        return self


class MultipleChoice(ItemBase):
    type: Literal["multiple_choice"]
    options: Annotated[list[Option], Field(min_length=3, max_length=10)]

    @model_validator(mode="after")
    def some_are_right(self) -> Self:
        check_options(self.options, many=True)
        return self


class TrueFalse(ItemBase):
    type: Literal["true_false"]
    answer: bool
    feedback: Feedback | None = None


class Matching(ItemBase):
    type: Literal["matching"]
    pairs: Annotated[list[Pair], Field(min_length=2, max_length=8)]
    extra_right: Annotated[list[Text], Field(max_length=4)] = []
    feedback: Feedback | None = None

    @model_validator(mode="after")
    def sides_differ(self) -> Self:
        unique([pair.id for pair in self.pairs], "pair")
        different([pair.left for pair in self.pairs], "left sides")
        rights = list(dict.fromkeys(pair.right for pair in self.pairs))
        different([*rights, *self.extra_right], "right sides")
        if len(rights) + len(self.extra_right) < 2:
            raise ValueError("every left side has the same right side; there is nothing to match")
        return self


class Ordering(ItemBase):
    type: Literal["ordering"]
    sequence: Annotated[list[Text], Field(min_length=3, max_length=8)]
    feedback: Feedback | None = None

    @model_validator(mode="after")
    def steps_differ(self) -> Self:
        different(self.sequence, "steps")
        return self


class ShortText(ItemBase):
    type: Literal["short_text"]
    accept: Annotated[list[Answer], Field(min_length=1, max_length=20)]
    ignore: list[Literal["case", "space", "accents", "punctuation"]] = ["case", "space"]
    typos: Annotated[int, Field(ge=0, le=2)] = 0
    feedback: Feedback | None = None

    @model_validator(mode="after")
    def typos_leave_the_word(self) -> Self:
        for text in self.accept:
            letters = [c for c in clean(text) if unicodedata.category(c)[0] in "LN"]
            if not letters and "punctuation" in self.ignore:
                raise ValueError(f"{text!r} is punctuation only, which is ignored")
            if self.typos and (len(letters) < SHORTEST_WITH_TYPOS * self.typos or any(c.isdigit() for c in letters)):
                raise ValueError(f"{text!r} is too short for typos: {self.typos}, or a number; a slip would make another "
                                 "word of it. Set typos: 0")
        return self


class Numeric(ItemBase):
    type: Literal["numeric"]
    answer: Number
    tolerance: Annotated[Number, Field(ge=0)] = Decimal(0)
    unit: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = ""
    feedback: Feedback | None = None


class Hotspot(ItemBase):
    type: Literal["hotspot"]
    picture: Picture
    alt: Text
    regions: Annotated[list[Region], Field(min_length=3, max_length=6)]
    feedback: Feedback | None = None

    @model_validator(mode="after")
    def some_are_right(self) -> Self:
        check_options(self.regions, many=self.many)
        return self

    @property
    def many(self) -> bool:
        """Whether more than one place must be chosen."""
        return sum(region.score > 0 for region in self.regions) > 1


class Scenario(ItemBase):
    type: Literal["scenario"]
    surface: Literal["sms", "chat", "email", "web", "app"]
    sender: Annotated[Title, Field(alias="from")]
    parts: Annotated[list[Part], Field(min_length=3, max_length=12)]
    passing: Annotated[PassMark | None, Field(alias="pass")] = None

    @model_validator(mode="after")
    def can_be_seen_through(self) -> Self:
        unique([part.id for part in self.parts], "part")
        different([part.text for part in self.parts], "parts")
        suspicious = sum(part.suspicious for part in self.parts)
        if not 1 <= self.mark.found <= suspicious:
            raise ValueError(f"pass.found is {self.mark.found}, but {suspicious} parts are suspicious")
        if self.mark.false_alarms >= len(self.parts) - suspicious:
            raise ValueError("pass.false_alarms allows every innocent part; choosing everything would pass")
        return self

    @property
    def mark(self) -> PassMark:
        """The pass mark; without one everything suspicious must be found, and nothing else."""
        return self.passing or PassMark(found=max(1, sum(part.suspicious for part in self.parts)))
