"""What is asked of the product and of the yardsticks: visitors who are signed in, the pages they open, what they send."""

import re
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from lms.operations.bench import seed
from lms.operations.bench.browser import Browser, Form, UnexpectedAnswer
from lms.operations.bench.load import Request, Work
from lms.operations.bench.places import Server

CONNECTIONS = 32
ASSESSMENT = "do-toc-do"
QUESTIONS = 20
REQUESTS_OF_ATTEMPT = 2 * QUESTIONS + 3
LESSON = "/bai/cuoc-goi-gia-danh"
FRAMEWORK = "/khung/qd757-I1-nguoi-dan"
NUMBER_WIDTH = 6
WALKERS = 6             # who walk through whole attempts side by side
SIGN_INS = 12           # in one round
SAVED_POSITIONS = 4     # among which one learner's saves go round

ASSESSMENT_FILE = """\
title: Bài để đo tốc độ
short_title: Bài đo tốc độ
use: practice
serves: null
banks: [luyen-an-toan-chong-lua-dao]
minutes: 120
draw:
- {skill: qd757-I1-nguoi-dan@1.0/skill/N5.1, count: 4}
- {skill: qd757-I1-nguoi-dan@1.0/skill/N5.2, count: 4}
- {skill: qd757-I1-nguoi-dan@1.0/skill/N5.3, count: 8}
- {skill: qd757-I1-nguoi-dan@1.0/skill/N2.3, count: 4}
pass: {overall: 70, groups: {}}
"""


def content_with_assessment(public: Path, folder: Path) -> Path:
    """A copy of the content tree with an assessment of twenty questions beside the shipped ones."""
    tree = folder / "tree"
    shutil.copytree(public, tree)
    (tree / "assessments" / f"{ASSESSMENT}.yaml").write_text(ASSESSMENT_FILE, encoding="utf-8")
    return tree


@dataclass
class Visitors:
    """Browsers signed in at one product server: those who load it, and those who walk through attempts."""

    server: Server
    learners: list[Browser] = field(default_factory=list)
    walkers: list[Browser] = field(default_factory=list)
    next_person: int = 0

    def bring(self, *, learners: int, walkers: int = 0, first: int) -> "Visitors":
        """Sign in so many of each, from the person of number `first` on."""
        self.learners = [signed_in(self.server, first + place) for place in range(learners)]
        self.walkers = [signed_in(self.server, first + learners + place) for place in range(walkers)]
        self.next_person = first + learners + walkers
        return self


def signed_in(server: Server, number: int) -> Browser:
    """The person of this number, signed in through the pages as anybody is."""
    browser = at_the_pin(server, number)
    browser.post("/dang-nhap/pin", browser.form_values | {"secret": seed.SECRET, "kept": "y"})
    return browser


class _Waiting(Browser):
    """A browser that has the PIN page open."""

    form_values: dict[str, str]


def at_the_pin(server: Server, number: int) -> _Waiting:
    """The person of this number, one step before being signed in."""
    browser = _Waiting(server.port)
    form = browser.get("/dang-nhap").form("/dang-nhap")
    browser.post("/dang-nhap", form.fields | {"name": seed.phone_of(number)})
    browser.form_values = browser.get("/dang-nhap/pin").form("/dang-nhap/pin").fields
    return browser


def reading(name: str, server: Server, browsers: list[Browser], path: str, *, packed: bool = False) -> Work:
    """A page that these visitors open over and over; each is asked once before, so that a wrong page is seen."""
    for browser in browsers:
        browser.get(path, packed=packed)
    return Work(name, server, [[browser.request(path, packed=packed)] for browser in _all(browsers)])


def public_pages(server: Server, suffix: str = "") -> list[Work]:
    """Pages for visitors of whom nothing is known."""
    nobody = [Browser(server.port)]
    return [reading(name + suffix, server, nobody, path)
            for name, path in (("home", "/"), ("catalogue", "/khoa-hoc"), ("framework", FRAMEWORK))]


def learner_pages(visitors: Visitors, suffix: str = "") -> list[Work]:
    """A learner's pages. Each has read half of the lesson before."""
    for browser in visitors.learners:
        read_half(browser)
    pages = (("lesson", LESSON), ("today", "/hom-nay"), ("skill_map", "/ky-nang"))
    works = [reading(name + suffix, visitors.server, visitors.learners, path) for name, path in pages]
    if not suffix:
        works.append(reading("lesson_packed", visitors.server, visitors.learners, LESSON, packed=True))
    return works


