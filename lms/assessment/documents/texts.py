"""The kinds of words that content files are made of."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints


class Strict(BaseModel):
    """A mapping that holds what the format names and nothing else."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Ref = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]+@[A-Za-z0-9.]+/[a-z]+/[A-Za-z0-9.-]+$", max_length=120)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_nfc)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000), AfterValidator(_nfc)]
Answer = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), AfterValidator(_nfc)]
Percent = Annotated[float, Field(ge=0, le=100)]


def different(texts: list[str], what: str) -> None:
    """Raises ValueError when two of these read the same: a learner could not tell them apart."""
    same = {" ".join(text.casefold().split()) for text in texts}
    if len(same) < len(texts):
        raise ValueError(f"two {what} read the same; give each its own words")


def unique(ids: list[str], what: str) -> None:
    """Raises ValueError naming the id that stands twice."""
    twice = sorted({one for one in ids if ids.count(one) > 1})
    if twice:
        raise ValueError(f"{what} {twice[0]!r} stands twice; every id once")
