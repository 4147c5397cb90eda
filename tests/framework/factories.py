"""Small frameworks and policies, as documents, as rows and as files of a content tree."""

from datetime import date

from lms.framework import services
from lms.framework.documents import DEFAULT_BASIS, CrosswalkDocument, FrameworkDocument, PolicyDocument
from tests.factories import NOW

SOURCE = {"source": "Kế hoạch thử", "confidence": "official-text"}
LEVEL = "thang-thu@1.0/level/cap-1"
GROUP = "thang-thu@1.0/group/N1"
SKILL = "thang-thu@1.0/skill/N1.1"


def framework_data(**changes):
    """The data of a framework file with two levels, two groups and three skills."""
    return {
        "version": "1.0", "kind": "framework", "position": 10, "title_vi": "Khung thử của phường",
        "title_en": "The ward's trial framework", "short_title": "Khung thử", "icon": "house",
        "issuing_document": "Kế hoạch số 1", "audience": "Người dân", "level_word": "cấp", "level_word_en": "levels",
        "group_word": "nhóm kỹ năng", "group_word_en": "skill groups", "skill_word": "kỹ năng",
        "skill_word_en": "skills", "official_list": "full", **SOURCE,
        "levels": [
            {"id": "cap-1", "official_name": "Cấp 1: Làm quen", "short_name": "Cấp 1", "name_en": "Level 1",
             "completes_when": "Làm được việc đơn giản.", **SOURCE},
            {"id": "cap-2", "official_name": "Cấp 2: Thành thạo", "short_name": "Cấp 2", **SOURCE}],
        "groups": [
            {"id": "N1", "name_vi": "Dùng điện thoại", "name_en": "Using a phone", "short_name": "Điện thoại",
             "icon": "smartphone", **SOURCE, "skills": [
                 {"id": "N1.1", "name_vi": "gọi điện", "name_en": "Calling", "short_name": "Gọi điện", **SOURCE,
                  "outcomes": {"cap-1": {"N1.1.cap-1a": "Gọi được cho người nhà."}}},
                 {"id": "N1.2", "name_vi": "Nhắn tin", "short_name": "Nhắn tin", **SOURCE}]},
            {"id": "N2", "name_vi": "An toàn", "name_en": "Safety", "short_name": "An toàn", "icon": "shield-check",
             **SOURCE, "skills": [{"id": "N2.1", "name_vi": "Giữ mã", "short_name": "Giữ mã", **SOURCE}]}],
        **changes}


def make_framework(key="thang-thu", *, now=NOW, **changes):
    """Publish a framework; returns its document."""
    document = FrameworkDocument.model_validate(framework_data(**changes)).named(key, f"frameworks/{key}.yaml")
    services.publish_framework(document, now=now)
    return document


def policy_data(**changes):
    """The data of the shipped default for level 1."""
    return {
        "title": "Cấp 1, người dân", "version": "2026.1", "status": "default", "legal_basis": DEFAULT_BASIS,
        "level": LEVEL, "audience": "nguoi-dan", "organisation": None, "effective_from": date(2026, 11, 1),
        "effective_to": None, "lessons": {"required": False, "course": "khoa-thu"},
        "assessments": [{"key": "kiem-tra-cap-1", "overall": 70, "groups": {GROUP: 75}, "must_pass_skills": []}],
        "practical": None, "bank": "open", "confirm": {"by": "person", "roles": ["assessor"]}, "valid_months": None,
        "certificate": {"achievement": "đã hoàn thành Cấp 1", "scheme": "theo thang của phường"}, **changes}


def local_policy_data(organisation="phuong-thu", **changes):
    """The data of a policy that an organisation decided."""
    return policy_data(**{"status": "local", "legal_basis": "Quyết định 15/QĐ-UBND", "organisation": organisation, **changes})


def make_policy(key="mac-dinh", *, now=NOW, data=None, **changes):
    """Publish a policy; returns its document."""
    document = PolicyDocument.model_validate({**(data or policy_data()), **changes}).named(key, f"policies/{key}.yaml")
    services.publish_policy(document, now=now)
    return document


def make_crosswalk(key="doi-chieu", *rows, now=NOW):
    """Publish rows (from, to, relation)."""
    document = CrosswalkDocument.model_validate({"title": "Đối chiếu", "rows": [
        {"from": a, "to": b, "relation": relation, **SOURCE} for a, b, relation in rows]})
    return services.replace_crosswalk(key, document, now=now)
