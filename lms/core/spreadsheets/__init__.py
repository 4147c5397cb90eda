"""Spreadsheets in and out: any file a school sends becomes a `Workbook`, and every export is written here.

Reading never resolves an entity, evaluates a formula or trusts a size that a file declares. Writing never makes a
formula out of somebody's text.
"""

from lms.core.spreadsheets.reading import read_workbook
from lms.core.spreadsheets.workbooks import Range, Sheet, Value, Workbook, column_of, letter_of, text_of
from lms.core.spreadsheets.writing import Mark, SheetToWrite, write_csv, write_workbook

__all__ = [
    "Mark", "Range", "Sheet", "SheetToWrite", "Value", "Workbook", "column_of", "letter_of", "read_workbook", "text_of",
    "write_csv", "write_workbook",
]
