"""Add jobs and roster imports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def document():
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade():
    op.create_table('job',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('key', sa.String(length=160), nullable=True),
    sa.Column('argument', document(), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.Enum('queued', 'running', 'done', 'failed', name='job_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('result', document(), nullable=True),
    sa.Column('fault', document(), nullable=True),
    sa.Column('queued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('heartbeat_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('uuid', sa.Uuid(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job')),
    sa.UniqueConstraint('uuid', name=op.f('uq_job_uuid'))
    )
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_job_state'), ['state'], unique=False)
        batch_op.create_index('uq_job_live', ['key'], unique=True, sqlite_where=sa.text("state IN ('queued', 'running')"), postgresql_where=sa.text("state IN ('queued', 'running')"))

    op.create_table('roster_form_row',
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('columns', document(), nullable=False),
    sa.Column('heading', document(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['changed_by_id'], ['person.id'], name=op.f('fk_roster_form_row_changed_by_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_roster_form_row_organisation_id')),
    sa.PrimaryKeyConstraint('organisation_id', name=op.f('pk_roster_form_row'))
    )
    op.create_table('roster_mapping',
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('header_hash', sa.String(length=64), nullable=False),
    sa.Column('columns', document(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_roster_mapping_organisation_id')),
    sa.PrimaryKeyConstraint('organisation_id', 'header_hash', name=op.f('pk_roster_mapping'))
    )
    op.create_table('roster_import',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('cohort_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.Enum('people', 'results', name='roster_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('is_pasted', sa.Boolean(), nullable=False),
    sa.Column('state', sa.Enum('uploaded', 'checking', 'checked', 'committing', 'done', 'undone', 'discarded', 'failed', name='roster_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('choice', document(), nullable=False),
    sa.Column('found', document(), nullable=True),
    sa.Column('corrections', document(), nullable=False),
    sa.Column('document', document(), nullable=True),
    sa.Column('extra', document(), nullable=False),
    sa.Column('fault', document(), nullable=True),
    sa.Column('job_id', sa.Integer(), nullable=True),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('operator', sa.String(length=120), nullable=True),
    sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('committed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('counts', document(), nullable=True),
    sa.Column('uuid', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_roster_import_by_id')),
    sa.ForeignKeyConstraint(['cohort_id'], ['cohort.id'], name=op.f('fk_roster_import_cohort_id')),
    sa.ForeignKeyConstraint(['job_id'], ['job.id'], name=op.f('fk_roster_import_job_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_roster_import_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_roster_import')),
    sa.UniqueConstraint('uuid', name=op.f('uq_roster_import_uuid'))
    )
    with op.batch_alter_table('roster_import', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_roster_import_by_id'), ['by_id'], unique=False)
        batch_op.create_index('ix_roster_import_listed', ['organisation_id', 'begun_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_roster_import_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_roster_import_state'), ['state'], unique=False)

    op.create_table('roster_change',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('roster_id', sa.Integer(), nullable=False),
    sa.Column('row_number', sa.Integer(), nullable=True),
    sa.Column('kind', sa.Enum('person_created', 'person_revived', 'person_matched', 'person_changed', 'membership_begun', 'membership_changed', 'membership_ended', 'cohort_joined', 'evidence_added', name='roster_change_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('membership_id', sa.Integer(), nullable=True),
    sa.Column('record_uuid', sa.Uuid(), nullable=True),
    sa.Column('before', document(), nullable=True),
    sa.Column('after', document(), nullable=True),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_roster_change_membership_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_roster_change_person_id')),
    sa.ForeignKeyConstraint(['roster_id'], ['roster_import.id'], name=op.f('fk_roster_change_roster_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_roster_change'))
    )
    with op.batch_alter_table('roster_change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_roster_change_membership_id'), ['membership_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_roster_change_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_roster_change_roster_id'), ['roster_id'], unique=False)

    op.create_table('roster_decision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('roster_id', sa.Integer(), nullable=False),
    sa.Column('row_number', sa.Integer(), nullable=False),
    sa.Column('same_as_id', sa.Integer(), nullable=True),
    sa.Column('is_open', sa.Boolean(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_roster_decision_by_id')),
    sa.ForeignKeyConstraint(['roster_id'], ['roster_import.id'], name=op.f('fk_roster_decision_roster_id')),
    sa.ForeignKeyConstraint(['same_as_id'], ['person.id'], name=op.f('fk_roster_decision_same_as_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_roster_decision'))
    )
    with op.batch_alter_table('roster_decision', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_roster_decision_roster_id'), ['roster_id'], unique=False)

    op.create_table('roster_file',
    sa.Column('roster_id', sa.Integer(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=True),
    sa.Column('stored_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['roster_id'], ['roster_import.id'], name=op.f('fk_roster_file_roster_id')),
    sa.PrimaryKeyConstraint('roster_id', name=op.f('pk_roster_file'))
    )
    with op.batch_alter_table('roster_file', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_roster_file_stored_at'), ['stored_at'], unique=False)

    op.create_table('roster_row',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('roster_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('verdict', sa.Enum('faulty', 'unclear', 'new', 'matched', name='roster_verdict', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('is_unchanged', sa.Boolean(), nullable=False),
    sa.Column('values', document(), nullable=False),
    sa.Column('cells', document(), nullable=False),
    sa.Column('faults', document(), nullable=False),
    sa.Column('warnings', document(), nullable=False),
    sa.Column('evidence', document(), nullable=False),
    sa.Column('candidates', document(), nullable=False),
    sa.Column('has_warnings', sa.Boolean(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('attached_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['attached_id'], ['person.id'], name=op.f('fk_roster_row_attached_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_roster_row_person_id')),
    sa.ForeignKeyConstraint(['roster_id'], ['roster_import.id'], name=op.f('fk_roster_row_roster_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_roster_row')),
    sa.UniqueConstraint('roster_id', 'number', name=op.f('uq_roster_row_roster_id_number'))
    )
    with op.batch_alter_table('roster_row', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_roster_row_person_id'), ['person_id'], unique=False)
        batch_op.create_index('ix_roster_row_verdict', ['roster_id', 'verdict', 'number'], unique=False)



def downgrade():
    with op.batch_alter_table('roster_row', schema=None) as batch_op:
        batch_op.drop_index('ix_roster_row_verdict')
        batch_op.drop_index(batch_op.f('ix_roster_row_person_id'))

    op.drop_table('roster_row')
    with op.batch_alter_table('roster_file', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_roster_file_stored_at'))

    op.drop_table('roster_file')
    with op.batch_alter_table('roster_decision', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_roster_decision_roster_id'))

    op.drop_table('roster_decision')
    with op.batch_alter_table('roster_change', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_roster_change_roster_id'))
        batch_op.drop_index(batch_op.f('ix_roster_change_person_id'))
        batch_op.drop_index(batch_op.f('ix_roster_change_membership_id'))

    op.drop_table('roster_change')
    with op.batch_alter_table('roster_import', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_roster_import_state'))
        batch_op.drop_index(batch_op.f('ix_roster_import_organisation_id'))
        batch_op.drop_index('ix_roster_import_listed')
        batch_op.drop_index(batch_op.f('ix_roster_import_by_id'))

    op.drop_table('roster_import')
    op.drop_table('roster_mapping')
    op.drop_table('roster_form_row')
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.drop_index('uq_job_live', sqlite_where=sa.text("state IN ('queued', 'running')"), postgresql_where=sa.text("state IN ('queued', 'running')"))
        batch_op.drop_index(batch_op.f('ix_job_state'))

    op.drop_table('job')
