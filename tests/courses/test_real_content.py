"""The lessons that are shipped: every one loads, opens, keeps to its weight, and holds nothing that a page may not."""

import gzip
import re

import pytest
from flask import current_app

from lms.core.db import db
from lms.courses.models import Lesson, LessonVersion
from lms.web.assets import FOLDER
from tests.courses.factories import load

FIRST_VISIT = 150 * 1024
NEXT_VISIT = 60 * 1024


@pytest.fixture
def slugs(app):
    load(current_app.config["LMS_CONTENT"])
    return [lesson.slug for lesson in db.session.query(Lesson).order_by(Lesson.key)]


def sent(client, path):
    """Bytes of an answer as they go over the line."""
    answer = client.get(path, headers={"Accept-Encoding": "gzip"})
    size = len(answer.data) if answer.headers.get("Content-Encoding") or path.endswith(".woff2") else len(
        gzip.compress(answer.data, 5))
    answer.close()
    return size


def files_of(page):
    """Style sheets, scripts, fonts and icon that a page makes a browser fetch."""
    found = re.findall(r'(?:href|src)="(/tinh/[^"]+)"', page)
    release = found[0].split("/")[2]
    return [*found, f"/tinh/{release}/fonts/be-vietnam-pro-500.woff2", f"/tinh/{release}/fonts/be-vietnam-pro-700.woff2", "/sw.js"]


def test_every_shipped_lesson_opens_and_keeps_to_its_weight(slugs, client):
    assert len(slugs) >= 14
    for slug in slugs:
        for phone in ("android", "iphone"):
            page = client.get(f"/bai/{slug}?may={phone}").get_data(as_text=True)
            weight = sent(client, f"/bai/{slug}?may={phone}")
            first = weight + sum(sent(client, path) for path in files_of(page)) + sent(client, f"/bai/{slug}?ban=ngoai-tuyen")
            assert first <= FIRST_VISIT, (slug, first)
            assert 2 * weight <= NEXT_VISIT, (slug, weight)
            assert page.count("\x1e") == 0


def test_the_weight_shown_is_about_the_weight_sent(slugs, client):
    for version in db.session.query(LessonVersion):
        slug = db.session.get(Lesson, version.lesson_id).slug

        weight = max(len(gzip.compress(client.get(f"/bai/{slug}?may={phone}").data, 5)) for phone in ("android", "iphone"))

        assert abs(weight - version.bytes) < 1500, (slug, weight, version.bytes)


def test_all_scripts_together_are_small():
    scripts = [path.read_bytes() for path in sorted((FOLDER / "js").glob("*.js"))]

    assert sum(len(gzip.compress(script)) for script in scripts) <= 30 * 1024


def test_shipped_courses_are_found_as_people_type(slugs, client):
    for typed, wanted in (("lua dao", "/bai/ba-viec-khi-nghi-lua-dao"), ("vneid", "/bai/cai-vneid-dung-cach"),
                          ("goi dien", "/bai/goi-dien"), ("ma otp", "/bai/giu-ma-otp-va-ma-pin")):
        assert wanted in client.get("/tim", query_string={"q": typed}).get_data(as_text=True)
