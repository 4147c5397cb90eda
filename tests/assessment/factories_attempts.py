"""Banks, items and assessments made directly in the database, and what a learner's browser posts."""

import itertools
from datetime import date

from lms.assessment import item_types
from lms.assessment.models import Assessment, AssessmentVersion, Item, ItemBank, ItemVersion
from lms.assessment.queries.papers import paper_of
from lms.assessment.services.attempts import start_attempt
from lms.core.content_tree import content_hash
from lms.core.db import db
from tests.factories import NOW

FRAMEWORK = "qd757-I1-nguoi-dan@1.0"
SKILL = f"{FRAMEWORK}/skill/N5.1"
GROUP = f"{FRAMEWORK}/group/N5"
OTHER_SKILL = f"{FRAMEWORK}/skill/N0.1"
RIGHT, WRONG = "Cúp máy, gọi hỏi Công an phường", "Bấm thử đường link xem sao"
FEEDBACK = "DAP-AN-BI-MAT"  # stands in every feedback: no page may hold it before it is allowed
_numbers = itertools.count(1)


def make_bank(key="ngan-hang", *, use="counting-open"):
    bank = ItemBank(key=key, title=key, use=use)
    db.session.add(bank)
    db.session.flush()
    return bank


def make_item(bank, *, type="single_choice", skill=SKILL, difficulty=2, now=NOW, **parts):
    number = next(_numbers)
    if type == "single_choice" and not parts:
        parts = {"options": [
            {"id": "a", "text": f"{WRONG} {number}", "feedback": FEEDBACK},
            {"id": "b", "text": f"{RIGHT} {number}", "score": 1, "feedback": FEEDBACK},
            {"id": "c", "text": f"Đưa máy cho người lạ {number}", "feedback": FEEDBACK}]}
    kind = item_types.of(type)
    source = {"id": f"cau-{number}", "type": type, "skill": skill, "difficulty": difficulty,
              "stem": f"Câu hỏi số {number}?", "reviewed_on": "2026-11-20", "review_by": "2027-02-20", **parts}
    item = Item(bank_id=bank.id, key=source["id"], reviewed_on=date(2026, 11, 20), review_by=date(2027, 2, 20))
    db.session.add(item)
    db.session.flush()
    version = ItemVersion(
        item_id=item.id, hash=content_hash(source), type=type, skill_ref=skill,
        group_ref=skill.replace("/skill/", "/group/").rpartition(".")[0], difficulty=difficulty, source=source,
        document=kind.store(kind.schema.model_validate(source)), created_at=now)
    db.session.add(version)
    db.session.flush()
    item.current_version_id = version.id
    return version


def make_assessment(key="cap-1", *, banks=("ngan-hang",), draw=None, now=NOW, **values):
    assessment = Assessment(key=key)
    db.session.add(assessment)
    db.session.flush()
    version = AssessmentVersion(**{
        "assessment_id": assessment.id, "hash": content_hash([key, str(values)]), "title": "Bài kiểm tra Cấp 1",
        "short_title": "Kiểm tra Cấp 1", "use": "counting", "level_ref": None, "minutes": 20, "grace_seconds": 60,
        "max_attempts": None, "wait_hours": 0, "draw": draw or [{"skill": SKILL, "count": 4}], "banks": list(banks),
        "pass_rule": {"overall": 70, "groups": {GROUP: 70}}, "show_answers": "after_submit", "created_at": now, **values})
    db.session.add(version)
    db.session.flush()
    assessment.current_version_id = version.id
    return version


def make_offer(*, items=8, key="cap-1", **values):
    """A bank of plain questions and an assessment that draws four of them."""
    bank = make_bank(f"ngan-hang-{key}")
    for _ in range(items):
        make_item(bank)
    return make_assessment(key, banks=(bank.key,), **values)


def begin(person, *, key="cap-1", now=NOW):
    """An open attempt, committed; returns (uuid, paper)."""
    uuid = start_attempt(person_id=person.id, key=key, now=now)
    db.session.commit()
    return uuid, paper_of(uuid)


def fields(item, *, right=True, sequence=1, **more):
    """What the page of this question posts for a right or a wrong answer."""
    chosen = item_types.of(item.type).correct_response(item.document)["chosen"]
    if not right:
        chosen = [next(o["id"] for o in item.document["options"] if o["id"] not in chosen)]
    return {"answer": chosen, "sequence": str(sequence), **more}
