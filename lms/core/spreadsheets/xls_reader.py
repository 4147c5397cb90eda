"""Run as a process of its own: an xls file on standard input, its sheets as JSON on standard output.

It imports nothing of ours, and where the platform has such limits it may use 600 MB and 15 seconds of processor time.
"""

import io
import json
import sys
from collections.abc import Sequence

_MEMORY, _SECONDS = 600 * 1024 * 1024, 15


def main() -> None:
    most_rows, most_columns, most_sheets = (int(text) for text in sys.argv[1:4])
    try:
        import resource
    except ImportError:
        pass
    else:
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    json.dump(answer(sys.stdin.buffer.read(), most_rows, most_columns, most_sheets), sys.stdout)


def answer(content: bytes, most_rows: int, most_columns: int, most_sheets: int) -> dict[str, object]:
    """{"sheets": [...]}, or {"fault": "encrypted" | "unreadable" | "too_large"}."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets: list[dict[str, object]] = []
        for number, meta in enumerate(book.sheets_metadata):
            if meta.typ not in (SheetTypeEnum.WorkSheet, SheetTypeEnum.MacroSheet):
                continue
            hidden = meta.visible != SheetVisibleEnum.Visible
            page = book.get_sheet_by_index(number)
            if not hidden and page.total_width > most_columns * 3:
                return {"fault": "too_large"}
            rows = [] if hidden else trimmed(page.to_python(skip_empty_area=False))
            filled = sum(1 for row in rows if row)
            if len(sheets) >= most_sheets or filled > most_rows or any(len(row) > most_columns for row in rows):
                return {"fault": "too_large"}
            sheets.append({"name": meta.name, "hidden": hidden, "merged": page.merged_cell_ranges or [], "rows": rows})
    except PasswordError:
        return {"fault": "encrypted"}
    except MemoryError:
        return {"fault": "too_large"}
    except (CalamineError, ValueError, OSError):
        return {"fault": "unreadable"}
    return {"sheets": sheets}


def trimmed(rows: Sequence[Sequence[object]]) -> list[list[object]]:
    """The rows without empty cells and rows at their ends, ready for JSON."""
    done: list[list[object]] = []
    for row in rows:
        last = len(row)
        while last and row[last - 1] == "":
            last -= 1
        done.append([plain(value) for value in row[:last]])
    while done and not done[-1]:
        done.pop()
    return done


def plain(value: object) -> object:
    """JSON's own values as they are; days and times as [word, ISO form]."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    kind = type(value).__name__
    return [kind, value.isoformat() if hasattr(value, "isoformat") else str(value)]


if __name__ == "__main__":
    main()
