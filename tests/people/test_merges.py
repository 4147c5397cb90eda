"""Two rows that are one person, and two persons again."""

import pytest
import sqlalchemy as sa

from lms.assessment.models import Confirmation
from lms.assessment.queries.confirmations import confirmation_states
from lms.certificates.queries import certificate_held, certificates_of, papers_held_by
from lms.core.audit import AuditEvent
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.models import ActivationCode, Membership, Person, PersonAlias
from lms.people.queries.actors import actor_of
from lms.people.queries.merges import merge_for, merged_into
from lms.people.queries.persons import (
    holders_of,
    ids_with_aliases,
    memberships_of,
    people_visible_to,
    roles_of,
    true_person_ids,
)
from lms.people.rules.identities import SignInName
from lms.people.services.merges import merge_persons, split_again
from lms.reports.queries.facts import facts_of
from tests.certificates.factories import make_certificate
from tests.factories import NOW, make_actor, make_member, make_organisation, make_role, make_sign_in
from tests.people.factories import make_account, make_code, make_learner, make_staff, make_ward


@pytest.fixture
def two(app):
    """(ward, tổ 1, tổ 2, officer, kept in tổ 1, other in tổ 2 with an account)"""
    ward, to_1, to_2 = make_ward()
    officer = make_actor(make_staff("officer", ward, "Nguyễn Thị Thu Hà"))
    kept, other = make_account("Lê Thị Hòa", phone="0900000007"), make_account("Lê Thị Hoà", phone="0900000008")
    make_member(kept, to_1)
    make_member(other, to_2, position="Giáo viên", school_class="4A")
    return ward, to_1, to_2, officer, kept, other


def test_a_merge_closes_the_other_and_carries_where_it_belonged(two):
    _ward, _to_1, to_2, officer, kept, other = two
    token, _code = make_sign_in(other), make_code(other)

    alias = merge_persons(kept, other, reason="Một người hai danh sách", by=officer, now=NOW)

    assert (other.ended_at, kept.ended_at, actor_of(token, now=NOW)) == (NOW, None, None)
    assert holders_of(SignInName("phone", "0900000008"), most=5) == []
    assert db.session.scalar(sa.select(ActivationCode.void_at).where(ActivationCode.person_id == other.id)) == NOW
    assert [name for name, _on in memberships_of(kept.id)] == ["Tổ dân phố 1", "Tổ dân phố 2"]
    carried = db.session.scalars(sa.select(Membership).where(
        Membership.person_id == kept.id, Membership.organisation_id == to_2.id)).one()
    assert (carried.position, carried.school_class, carried.is_claimed) == ("Giáo viên", "4A", True)
    assert true_person_ids([kept.id, other.id]) == {kept.id: kept.id, other.id: kept.id}
    assert set(db.session.scalars(ids_with_aliases([kept.id]))) == {kept.id, other.id}
    assert [one.full_name for one in merged_into(kept.id)] == ["Lê Thị Hoà"]
    line = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "person.merged")).one()
    assert (line.actor_id, line.subject, line.detail["other"], line.organisation_id is not None) == (
        officer.id, f"person:{kept.uuid}", str(other.uuid), True)
    assert alias.reason == "Một người hai danh sách"


def test_split_again_restores_both(two):
    _ward, to_1, to_2, officer, kept, other = two
    before = {(one.person_id, one.organisation_id, one.left_on) for one in db.session.scalars(sa.select(Membership))}
    alias = merge_persons(kept, other, reason="Một người", by=officer, now=NOW)

    split_again(alias, reason="Hai mẹ con", by=officer, now=NOW)

    live = {(one.person_id, one.organisation_id, one.left_on) for one in db.session.scalars(
        sa.select(Membership).where(Membership.left_on.is_(None)))}
    assert live == before
    assert other.ended_at is None
    assert [one.id for one in holders_of(SignInName("phone", "0900000008"), most=5)] == [other.id]
    assert true_person_ids([other.id]) == {other.id: other.id}
    assert merged_into(kept.id) == []
    with pytest.raises(DomainError, match=r"merge\.split_already"):
        split_again(alias, reason="Lần nữa", by=officer, now=NOW)
    merge_persons(kept, other, reason="Vẫn là một", by=officer, now=NOW)  # and once more
    assert db.session.scalar(sa.select(sa.func.count(PersonAlias.id))) == 2


def test_43_a_merged_account_gets_no_rights_of_the_other(two):
    _ward, _to_1, to_2, officer, kept, other = two
    make_role(other, "focal_point", to_2)

    alias = merge_persons(kept, other, reason="Một người", by=officer, now=NOW)

    assert (roles_of(kept.id), roles_of(other.id)) == ((), ())
    split_again(alias, reason="Hai người", by=officer, now=NOW)
    assert (roles_of(kept.id), roles_of(other.id)) == ((), ())


