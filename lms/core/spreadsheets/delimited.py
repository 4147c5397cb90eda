"""csv and other plain text: which encoding, which separator, and the rows."""

import codecs
import csv
import io
import re
import unicodedata
from collections import Counter

from lms.core.errors import DomainError
from lms.core.spreadsheets import legacy, limits
from lms.core.spreadsheets.workbooks import Sheet, Value
from lms.core.spreadsheets.writing import unguarded

SEPARATORS = ",;\t|"
_SAMPLE = 128 * 1024
_HTML = re.compile(rb"(?:<!doctype html|<html|<table|<\?xml|<meta|<div|<svg|<script)", re.IGNORECASE)


def read_text_file(content: bytes, *, encoding: str | None = None) -> tuple[str, tuple[Sheet, ...]]:
    """The encoding's word and the one sheet. Raises DomainError file.unreadable, file.too_large or file.empty."""
    if _HTML.match(content[:400].removeprefix(codecs.BOM_UTF8).lstrip()):
        raise limits.unreadable("HTML")
    word, text = decoded(content, wish=encoding)
    rows = rows_of(text)
    rows, old = legacy.in_unicode(rows, wish=encoding) if word in ("utf-8", "utf-16") else (rows, None)
    if not any(value for row in rows for value in row):
        raise DomainError("file.empty")
    return old or word, (Sheet("", rows),)


def decoded(content: bytes, *, wish: str | None = None) -> tuple[str, str]:
    """The encoding's word and the text in NFC. Raises DomainError file.unreadable for bytes that are no text."""
    word, text = _by_mark(content) or (None, None)
    if text is None and wish in legacy.ENCODINGS:
        word, text = wish, legacy.decode(content, wish)
    if text is None:
        word, text = _without_mark(content)
    if word is None or sum(unicodedata.category(c) == "Cc" and c not in "\t\r\n\x00" for c in text[:_SAMPLE]) > 3:
        raise limits.unreadable()
    return word, unicodedata.normalize("NFC", text.replace("\x00", ""))


def _by_mark(content: bytes) -> tuple[str, str] | None:
    for mark, codec, word in ((codecs.BOM_UTF8, "utf-8", "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16"),
                              (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16")):
        if content.startswith(mark):
            return word, content[len(mark):].decode(codec, "replace")
    return None


def _without_mark(content: bytes) -> tuple[str, str]:
    head = content[:4000]
    if len(head) > 3 and head.count(0) > len(head) // 5:
        low = head[1::2].count(0) > head[0::2].count(0)
        return "utf-16", content.decode("utf-16-le" if low else "utf-16-be", "replace")
    try:
        return "utf-8", content.decode("utf-8")
    except UnicodeDecodeError:
        if content.count(0) > 3:
            raise limits.unreadable() from None
    word = legacy.likeliest(content[:_SAMPLE])
    return word, legacy.decode(content, word)


def rows_of(text: str) -> list[list[Value]]:
    """The rows under their likeliest separator; row 1 is the first line that a spreadsheet shows."""
    hint = re.match(r"sep=([,;\t|])\r?\n", text)
    separator = hint[1] if hint else likeliest_separator(text[:_SAMPLE])
    stream = io.StringIO(text[hint.end():] if hint else text, newline="")
    csv.field_size_limit(limits.LONGEST_CELL * 4)
    rows: list[list[Value]] = []
    filled = 0
    try:
        for row in csv.reader(stream, delimiter=separator):
            while row and not row[-1].strip():
                row.pop()
            filled += bool(row)
            if filled > limits.MOST_ROWS or len(row) > limits.MOST_COLUMNS or len(rows) > 50 * limits.MOST_ROWS:
                raise limits.too_large()
            rows.append([unguarded(value) for value in row])
    except csv.Error as fault:
        raise limits.too_large() from fault
    while rows and not rows[-1]:
        rows.pop()
    return rows


def likeliest_separator(text: str) -> str:
    """Of , ; tab and |, the one that cuts most lines into the same number (two or more) of pieces."""
    best, best_score = ",", 0
    for separator in SEPARATORS:
        try:
            reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
            widths = Counter(len(row) for row, _ in zip(reader, range(200)) if any(row))
        except csv.Error:
            continue
        score = max((times * 100 + width for width, times in widths.items() if width > 1), default=0)
        if score > best_score:
            best, best_score = separator, score
    return best
