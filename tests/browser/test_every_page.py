"""Every page in its states: read by axe in both themes, measured at every width, and its HTML checked by a validator."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from lms.app import create_app
from tests.browser import looks
from tests.browser.conftest import PATIENCE, PHONE, watch
from tests.browser.every_page import MORE_CONTENT, NO_PAGES, VISITS
from tests.browser.ward import PIN, Ward

pytestmark = pytest.mark.browser
HTML_VALIDATE = Path(os.environ.get("LMS_NODE_TOOLS", "node-tools")) / "node_modules" / ".bin" / "html-validate"
NAMES = [visit.name for visit in VISITS]
FIRST = {visit.endpoint: visit for visit in reversed(VISITS)}.values()  # of every page one state; the others are heavy
EACH = [pytest.param(visit, id=visit.name, marks=() if visit in FIRST else pytest.mark.heavy) for visit in VISITS]


class Crawler:
    """Looks at each page once and remembers what it saw; people stay signed in between."""

    def __init__(self, chromium, site, folder):
        self.chromium, self.site, self.folder, self.ward = chromium, site, folder, Ward(site)
        self.faults, self.contexts, self.seen = [], {}, {}

    def look(self, visit):
        """What is wrong with the page on a phone, and the file of its HTML."""
        if visit.name not in self.seen:
            page = self.at(visit)
            found = [*looks.axe(page), *looks.too_small(page)]
            page.emulate_media(color_scheme="dark")
            found += [f"dark: {line}" for line in looks.axe(page, only_colours=True)]
            found += looks.overflow(page, 360, text="rat-lon") + looks.overflow(page, 320)
            self.seen[visit.name] = found + self.faults
            self.leave(page, visit)
        return self.seen[visit.name]

    def at(self, visit, **look):
        """A tab with the page open, its HTML kept as the server sent it."""
        self.faults = []
        context = self.context_of(visit.who)
        page = context.new_page()
        page.emulate_media(color_scheme=look.pop("scheme", "light"))
        page.set_viewport_size({"width": 360, "height": 780, **look})
        answers = []
        page.on("response", lambda answer: answers.append(answer)
                if answer.request.is_navigation_request() and answer.status not in (302, 303) else None)
        page.goto(visit.at) if isinstance(visit.at, str) else visit.at(page, self.ward)
        page.wait_for_load_state()
        assert answers[-1].status == visit.status
        self.file_of(visit).write_bytes(answers[-1].body())
        page.evaluate("document.fonts.ready")
        return page

    def file_of(self, visit):
        return self.folder / f"{visit.name}.html"

    def context_of(self, who):
        if who is None:
            return self.fresh()
        if who not in self.contexts:
            self.contexts[who] = self.fresh()
            page = self.contexts[who].new_page()
            page.goto("/dang-nhap")
            page.locator("#name").fill(who)
            page.locator("main form button").first.click()
            page.locator("main input[type=password]").fill(PIN)
            page.locator("main form button.btn--big").click()
            page.wait_for_url(lambda address: "dang-nhap" not in address)
            page.close()
        return self.contexts[who]

    def fresh(self):
        context = self.chromium.new_context(**PHONE, base_url=self.site.base, service_workers="block", reduced_motion="reduce")
        context.set_default_timeout(PATIENCE)
        watch(context, self.site, self.faults)
        return context

    def leave(self, page, visit):
        page.close() if visit.who else page.context.close()

    def close(self):
        for context in self.contexts.values():
            context.close()


@pytest.fixture(scope="module")
def crawler(chromium, site, tmp_path_factory):
    crawler = Crawler(chromium, site, tmp_path_factory.mktemp("html"))
    yield crawler
    crawler.close()


def test_every_route_is_looked_at(tmp_path):
    app = create_app({"LMS_INSTANCE": tmp_path, "SQLALCHEMY_DATABASE_URI": "sqlite://", "SECRET_KEY": "k3-Wq8sZ" * 6})
    shown = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in rule.methods}

    visited = {visit.endpoint for visit in VISITS}

    assert shown - visited - NO_PAGES == set()
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("visit", EACH)
def test_page_is_for_everybody(visit, crawler):
    assert crawler.look(visit) == []


def faults_of_html(crawler, visits):
    """What the validator says of these pages, one line for each fault."""
    if not HTML_VALIDATE.exists():
        without = pytest.fail if os.environ.get("LMS_TEST_STRICT") == "1" else pytest.skip
        without("html-validate is not in the folder that LMS_NODE_TOOLS names")
    for visit in visits:
        crawler.look(visit)
    report, files = crawler.folder / "report.json", [crawler.file_of(visit) for visit in visits]
    with report.open("wb") as out:  # a pipe would lose what node has not written when it ends
        result = subprocess.run([HTML_VALIDATE, "--preset=standard,a11y", "--formatter=json", *files],
                                stdout=out, stderr=subprocess.PIPE, cwd=crawler.folder)
    assert result.returncode in (0, 1), result.stderr
    return [f"{Path(file['filePath']).stem}:{one['line']} {one['ruleId']}: {one['message']}"
            for file in json.loads(report.read_text(encoding="utf-8")) for one in file["messages"]]


def test_html_of_every_page_is_valid(crawler):
    assert faults_of_html(crawler, FIRST) == []


@pytest.mark.heavy
def test_html_of_every_other_state_is_valid(crawler):
    assert faults_of_html(crawler, [visit for visit in VISITS if visit not in FIRST]) == []


@pytest.mark.heavy
@pytest.mark.parametrize("visit", VISITS, ids=NAMES)
def test_page_is_for_everybody_on_every_screen(visit, crawler):
    page = crawler.at(visit, scheme="dark", width=1280, height=900)
    found = [f"dark, at 1280: {line}" for line in looks.axe(page)]
    page.emulate_media(color_scheme="light")
    for width in (1280, 320):  # narrow, everything; wide, what the dark one did not show
        found += looks.overflow(page, width, height=900)
        found += [f"at {width}: {line}" for line in [*looks.axe(page, only_colours=width == 1280), *looks.too_small(page)]]
    crawler.leave(page, visit)

    assert found == []


@pytest.mark.heavy
@pytest.mark.parametrize("visit", MORE_CONTENT, ids=[visit.name for visit in MORE_CONTENT])
def test_every_lesson_and_framework_is_for_everybody(visit, crawler):
    assert crawler.look(visit) == []
