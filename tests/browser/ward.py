"""What the pages need to know of the invented ward: who stands where, and an attempt with a question of every type."""

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import uuid4

import sqlalchemy as sa
from flask import Flask

from lms.assessment import item_types
from lms.assessment.models import (
    Assessment,
    Attempt,
    AttemptItem,
    Confirmation,
    EvidenceSource,
    ExternalEvidence,
    ItemVersion,
    Response,
)
from lms.campaign.models import ListRequest, ListRequestEvent, Submission
from lms.certificates.models import Credential
from lms.courses.models import Nomination
from lms.people.models import Cohort, JoinCode, Organisation, Person
from lms.people.queries.joining import codes_from
from lms.rosters.models import RosterImport

PIN = "204608"  # of everybody in the ward
ADMIN, OFFICER, ASSESSOR, FOCAL = "0900000001", "0900000002", "0900000003", "0900000005"
HOA, HUNG, MAI, BINH, Y_BAC, FAILED = "0900000011", "0900000012", "0900000013", "0900000014", "0900000015", "0900000017"
PRIMARY_FOCAL = "0900000006"
COMER = "0900000038"  # who asks to be let into the school's class
NAMED = "0900000028"  # whom a school's list names, and who has not answered
REVOKED, LEARNED, PASSED_LATE = "0900000018", "0900000021", "0900000024"
COUNTING, PRACTICE = "cap-1-xoa-mu-cong-nghe", "luyen-cap-1"
POLICY = "ben-thu-cap-1-nguoi-dan"
TYPES = ("single_choice", "multiple_choice", "true_false", "matching", "ordering", "short_text", "numeric", "hotspot", "scenario")


class Ward:
    """Looks things up in the database of a site; what does not change is asked once."""

    def __init__(self, site):
        self.site = site
        self.serial, self.attempt, self.confirmation = cache(self._serial), cache(self._attempt), cache(self._confirmation)
        self.staged, self.submission = cache(self._staged), cache(self._submission)

    def uuid(self, name):
        return self.site.person(name).uuid

    def unit(self, key):
        """The uuid of an organisation."""
        with self.site.database() as session:
            return session.scalars(sa.select(Organisation.uuid).where(Organisation.key == key)).one()

    def group(self, kind):
        """The address of the school's class ("cohort", "slips"), of its join code ("poster", "join"), or of the other
        school's nomination ("nomination" as the officer meets it, "own_nomination" as the unit does)."""
        with self.site.database() as session:
            cohort = session.scalars(sa.select(Cohort.uuid).where(Cohort.name == "Lớp 7A")).one()
            code = session.scalars(sa.select(JoinCode.uuid).order_by(JoinCode.id)).first()
            nomination = session.scalars(sa.select(Nomination.uuid).order_by(Nomination.id)).first()
        if kind == "join":
            return "/vao/" + self._code_on_the_poster(code)
        return {"cohort": f"/dau-moi/nhom/{cohort}", "slips": f"/phieu?noi={cohort}", "poster": f"/dau-moi/tham-gia/{code}",
                "nomination": f"/dia-ban/de-cu/{nomination}", "own_nomination": f"/dau-moi/de-cu/{nomination}"}[kind]

    def elsewhere(self, what):
        """The uuid of the city's source, of a line of evidence, or of the school's list of results in this state."""
        with self.site.database() as session:
            found = {"source": sa.select(EvidenceSource.uuid).order_by(EvidenceSource.id),
                     "evidence": sa.select(ExternalEvidence.uuid).order_by(ExternalEvidence.id.desc())}.get(
                what, sa.select(RosterImport.uuid).where(RosterImport.kind == "results", RosterImport.state == what))
            return session.scalars(found).first()

    def _submission(self):
        """The uuid of a list that a school handed in for the ward's request."""
        with self.site.database() as session:
            request = session.scalars(sa.select(ListRequest).order_by(ListRequest.id)).first()
            school = session.scalars(sa.select(Organisation).where(Organisation.key == "truong-mam-non-hoa-gao")).one()
            names = {"birth_date": "1984-11-20", "birth_year": 1984, "email": None, "staff_code": "GV-01", "class": None,
                     "organisation": "", "personal_code": "MAU-1"}
            rows = [{**names, "full_name": name, "phone": phone, "position": "Giáo viên"}
                    for name, phone in (("Lê Thị Mẫu", "0900000098"), ("Nguyễn Hoàng Bảo Trâm Anh Thư", None))]
            handed = Submission(uuid=uuid4(), request_id=request.id, organisation_id=school.id, number=1, row_count=2, rows=rows,
                                sha256="0" * 64, submitted_at=datetime.now(UTC))
            session.add(handed)
            session.flush()
            session.add(ListRequestEvent(request_id=request.id, organisation_id=school.id, kind="submitted",
                                         submission_id=handed.id, at=datetime.now(UTC)))
            return handed.uuid

    def list_address(self, school):
        """Where a school hands in the list that the ward asked for."""
        with self.site.database() as session:
            request = session.scalars(sa.select(ListRequest.uuid).order_by(ListRequest.id)).first()
        return f"/dau-moi/nop/{request}/{self.unit(school)}"

    def people_list(self, state):
        """The address of a list of people: the school's written one, the other school's waiting one, one that is running."""
        with self.site.database() as session:
            wanted = sa.select(RosterImport).where(RosterImport.kind == "people").order_by(RosterImport.id)
            done, waiting = (session.scalars(wanted.where(RosterImport.file_name == name)).first()
                             for name in ("DS giao vien THCS Ben Thu.csv", "danh sach tieu hoc.csv"))
            running = session.scalars(wanted.where(RosterImport.file_name == "dang doc.xlsx")).first()
            if running is None:
                running = RosterImport(uuid=uuid4(), organisation_id=waiting.organisation_id, file_name="dang doc.xlsx",
                                       content_hash="0" * 64, state="checking", by_id=waiting.by_id, begun_at=datetime.now(UTC))
                session.add(running)
            return f"/dau-moi/nhap/{({'done': done, 'waiting': waiting, 'running': running}[state]).uuid}"

    def asked_list(self):
        """The page of the list that the ward asked for."""
        with self.site.database() as session:
            return f"/dia-ban/danh-sach/{session.scalars(sa.select(ListRequest.uuid).order_by(ListRequest.id)).first()}"

    def _code_on_the_poster(self, uuid):
        """What the site's secret makes of the row."""
        there = Flask(__name__)
        there.config.update(SECRET_KEY=(self.site.log.parent / "secret").read_text(encoding="ascii").strip(),
                            SECRET_KEY_FALLBACKS=[])
        with there.app_context():
            return codes_from(uuid)[0]

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
