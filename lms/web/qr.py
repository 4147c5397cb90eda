"""QR codes as one SVG path: nothing to fetch, sharp on paper.

segno writes the code. Which of the eight masks scanners read best (ISO/IEC 18004, 7.8.3) is weighed here, on all modules
at once as the bits of one number: segno looks at one module after the other, which takes it five times as long as all
the rest.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from markupsafe import Markup

QUIET = 4   # modules of white around, as scanners need
MARGIN = 4  # bits between rows: what looks like a finder's mark has so much white before or after it
MASKS = range(8)
_RUN = re.compile("1+")
_DIGITS = bytes.maketrans(b"\x00\x01", b"01")


class Code(NamedTuple):
    """Modules a side, and all of them row by row as the bits of a number, from the lowest. Between rows is some white."""

    side: int
    dark: int

    @property
    def path(self) -> str:
        """What draws the dark modules, each one unit wide."""
        step = self.side + MARGIN
        bits = f"{self.dark:0{step * self.side}b}"[::-1]
        rows = (bits[start:start + step] for start in range(0, len(bits), step))
        return "".join(f"M{run.start()} {y}h{len(run[0])}v1h-{len(run[0])}z"
                       for y, row in enumerate(rows) for run in _RUN.finditer(row))


def code_of(text: str) -> Code:
    """The QR code that says `text`, with error correction M or better."""
    import segno

    drawn = segno.make(text, error="m", micro=False, mask=0)
    side, dark = len(drawn.matrix), _bits(drawn.matrix)
    return Code(side, min((dark ^ change for change in _changes(drawn.version, drawn.error)), key=lambda one: penalty(one, side)))


def penalty(dark: int, side: int) -> int:
    """How hard scanners find this: long runs, blocks, what looks like a finder's mark, more dark than light."""
    step, field = side + MARGIN, _field(side)
    light = field & ~dark
    score = 10 * (abs(2 * dark.bit_count() - side * side) * 10 // (side * side))
    for one in (dark, light):
        score += 3 * (one & one >> 1 & one >> step & one >> step + 1).bit_count()
        for way in (1, step):
            fives = one & one >> way & one >> 2 * way & one >> 3 * way & one >> 4 * way
            score += fives.bit_count() + 2 * (fives & ~(fives << way)).bit_count()
    for way in (1, step):
        mark = dark & light >> way & dark >> 2 * way & dark >> 3 * way & dark >> 4 * way & light >> 5 * way & dark >> 6 * way
        dark_after = dark >> 7 * way | dark >> 8 * way | dark >> 9 * way | dark >> 10 * way
        dark_before = dark << way | dark << 2 * way | dark << 3 * way | dark << 4 * way
        score += 40 * (mark & ~(dark_after & dark_before)).bit_count()
    return score


def qr(text: str, label: str) -> Markup:
    """An `<svg>` whose QR code says `text`; `label` is what a screen reader hears. Dark on white in every theme."""
    code = code_of(text)
    whole = code.side + 2 * QUIET
    return Markup(
        '<svg role="img" aria-label="{}" viewBox="-{} -{} {} {}" class="qr"><path fill="#fff" d="M-{} -{}h{}v{}h-{}z"/>'
        '<path d="{}"/></svg>').format(label, QUIET, QUIET, whole, whole, QUIET, QUIET, whole, whole, whole, code.path)


def _bits(matrix: Iterable[bytes | bytearray]) -> int:
    modules = b"".join(row + b"\x00" * MARGIN for row in matrix)
    return int(modules.translate(_DIGITS)[::-1], 2)


@lru_cache
def _field(side: int) -> int:
    """Every module of a code of this size."""
    return _bits([b"\x01" * side] * side)


@lru_cache
def _changes(version: int, error: str) -> tuple[int, ...]:
    """The modules in which a code under each mask differs from the same code under mask 0, whatever it says."""
    import segno

    same = [_bits(segno.make("0", version=version, error=error, boost_error=False, micro=False, mask=mask).matrix)
            for mask in MASKS]
    return tuple(one ^ same[0] for one in same)
