"""Progress only grows: steps, checks, practice, completion; two writers at once; guests who get an account."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from lms.core.db import db
from lms.core.errors import DomainError
from lms.courses.models import Lesson, LessonVersion, Progress, Reader
from lms.courses.queries.progress import learned_by
from lms.courses.services import progress as services
from tests.courses.factories import STEPS, guest, lesson_and_version, lesson_text, load, write_course
from tests.factories import NOW, make_person

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def course(app, tmp_path):
    load(write_course(tmp_path))
    return tmp_path


@pytest.fixture
def reader(course):
    return Reader(person_id=make_person().id)


def rows():
    db.session.expire_all()
    return db.session.query(Progress).order_by(Progress.id).all()


def test_steps_are_added_once_and_the_last_one_never_goes_back(reader):
    for step in ("mo-may", "doc-ky", "doc-ky", "mo-may"):
        services.reach_step(reader, *lesson_and_version(), step, now=NOW)

    (row,) = rows()
    assert (row.steps, row.last_step, row.started_at, row.completed_at) == (["mo-may", "doc-ky"], "doc-ky", NOW, None)


def test_an_unknown_step_is_refused_and_writes_nothing(reader):
    with pytest.raises(DomainError) as refusal:
        services.reach_step(reader, *lesson_and_version(), "la", now=NOW)

    assert (refusal.value.code, rows()) == ("lesson.unknown_step", [])


def test_completing_and_practising_twice_keeps_the_first_moment(reader):
    for now in (NOW, LATER):
        services.finish_practice(reader, *lesson_and_version(), now=now)
        services.complete_lesson(reader, *lesson_and_version(), now=now)

    (row,) = rows()
    assert (row.practised_at, row.completed_at, row.updated_at) == (NOW, NOW, LATER)


def test_a_right_answer_stays_and_a_wrong_one_can_be_mended(reader):
    lesson, version = lesson_and_version()

    wrong = services.answer_check(reader, lesson, version, 1, "otp", ["a"], now=NOW)
    kept_wrong = rows()[0].checks
    right = services.answer_check(reader, lesson, version, 1, "otp", ["b"], now=NOW)
    services.answer_check(reader, lesson, version, 1, "otp", ["a"], now=NOW)

    assert (wrong.right, kept_wrong) == (False, {"otp": {"answer": ["a"], "right": False}})
    assert (right.right, rows()[0].checks) == (True, {"otp": {"answer": ["b"], "right": True}})


@pytest.mark.parametrize(("number", "check", "chosen", "code"), [
    (1, "tin", ["b"], "lesson.changed"), (9, "otp", ["b"], "lesson.changed"), (0, "otp", ["b"], "lesson.changed"),
    (1, "otp", [], "check.nothing_chosen"), (1, "otp", ["link"], "check.unknown_choice"),
])
def test_answers_that_do_not_fit_write_nothing(reader, number, check, chosen, code):
    with pytest.raises(DomainError) as refusal:
        services.answer_check(reader, *lesson_and_version(), number, check, chosen, now=NOW)

    assert (refusal.value.code, rows()) == (code, [])


def test_progress_survives_a_content_update(reader, course):
    services.reach_step(reader, *lesson_and_version(), "doc-ky", now=NOW)
    services.complete_lesson(reader, *lesson_and_version(), now=NOW)
    old = lesson_and_version()[1].id

    load(write_course(course, lessons={"tin-gia": lesson_text(steps=STEPS.replace("Đọc kỹ {#doc-ky}", "Đọc {#doc-cham}"))}))
    kept = rows()[0]
    assert (kept.completed_at, kept.steps, kept.version_id) == (NOW, ["doc-ky"], old)
    services.reach_step(reader, *lesson_and_version(), "mo-may", now=LATER)

    (row,) = rows()
    assert (row.completed_at, row.steps, row.last_step) == (NOW, ["doc-ky", "mo-may"], "mo-may")
    assert row.version_id == lesson_and_version()[1].id != old


def test_each_reader_has_a_row_of_their_own(reader):
    services.reach_step(reader, *lesson_and_version(), "mo-may", now=NOW)
    services.reach_step(guest("a"), *lesson_and_version(), "doc-ky", now=NOW)
    services.reach_step(guest("b"), *lesson_and_version(), "mo-may", now=NOW)
    services.reach_step(reader, *lesson_and_version("goi-dien"), "mo-may", now=NOW)

    assert [(row.person_id, row.guest_id and row.guest_id[0], row.steps) for row in rows()] == [
        (reader.person_id, None, ["mo-may"]), (None, "a", ["doc-ky"]), (None, "b", ["mo-may"]),
        (reader.person_id, None, ["mo-may"])]


def test_many_writers_at_once_make_one_row_with_every_step(app, reader):
    """A phone that sends two steps and a completion at the same moment loses none of them."""
    lesson, version = lesson_and_version()
    ids = (lesson.id, version.id)
    steps = ["mo-may", "mo-kho-android", "mo-kho-iphone", "doc-ky"] * 2
    db.session.commit()
    db.session.remove()
    barrier = threading.Barrier(len(steps))

    def write(step):
        with app.app_context():
            barrier.wait()
            services.reach_step(reader, db.session.get(Lesson, ids[0]), db.session.get(LessonVersion, ids[1]), step, now=NOW)
            db.session.commit()

    with ThreadPoolExecutor(len(steps)) as pool:
        list(pool.map(write, steps))

    (row,) = rows()
    assert (set(row.steps), len(row.steps), row.last_step) == (set(steps), 4, "doc-ky")


def test_a_guest_moves_in_and_the_further_state_stays(reader):
    lesson, version = lesson_and_version()
    services.reach_step(reader, lesson, version, "mo-may", now=LATER)
    services.answer_check(reader, lesson, version, 1, "otp", ["b"], now=LATER)
    services.reach_step(guest(), lesson, version, "doc-ky", now=NOW)
    services.answer_check(guest(), lesson, version, 1, "otp", ["a"], now=NOW)
    services.answer_check(guest(), lesson, version, 2, "tin", ["doa"], now=NOW)
    services.complete_lesson(guest(), lesson, version, now=NOW)
    services.finish_practice(guest(), *lesson_and_version("goi-dien"), now=NOW)
    services.reach_step(guest("x"), lesson, version, "mo-may", now=NOW)

    moved = services.adopt_guest("g" * 22, reader.person_id, now=LATER)
    again = services.adopt_guest("g" * 22, reader.person_id, now=LATER)

    assert (moved, again) == (2, 0)
    mine = {row.lesson_id: row for row in rows() if row.person_id}
    row = mine[lesson.id]
    assert (row.steps, row.last_step, row.started_at, row.completed_at) == (["mo-may", "doc-ky"], "doc-ky", NOW, NOW)
    assert row.checks == {"otp": {"answer": ["b"], "right": True}, "tin": {"answer": ["doa"], "right": False}}
    assert mine[lesson_and_version("goi-dien")[0].id].practised_at == NOW
    assert [row.guest_id for row in rows() if row.guest_id] == ["x" * 22]


def test_guests_who_never_came_back_are_removed(reader):
    services.reach_step(guest("a"), *lesson_and_version(), "mo-may", now=NOW)
    services.reach_step(guest("b"), *lesson_and_version(), "mo-may", now=NOW + timedelta(days=100))
    services.reach_step(reader, *lesson_and_version(), "mo-may", now=NOW)

    removed = services.purge_guests(now=NOW + timedelta(days=181))

    assert (removed, [row.guest_id for row in rows()]) == (1, ["b" * 22, None])


def test_a_person_can_have_everything_about_their_learning(reader):
    services.reach_step(reader, *lesson_and_version(), "mo-may", now=NOW)
    services.reach_step(guest(), *lesson_and_version(), "doc-ky", now=NOW)

    (told,) = learned_by(reader.person_id)

    assert (told["slug"], told["steps"], told["started_at"]) == ("tin-gia", ["mo-may"], NOW.isoformat())
