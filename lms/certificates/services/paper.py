"""The certificate as PDF, SVG or PNG, drawn by typst from what was issued. The same words give the same bytes."""

import json
import os
import threading
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from lms.core import clock
from lms.web.assets import FOLDER as STATIC
from lms.web.qr import code_of

HERE = Path(__file__).parent.parent
PDF = "application/pdf"
STANDARDS = ["a-3a", "ua-1"]
SETTINGS: dict[str, dict[str, Any]] = {"pdf": {"pdf_standards": STANDARDS}, "svg": {}, "png": {"ppi": 150}}
MARKS = {
    "sample": "MẪU", "this_machine": "BẢN THỬ – mã QR chỉ mở được trên máy này",
    "local_network": "Chỉ kiểm tra được trong mạng nội bộ",
}
_ART = {name: (STATIC / f"img/cert-{name}.svg").read_text(encoding="utf-8") for name in ("drum", "frame")}
_one_at_a_time = threading.Lock()


def draw(issued: dict[str, Any], kind: str = "pdf") -> bytes:
    """The paper that says what `issued` says; `kind` is pdf, svg or png (150 dots an inch)."""
    inputs = {"data": json.dumps(facts(issued), ensure_ascii=False), **_ART}
    with _one_at_a_time:
        drawn: bytes = _compiler(os.getpid()).compile(format=kind, sys_inputs=inputs, **SETTINGS[kind])
    return drawn


def facts(issued: dict[str, Any]) -> dict[str, Any]:
    """What certificate.typ prints, sentence by sentence."""
    day = clock.local_date(datetime.fromisoformat(issued["issued_at"]))
    return {
        **issued,
        "day": {"year": day.year, "month": day.month, "day": day.day},
        "issuer_lines": issuer_lines(issued), "achievement": achievement_parts(issued),
        "place_and_day": place_and_day(issued["place"], day),
        "scheme": f"{issued['scheme']}, phiên bản {issued['framework_version']}",
        "signatory_title": issued["signatory_title"].split(", "), "qr": qr(issued["url"]),
        "is_sample": "sample" in issued["marks"], "marks": [MARKS[mark] for mark in issued["marks"]],
    }


def issuer_lines(issued: dict[str, Any]) -> list[str]:
    """The body at the head of the paper: the one above it where there is one, then its name cut as papers cut it."""
    name, committee = issued["issuer"], "Ủy ban nhân dân "
    lines = [committee.strip(), name.removeprefix(committee)] if name.startswith(committee) else [name]
    return [issued["issuer_parent"], name] if issued["issuer_parent"] else lines


def achievement_parts(issued: dict[str, Any]) -> tuple[str, str, str]:
    """The achievement before, in and after the name of the level, which stands out."""
    return tuple(issued["achievement"].partition(issued["level"]))


def place_and_day(place: str, day: date) -> str:
    """`Bến Thu, ngày 05 tháng 01 năm 2026`: days below ten and months below three carry a nought (Nghị định 30/2020)."""
    written = f"ngày {day.day:02d} tháng {day.month:02d} năm {day.year}" if day.month < 3 else (
        f"ngày {day.day:02d} tháng {day.month} năm {day.year}")
    return f"{place}, {written}" if place else written.capitalize()


def qr(address: str) -> str:
    """The QR code of an address, as SVG."""
    code = code_of(address)
    whole = code.side + 2
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1 -1 {whole} {whole}">'
            f'<path fill="#fff" d="M-1-1h{whole}v{whole}h-{whole}z"/><path d="{code.path}"/></svg>')


@cache
def _compiler(_process: int) -> Any:
    # One for each process: its threads do not survive a fork. Typst is heavy: loaded when the first paper is drawn.
    import typst

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[HERE / "fonts"])
    return typst.Compiler(HERE / "certificate.typ", root=HERE, font_paths=fonts, ignore_system_fonts=True)
