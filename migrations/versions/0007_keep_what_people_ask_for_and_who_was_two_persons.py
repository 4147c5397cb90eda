"""Keep what people ask for and who was two persons."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ROLES = ("learner", "mentor", "instructor", "focal_point", "assessor", "author", "reviewer", "officer", "admin")
REFUSED = "audit_event rows are append-only"


def upgrade():
    _add_columns()
    _add_aliases()
    _add_proposals()
    _guard_the_audit_log()


def _add_columns():
    with op.batch_alter_table("membership") as batch_op:
        batch_op.add_column(sa.Column("school_class", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("is_claimed", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("left_reason", sa.String(length=300), nullable=True))
    op.execute(sa.text("UPDATE membership SET is_claimed = true"))
    with op.batch_alter_table("role_grant") as batch_op:
        batch_op.add_column(sa.Column("is_deputy", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("holds_from", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("holds_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_check_constraint(
            op.f("ck_role_grant_ends_after_start"), "holds_until IS NULL OR holds_from IS NULL OR holds_until > holds_from")


def _add_aliases():
    op.create_table(
        "person_alias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("carried", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("merged_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("end_reason", sa.String(length=300), nullable=True),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kept_id <> other_id", name=op.f("ck_person_alias_two_rows")),
        sa.ForeignKeyConstraint(["kept_id"], ["person.id"], name=op.f("fk_person_alias_kept_id")),
        sa.ForeignKeyConstraint(["other_id"], ["person.id"], name=op.f("fk_person_alias_other_id")),
        sa.ForeignKeyConstraint(["merged_by_id"], ["person.id"], name=op.f("fk_person_alias_merged_by_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["person.id"], name=op.f("fk_person_alias_ended_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_alias")),
        sa.UniqueConstraint("uuid", name=op.f("uq_person_alias_uuid")),
    )
    op.create_index(op.f("ix_person_alias_kept_id"), "person_alias", ["kept_id"])
    op.create_index(op.f("ix_person_alias_other_id"), "person_alias", ["other_id"])
    op.create_index("uq_person_alias_live", "person_alias", ["other_id"], unique=True,
                    sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL"))


def _add_proposals():
    kinds = sa.Enum("organisation", "role", "hand_over", "merge", name="proposal_kind", native_enum=False,
                    create_constraint=True, length=32)
    roles = sa.Enum(*ROLES, name="proposed_role", native_enum=False, create_constraint=True, length=32)
    answers = sa.Enum("accepted", "returned", "withdrawn", name="proposal_answer", native_enum=False,
                      create_constraint=True, length=32)
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", kinds, nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.Column("role", roles, nullable=True),
        sa.Column("document", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_proposal_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_proposal_person_id")),
        sa.ForeignKeyConstraint(["other_id"], ["person.id"], name=op.f("fk_proposal_other_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["person.id"], name=op.f("fk_proposal_proposed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint("uuid", name=op.f("uq_proposal_uuid")),
    )
    for column in ("organisation_id", "person_id", "other_id", "proposed_by_id", "proposed_at"):
        op.create_index(op.f(f"ix_proposal_{column}"), "proposal", [column])
    op.create_table(
        "proposal_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("kind", answers, nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_event_proposal_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_proposal_event_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_event")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_proposal_event_proposal_id")),
    )


def _guard_the_audit_log():
    """Nobody changes or removes a line, not even with SQL of their own."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS "
                   f"$$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$")
        op.execute("CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE ON audit_event "
                   "FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()")
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(f"CREATE TRIGGER audit_event_no_{verb.lower()} BEFORE {verb} ON audit_event "
                   f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END")


def downgrade():
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_event_append_only ON audit_event")
        op.execute("DROP FUNCTION refuse_audit_change()")
    else:
        op.execute("DROP TRIGGER audit_event_no_update")
        op.execute("DROP TRIGGER audit_event_no_delete")
    op.drop_table("proposal_event")
    op.drop_table("proposal")
    op.drop_table("person_alias")
    with op.batch_alter_table("role_grant") as batch_op:
        batch_op.drop_constraint(op.f("ck_role_grant_ends_after_start"), type_="check")
        for column in ("is_deputy", "holds_from", "holds_until"):
            batch_op.drop_column(column)
    with op.batch_alter_table("membership") as batch_op:
        for column in ("school_class", "is_claimed", "left_reason"):
            batch_op.drop_column(column)