def test_43_the_last_admin_is_not_merged_away(two):
    ward, _to_1, _to_2, _officer, kept, other = two
    make_role(other, "admin", ward)

    with pytest.raises(DomainError, match=r"role\.last_admin"):
        merge_persons(kept, other, reason="Một người", now=NOW)


def test_nobody_merges_whom_they_do_not_see_or_outrank(two):
    ward, to_1, _to_2, officer, kept, other = two
    below = make_actor(make_staff("officer", to_1))           # does not see the other
    focal = make_actor(make_staff("focal_point", ward))       # sees both, and only asks
    for by in (below, focal):
        with pytest.raises(DomainError, match=r"merge\.not_yours"):
            merge_persons(kept, other, reason="Một người", by=by, now=NOW)
    make_role(other, "officer", ward)
    with pytest.raises(DomainError, match=r"merge\.not_yours"):
        merge_persons(kept, other, reason="Một người", by=officer, now=NOW)
    assert db.session.scalar(sa.select(sa.func.count(PersonAlias.id))) == 0


def test_what_cannot_be_one_person_is_refused(two):
    _ward, to_1, _to_2, officer, kept, other = two
    son = make_learner(to_1, "Lê Văn Hòa")
    with pytest.raises(DomainError, match=r"merge\.same_person"):
        merge_persons(kept, kept, reason="x", by=officer, now=NOW)
    with pytest.raises(DomainError, match=r"merge\.names_differ"):
        merge_persons(kept, son, reason="x", by=officer, now=NOW)
    with pytest.raises(DomainError, match=r"role\.reason_missing"):
        merge_persons(kept, other, reason="  ", by=officer, now=NOW)
    merge_persons(kept, other, reason="Một người", by=officer, now=NOW)
    third = make_learner(to_1, "Lê Thị Hòa")
    with pytest.raises(DomainError, match=r"merge\.has_others"):
        merge_persons(third, kept, reason="x", by=officer, now=NOW)
    with pytest.raises(DomainError, match=r"merge\.ended"):
        merge_persons(third, other, reason="x", now=NOW)


def test_the_command_line_may_merge_different_names(two):
    _ward, to_1, _to_2, _officer, kept, _other = two
    married = make_learner(to_1, "Lê Thị Hòa Bình")

    merge_persons(kept, married, reason="Đổi tên", operator="cli:test", now=NOW)

    assert true_person_ids([married.id]) == {married.id: kept.id}


def test_a_membership_that_waits_for_a_word_waits_on(two):
    ward, _to_1, _to_2, officer, kept, other = two
    school = make_organisation("Trường Bến Thu", parent=ward)
    make_member(other, school, is_claimed=False)

    merge_persons(kept, other, reason="Một người", by=officer, now=NOW)

    assert list(db.session.scalars(people_visible_to(make_actor(make_staff("focal_point", school))))) == []


def test_the_note_is_read_by_those_who_see_the_person(two):
    _ward, to_1, _to_2, officer, kept, other = two
    alias = merge_persons(kept, other, reason="Một người", by=officer, now=NOW)
    stranger = make_actor(make_staff("officer", make_organisation("Phường khác")))

    assert [merge_for(who, alias.uuid) for who in (officer, stranger)] == [alias, None]
    with pytest.raises(DomainError, match=r"merge\.not_yours"):
        split_again(alias, reason="x", by=stranger, now=NOW)
    assert db.session.get_one(Person, other.id).ended_at == NOW


def test_results_are_read_under_whichever_row_they_were_made(two):
    """Certificates, confirmations and the table of a class follow the note, and go back with it."""
    _ward, _to_1, _to_2, officer, kept, other = two
    own, its = make_certificate(person=kept), make_certificate(person=other)
    db.session.execute(sa.update(Confirmation).where(Confirmation.id == own.confirmation_id).values(ended_at=NOW))
    officer, actor = make_actor(db.session.get_one(Person, officer.id)), make_actor(kept)

    alias = merge_persons(kept, other, reason="Một người", by=officer, now=NOW)

    assert {one.serial for one in certificates_of(kept.id)} == {own.serial, its.serial}
    assert {one.serial for one, _level in papers_held_by(actor)} == {own.serial, its.serial}
    assert certificate_held(actor, its.serial).person_id == other.id  # the row itself is untouched
    assert len(confirmation_states(kept.id)) == 2
    assert facts_of([kept.id], now=NOW, today=NOW.date())[kept.id].state == "confirmed"
    split_again(alias, reason="Hai người", by=officer, now=NOW)
    assert [one.serial for one in certificates_of(kept.id)] == [own.serial]
    assert facts_of([kept.id], now=NOW, today=NOW.date())[kept.id].state != "confirmed"
