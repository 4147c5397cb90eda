import re

import pytest
import segno
from segno.encoder import evaluate_mask

from lms.web import qr

TEXTS = ["https://hocso.benthu.example/k/AH-2026-000127-K7QM-2RXD", "https://hocso.benthu.example/p/K7QM2RXD4F",
         "http://localhost:8000/p/A", "https://hocso.benthu.example/k/" + "AH-2026-000127-K7QM-2RXD" * 4, "Bến Thu"]


def rows_of(code):
    """The modules as rows of 0 and 1."""
    step = code.side + qr.MARGIN
    return tuple(bytearray(code.dark >> (y * step + x) & 1 for x in range(code.side)) for y in range(code.side))


@pytest.mark.parametrize("text", TEXTS)
def test_code_is_the_one_that_segno_writes_under_some_mask(text):
    code = qr.code_of(text)

    written = [tuple(segno.make(text, error="m", micro=False, mask=mask).matrix) for mask in qr.MASKS]

    assert rows_of(code) in written


@pytest.mark.parametrize("text", TEXTS)
def test_no_mask_is_easier_for_scanners(text):
    code = qr.code_of(text)

    others = [qr.penalty(qr._bits(segno.make(text, error="m", micro=False, mask=mask).matrix), code.side)
              for mask in qr.MASKS]

    assert qr.penalty(code.dark, code.side) == min(others)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("mask", [0, 5])
def test_penalty_is_that_of_the_standard(text, mask):
    matrix = segno.make(text, error="m", micro=False, mask=mask).matrix

    # segno counts marks that share modules once
    assert 0 <= qr.penalty(qr._bits(matrix), len(matrix)) - evaluate_mask(tuple(matrix), len(matrix), len(matrix)) <= 80


def test_path_draws_exactly_the_dark_modules():
    code = qr.code_of(TEXTS[0])

    drawn = {(int(x) + step, int(y)) for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", code.path)
             for step in range(int(width))}

    assert drawn == {(x, y) for y, row in enumerate(rows_of(code)) for x, is_dark in enumerate(row) if is_dark}
