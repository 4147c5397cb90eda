"""Lists on their way, and the people who send them."""

from lms.core import jobs
from lms.core.db import db
from lms.rosters.models import RosterChange, RosterDecision, RosterImport, RosterMapping, RosterRow
from lms.rosters.services.forms import set_form
from lms.rosters.services.imports import begin_import, request_check, request_commit
from tests.factories import NOW, make_actor, make_organisation, make_person, make_role


def make_school(name="Trường THCS Bến Thu", *, parent=None, **values):
    """An organisation of kind school."""
    return make_organisation(name, kind="school", parent=parent, **values)


def make_focal_point(school, name="Trần Thị Đầu", **values):
    """The actor who sends the school's lists."""
    person = make_person(name, **values)
    make_role(person, "focal_point", school)
    return make_actor(person)


def make_roster(organisation=None, *, state="checked", by=None, **values):
    """A list without file and rows."""
    organisation = organisation or make_school()
    roster = RosterImport(**{
        "organisation_id": organisation.id, "file_name": "ds.xlsx", "content_hash": "0" * 64, "state": state,
        "by_id": by.id if by else None, "begun_at": NOW, **values})
    db.session.add(roster)
    db.session.flush()
    return roster


HEADER = "Họ và tên,Ngày sinh,Số điện thoại,Mã cán bộ,Chức vụ"


def csv_of(*rows, header=HEADER):
    """A list as a file: the header in row 1, the first person in row 2."""
    return "\n".join((header, *rows, "")).encode()


def sent(organisation, by, *rows, header=HEADER, check=False, cohort=None, now=NOW):
    """A list taken in, and checked as well when told so. Commits."""
    roster = begin_import(content=csv_of(*rows, header=header), filename="ds.csv", organisation=organisation, by=by, now=now,
                          cohort=cohort)
    if check:
        request_check(roster, by=by, now=now)
    db.session.commit()
    if check:
        jobs.run_due()
        assert roster.state == "checked", roster.fault
    return roster


def committed(organisation, by, *rows, header=HEADER, cohort=None, skip_faulty=False, now=NOW):
    """A list on its whole way into the tables."""
    roster = sent(organisation, by, *rows, header=header, check=True, cohort=cohort, now=now)
    request_commit(roster, skip_faulty=skip_faulty, by=by, now=now)
    db.session.commit()
    jobs.run_due()
    assert roster.state == "done", roster.fault
    return roster


def make_list_work(organisation, by, *, now=NOW):
    """A list in the middle of its way, one that was written, a form and remembered columns: a row in every table."""
    person = make_person("Lê Thị Mai", now=now)
    waiting = begin_import(content=csv_of("Lê Thị Mai,,,,"), filename="ds.csv", organisation=organisation, by=by, now=now)
    db.session.add(RosterRow(roster_id=waiting.id, number=2, verdict="unclear", values={"full_name": "Lê Thị Mai"}))
    db.session.add(RosterDecision(roster_id=waiting.id, row_number=2, by_id=by.id, at=now))
    request_check(waiting, by=by, now=now)
    done = make_roster(organisation, state="done", by=by, committed_at=now, counts={"people": 1, "new": 1, "matched": 0})
    db.session.add(RosterChange(roster_id=done.id, row_number=2, kind="person_created", person_id=person.id))
    db.session.add(RosterMapping(organisation_id=organisation.id, header_hash="0" * 64, columns={"phone": "B"}, changed_at=now))
    set_form(organisation, columns=[("full_name", "Họ tên")], lines=["Danh sách"], by=by, now=now)
    return waiting
