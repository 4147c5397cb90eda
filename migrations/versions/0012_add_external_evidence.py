"""Add external evidence."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "evidence_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.Column("vouched_by", sa.String(length=160), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_evidence_source_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_source")),
        sa.UniqueConstraint("key", name=op.f("uq_evidence_source_key")),
        sa.UniqueConstraint("uuid", name=op.f("uq_evidence_source_uuid")),
    )
    op.create_index(op.f("ix_evidence_source_organisation_id"), "evidence_source", ["organisation_id"])
    op.create_table(
        "external_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("course_title", sa.String(length=200), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("number", sa.String(length=60), nullable=True),
        sa.Column("result", sa.String(length=120), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("import_uuid", sa.Uuid(), nullable=True),
        sa.Column("checked_by_id", sa.Integer(), nullable=True),
        sa.Column("operator", sa.String(length=120), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.CheckConstraint("length(course_title) > 0", name=op.f("ck_external_evidence_has_course")),
        sa.CheckConstraint("checked_by_id IS NOT NULL OR operator IS NOT NULL",
                           name=op.f("ck_external_evidence_somebody_checked")),
        sa.ForeignKeyConstraint(["checked_by_id"], ["person.id"], name=op.f("fk_external_evidence_checked_by_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_external_evidence_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_external_evidence_person_id")),
        sa.ForeignKeyConstraint(["source_id"], ["evidence_source.id"], name=op.f("fk_external_evidence_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_evidence")),
        sa.UniqueConstraint("uuid", name=op.f("uq_external_evidence_uuid")),
    )
    for column in ("person_id", "source_id", "organisation_id", "import_uuid"):
        op.create_index(op.f(f"ix_external_evidence_{column}"), "external_evidence", [column])
    op.create_index("uq_external_evidence_live", "external_evidence", ["person_id", "source_id", "fingerprint"], unique=True,
                    sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL"))
    op.create_table(
        "external_evidence_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Enum("withdrawn", name="external_evidence_event_kind", native_enum=False,
                                  create_constraint=True, length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("operator", sa.String(length=120), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_external_evidence_event_actor_id")),
        sa.ForeignKeyConstraint(["evidence_id"], ["external_evidence.id"], name=op.f("fk_external_evidence_event_evidence_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_evidence_event")),
    )
    op.create_index(op.f("ix_external_evidence_event_evidence_id"), "external_evidence_event", ["evidence_id"])


def downgrade():
    op.drop_table("external_evidence_event")
    op.drop_table("external_evidence")
    op.drop_table("evidence_source")
