"""The few doors of each area of the site: bottom tabs on phones, top menu on wide screens."""

from dataclasses import dataclass

from flask import url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from lms.web.access import may_open


@dataclass(frozen=True)
class Door:
    """One tab. At most four an area, always with words."""

    label: LazyString
    icon: str
    endpoint: str


AREAS: dict[str, tuple[Door, ...]] = {
    "learner": (
        Door(_l("Hôm nay"), "house", "courses.today"), Door(_l("Kỹ năng"), "list-checks", "courses.skill_map"),
        Door(_l("Khóa học"), "book-open", "courses.catalogue"), Door(_l("Của tôi"), "user-round", "people.mine"),
    ),
    "focal": (
        Door(_l("Tiến độ"), "chart-bar-big", "reports.hub"), Door(_l("Nhập danh sách"), "file-up", "rosters.upload"),
        Door(_l("Phiếu"), "qr-code", "people.slips"), Door(_l("Của tôi"), "user-round", "people.mine"),
    ),
    "mentor": (
        Door(_l("Người học"), "users", "people.learners"), Door(_l("Phiếu"), "qr-code", "people.slips"),
        Door(_l("Của tôi"), "user-round", "people.mine"),
    ),
    "assessor": (
        Door(_l("Cần làm"), "clipboard-check", "assessment.to_confirm"),
        Door(_l("Đã làm"), "history", "assessment.confirmed_by_me"), Door(_l("Người học"), "users", "people.learners"),
        Door(_l("Của tôi"), "user-round", "people.mine"),
    ),
    "officer": (
        Door(_l("Việc chung"), "landmark", "reports.ward"), Door(_l("Người học"), "users", "people.learners"),
        Door(_l("Xác nhận"), "clipboard-check", "assessment.to_confirm"), Door(_l("Sổ gốc"), "award", "certificates.register"),
    ),
}


def doors(area: str) -> list[tuple[str, str, str, str]]:
    """(label, icon, address, endpoint) of each door of this area that opens for whoever asks."""
    return [(str(d.label), d.icon, url_for(d.endpoint), d.endpoint) for d in AREAS.get(area, ())
            if may_open(d.endpoint, current_user)]
