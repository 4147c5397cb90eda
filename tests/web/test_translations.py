"""Every word on a screen is marked for translation, and every marked word has its English."""

import ast
import importlib.util
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages import pofile
from jinja2 import nodes

from lms.core import clock, settings
from lms.core.db import db
from lms.core.errors import DomainError
from lms.web import phrases
from lms.web.phrases.certificates import EVENT_NAMES, STATE_NAMES
from lms.web.phrases.roles import ROLE_NAMES
from tests.factories import make_person
from tests.pages import VOID

ROOT = Path(__file__).resolve().parent.parent.parent
TOOL = ROOT / "tools" / "messages.py"
CATALOGUE = ROOT / "lms" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
VIETNAMESE = re.compile(
    "[àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ\u0300\u0301\u0303\u0309\u0323]", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]{2,}")
MARKS = {"_", "_l", "gettext", "ngettext", "pgettext", "lazy_gettext", "lazy_pgettext"}
SPOKEN = re.compile(r'\b(?:aria-label|alt|title|placeholder|label|data-l)="([^"]*)"')

# Papers and articles are Vietnamese whatever the language of the page; it says lang="vi" around them.
ALWAYS_VIETNAMESE = {"certificates/sheet.html", "courses/lesson-body.html", "courses/parts/lesson-pieces.html"}
# Names that are the same in every language, and a verse.
UNMARKED = {
    "certificates/parts.html": {"7HWN-X3TB"},
    "courses/home.html": {"“i, tờ giống móc cả hai,", "i ngắn có chấm, tờ dài có ngang”"},
    "courses/parts/lesson-marks.html": {"iPhone"},
    "components/language.html": {"Tiếng Việt", "English"}, "web/accessibility.html": {"Tiếng Việt", "English"},
}
# Vietnamese that stays in an English sentence: names, numbers of documents, how a person is addressed.
KEPT_IN_ENGLISH = re.compile(r"Bình dân học vụ số|Giấy xác nhận|\b\d+/(?:QĐ-UBND|\d{4}/NĐ-CP)|^(?i:bác|cô|chú|chị|bạn)$")


TEMPLATES = [pytest.param(path, id=path.as_posix().split("/templates/")[1])
             for path in sorted((ROOT / "lms").rglob("templates/**/*.html"))]
SCREEN_MODULES = [pytest.param(path, id=path.relative_to(ROOT).as_posix())
                  for path in sorted((ROOT / "lms").rglob("*.py"))
                  if {"views", "views.py", "forms.py", "phrases", "navigation.py"} & set(path.parts)]


@pytest.fixture(scope="module")
def english():
    with CATALOGUE.open("rb") as file:
        return pofile.read_po(file, locale="en")


def test_the_catalogue_is_complete_and_compiled():
    checked = subprocess.run([sys.executable, TOOL, "--check"], capture_output=True, text=True, check=False)

    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("path", TEMPLATES)
def test_a_template_says_nothing_that_is_not_marked(shared_app, path):
    name = path.as_posix().split("/templates/")[1]
    if name in ALWAYS_VIETNAMESE:
        return

    said = said_by(shared_app.jinja_env, path.read_text(encoding="utf-8"))

    assert said == UNMARKED.get(name, set()), "wrap it in _(…), or name it in UNMARKED"


def said_by(jinja, source):
    """What the template itself says, outside expressions: text, and attributes that are read out."""
    drawn, loose = "", set()
    for _line, kind, value in jinja.lex(source):
        drawn += value if kind == "data" else "\n" if kind.endswith("_begin") else ""
    for _line, kind, value in unmarked_strings(jinja.lex(source)):
        loose |= {value} if kind == "string" and VIETNAMESE.search(value) else set()
    spoken = [part for attribute in SPOKEN.findall(drawn) for part in attribute.split("\n")]
    text = re.sub(r'<[^>]*>|[\w-]+="|"', "\n", drawn).split("\n")
    return {part.strip() for part in [*spoken, *text] if WORD.search(part)} | loose


def unmarked_strings(tokens):
    """The tokens that are not the first words inside _(…), pgettext(…) and the like."""
    inside, before = False, ""
    for line, kind, value in tokens:
        if kind == "whitespace":
            continue
        if value == "(" and before in MARKS:
            inside = True
        elif inside and kind != "string" and value != ",":
            inside = False
        if not inside:
            yield line, kind, value
        before = value