def read_half(browser: Browser) -> None:
    """Go some steps into the lesson, as its script reports it."""
    page = browser.get(LESSON)
    steps = re.findall(r'id="([^"]+)" data-step', page.html)
    browser.post(f"{LESSON}/tien-do", page.form("/tien-do").fields | {"step": steps[len(steps) // 2]}, want=303)


def attempt_pages(visitors: Visitors, suffix: str = "") -> list[Work]:
    """The question page and autosave of attempts that stay open: each learner has one of their own."""
    questions, saves = [], []
    for browser in visitors.learners:
        base = start(browser)
        questions.append([browser.request(f"{base}/{position}") for position in range(1, QUESTIONS + 1)])
        saves.append([saving(browser, f"{base}/{position}") for position in range(1, SAVED_POSITIONS + 1)])
    return [Work("question" + suffix, visitors.server, _all(questions)),
            Work("autosave" + suffix, visitors.server, saves)]


def start(browser: Browser) -> str:
    """Begin the attempt; the address of its questions without their number."""
    form = browser.get(f"/bai-kiem-tra/{ASSESSMENT}").form("/bat-dau")
    where = browser.post(form.action, form.fields).headers["Location"]
    return str(where).rpartition("/")[0]


def saving(browser: Browser, address: str) -> Request:
    """The save of an answer to this question, with a growing sequence number."""
    form = browser.get(address).form("/cau/")
    return browser.saving(f"{address}/luu", form.filled(), "sequence", NUMBER_WIDTH)


def attempts(visitors: Visitors) -> Work:
    """Whole attempts side by side; the page with the button to start is opened outside the measure."""
    forms: list[Form] = []

    def prepare() -> None:
        forms[:] = [one.get(f"/bai-kiem-tra/{ASSESSMENT}").form("/bat-dau") for one in visitors.walkers]

    def story() -> int:
        with ThreadPoolExecutor(len(forms)) as pool:
            for asked in pool.map(whole_attempt, visitors.walkers, forms):
                if asked != REQUESTS_OF_ATTEMPT:
                    raise UnexpectedAnswer(f"an attempt took {asked} requests instead of {REQUESTS_OF_ATTEMPT}")
        return len(forms)

    return Work("attempt", visitors.server, story=story, prepare=prepare)


def whole_attempt(browser: Browser, begin: Form) -> int:
    """Start, every question page, a save on each, submit, result; how many requests that took."""
    before = browser.asked
    base = str(browser.post(begin.action, begin.fields).headers["Location"]).rpartition("/")[0]
    token = ""
    for position in range(1, QUESTIONS + 1):
        form = browser.get(f"{base}/{position}").form("/cau/")
        browser.post(f"{base}/{position}/luu", form.filled(), want=200)
        token = form.fields["csrf_token"]
    where = browser.post(f"{base.rpartition('/')[0]}/nop", {"csrf_token": token, "hieu": "1"}).headers["Location"]
    browser.get(str(where))
    return browser.asked - before


def sign_ins(visitors: Visitors) -> Work:
    """The request that checks the PIN and begins a sign-in; the pages before it are opened outside the measure."""
    ready: list[_Waiting] = []

    def prepare() -> None:
        first = visitors.next_person
        ready[:] = [at_the_pin(visitors.server, first + place) for place in range(SIGN_INS)]
        visitors.next_person += SIGN_INS

    def story() -> int:
        for browser in ready:
            browser.post("/dang-nhap/pin", browser.form_values | {"secret": seed.SECRET, "kept": "y"})
            browser.close()
        return len(ready)

    return Work("sign_in", visitors.server, story=story, prepare=prepare)


def verify(server: Server, serials: list[str], suffix: str = "") -> Work:
    """The public page of issued papers."""
    nobody = Browser(server.port)
    for serial in serials:
        nobody.get(f"/k/{serial}")
    return Work("verify" + suffix, server, _all([[nobody.request(f"/k/{serial}")] for serial in serials]))


def class_lists(server: Server) -> list[Work]:
    """The list of learners of the small and of the large team, each seen by its focal point."""
    return [reading(name, server, [signed_in(server, number)], "/nguoi-hoc")
            for name, number in (("list_small", seed.SMALL_FOCAL), ("list_large", seed.LARGE_FOCAL))]


def class_tables(server: Server) -> list[Work]:
    """The class table of the small and of the large team, each opened by its focal point from their own first page."""
    works = []
    for name, number in (("class_table_small", seed.SMALL_FOCAL), ("class_table", seed.LARGE_FOCAL)):
        focal = signed_in(server, number)
        table = re.search(r'href="(/dau-moi/lop/[0-9a-f-]{36})"', focal.get("/dau-moi").html)
        if table is None:
            raise UnexpectedAnswer("/dau-moi leads to no class table")
        works.append(reading(name, server, [focal], table[1]))
    return works


def yardsticks(server: Server) -> list[Work]:
    """The yardsticks in the same form."""
    nobody, user = Browser(server.port), Browser(server.port)
    user.get("/sign-in/5")
    fields = {"position": "1", "text": "Cúp máy, gọi Công an phường để hỏi"}
    reads: tuple[tuple[str, Callable[[int], list[bytes]]], ...] = (
        ("hello", lambda _n: nobody.request("/hello")), ("rawone", lambda n: nobody.request(f"/rawone/{n}")),
        ("one", lambda n: nobody.request(f"/one/{n}")), ("page", lambda _n: user.request("/page")))
    works = [Work(name, server, [[make(number)] for number in range(1, CONNECTIONS + 1)]) for name, make in reads]
    return works + [
        Work(name, server, [[nobody.saving(f"/{name}", fields | {"user_id": str(number)}, "sequence", NUMBER_WIDTH)]
                            for number in range(1, CONNECTIONS + 1)])
        for name in ("rawsave", "save")]


def lesson_paths(server: Server) -> list[str]:
    """The addresses of all lessons, course by course."""
    nobody = Browser(server.port)
    courses = dict.fromkeys(re.findall(r'href="(/khoa-hoc/[a-z0-9-]+)"', nobody.get("/khoa-hoc").html))
    pages = [nobody.get(course).html for course in courses]
    return list(dict.fromkeys(path for page in pages for path in re.findall(r'href="(/bai/[a-z0-9-]+)"', page)))


def _all(some: list) -> list:  # type: ignore[type-arg]
    """As many as there are connections, taken in turn."""
    return [some[place % len(some)] for place in range(CONNECTIONS)]
