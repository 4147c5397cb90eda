"""The people of a run: a ward full of them, with lessons begun, attempts made and papers confirmed.

Rows are written with statements of the database's own, so that 100,000 people take seconds. Nothing here is drawn from
real people.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from flask import Flask

from lms.assessment import models as assessing
from lms.assessment.models import Attempt, AttemptItem, ItemVersion
from lms.core import config, settings
from lms.core.db import Document, UTCDateTime, db
from lms.core.vietnamese import fold, name_key
from lms.courses.models import Lesson, LessonVersion, Progress
from lms.framework.models import Policy
from lms.operations.bench.places import Place
from lms.people.models import Membership, Organisation, Person
from lms.people.services.organisations import create_organisation
from lms.people.services.roles import grant_role
from lms.people.services.secrets import hash_secret

SECRET = "804217"  # noqa: S105 – of people who do not exist
FAMILY, MIDDLE = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bùi"), ("Thị", "Văn", "Ngọc", "Minh", "Quốc")
GIVEN = ("An", "Bình", "Cúc", "Dũng", "Đào", "Hạnh", "Hoa", "Khánh", "Lan", "Nga", "Phúc", "Tâm", "Thảo", "Tuấn", "Yến")
TEAMS = 40
SMALL_FOCAL, LARGE_FOCAL = 2, 3  # numbers of the people who see the small and the large team
DUE = 60               # the first so many people are confirmed and wait for their paper
TRIED, HELD = 10, 20   # every tenth person made an attempt, every twentieth holds the level
A_BATCH = 5000


@dataclass(frozen=True)
class Sizes:
    """How many people there are, and how many in the small and the large team whose lists are compared."""

    people: int
    small_team: int
    large_team: int


def seeding_app(place: Place) -> Flask:
    """An application without a page, for services that need a session and settings."""
    place.environment  # noqa: B018 – writes the configuration file
    app = Flask("seed")
    app.config.from_mapping(config.flask_config(config.read_config_file(place.folder / "lms.env")))
    db.init_app(app)
    return app


def fill(place: Place, sizes: Sizes) -> None:
    """Fill a database that is migrated and holds the content."""
    now = datetime.now(UTC)
    with seeding_app(place).app_context():
        teams = _add_organisations(now)
        _add_people(sizes, teams, now)
        _add_progress(now)
        _add_attempts(now)
        _add_confirmations(teams["don-vi-do"], now)
        db.session.commit()
        _add_staff(teams, now)
        settings.change(now=now, operator="bench", body_name="Ủy ban nhân dân phường Đo", certificate_place="Đo")
        db.session.commit()
        if place.kind == "postgresql":
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM ANALYZE")
        else:
            with db.engine.begin() as connection:
                connection.exec_driver_sql("ANALYZE")
        db.engine.dispose()
    settings.forget()


def phone_of(number: int) -> str:
    """The phone number of the person who was added as the so many'th."""
    return f"09{number:08d}"


def _add_organisations(now: datetime) -> dict[str, int]:
    ward = create_organisation(key="don-vi-do", name="Phường Đo", kind="ward", now=now, operator="bench")
    keys = ["to-nho", "to-lon", *(f"to-{number}" for number in range(1, TEAMS + 1))]
    teams = [create_organisation(key=key, name=f"Tổ {key}", kind="village", parent=ward, now=now, operator="bench")
             for key in keys]
    return {one.key: one.id for one in (ward, *teams)}


def _add_people(sizes: Sizes, teams: dict[str, int], now: datetime) -> None:
    secret_hash = hash_secret(SECRET)
    batch: list[dict[str, Any]] = []
    for row in _people(sizes.people, secret_hash, now):
        batch.append(row)
        if len(batch) == A_BATCH or row["id"] == sizes.people:
            db.session.execute(sa.insert(Person), batch)
            batch = []
    if db.engine.dialect.name == "postgresql":  # the numbers were given by hand
        db.session.execute(sa.text("SELECT setval(pg_get_serial_sequence('person', 'id'), (SELECT max(id) FROM person))"))
    large_to = sizes.small_team + sizes.large_team
    place = sa.case((Person.id <= sizes.small_team, teams["to-nho"]), (Person.id <= large_to, teams["to-lon"]),
                    else_=teams["to-1"] + Person.id % TEAMS)
    _copy(Membership, sa.select(Person.id.label("person_id"), place.label("organisation_id"),
                                sa.literal(now.date()).label("joined_on"), sa.true().label("is_claimed")))


def _people(count: int, secret_hash: str, now: datetime) -> Iterator[dict[str, Any]]:
    names = [f"{family} {middle} {given}" for family in FAMILY for middle in MIDDLE for given in GIVEN]
    forms = [(name, fold(name), name_key(name)) for name in names]
    for number in range(1, count + 1):
        name, folded, key = forms[number * 7 % len(forms)]
        yield {
            "id": number, "uuid": uuid4(), "full_name": name, "folded_name": folded, "name_key": key,
            "birth_year": 1950 + number % 50, "audience": "nguoi-dan", "form_of_address": "ban",
            "phone": phone_of(number), "personal_code": f"DO-{number:07d}", "secret_hash": secret_hash,
            "secret_kind": "pin", "secret_set_at": now, "locale": "vi", "text_size": "vua", "extra_time_percent": 0,
            "is_demo": False, "created_at": now,
        }


