"""Words that want to be code, in a real browser: past every rule of input, straight in the database and in content."""

import json

import pytest
import sqlalchemy as sa

from lms.people.models import Person
from lms.web.markdown import render, render_inline
from tests.browser.steps import sign_in
from tests.browser.ward import OFFICER

pytestmark = pytest.mark.browser
NAME = """Mỵ "><img src=x onerror=alert(1)><script>alert(2)</script>' onfocus=alert(3) autofocus x='{{7*7}}"""
LESSON = """
# <script>alert(1)</script>
[a](javascript:alert(2)) [b](JaVaScRiPt&colon;alert(3)) [c](data:text/html,<script>alert(4)</script>)
<img src=x onerror=alert(5)> <svg/onload=alert(6)> <details open ontoggle=alert(7)>
![x](x"onerror="alert(8))
Chữ{: onclick=alert(9) onmouseover=alert(10) style=animation:x }
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(11)&gt;">
<a href="&#106;avascript:alert(12)">x</a> <iframe srcdoc="<script>alert(13)</script>"></iframe>
"""


def planted(page):
    """What of the words became elements or handlers."""
    return page.evaluate("""() => [...document.querySelectorAll("*")].filter((e) =>
        e.matches("img[src=x], iframe, script:not([src]), a[href^='javascript:' i], a[href^='data:' i]")
        || [...e.attributes].some((one) => one.name.startsWith("on")))
      .map((e) => e.outerHTML.slice(0, 90))""")


def test_name_that_is_markup_stays_words_wherever_it_is_shown(phone, site):
    made = json.loads(site.lms("user", "create", "--name", "Mỵ Thử", "--phone", "0900000903", "--org", "to-dan-pho-8", "--json"))
    with site.database() as session:
        session.execute(sa.update(Person).where(Person.personal_code == made["personal_code"]).values(full_name=NAME))
    slip = json.loads(site.lms("user", "reset", "0900000903", "--json"))["address"]
    staff, learner = phone(), phone()
    sign_in(staff, OFFICER)
    found = []
    for page, address in ((learner, slip), (staff, "/nguoi-hoc?tim=my"), (staff, f"/nguoi-hoc/{made['uuid']}"),
                          (staff, "/phieu?tim=my")):
        page.goto(address, wait_until="networkidle")
        found += planted(page)
    assert "<img" in staff.inner_text("main")
    staff.goto(f"/nguoi-hoc/{made['uuid']}")
    staff.locator("main form[action$='/phieu'] button").click()
    staff.wait_for_url("**/phieu/*")
    found += planted(staff)

    assert found == []


def test_hostile_markdown_runs_nothing(phone):
    page = phone()

    page.set_content(render(LESSON) + f"<p>{render_inline(LESSON)}</p>")
    page.wait_for_load_state("networkidle")

    assert planted(page) == []
