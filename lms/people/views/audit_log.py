"""The audit log: read, narrowed, taken away as a file. Reading it is itself written down."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from lms.core import audit, clock
from lms.core.db import writing
from lms.core.spreadsheets import SheetToWrite, write_csv, write_workbook
from lms.core.vietnamese import clean
from lms.people.queries.audit_log import Filter, Line, audit_lines_for, audit_lines_to_export
from lms.people.queries.organisations import organisations_for
from lms.people.rules.proposals import DECIDE, can_decide_proposals
from lms.people.views.blueprint import bp
from lms.web.access import requires
from lms.web.addresses import page_number
from lms.web.phrases.audit_log import HEADINGS, action_groups, action_name, detail_words, subject_words

FILES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


@bp.get("/dia-ban/nhat-ky")
@requires(can_decide_proposals)
def audit_log() -> Any:
    wanted = _wanted()
    _note("audit_log.read", wanted)
    return render_template(
        "people/audit-log.html", found=audit_lines_for(current_user, wanted, page=page_number()), wanted=wanted,
        groups=action_groups(), units=organisations_for(current_user, *DECIDE), action_name=action_name,
        subject_words=subject_words, detail_words=detail_words, narrowed=_narrowed(wanted))


@bp.get("/dia-ban/nhat-ky.<any(xlsx, csv):suffix>")
@requires(can_decide_proposals)
def audit_log_file(suffix: str) -> Any:
    wanted = _wanted()
    _note("audit_log.exported", wanted)
    rows = [_row(line) for line in audit_lines_to_export(current_user, wanted)]
    heading = [str(word) for word in HEADINGS]
    data = (write_workbook([SheetToWrite(_("Nhật ký"), heading, rows)]) if suffix == "xlsx" else write_csv([heading, *rows]))
    name = f"nhat-ky-{clock.local_date(clock.now()):%Y-%m-%d}.{suffix}"
    return Response(data, content_type=FILES[suffix], headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _row(line: Line) -> list[str]:
    local = line.at.astimezone(clock.WARD_ZONE)
    return [f"{local:%d/%m/%Y %H:%M:%S}", line.actor or "", line.operator or "", action_name(line.action),
            subject_words(line.subject), line.organisation or "", detail_words(line.detail)]


def _wanted() -> Filter:
    """What the address asks for; whatever cannot be read narrows nothing."""
    return Filter(who=clean(request.args.get("ai", "")[:120]), what=clean(request.args.get("viec", "")[:64]),
                  unit=_uuid(request.args.get("don-vi", "")), first=_day(request.args.get("tu", "")),
                  last=_day(request.args.get("den", "")))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2999 else None


def _narrowed(wanted: Filter) -> dict[str, str]:
    """The same as arguments of an address."""
    asked = {"ai": wanted.who, "viec": wanted.what, "don-vi": wanted.unit, "tu": wanted.first, "den": wanted.last}
    return {name: str(value) for name, value in asked.items() if value}


def _note(action: str, wanted: Filter) -> None:
    """Who watches leaves a line as well; what they typed does not stand in it."""
    now = clock.now()
    with writing():
        audit.record(action, now=now, actor_id=current_user.id, organisation_id=min(current_user.organisations(*DECIDE)),
                     narrowed_by=sorted(_narrowed(wanted)))
