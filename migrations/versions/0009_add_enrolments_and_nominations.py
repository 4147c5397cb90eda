"""Add enrolments and nominations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('eligibility_rule',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('course_id', sa.Integer(), nullable=True),
    sa.Column('cohort_id', sa.Integer(), nullable=True),
    sa.Column('set_at_id', sa.Integer(), nullable=False),
    sa.Column('audiences', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('age_from', sa.Integer(), nullable=True),
    sa.Column('age_to', sa.Integer(), nullable=True),
    sa.Column('within_id', sa.Integer(), nullable=True),
    sa.Column('role', sa.Enum('learner', 'mentor', 'instructor', 'focal_point', 'assessor', 'author', 'reviewer', 'officer', 'admin', name='eligibility_role', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('set_by_id', sa.Integer(), nullable=True),
    sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('uuid', sa.Uuid(), nullable=False),
    sa.CheckConstraint('(course_id IS NULL) <> (cohort_id IS NULL)', name=op.f('ck_eligibility_rule_of_one_thing')),
    sa.CheckConstraint('age_from IS NULL OR age_to IS NULL OR age_from <= age_to', name=op.f('ck_eligibility_rule_ages_in_order')),
    sa.ForeignKeyConstraint(['cohort_id'], ['cohort.id'], name=op.f('fk_eligibility_rule_cohort_id')),
    sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_eligibility_rule_course_id')),
    sa.ForeignKeyConstraint(['set_at_id'], ['organisation.id'], name=op.f('fk_eligibility_rule_set_at_id')),
    sa.ForeignKeyConstraint(['set_by_id'], ['person.id'], name=op.f('fk_eligibility_rule_set_by_id')),
    sa.ForeignKeyConstraint(['within_id'], ['organisation.id'], name=op.f('fk_eligibility_rule_within_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_eligibility_rule')),
    sa.UniqueConstraint('uuid', name=op.f('uq_eligibility_rule_uuid'))
    )
    with op.batch_alter_table('eligibility_rule', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_eligibility_rule_cohort_id'), ['cohort_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_eligibility_rule_course_id'), ['course_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_eligibility_rule_set_at_id'), ['set_at_id'], unique=False)
        batch_op.create_index('uq_eligibility_rule_of_cohort', ['cohort_id'], unique=True, sqlite_where=sa.text('ended_at IS NULL AND cohort_id IS NOT NULL'), postgresql_where=sa.text('ended_at IS NULL AND cohort_id IS NOT NULL'))
        batch_op.create_index('uq_eligibility_rule_of_course', ['course_id', 'set_at_id'], unique=True, sqlite_where=sa.text('ended_at IS NULL AND course_id IS NOT NULL'), postgresql_where=sa.text('ended_at IS NULL AND course_id IS NOT NULL'))

    op.create_table('enrolment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('course_id', sa.Integer(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('via_organisation_id', sa.Integer(), nullable=True),
    sa.Column('via_cohort_id', sa.Integer(), nullable=True),
    sa.Column('enrolled_by_id', sa.Integer(), nullable=True),
    sa.Column('enrolled_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_enrolment_course_id')),
    sa.ForeignKeyConstraint(['enrolled_by_id'], ['person.id'], name=op.f('fk_enrolment_enrolled_by_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_enrolment_person_id')),
    sa.ForeignKeyConstraint(['via_cohort_id'], ['cohort.id'], name=op.f('fk_enrolment_via_cohort_id')),
    sa.ForeignKeyConstraint(['via_organisation_id'], ['organisation.id'], name=op.f('fk_enrolment_via_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_enrolment'))
    )
    with op.batch_alter_table('enrolment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_enrolment_course_id'), ['course_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_enrolment_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_enrolment_via_cohort_id'), ['via_cohort_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_enrolment_via_organisation_id'), ['via_organisation_id'], unique=False)
        batch_op.create_index('uq_enrolment_live', ['person_id', 'course_id'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.create_table('nomination',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('course_id', sa.Integer(), nullable=False),
    sa.Column('cohort_id', sa.Integer(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('note', sa.String(length=300), nullable=True),
    sa.Column('nominated_by_id', sa.Integer(), nullable=True),
    sa.Column('nominated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('uuid', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['cohort_id'], ['cohort.id'], name=op.f('fk_nomination_cohort_id')),
    sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_nomination_course_id')),
    sa.ForeignKeyConstraint(['nominated_by_id'], ['person.id'], name=op.f('fk_nomination_nominated_by_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_nomination_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_nomination')),
    sa.UniqueConstraint('uuid', name=op.f('uq_nomination_uuid'))
    )
    with op.batch_alter_table('nomination', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_nomination_cohort_id'), ['cohort_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_nomination_course_id'), ['course_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_nomination_nominated_at'), ['nominated_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_nomination_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('enrolment_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('enrolment_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('due_changed', 'ended', name='enrolment_event', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('due_before', sa.Date(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_enrolment_event_by_id')),
    sa.ForeignKeyConstraint(['enrolment_id'], ['enrolment.id'], name=op.f('fk_enrolment_event_enrolment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_enrolment_event'))
    )
    with op.batch_alter_table('enrolment_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_enrolment_event_enrolment_id'), ['enrolment_id'], unique=False)

    op.create_table('nominated',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('nomination_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['nomination_id'], ['nomination.id'], name=op.f('fk_nominated_nomination_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_nominated_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_nominated')),
    sa.UniqueConstraint('nomination_id', 'person_id', name=op.f('uq_nominated_nomination_id_person_id'))
    )
    with op.batch_alter_table('nominated', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_nominated_person_id'), ['person_id'], unique=False)

    op.create_table('nomination_decision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('nominated_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('accepted', 'returned', 'withdrawn', name='nomination_decision', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('is_exception', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("reason IS NOT NULL OR (kind <> 'returned' AND NOT is_exception)", name=op.f('ck_nomination_decision_says_why')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_nomination_decision_decided_by_id')),
    sa.ForeignKeyConstraint(['nominated_id'], ['nominated.id'], name=op.f('fk_nomination_decision_nominated_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_nomination_decision')),
    sa.UniqueConstraint('nominated_id', name=op.f('uq_nomination_decision_nominated_id'))
    )


def downgrade():
    op.drop_table('nomination_decision')
    op.drop_table('nominated')
    op.drop_table('enrolment_event')
    op.drop_table('nomination')
    op.drop_table('enrolment')
    op.drop_table('eligibility_rule')
