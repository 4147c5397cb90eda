"""What happens to whoever asks for the settings while the database does not answer."""

import pytest
import sqlalchemy as sa

from lms.core import settings
from lms.core.db import db
from tests.factories import NOW, make_person


@pytest.fixture
def away(app, monkeypatch):
    """`away()` makes the table of settings unreadable, as when the database has gone in the middle of a transaction."""
    def go():
        real = db.session.execute

        def execute(statement, *arguments, **options):
            if "setting" in str(statement):
                raise sa.exc.OperationalError("SELECT", {}, Exception("gone"))
            return real(statement, *arguments, **options)

        settings.forget()
        monkeypatch.setattr(db.session, "execute", execute)

    return go


def test_a_service_that_cannot_read_the_settings_fails_with_its_transaction_whole(away):
    person = make_person("Trần Thị Lựu")
    away()

    with pytest.raises(sa.exc.OperationalError):
        settings.current()

    assert person in db.session, "somebody else's work was rolled back"


def test_a_page_about_the_fault_shows_what_was_read_last(away):
    settings.change(now=NOW, body_short="Phường Bến Thu")
    last = settings.current()
    away()
    settings._last = last

    assert settings.shown().body_short == "Phường Bến Thu"


def test_a_page_about_the_fault_shows_the_defaults_when_nothing_was_ever_read(away):
    away()
    settings._last = None

    assert settings.shown() == settings.Settings()


def test_a_page_that_needs_the_settings_says_that_the_server_is_in_trouble(away, client):
    away()

    answer = client.get("/tro-giup")

    assert answer.status_code == 503
    assert "Máy chủ đang trục trặc" in answer.get_data(as_text=True)
