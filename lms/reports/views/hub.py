"""First pages: what a focal point and an officer have to do next."""

from collections.abc import Sequence
from typing import Any

from flask import render_template, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from lms.campaign.queries.list_requests import requests_asked_by, units_to_hand_in
from lms.core import clock
from lms.people.queries.proposals import open_proposals_to
from lms.reports.queries.classes import counts_of
from lms.reports.queries.hub import groups_of, unit_of, waiting_for
from lms.reports.rules import LEARNING_STATES, can_run_unit, can_run_ward
from lms.reports.views.blueprint import bp
from lms.reports.views.classes import WORDS_OF_STATE
from lms.rosters.queries.imports import imports_for
from lms.web.access import may_open, requires

Link = tuple[str, str, LazyString]
# Doors to the work of a unit and of the ward, shown to those for whom they open.
UNIT_LINKS: tuple[Link, ...] = (
    ("rosters.upload", "file-up", _l("Nhập danh sách")), ("rosters.imports", "history", _l("Các lần nhập")),
    ("people.slips", "qr-code", _l("Phiếu kích hoạt")), ("people.cohorts", "users", _l("Nhóm, lớp")),
    ("people.joining", "users-round", _l("Mã tham gia, người chờ nhận")),
    ("courses.enrol", "graduation-cap", _l("Ghi danh vào khóa học")),
    ("courses.nominations", "clipboard-check", _l("Đề cử người học")),
    ("rosters.elsewhere", "globe", _l("Kết quả học ở nơi khác")),
    ("campaign.requests", "send", _l("Danh sách phường yêu cầu")),
    ("people.my_proposals", "message-square", _l("Đề nghị với phường")),
    ("people.learners", "search", _l("Tìm một người")), ("rosters.own_form", "file-spreadsheet", _l("Mẫu danh sách")),
)
WARD_LINKS: tuple[Link, ...] = (
    ("campaign.asked", "file-text", _l("Danh sách cần thu")),
    ("courses.nominations_to_decide", "clipboard-check", _l("Đề cử của các đơn vị")),
    ("people.proposals", "message-square", _l("Đề nghị của các đơn vị")), ("people.organisations", "building-2", _l("Các đơn vị")),
    ("people.roles", "key-round", _l("Vai trò")), ("people.audit_log", "history", _l("Nhật ký")),
    ("courses.eligibility", "list-checks", _l("Khóa học dành cho ai")), ("rosters.upload", "file-up", _l("Nhập danh sách")),
    ("rosters.elsewhere", "globe", _l("Kết quả học ở nơi khác")),
    ("assessment.evidence_sources", "link", _l("Nguồn kết quả nơi khác")),
    ("rosters.own_form", "file-spreadsheet", _l("Mẫu danh sách")), ("people.slips", "qr-code", _l("Phiếu kích hoạt")),
    ("people.cohorts", "users", _l("Nhóm, lớp")), ("people.joining", "users-round", _l("Mã tham gia, người chờ nhận")),
    ("courses.enrol", "graduation-cap", _l("Ghi danh vào khóa học")),
    ("certificates.register", "award", _l("Sổ gốc")), ("operations.settings", "settings", _l("Cài đặt")),
)


@bp.get("/dau-moi")
@requires(can_run_unit)
def hub() -> Any:
    now = clock.now()
    group = unit_of(current_user)
    units = units_to_hand_in(current_user, "focal_point") if current_user.has_role("focal_point") else []
    return render_template(
        "reports/hub.html", group=group, counts=counts_of(current_user, group, now=now) if group else {}, states=LEARNING_STATES,
        groups=groups_of(current_user), to_do=[unit for unit in units if unit.may_submit(now)],
        sent=[unit for unit in units if unit.may_decide], imports=imports_for(current_user, most=5, now=now),
        waiting=waiting_for(current_user), links=opening(UNIT_LINKS), words_of_state=WORDS_OF_STATE,
        may_open_imports=may_open("rosters.open_import", current_user),
        may_join=may_open("people.joining", current_user))


@bp.get("/dia-ban")
@requires(can_run_ward)
def ward() -> Any:
    today = clock.local_date(clock.now())
    return render_template(
        "reports/ward.html", overviews=requests_asked_by(current_user)[:5], waiting=waiting_for(current_user), today=today,
        proposals=open_proposals_to(current_user), groups=groups_of(current_user), links=opening(WARD_LINKS))


def opening(links: Sequence[Link]) -> list[tuple[str, str, LazyString]]:
    """(address, icon, words) of those that open for whoever asks."""
    return [(url_for(endpoint), icon, words) for endpoint, icon, words in links if may_open(endpoint, current_user)]
