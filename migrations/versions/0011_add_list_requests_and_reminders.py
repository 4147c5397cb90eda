"""Add list requests, reminders and the outbox of letters."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('letter',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('address', sa.String(length=254), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'sent', 'failed', name='letter_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letter'))
    )
    with op.batch_alter_table('letter', schema=None) as batch_op:
        batch_op.create_index('ix_letter_waiting', ['next_at'], unique=False, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))

    op.create_table('list_request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('meant', sa.String(length=500), nullable=False),
    sa.Column('audience', sa.Enum('nguoi-dan', 'hoc-sinh-sinh-vien', 'can-bo', 'nguoi-lao-dong', name='list_request_audience', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('asked_by_id', sa.Integer(), nullable=True),
    sa.Column('uuid', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['asked_by_id'], ['person.id'], name=op.f('fk_list_request_asked_by_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_list_request_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_list_request')),
    sa.UniqueConstraint('uuid', name=op.f('uq_list_request_uuid'))
    )
    with op.batch_alter_table('list_request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_list_request_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('reminder',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('sent_by_id', sa.Integer(), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_on', sa.Date(), nullable=False),
    sa.Column('text', sa.String(length=500), nullable=False),
    sa.Column('by_mail', sa.Boolean(), nullable=False),
    sa.Column('uuid', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_reminder_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_reminder_person_id')),
    sa.ForeignKeyConstraint(['sent_by_id'], ['person.id'], name=op.f('fk_reminder_sent_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reminder')),
    sa.UniqueConstraint('person_id', 'sent_on', name=op.f('uq_reminder_person_id_sent_on')),
    sa.UniqueConstraint('uuid', name=op.f('uq_reminder_uuid'))
    )
    with op.batch_alter_table('reminder', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reminder_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_reminder_sent_by_id'), ['sent_by_id'], unique=False)

    op.create_table('list_request_unit',
    sa.Column('request_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_list_request_unit_organisation_id')),
    sa.ForeignKeyConstraint(['request_id'], ['list_request.id'], name=op.f('fk_list_request_unit_request_id')),
    sa.PrimaryKeyConstraint('request_id', 'organisation_id', name=op.f('pk_list_request_unit'))
    )
    with op.batch_alter_table('list_request_unit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_list_request_unit_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('submission',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('request_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('row_count', sa.Integer(), nullable=False),
    sa.Column('rows', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('submitted_by_id', sa.Integer(), nullable=True),
    sa.Column('uuid', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_submission_organisation_id')),
    sa.ForeignKeyConstraint(['request_id'], ['list_request.id'], name=op.f('fk_submission_request_id')),
    sa.ForeignKeyConstraint(['submitted_by_id'], ['person.id'], name=op.f('fk_submission_submitted_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_submission')),
    sa.UniqueConstraint('request_id', 'organisation_id', 'number', name=op.f('uq_submission_request_id_organisation_id_number')),
    sa.UniqueConstraint('uuid', name=op.f('uq_submission_uuid'))
    )
    with op.batch_alter_table('submission', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_submission_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('list_request_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('request_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('asked', 'reminded', 'submitted', 'withdrawn', 'received', 'returned', 'reopened', name='list_request_event_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('submission_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(length=500), nullable=True),
    sa.Column('until', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['actor_id'], ['person.id'], name=op.f('fk_list_request_event_actor_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_list_request_event_organisation_id')),
    sa.ForeignKeyConstraint(['request_id'], ['list_request.id'], name=op.f('fk_list_request_event_request_id')),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_list_request_event_submission_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_list_request_event'))
    )
    with op.batch_alter_table('list_request_event', schema=None) as batch_op:
        batch_op.create_index('ix_list_request_event_fold', ['request_id', 'organisation_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_list_request_event_organisation_id'), ['organisation_id'], unique=False)


def downgrade():
    with op.batch_alter_table('list_request_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_list_request_event_organisation_id'))
        batch_op.drop_index('ix_list_request_event_fold')

    op.drop_table('list_request_event')
    with op.batch_alter_table('submission', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_submission_organisation_id'))

    op.drop_table('submission')
    with op.batch_alter_table('list_request_unit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_list_request_unit_organisation_id'))

    op.drop_table('list_request_unit')
    with op.batch_alter_table('reminder', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_reminder_sent_by_id'))
        batch_op.drop_index(batch_op.f('ix_reminder_organisation_id'))

    op.drop_table('reminder')
    with op.batch_alter_table('list_request', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_list_request_organisation_id'))

    op.drop_table('list_request')
    with op.batch_alter_table('letter', schema=None) as batch_op:
        batch_op.drop_index('ix_letter_waiting', sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))

    op.drop_table('letter')
