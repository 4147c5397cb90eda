"""Search over courses and lessons: finds without marks, shows what matches them exactly first."""

from typing import Any

import sqlalchemy as sa

from lms.core.db import db
from lms.core.vietnamese import clean, fold
from lms.courses.models import SearchEntry

MOST_LETTERS = 80
MOST_WORDS = 8
MOST_FOUND = 40


def found_for(query: str) -> list[Any]:
    """Courses and lessons that hold every word of the query, marks or not; at most MOST_FOUND.

    Order: the words as typed in the title, as typed anywhere, the folded words in the title, anywhere, then the rest.
    The query is data: `%` and `_` stand for themselves.
    """
    typed = clean(query)[:MOST_LETTERS].casefold()
    words = fold(typed).split()[:MOST_WORDS]
    if not words:
        return []
    folded = " ".join(words)
    rank = sa.case(
        (SearchEntry.title_words.contains(typed, autoescape=True), 0),
        (SearchEntry.words.contains(typed, autoescape=True), 1),
        (SearchEntry.title_folded.contains(folded, autoescape=True), 2),
        (SearchEntry.folded.contains(folded, autoescape=True), 3),
        else_=4)
    statement = (
        sa.select(SearchEntry.kind, SearchEntry.slug, SearchEntry.title, SearchEntry.summary, SearchEntry.minutes)
        .where(*(SearchEntry.folded.contains(word, autoescape=True) for word in words))
        .order_by(rank, SearchEntry.kind, SearchEntry.position).limit(MOST_FOUND))
    return list(db.session.execute(statement))