@pytest.mark.parametrize("path", SCREEN_MODULES)
def test_a_view_or_form_says_nothing_that_is_not_marked(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    marked = {id(part) for call in ast.walk(tree) if is_mark(call) for part in ast.walk(call)}
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings

    said = [f"{node.lineno}: {node.value}" for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and VIETNAMESE.search(node.value)
            and id(node) not in marked | silent]

    assert said == [], "wrap it in _(…)"


def is_mark(node):
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS


def test_every_mark_is_found_by_the_tool(shared_app, english):
    marked = set()
    for path in (ROOT / "lms").rglob("*.py"):
        for call in filter(is_mark, ast.walk(ast.parse(path.read_text(encoding="utf-8")))):
            assert isinstance(call.args[0], ast.Constant), f"{path.name}:{call.lineno}: a mark takes the sentence itself"
            marked.add(tuple(part.value for part in call.args[:2] if "pgettext" in call.func.id) or call.args[0].value)
    for param in TEMPLATES:
        tree = shared_app.jinja_env.parse(param.values[0].read_text(encoding="utf-8"))
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name in MARKS:
                words = [part.value for part in call.args if isinstance(part, nodes.Const)]
                assert words, f"{param.id}:{call.lineno}: a mark takes the sentence itself"
                marked.add(tuple(words[:2]) if call.node.name == "pgettext" else words[0])

    missing = [words for words in marked
               if not (english.get(words[1], words[0]) if isinstance(words, tuple) else english.get(words))]

    assert len(marked) > 1000
    assert missing == []


def test_the_english_is_english(english):
    kept = [text for message in english if message.id
            for text in (message.string if isinstance(message.string, tuple) else (message.string,))
            if VIETNAMESE.search(KEPT_IN_ENGLISH.sub("", text))]

    assert kept == []


def test_the_tool_refuses_english_that_would_break_a_page():
    spec = importlib.util.spec_from_file_location("messages_tool", TOOL)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    catalogue = tool.Catalog(locale="en")
    for source, target, flags in [
        ("Đạt", "", ()), ("Sai", "Wrong", ("fuzzy",)), ("%(n)s câu", "%(m)s questions", ()), ("%(n)s bài", "100% of %(n)s", ()),
        ("Còn {} phút", "min left", ()), ("Máy này", '"This" device', ()), ("Được %(n)s%%", "Got %(n)s%%", ()),
    ]:
        catalogue.add(source, target, flags=flags)

    faults = {message.id: list(tool.faults_of(message)) for message in catalogue if message.id}

    assert {source for source, found in faults.items() if found} == set(faults) - {"Được %(n)s%%"}


def test_one_word_with_two_meanings_has_two_translations(shared_app):
    with shared_app.test_request_context(headers={"Cookie": "ngon_ngu=en"}):
        assert str(ROLE_NAMES["learner"]) == "Learner"
        assert str(STATE_NAMES["suspended"]) == str(EVENT_NAMES["suspended"]) == "Suspended"
    with shared_app.test_request_context():
        assert str(ROLE_NAMES["learner"]) == "Người học"


def test_a_refusal_speaks_the_language_of_the_reader(shared_app):
    error = DomainError("secret.locked", minutes=15, phone="0236 3000 000")

    with shared_app.test_request_context(headers={"Cookie": "ngon_ngu=en"}):
        assert "Wait 15 min" in phrases.sentence(error)
    with shared_app.test_request_context():
        assert "Đợi 15 phút" in phrases.sentence(error)


class Reader(HTMLParser):
    """What a page says outside the parts that are in another language than the page."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.open, self.said, self.lang = [], [], None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        self.lang = self.lang or a.get("lang")
        lang = a.get("lang") or (self.open[-1][1] if self.open else None)
        if lang == self.lang:
            self.said += [a[name] for name in ("aria-label", "alt", "title", "placeholder", "data-l") if a.get(name)]
        if tag not in VOID:
            self.open.append((tag, lang))

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if data.strip() and self.open and self.open[-1][1] == self.lang:
            self.said.append(data.strip())


PUBLIC = {
    "/": "Learn digital skills, one step at a time", "/khoa-hoc": "Courses", "/dang-nhap": "Start learning",
    "/dang-ky": "Which group are you in?", "/p": "Open an activation slip", "/tra-cuu": "Check a certificate",
    "/tra-cuu?so_hieu=BT-2026": "This certificate was not found", "/tro-giup": "Help", "/de-dung": "Always light",
    "/du-lieu-ca-nhan": "Your rights", "/khung": "Digital skills frameworks", "/ky-nang": "Skill map",
    "/tim?q=zalo": "No lessons found for “zalo”", "/ngoai-tuyen": "This device has no network",
    "/khong-co-trang-nay": "There is no such page",
}
OWN = {
    "/hom-nay": "What to learn today?", "/cua-toi": "Sign out", "/bai-kiem-tra": "Tests",
    "/giay-xac-nhan": "You have no certificate yet", "/cua-toi/du-lieu": "Download everything",
    "/cua-toi/ma-pin": "Change PIN", "/cua-toi/thiet-bi": "This device",
}


@pytest.mark.parametrize(("path", "words"), [*PUBLIC.items(), *OWN.items()])
def test_a_page_is_english_throughout_for_who_chose_english(client, path, words):
    settings.change(now=clock.now(), operator="test", body_name="People's Committee", body_short="Ben Thu")
    person = make_person("Nguyen Hoa", form_of_address="anh") if path in OWN else None
    db.session.commit()
    if person:
        client.sign_in(person)
    client.set_cookie("ngon_ngu", "en")

    page = Reader(client.get(path).get_data(as_text=True))

    assert page.lang == "en"
    assert words in page.said
    assert [text for text in page.said if VIETNAMESE.search(KEPT_IN_ENGLISH.sub("", text))] == []


def test_a_page_is_vietnamese_for_everybody_else(client):
    page = Reader(client.get("/tro-giup").get_data(as_text=True))

    assert page.lang == "vi"
    assert "Hay gặp" in page.said
