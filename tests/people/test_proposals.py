"""What a unit asks the ward for: done when accepted, by whoever has the right, never by who asked."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from lms.core.audit import AuditEvent
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.models import OrganisationPeriod, PersonAlias, Proposal, ProposalEvent, RoleGrant
from lms.people.queries.proposals import open_proposals_to, proposal_for, proposals_from, proposals_to
from lms.people.services.proposals import (
    accept_proposal,
    propose_hand_over,
    propose_merge,
    propose_organisation,
    propose_role,
    return_proposal,
    withdraw_proposal,
)
from lms.people.services.roles import Deputy, end_role
from tests.factories import NOW, make_actor, make_organisation, make_role
from tests.people.factories import make_learner, make_staff, make_ward
from tests.statements import counted


class Scene:
    """A school with a focal point, and the ward's officer above it."""

    def __init__(self):
        self.ward, self.school, self.other_school = make_ward()
        self.focal_person = make_learner(self.school, "Trần Văn Mối")
        self.grant = make_role(self.focal_person, "focal_point", self.school)
        self.focal = make_actor(self.focal_person)
        self.officer = make_actor(make_staff("officer", self.ward, "Nguyễn Thị Thu Hà"))
        self.colleague = make_learner(self.school, "Lê Thị Mới")

    def group(self, name="Tổ Toán", **values):
        return propose_organisation(self.school, name=name, kind="club", **{
            "reason": "Đông người", "by": self.focal, "now": NOW, **values})


@pytest.fixture
def scene(app):
    return Scene()


def test_an_accepted_organisation_stands_below_the_unit(scene):
    accept_proposal(scene.group(), by=scene.officer, now=NOW)

    made = db.session.scalars(sa.select(OrganisationPeriod).where(OrganisationPeriod.name == "Tổ Toán")).one()
    assert (made.parent_id, made.kind) == (scene.school.id, "club")


def test_an_accepted_role_is_held_with_its_days(scene):
    until = NOW + timedelta(days=30)
    asked = propose_role(scene.school, scene.colleague, "focal_point", deputy=Deputy(holds_until=until), reason="Đi học",
                         by=scene.focal, now=NOW)

    accept_proposal(asked, by=scene.officer, now=NOW)

    grant = db.session.scalars(sa.select(RoleGrant).where(RoleGrant.person_id == scene.colleague.id)).one()
    assert (grant.role, grant.is_deputy, grant.holds_until, grant.granted_by_id) == (
        "focal_point", True, until, scene.officer.id)


def test_an_accepted_hand_over_changes_the_holder_and_leaves_the_proposals_with_the_unit(scene):
    scene.group()
    asked = propose_hand_over(scene.grant, scene.colleague, reason="Chuyển trường", by=scene.focal, now=NOW)

    accept_proposal(asked, by=scene.officer, now=NOW)

    assert (scene.grant.ended_at, [one.person_id for one in db.session.scalars(sa.select(RoleGrant).where(
        RoleGrant.organisation_id == scene.school.id, RoleGrant.ended_at.is_(None)))]) == (NOW, [scene.colleague.id])
    successor = make_actor(scene.colleague)
    open_one = proposals_from(successor).lines[0]
    assert (open_one.kind, open_one.state) == ("organisation", "open")
    withdraw_proposal(proposal_for(successor, open_one.uuid), by=successor, now=NOW)
    assert proposals_from(successor).open == 0


def test_a_hand_over_that_was_overtaken_is_refused(scene):
    asked = propose_hand_over(scene.grant, scene.colleague, reason="Chuyển trường", by=scene.focal, now=NOW)
    end_role(scene.grant, now=NOW)

    with pytest.raises(DomainError, match=r"proposal\.overtaken"):
        accept_proposal(asked, by=scene.officer, now=NOW)


def test_an_accepted_merge_is_made(scene):
    twin = make_learner(scene.school, "Lê Thị Mới")
    asked = propose_merge(scene.school, scene.colleague, twin, reason="Nhập hai lần", by=scene.focal, now=NOW)

    accept_proposal(asked, by=scene.officer, now=NOW)

    alias = db.session.scalars(sa.select(PersonAlias)).one()
    assert (alias.kept_id, alias.other_id, alias.merged_by_id) == (scene.colleague.id, twin.id, scene.officer.id)


