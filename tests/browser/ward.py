"""What the pages need to know of the invented ward: who stands where, and an attempt with a question of every type."""

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import uuid4

import sqlalchemy as sa

from lms.assessment import item_types
from lms.assessment.models import Assessment, Attempt, AttemptItem, Confirmation, ItemVersion, Response
from lms.certificates.models import Credential
from lms.people.models import Person

PIN = "204608"  # of everybody in the ward
ADMIN, OFFICER, ASSESSOR, FOCAL = "0900000001", "0900000002", "0900000003", "0900000005"
HOA, HUNG, MAI, BINH, Y_BAC, FAILED = "0900000011", "0900000012", "0900000013", "0900000014", "0900000015", "0900000017"
REVOKED, LEARNED, PASSED_LATE = "0900000018", "0900000021", "0900000024"
COUNTING, PRACTICE = "cap-1-xoa-mu-cong-nghe", "luyen-cap-1"
POLICY = "ben-thu-cap-1-nguoi-dan"
TYPES = ("single_choice", "multiple_choice", "true_false", "matching", "ordering", "short_text", "numeric", "hotspot", "scenario")


class Ward:
    """Looks things up in the database of a site; what does not change is asked once."""

    def __init__(self, site):
        self.site = site
        self.serial, self.attempt, self.confirmation = cache(self._serial), cache(self._attempt), cache(self._confirmation)
        self.staged = cache(self._staged)

    def uuid(self, name):
        return self.site.person(name).uuid

    def slip(self, user):
        """The code of a fresh slip. `user`: phone or personal code."""
        return json.loads(self.site.lms("user", "reset", user, "--json"))["code"]

    def _serial(self, state):
        """The serial of a certificate in this state."""
        with self.site.database() as session:
            return session.scalars(sa.select(Credential.serial).where(Credential.state == state).order_by(Credential.id)).first()

    def _attempt(self, phone):
        """The address of the last attempt of this person."""
        with self.site.database() as session:
            uuid, key = session.execute(
                sa.select(Attempt.uuid, Assessment.key).join(Assessment, Assessment.id == Attempt.assessment_id)
                .join(Person, Person.id == Attempt.person_id).where(Person.phone == phone).order_by(Attempt.id.desc())).first()
        return f"/bai-kiem-tra/{key}/{uuid}"

    def _confirmation(self, phone):
        with self.site.database() as session:
            return session.scalars(sa.select(Confirmation.uuid).join(Person, Person.id == Confirmation.person_id)
                                   .where(Person.phone == phone)).one()

    def _staged(self, phone):
        """The address of a running practice attempt of this person: a question of each type, all but one answered wrong."""
        with self.site.database() as session:
            person = session.scalars(sa.select(Person).where(Person.phone == phone)).one()
            test = session.scalars(sa.select(Assessment).where(Assessment.key == PRACTICE)).one()
            now = datetime.now(UTC)
            attempt = Attempt(
                uuid=uuid4(), person_id=person.id, assessment_id=test.id, assessment_version_id=test.current_version_id,
                number=1, seed=7, started_at=now, due_at=now + timedelta(hours=2), closes_at=now + timedelta(hours=2))
            session.add(attempt)
            session.flush()
            for position, name in enumerate(TYPES, start=1):
                item = session.scalars(sa.select(ItemVersion).where(ItemVersion.type == name).order_by(ItemVersion.id)).first()
                session.add(AttemptItem(attempt_id=attempt.id, position=position, item_version_id=item.id, seed=position))
                session.flush()
                if name != "single_choice":
                    session.add(Response(
                        attempt_id=attempt.id, position=position, document=wrong_response(item), flagged=position % 4 == 0,
                        sequence=1, receipt=position, saved_at=now))
            return f"/bai-kiem-tra/{PRACTICE}/{attempt.uuid}"


def right_response(item):
    """An answer that scores 1."""
    return item_types.of(item.type).correct_response(item.document)


def wrong_response(item):
    """An answer that was given, and scores nothing."""
    right = right_response(item)
    if "chosen" in right:
        return {"chosen": [next(one["id"] for one in item.document["options"] if one["id"] not in right["chosen"])]}
    if "pairs" in right:
        return {"pairs": dict(zip(right["pairs"], rotated(list(right["pairs"].values()))))}
    if "places" in right:
        return {"places": dict(zip(right["places"], rotated(list(right["places"].values()))))}
    return {"text": "1"}


def rotated(values):
    return [*values[1:], values[0]]
