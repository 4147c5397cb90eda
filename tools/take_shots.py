"""Screenshots of the main pages of a running demonstration, at 360 and 1280 px, light and dark, into shots/.

`tools/take_shots.py [http://localhost:8000] [part of a name …]`
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
SHOTS = ROOT / "shots"
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--hide-scrollbars"]
PIN = "204608"
PAGES = {
    None: {"home": "/", "courses": "/khoa-hoc", "course": "/khoa-hoc/xoa-mu-cong-nghe", "lesson": "/bai/goi-dien",
           "lesson-iphone": "/bai/cai-vneid-dung-cach?may=iphone", "search": "/tim?q=lua+dao", "frameworks": "/khung",
           "framework": "/khung/qd757-I1-nguoi-dan", "framework-local": "/khung/vinhbao-4-cap-do",
           "about-framework": "/khung/vinhbao-4-cap-do/ve-khung-nay", "sign-in": "/dang-nhap", "register": "/dang-ky",
           "slip": "/p", "check": "/tra-cuu", "help": "/tro-giup", "data": "/du-lieu-ca-nhan", "accessibility": "/de-dung",
           "missing": "/khong-co", "audience": "/nhom/nguoi-dan", "offline": "/ngoai-tuyen"},
    "0900000011": {"today": "/hom-nay", "skills": "/ky-nang", "mine": "/cua-toi", "tests": "/bai-kiem-tra",
                   "test": "/bai-kiem-tra/cap-1-xoa-mu-cong-nghe", "my-lesson": "/bai/vao-mang-wifi-va-4g"},
    "0900000014": {"certificates": "/giay-xac-nhan", "today-confirmed": "/hom-nay"},
    "0900000003": {"queue": "/xac-nhan", "done": "/xac-nhan/da-lam", "learners": "/nguoi-hoc"},
    "0900000002": {"register-of-papers": "/dia-ban/so-goc", "new-person": "/nguoi-hoc/moi"},
    "0900000001": {"settings": "/quan-tri/cai-dat"},
}


def main():
    base = next((a for a in sys.argv[1:] if a.startswith("http")), "http://localhost:8000")
    wanted = [a for a in sys.argv[1:] if not a.startswith("http")]
    SHOTS.mkdir(exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=ARGS)
        for phone, pages in PAGES.items():
            chosen = {n: p for n, p in pages.items() if not wanted or any(w in n for w in wanted)}
            for width, height, scheme in ((360, 780, "light"), (360, 780, "dark"), (1280, 900, "light"), (1280, 900, "dark")):
                if chosen:
                    shoot(browser, base, phone, chosen, width, height, scheme)
        browser.close()


def shoot(browser, base, phone, pages, width, height, scheme):
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, locale="vi-VN",
                                  service_workers="block")
    page = context.new_page()
    if phone:
        sign_in(page, base, phone)
    for name, path in pages.items():
        page.goto(base + path, wait_until="networkidle")
        page.screenshot(path=SHOTS / f"{name}.{width}.{scheme}.png", full_page=True)
    context.close()


def sign_in(page, base, phone):
    page.goto(base + "/dang-nhap")
    page.locator("main input:visible").first.fill(phone)
    page.locator("main form button.btn--big").first.click()
    page.locator("main input[type=password]").fill(PIN)
    page.locator("main form button.btn--big").first.click()
    page.wait_for_url(lambda url: "dang-nhap" not in url)


if __name__ == "__main__":
    main()
