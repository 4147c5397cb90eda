"""Letters: put in the outbox together with what they tell about, sent by the background worker.

LMS_SMTP_URL says by which server (`smtp://user:password@host:587`, upgraded by STARTTLS, or `smtps://…:465`),
LMS_MAIL_FROM who writes. Without them nothing is put in, and `is_on()` tells the pages so.
"""

import smtplib
import ssl
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.config import running
from lms.core.db import db, one_of
from lms.core.vietnamese import clean

LETTER_STATES = ("waiting", "sent", "failed")
LONGEST_SUBJECT, LONGEST_TEXT = 200, 4000
MOST_TRIES = 5
KEPT_FOR = timedelta(days=90)  # that one was sent, without its words
A_ROUND = 200  # letters a minute: what small providers let pass
TIMEOUT = 20.0
log = structlog.get_logger(__name__)


class Letter(db.Model):
    """One letter. Its words are cleared once it is sent or given up."""

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(sa.String(254))
    subject: Mapped[str] = mapped_column(sa.String(LONGEST_SUBJECT))
    text: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[str] = mapped_column(one_of("letter_state", *LETTER_STATES), default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    next_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        sa.Index("ix_letter_waiting", "next_at", sqlite_where=sa.text("state = 'waiting'"),
                 postgresql_where=sa.text("state = 'waiting'")),
    )


def is_on() -> bool:
    """Whether this installation can send letters."""
    return bool(running()["LMS_SMTP_URL"] and running()["LMS_MAIL_FROM"])


def put(address: str, *, subject: str, text: str, now: datetime) -> bool:
    """Put a letter in the outbox, in the transaction of what it tells about. False when there is no way to send it."""
    if not is_on() or not is_address(address):
        return False
    db.session.add(Letter(address=address, subject=clean(subject)[:LONGEST_SUBJECT], text=text.replace("\0", "")[:LONGEST_TEXT],
                          created_at=now, next_at=now))
    return True


def is_address(text: str) -> bool:
    """Whether this can stand in the To line: one plain address, no second one, no second line."""
    name, at, host = text.rpartition("@")
    plain = all("!" <= sign <= "~" and sign not in '()<>,;:\\"[]' for sign in text)
    return bool(name and at and "." in host and plain and len(text) <= 254 and "@" not in name)


def as_message(address: str, subject: str, text: str, *, sender: str) -> EmailMessage:
    """The letter as it goes out. A line break in a header is no longer there; should one be, `email` refuses it."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = clean(sender), clean(address)
    message["Subject"] = clean(subject)
    message["Date"] = formatdate(usegmt=True)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


def send_waiting(*, now: datetime) -> int:
    """Send what is due; how many went out. Each letter is settled by itself, so that a killed worker repeats one at most."""
    if not is_on():
        return 0
    waiting = db.session.scalars(
        sa.select(Letter.id).where(Letter.state == "waiting", Letter.next_at <= now).order_by(Letter.next_at, Letter.id)
        .limit(A_ROUND)).all()
    if not waiting:
        return 0
    db.session.commit()
    try:
        server = connect(urlsplit(running()["LMS_SMTP_URL"]))
    except (OSError, smtplib.SMTPException) as fault:
        log.warning("mail_server_away", kind=type(fault).__name__)
        return 0
    try:
        return sum(_settle(one, server.send_message, now=now) for one in waiting)
    finally:
        server.close()


def purge(*, now: datetime) -> int:
    """Forget letters that were settled long ago; how many."""
    gone: Any = db.session.execute(sa.delete(Letter).where(Letter.ended_at < now - KEPT_FOR))
    return int(gone.rowcount)


def connect(url: SplitResult) -> smtplib.SMTP:
    """A signed-in connection to the server. Raises OSError or SMTPException."""
    context = ssl.create_default_context()
    host = url.hostname or "localhost"
    server: smtplib.SMTP
    if url.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, url.port or 465, timeout=TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(host, url.port or 587, timeout=TIMEOUT)
        server.ehlo_or_helo_if_needed()
        if server.has_extn("starttls") or url.username:  # a password never goes out in the clear
            server.starttls(context=context)
    if url.username:
        server.login(unquote(url.username), unquote(url.password or ""))
    return server


def _settle(letter_id: int, send: Callable[[EmailMessage], Any], *, now: datetime) -> bool:
    letter = db.session.get(Letter, letter_id, with_for_update={"skip_locked": True})
    if letter is None or letter.state != "waiting":
        db.session.rollback()
        return False
    try:
        send(as_message(letter.address, letter.subject, letter.text, sender=running()["LMS_MAIL_FROM"]))
    except (OSError, smtplib.SMTPException, ValueError) as fault:
        letter.tries += 1
        letter.next_at = now + timedelta(minutes=2 ** letter.tries)
        if letter.tries >= MOST_TRIES or isinstance(fault, ValueError | smtplib.SMTPRecipientsRefused):
            _end(letter, "failed", now=now)
        log.warning("letter_not_sent", letter=letter_id, kind=type(fault).__name__, tries=letter.tries)
    else:
        _end(letter, "sent", now=now)
    is_sent = letter.state == "sent"
    db.session.commit()
    return is_sent


def _end(letter: Letter, state: str, *, now: datetime) -> None:
    letter.state, letter.ended_at, letter.text = state, now, ""
