"""Add cohorts and join codes."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('cohort',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('folded_name', sa.String(length=120), nullable=False),
    sa.Column('audience', sa.Enum('nguoi-dan', 'hoc-sinh-sinh-vien', 'can-bo', 'nguoi-lao-dong', name='cohort_audience', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('begun_on', sa.Date(), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('uuid', sa.Uuid(), nullable=False),
    sa.CheckConstraint('length(name) > 0', name=op.f('ck_cohort_has_name')),
    sa.ForeignKeyConstraint(['made_by_id'], ['person.id'], name=op.f('fk_cohort_made_by_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_cohort_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cohort')),
    sa.UniqueConstraint('uuid', name=op.f('uq_cohort_uuid'))
    )
    with op.batch_alter_table('cohort', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_cohort_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index('uq_cohort_live', ['organisation_id', 'folded_name'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.create_table('cohort_member',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('cohort_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('joined_on', sa.Date(), nullable=False),
    sa.Column('left_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['cohort_id'], ['cohort.id'], name=op.f('fk_cohort_member_cohort_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_cohort_member_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cohort_member'))
    )
    with op.batch_alter_table('cohort_member', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_cohort_member_cohort_id'), ['cohort_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_cohort_member_person_id'), ['person_id'], unique=False)
        batch_op.create_index('uq_cohort_member_live', ['cohort_id', 'person_id'], unique=True, sqlite_where=sa.text('left_on IS NULL'), postgresql_where=sa.text('left_on IS NULL'))

    op.create_table('join_code',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('cohort_id', sa.Integer(), nullable=True),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('most', sa.Integer(), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_by_id', sa.Integer(), nullable=True),
    sa.Column('uuid', sa.Uuid(), nullable=False),
    sa.CheckConstraint('most > 0', name=op.f('ck_join_code_lets_somebody_in')),
    sa.ForeignKeyConstraint(['closed_by_id'], ['person.id'], name=op.f('fk_join_code_closed_by_id')),
    sa.ForeignKeyConstraint(['cohort_id'], ['cohort.id'], name=op.f('fk_join_code_cohort_id')),
    sa.ForeignKeyConstraint(['made_by_id'], ['person.id'], name=op.f('fk_join_code_made_by_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_join_code_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_join_code')),
    sa.UniqueConstraint('code_hash', name=op.f('uq_join_code_code_hash')),
    sa.UniqueConstraint('uuid', name=op.f('uq_join_code_uuid'))
    )
    with op.batch_alter_table('join_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_join_code_cohort_id'), ['cohort_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_join_code_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('join_request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('join_code_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('uuid', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['join_code_id'], ['join_code.id'], name=op.f('fk_join_request_join_code_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_join_request_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_join_request')),
    sa.UniqueConstraint('uuid', name=op.f('uq_join_request_uuid'))
    )
    with op.batch_alter_table('join_request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_join_request_asked_at'), ['asked_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_join_request_join_code_id'), ['join_code_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_join_request_person_id'), ['person_id'], unique=False)
        batch_op.create_index('uq_join_request_open', ['join_code_id', 'person_id'], unique=True, sqlite_where=sa.text('decided_at IS NULL'), postgresql_where=sa.text('decided_at IS NULL'))

    op.create_table('join_decision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('join_request_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('approved', 'returned', name='join_decision', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(length=300), nullable=True),
    sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_join_decision_decided_by_id')),
    sa.ForeignKeyConstraint(['join_request_id'], ['join_request.id'], name=op.f('fk_join_decision_join_request_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_join_decision')),
    sa.UniqueConstraint('join_request_id', name=op.f('uq_join_decision_join_request_id'))
    )


def downgrade():
    op.drop_table('join_decision')
    op.drop_table('join_request')
    op.drop_table('join_code')
    op.drop_table('cohort_member')
    op.drop_table('cohort')
