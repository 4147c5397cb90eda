"""The live site and the phones that look at it."""

import os
import re
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.site import Site
from tests.conftest import own_database

FAILURES = Path(__file__).parent.parent.parent / "shots" / "failures"
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync"]
PHONE = {"viewport": {"width": 360, "height": 780}, "is_mobile": True, "has_touch": True, "device_scale_factor": 2,
         "locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh"}
PATIENCE = 15_000  # milliseconds; two busy cores are slow
# What a browser prints about answers of 4xx and about a line that was cut; the tests look at those themselves.
EXPECTED_NOISE = re.compile(r"Failed to load resource|net::ERR_INTERNET_DISCONNECTED")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


FAILED = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def site(request, tmp_path_factory):
    """The demonstration, served; one for all tests, so each brings people of its own for what it changes."""
    folder = tmp_path_factory.mktemp("site")
    with own_database(request.config, folder) as database_url:
        site = Site(folder, database_url)
        site.lms("db", "upgrade")
        site.lms("content", "load")
        site.lms("demo", "load")
        with site.serving():
            yield site


@pytest.fixture(scope="session")
def chromium(playwright):
    """One browser for all tests."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        without = pytest.fail if os.environ.get("LMS_TEST_STRICT") == "1" else pytest.skip
        without("no Chromium on this machine")
    expect.set_options(timeout=PATIENCE)
    browser = playwright.chromium.launch(executable_path=path, args=ARGS)
    yield browser
    browser.close()


@pytest.fixture
def phone(chromium, site, request):
    """`phone()` opens a fresh browser of 360 px, which knows nobody, and gives its page. `phone(offline_ok=…)` and every
    other option goes to the context. Nothing may go wrong in it unseen: scripts, policy, dialogs, strangers' servers."""
    contexts, faults = [], []

    def fresh(**options):
        context = chromium.new_context(**{**PHONE, "base_url": site.base, **options})
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        watch(context, site, faults)
        return context.new_page()

    yield fresh
    failed = request.node.stash.get(FAILED, False) or faults
    for number, context in enumerate(contexts, start=1):
        if failed:
            keep_pictures(context, f"{request.node.name}-{number}")
        context.close()
    if failed:
        shutil.copy(site.log, FAILURES / "serve.log")
    assert faults == []


def watch(context, site, faults):
    """Write down what must never happen on any page of this browser."""
    own = urlsplit(site.base).netloc
    context.on("weberror", lambda error: faults.append(f"script: {error.error}"))
    context.on("console", lambda message: faults.append(f"console: {message.text}")
               if message.type == "error" and not EXPECTED_NOISE.search(message.text) else None)
    context.on("dialog", lambda dialog: (faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    context.on("request", lambda asked: faults.append(f"elsewhere: {asked.url}")
               if urlsplit(asked.url).netloc not in ("", own) else None)
    context.on("response", lambda answer: faults.append(f"{answer.status}: {answer.url}") if answer.status >= 500 else None)


def keep_pictures(context, name):
    """Pictures of what the tests saw last, in shots/failures."""
    FAILURES.mkdir(parents=True, exist_ok=True)
    for number, page in enumerate(context.pages, start=1):
        safe = re.sub(r"[^\w.-]+", "-", f"{name}-{number}")
        page.screenshot(path=FAILURES / f"{safe}.png", full_page=True)
        (FAILURES / f"{safe}.html").write_text(f"<!-- {page.url} -->\n{page.content()}", encoding="utf-8")
