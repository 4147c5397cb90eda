"""The class table of an organisation or a cohort, on the screen and as a workbook."""

from typing import Any
from uuid import UUID

from flask import Response, abort, current_app, render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from lms.campaign.rules import can_remind
from lms.core import clock, mail
from lms.core.spreadsheets import SheetToWrite, write_workbook
from lms.core.vietnamese import clean
from lms.reports.forms import ReminderForm
from lms.reports.queries.classes import SORTS, Group, Line, Wanted, chosen, group_for, lines_of, roll_of, table_of
from lms.reports.rules import LEARNING_STATES, can_follow
from lms.reports.views.blueprint import bp
from lms.web import phrases
from lms.web.access import requires
from lms.web.addresses import page_number
from lms.web.phrases.reports import COLUMN_NAMES, LEARNING_STATE_NAMES

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Addresses have Vietnamese words.
STATE_WORDS = {"chua-bat-dau": "not_begun", "dang-hoc": "learning", "dat": "passed", "duoc-xac-nhan": "confirmed"}
WORDS_OF_STATE = {state: word for word, state in STATE_WORDS.items()}


@bp.get("/dau-moi/lop/<uuid:uuid>")
@requires(can_follow)
def class_table(uuid: UUID) -> Any:
    group, wanted, now = group_or_404(uuid), wanted_of(request.args), clock.now()
    table = table_of(current_user, group, wanted, page=page_number(), now=now)
    form = ReminderForm(text=suggested_words())
    return render_template(
        "reports/class-table.html", group=group, table=table, wanted=wanted, form=form,
        columns={key: str(words) for key, words in COLUMN_NAMES.items()}, query=query_of(wanted), words_of_state=WORDS_OF_STATE,
        states=LEARNING_STATES, today=clock.local_date(now), has_mail=mail.is_on(), may_remind=can_remind(current_user))


@bp.get("/dau-moi/lop/<uuid:uuid>.xlsx")
@requires(can_follow)
def class_file(uuid: UUID) -> Any:
    """Everybody of the filter, in the order of the screen, read at this moment."""
    group, wanted, now = group_or_404(uuid), wanted_of(request.args), clock.now()
    roll = roll_of(current_user, group, now=now, anew=True)
    lines = lines_of(group, chosen(roll, wanted))
    heads = [group.name, _("Đến ngày %(day)s: %(count)d người", day=phrases.day_of(now), count=len(roll.standings))]
    heads += [f"{LEARNING_STATE_NAMES[state]}: {roll.counts[state]}" for state in LEARNING_STATES]
    sheet = SheetToWrite(_("Bảng theo dõi"), headings(), [cells(number, line) for number, line in enumerate(lines, start=1)],
                         lines=heads)
    return Response(write_workbook([sheet]), mimetype=XLSX,
                    headers={"Content-Disposition": 'attachment; filename="bang-theo-doi.xlsx"'})


def headings() -> list[str]:
    """The columns of the workbook."""
    return [_("STT"), _("Họ và tên"), _("Năm sinh"), _("Số điện thoại"), _("Mã cá nhân"), _("Chức vụ, đơn vị"), _("Tình trạng"),
            _("Học gần nhất"), _("Bài đã xong"), _("Lần kiểm tra"), _("Kết quả tốt nhất (phần trăm)"), _("Ngày được xác nhận"),
            _("Học ở nơi khác"), _("Hạn"), _("Số lần nhắc"), _("Nhắc gần nhất")]


def cells(number: int, line: Line) -> list[Any]:
    """One line of the workbook."""
    facts = line.facts
    return [number, line.full_name, line.birth_year, line.phone, line.personal_code, line.places,
            str(LEARNING_STATE_NAMES[facts.state]), clock.local_date(facts.last_at) if facts.last_at else None, facts.lessons,
            facts.attempts, facts.best, clock.local_date(facts.confirmed_at) if facts.confirmed_at else None, facts.elsewhere,
            facts.due_on, facts.reminders, facts.reminded_on]


def group_or_404(uuid: UUID) -> Group:
    return group_for(current_user, uuid) or abort(404)


def wanted_of(values: Any) -> Wanted:
    """Filter, search and order from an address or a form; whatever is not offered is the plain table."""
    sort = values.get("xep", "ten")
    return Wanted(STATE_WORDS.get(values.get("loc", ""), ""), clean(values.get("tim", "")[:120]),
                  sort if sort in SORTS else "ten", values.get("nguoc") == "1")


def query_of(wanted: Wanted) -> dict[str, str]:
    """The address's form of what was asked for, without what stands by itself."""
    query = {"loc": WORDS_OF_STATE.get(wanted.state, ""), "tim": wanted.search, "xep": wanted.sort if wanted.sort != "ten" else "",
             "nguoc": "1" if wanted.is_reversed else ""}
    return {name: value for name, value in query.items() if value}


def suggested_words() -> str:
    """What a reminder says unless the focal point writes something else."""
    return _("Mời bạn vào học tiếp, mỗi bài mất khoảng 10 phút: %(address)s",
             address=current_app.config["LMS_BASE_URL"] + "/hom-nay")
