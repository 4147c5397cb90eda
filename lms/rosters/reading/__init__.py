"""Reading a list of people out of any spreadsheet or pasted text: which sheet, which header, which column is what."""

from lms.rosters.reading.records import HEADINGS, KEYS, PASTED, Cell, Choice, Fault, FoundColumn, Note, Reading, ReadRow
from lms.rosters.reading.rosters import read_pasted, read_roster
from lms.rosters.reading.words import ROSTER, Vocabulary, vocabulary_of, wider

__all__ = [
    "HEADINGS", "KEYS", "PASTED", "ROSTER", "Cell", "Choice", "Fault", "FoundColumn", "Note", "ReadRow", "Reading", "Vocabulary",
    "read_pasted", "read_roster", "vocabulary_of", "wider",
]
