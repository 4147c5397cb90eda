"""Learners as static/js/attempt.js plays them: every change is a save with the next sequence number, sent again with the
same number until the server has taken it."""

import http.client
import itertools
import json
import re
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

from lms.core import clock
from lms.core.db import db
from lms.demo.ward import PIN
from lms.operations.bench.browser import Browser
from lms.people.services.secrets import hash_secret
from tests.factories import make_person

ASSESSMENT = "luyen-an-toan-chong-lua-dao"
PATIENCE = 90


def admit(app, count):
    """So many people with a PIN; their phone numbers."""
    phones = [f"0900{number:06d}" for number in range(500, 500 + count)]
    with app.app_context():
        secret_hash, now = hash_secret(PIN), clock.now()
        for phone in phones:
            make_person("Người Đang Làm Bài", now=now, phone=phone, secret_hash=secret_hash, secret_kind="pin", secret_set_at=now)
        db.session.commit()
        db.session.remove()
    return phones


@dataclass
class Ledger:
    """What the server has acknowledged: {(attempt, position): {sequence: (form, receipt)}}, and how hard it was."""

    acknowledged: dict = field(default_factory=dict)
    saves: int = 0
    repeats: int = 0
    refusals: list = field(default_factory=list)
    given_up: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, key, sequence, form, receipt, tries):
        with self.lock:
            self.acknowledged.setdefault(key, {})[sequence] = (form, receipt)
            self.saves += 1
            self.repeats += tries - 1

    def newest(self):
        """{(attempt, position): newest acknowledged sequence} at this moment."""
        with self.lock:
            return {key: max(saves) for key, saves in self.acknowledged.items()}


class Learner:
    """One person on one browser, in one attempt."""

    def __init__(self, port, phone):
        self.browser = Browser(port)
        self.browser.get("/dang-nhap")
        self._send("/dang-nhap", self.browser.get("/dang-nhap"), name=phone)
        self._send("/dang-nhap/pin", self.browser.get("/dang-nhap/pin"), secret=PIN, kept="y")
        rules = self.browser.get(f"/bai-kiem-tra/{ASSESSMENT}")
        first = self._send(f"/bai-kiem-tra/{ASSESSMENT}/bat-dau", rules).headers["Location"]
        self.base, self.attempt = first.removesuffix("/cau/1"), first.split("/")[3]
        self.token = re.search(r'data-token="([^"]+)"', self.browser.get(first).html)[1]
        numbers = {int(n) for n in re.findall(r"/cau/(\d+)", self.browser.get(f"{self.base}/xem-lai").html)}
        self.questions = {n: self.browser.get(f"{self.base}/cau/{n}").form(f"/cau/{n}").choices for n in sorted(numbers)}
        self.browser.close()

    def save_all(self, rounds, ledger):
        """Change every answer so many times. Meanwhile anything may happen to the server."""
        for sequence, position in itertools.product(range(1, rounds + 1), self.questions):
            if ledger.given_up.is_set():
                return
            form = {**self.answer(position, sequence), "sequence": str(sequence)}
            self._save(position, sequence, form, ledger)

    def answer(self, position, turn):
        """An answer to the question that differs from turn to turn."""
        parts = {name: offered for name, offered in self.questions[position].items() if name.startswith("answer")}
        if set(parts) == {"answer"} and not parts["answer"]:
            return {"answer": str(turn), **self._flag(turn)}
        places = [str(place) for place in range(1, len(parts) + 1)]  # of steps in their order, where nothing else is offered
        chosen = {name: (offered or places)[(number + turn) % len(offered or places)]
                  for number, (name, offered) in enumerate(parts.items())}
        return {**chosen, **self._flag(turn)}

    def _flag(self, turn):
        return {"xem_lai": "1"} if turn % 2 else {}

    def save_once(self, position, form):
        """(status, text) of one save; status 0 when nobody answered."""
        connection = http.client.HTTPConnection("127.0.0.1", self.browser.port, timeout=15)
        try:
            connection.request("POST", f"{self.base}/cau/{position}/luu", urlencode(form), {
                "Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": self.token,
                "Cookie": self.browser.cookie_header()})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            connection.close()

    def _save(self, position, sequence, form, ledger):
        end = time.monotonic() + PATIENCE
        for tries in itertools.count(1):
            status, text = self.save_once(position, form)
            if status == 200:
                ledger.note((self.attempt, position), sequence, form, json.loads(text)["receipt"], tries)
                return
            if status not in (0, 503) or time.monotonic() > end or ledger.given_up.is_set():
                ledger.refusals.append((self.attempt, position, sequence, status, form, text[-150:]))
                ledger.given_up.set()
                return
            time.sleep(0.1)

    def _send(self, path, page, **values):
        return self.browser.post(path, {**page.form(path).fields, **values})
