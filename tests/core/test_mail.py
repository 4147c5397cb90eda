"""The outbox: what is put in, what goes out, what is tried again; nothing a name says becomes a header."""

import smtplib
from datetime import timedelta

import pytest
import sqlalchemy as sa

from lms.core import mail
from lms.core.db import db
from lms.core.mail import Letter, as_message, is_address, put, send_waiting
from tests.factories import NOW


class Server:
    """Stands for the SMTP server."""

    def __init__(self, fault=None):
        self.sent, self.fault = [], fault

    def send_message(self, message):
        if self.fault:
            raise self.fault
        self.sent.append(message)

    def close(self):
        pass


@pytest.fixture
def server(app, monkeypatch):
    monkeypatch.setitem(app.config, "LMS_SMTP_URL", "smtp://mail.benthu.example")
    monkeypatch.setitem(app.config, "LMS_MAIL_FROM", "hocso@benthu.example")
    server = Server()
    monkeypatch.setattr(mail, "connect", lambda _url: server)
    return server


def letters():
    db.session.expire_all()
    return db.session.scalars(sa.select(Letter).order_by(Letter.id)).all()


def test_without_a_server_nothing_is_put_in(app):
    assert put("hoa@benthu.example", subject="s", text="t", now=NOW) is False
    assert send_waiting(now=NOW) == 0
    assert letters() == []


def test_a_letter_goes_out_once_and_its_words_are_not_kept(server):
    put("hoa@benthu.example", subject="Mời bạn học tiếp", text="Chào bác Hoa", now=NOW)
    db.session.commit()

    assert (send_waiting(now=NOW), send_waiting(now=NOW)) == (1, 0)

    message, = server.sent
    assert (message["To"], message["From"], message["Subject"]) == (
        "hoa@benthu.example", "hocso@benthu.example", "Mời bạn học tiếp")
    assert message.get_content().strip() == "Chào bác Hoa"
    assert [(row.state, row.text) for row in letters()] == [("sent", "")]


def test_a_letter_put_in_by_work_that_was_undone_never_goes_out(server):
    put("hoa@benthu.example", subject="s", text="t", now=NOW)
    db.session.rollback()

    assert send_waiting(now=NOW) == 0


@pytest.mark.parametrize("words", ["Chào\r\nBcc: ai@khac.example", "Chào\nX-Them: 1", "Chào\x00\r\n\r\nthân",
                                   "Chào\u2028Bcc: x@y.example", "Chào\x0bBcc: x@y.example"])
def test_words_never_become_a_header(server, words):
    put("hoa@benthu.example", subject=words, text=words, now=NOW)
    db.session.commit()

    send_waiting(now=NOW)

    raw = server.sent[0].as_bytes()
    head = raw.split(b"\r\n\r\n")[0]
    names = [line.split(b":")[0].lower() for line in head.split(b"\r\n") if not line.startswith((b" ", b"\t"))]
    assert sorted(names) == sorted([b"from", b"to", b"subject", b"date", b"auto-submitted", b"content-type",
                                    b"content-transfer-encoding", b"mime-version"])
    assert server.sent[0]["To"] == "hoa@benthu.example"


@pytest.mark.parametrize("address", [
    "", "hoa", "hoa@", "@benthu.example", "hoa@benthu", "a@b.example, c@d.example", "a@b.example\r\nBcc: c@d.example",
    "<a@b.example>", "a b@c.example", "a@b@c.example", "hòa@benthu.example", "a" * 250 + "@b.example", "a@b.example;c@d.example"])
def test_what_is_no_single_address_gets_no_letter(server, address):
    assert not is_address(address)
    assert put(address, subject="s", text="t", now=NOW) is False


def test_a_refusal_is_tried_again_later_and_then_given_up(server):
    server.fault = smtplib.SMTPServerDisconnected("away")
    put("hoa@benthu.example", subject="s", text="t", now=NOW)
    db.session.commit()

    now = NOW
    for tries in range(1, mail.MOST_TRIES + 1):
        assert send_waiting(now=now) == 0
        assert letters()[0].tries == tries
        assert send_waiting(now=now) == 0, "not again at once"
        assert letters()[0].tries == tries
        now += timedelta(hours=1)
    assert (letters()[0].state, letters()[0].text) == ("failed", "")


def test_an_address_that_the_server_refuses_is_not_tried_again(server):
    server.fault = smtplib.SMTPRecipientsRefused({"hoa@benthu.example": (550, b"no")})
    put("hoa@benthu.example", subject="s", text="t", now=NOW)
    db.session.commit()

    send_waiting(now=NOW)

    assert letters()[0].state == "failed"


def test_a_server_that_is_away_keeps_the_letters(server, monkeypatch):
    def refuse(_url):
        raise ConnectionRefusedError

    monkeypatch.setattr(mail, "connect", refuse)
    put("hoa@benthu.example", subject="s", text="t", now=NOW)
    db.session.commit()

    assert send_waiting(now=NOW) == 0
    assert [(row.state, row.tries) for row in letters()] == [("waiting", 0)]


def test_letters_of_long_ago_are_forgotten(server):
    put("hoa@benthu.example", subject="s", text="t", now=NOW)
    db.session.commit()
    send_waiting(now=NOW)

    assert mail.purge(now=NOW + timedelta(days=89)) == 0
    assert mail.purge(now=NOW + timedelta(days=91)) == 1


def test_a_sender_with_a_line_break_is_one_line():
    assert "\n" not in as_message("a@b.example", "s", "t", sender="x@y.example\r\nBcc: z@y.example")["From"]