def _add_progress(now: datetime) -> None:
    """Each person has begun every fifth lesson and finished half of those."""
    finished = sa.case(((Person.id + Lesson.id) % 2 == 0, sa.literal(now, UTCDateTime())), else_=sa.null())
    _copy(Progress, sa.select(
        Person.id.label("person_id"), Lesson.id.label("lesson_id"), LessonVersion.id.label("version_id"),
        sa.literal([], Document).label("steps"), sa.literal({}, Document).label("checks"),
        sa.literal(now, UTCDateTime()).label("started_at"), sa.literal(now, UTCDateTime()).label("updated_at"),
        finished.label("completed_at"))
        .select_from(Person).join(Lesson, (Person.id + Lesson.id) % 5 == 0)
        .join(LessonVersion, (LessonVersion.lesson_id == Lesson.id) & (LessonVersion.hash == Lesson.version)))


def _add_attempts(now: datetime) -> None:
    """Every tenth person made one attempt at the counting assessment: twelve answered questions, failed."""
    version_of = assessing.AssessmentVersion
    version = db.session.scalars(
        sa.select(version_of).join(assessing.Assessment, assessing.Assessment.current_version_id == version_of.id)
        .where(version_of.use == "counting").limit(1)).one()
    begun = now - timedelta(days=3)
    moment = {"started_at": begun, "due_at": begun + timedelta(hours=1), "closes_at": begun + timedelta(hours=1),
              "submitted_at": begun + timedelta(minutes=20)}
    result = {"right": 5, "of": 12, "percent": 41, "required": 70, "passed": False, "groups": [], "skills": [],
              "scores": [0] * 12, "scoring_version": 1}
    _copy(Attempt, sa.select(
        _random_uuid().label("uuid"), Person.id.label("person_id"), sa.literal(version.assessment_id).label("assessment_id"),
        sa.literal(version.id).label("assessment_version_id"), sa.literal(1).label("number"), Person.id.label("seed"),
        sa.literal("submitted").label("state"), sa.literal("client").label("submitted_by"),
        *(sa.literal(at, UTCDateTime()).label(name) for name, at in moment.items()),
        sa.literal(0).label("extra_time_percent"), sa.literal(result, Document).label("result"),
        sa.literal(41).label("score_percent"), sa.literal(False).label("passed"), sa.literal(1).label("scoring_version"))
        .where(Person.id % TRIED == 0))
    first = sa.select(sa.func.min(ItemVersion.id)).scalar_subquery()
    _copy(AttemptItem, sa.select(
        Attempt.id.label("attempt_id"), (ItemVersion.id - first + 1).label("position"),
        ItemVersion.id.label("item_version_id"), sa.literal(1).label("seed"))
        .join(ItemVersion, ItemVersion.id < first + 12))
    _copy(assessing.Response, sa.select(
        AttemptItem.attempt_id, AttemptItem.position, sa.literal({"choice": "a"}, Document).label("document"),
        sa.literal(False).label("flagged"), sa.literal(1).label("sequence"), AttemptItem.position.label("receipt"),
        sa.literal(1).label("saves"), sa.literal(begun, UTCDateTime()).label("saved_at")))


def _add_confirmations(ward: int, now: datetime) -> None:
    """The first people and every twentieth hold a level by decision of the body."""
    policy = db.session.scalars(sa.select(Policy).where(Policy.organisation_key.is_(None)).order_by(Policy.id).limit(1)).one()
    _copy(assessing.Confirmation, sa.select(
        _random_uuid().label("uuid"), Person.id.label("person_id"), sa.literal(policy.level_ref).label("level_ref"),
        sa.literal(policy.level_ref.partition("/")[0]).label("framework_ref"), sa.literal(policy.id).label("policy_id"),
        sa.literal(ward).label("organisation_id"), sa.literal({}, Document).label("evidence"),
        sa.literal("0" * 64).label("evidence_hash"), sa.literal("decision").label("basis"),
        sa.literal("01/QĐ-ĐO").label("decision_number"), sa.literal(now, UTCDateTime()).label("decided_at"),
        sa.case((Person.id > DUE, sa.literal(now, UTCDateTime())), else_=sa.null()).label("ended_at"))
        .where(sa.or_(Person.id <= DUE, Person.id % HELD == 0)).order_by(Person.id))


def _add_staff(teams: dict[str, int], now: datetime) -> None:
    """A focal point for each of the two teams."""
    for number, key in ((SMALL_FOCAL, "to-nho"), (LARGE_FOCAL, "to-lon")):
        person, team = db.session.get_one(Person, number), db.session.get_one(Organisation, teams[key])
        grant_role(person, "focal_point", team, now=now, operator="bench")


def _random_uuid() -> Any:
    if db.engine.dialect.name == "postgresql":
        return sa.func.gen_random_uuid()
    return sa.func.lower(sa.func.hex(sa.func.randomblob(16)))


def _copy(table: Any, rows: Any) -> None:
    """INSERT … SELECT: the labels of the selected columns name the columns to fill."""
    db.session.execute(sa.insert(table).from_select([column.name for column in rows.selected_columns], rows,
                                                    include_defaults=False))