def test_one_answer_only_and_both_sides_read_it(scene):
    asked = scene.group()

    return_proposal(asked, reason="Trường đã có tổ này", by=scene.officer, now=NOW)

    for answer in (lambda: accept_proposal(asked, by=scene.officer, now=NOW),
                   lambda: return_proposal(asked, reason="x", by=scene.officer, now=NOW),
                   lambda: withdraw_proposal(asked, by=scene.focal, now=NOW)):
        with pytest.raises(DomainError, match=r"proposal\.decided"):
            answer()
    for line in (proposals_from(scene.focal).lines[0], proposals_to(scene.officer).lines[0]):
        assert (line.state, line.answer_reason, line.answered_by) == ("returned", "Trường đã có tổ này", "Nguyễn Thị Thu Hà")
    assert [one.action for one in db.session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id))] == [
        "proposal.made", "proposal.returned"]


def test_nobody_decides_what_they_proposed(scene):
    make_role(scene.focal_person, "officer", scene.ward)
    both = make_actor(scene.focal_person)
    asked = scene.group(by=both)

    with pytest.raises(DomainError, match=r"proposal\.not_yours_to_decide"):
        accept_proposal(asked, by=both, now=NOW)
    assert db.session.scalar(sa.select(sa.func.count(ProposalEvent.id))) == 0


def test_strangers_neither_ask_nor_answer_nor_read(scene):
    asked = scene.group()
    at_other = make_actor(make_staff("focal_point", scene.other_school))
    far = make_actor(make_staff("officer", make_organisation("Phường khác")))

    with pytest.raises(DomainError, match=r"proposal\.not_yours"):
        scene.group(by=at_other)
    with pytest.raises(DomainError, match=r"proposal\.not_yours_to_decide"):
        accept_proposal(asked, by=far, now=NOW)
    with pytest.raises(DomainError, match=r"proposal\.not_yours"):
        withdraw_proposal(asked, by=at_other, now=NOW)
    with pytest.raises(DomainError, match=r"proposal\.not_yours"):
        propose_role(scene.school, make_learner(scene.other_school), "mentor", reason="x", by=scene.focal, now=NOW)
    assert [proposal_for(who, asked.uuid) for who in (at_other, far, scene.officer)] == [None, None, asked]
    assert (open_proposals_to(scene.officer), open_proposals_to(far)) == (1, 0)


def test_faults_of_a_proposal(scene):
    twin = make_learner(scene.school, "Lê Văn Mới")
    for code, propose in {
        "proposal.reason_missing": lambda: scene.group(reason=" "),
        "organisation.name_missing": lambda: scene.group(name=" "),
        "proposal.role_not_asked_for": lambda: propose_role(
            scene.school, scene.colleague, "officer", reason="x", by=scene.focal, now=NOW),
        "role.days_wrong": lambda: propose_role(scene.school, scene.colleague, "mentor", reason="x", by=scene.focal, now=NOW,
                                                deputy=Deputy(holds_until=NOW)),
        "role.same_person": lambda: propose_hand_over(scene.grant, scene.focal_person, reason="x", by=scene.focal, now=NOW),
        "merge.same_person": lambda: propose_merge(scene.school, twin, twin, reason="x", by=scene.focal, now=NOW),
        "merge.names_differ": lambda: propose_merge(scene.school, scene.colleague, twin, reason="x", by=scene.focal, now=NOW),
    }.items():
        with pytest.raises(DomainError, match=code.replace(".", r"\.")):
            propose()
    assert db.session.scalar(sa.select(sa.func.count(Proposal.id))) == 0


def test_what_was_said_is_never_changed(scene):
    asked = scene.group()
    asked.reason = "Khác"

    with pytest.raises(RuntimeError, match="append-only"):
        db.session.flush()


@pytest.mark.parametrize("many", [1, 40])
def test_a_page_of_proposals_costs_the_same(scene, many):
    for number in range(many):
        scene.group(f"Tổ {number}")
    db.session.flush()

    with counted() as sent:
        page = proposals_to(scene.officer)

    assert (len(sent), page.total, page.open) == (2, many, many)
