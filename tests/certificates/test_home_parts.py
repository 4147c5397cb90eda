from lms.certificates import services
from lms.certificates.views.home_parts import PAPERS
from lms.core.db import db
from lms.courses.queries.home import HomeParts
from lms.people.models import Person
from tests.certificates.factories import make_certificate
from tests.factories import NOW, make_actor, make_organisation, make_person, make_role
from tests.statements import counted


def test_home_shows_the_papers_that_stand(app):
    person = make_person("Trần Thị Lựu")
    good, revoked = make_certificate(person=person), make_certificate("Lê Thị Sáu")
    officer = make_person("Ngô Thị Mai")
    make_role(officer, "officer", make_organisation())
    services.revoke(revoked, actor=make_actor(officer), reason="Cấp nhầm", now=NOW)
    db.session.commit()

    with app.test_request_context():
        holder = make_actor(person)
        db.session.commit()
        parts = HomeParts(cards=(PAPERS,))
        with counted() as sent:
            cards = parts.cards_for(holder, NOW)
        none = parts.cards_for(make_actor(db.session.get(Person, revoked.person_id)), NOW)

    assert [(c.title, c.text, c.state, c.links[0].address) for c in cards] == [
        ("Cấp 1: Dùng điện thoại", "Cấp ngày 21/11/2026.", "confirmed", f"/giay-xac-nhan/{good.serial}")]
    assert none == []
    assert len(sent) == 1
