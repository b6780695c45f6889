"""The tables of what was deployed, and in which versions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    _deployment()
    _resource()
    _decision_definition()
    _deployment_binding()
    _form_definition()
    _process_definition()


def downgrade() -> None:
    """Drop them."""
    op.drop_table("process_definition")
    op.drop_table("form_definition")
    op.drop_table("deployment_binding")
    op.drop_table("decision_definition")
    op.drop_table("resource")
    op.drop_table("deployment")


def _deployment() -> None:
    op.create_table(
        "deployment",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("pack", sa.Text(), nullable=False),
        sa.Column("deployed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deployed_by", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_deployment"),
    )
    op.create_index("ix_deployment_pack", "deployment", ["pack"])


def _resource() -> None:
    op.create_table(
        "resource",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("compiled", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_resource"),
        sa.UniqueConstraint("path", "sha256", name="uq_resource_path_sha256"),
    )
    op.create_index("ix_resource_sha256", "resource", ["sha256"])


def _decision_definition() -> None:
    op.create_table(
        "decision_definition",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("decision_id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pack", sa.Text(), nullable=False),
        sa.Column("resource_key", sa.BigInteger(), nullable=False),
        sa.Column("deployment_key", sa.BigInteger(), nullable=False),
        sa.Column("binding_sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["deployment_key"], ["deployment.key"], name="fk_decision_definition_deployment_key"),
        sa.ForeignKeyConstraint(["resource_key"], ["resource.key"], name="fk_decision_definition_resource_key"),
        sa.PrimaryKeyConstraint("key", name="pk_decision_definition"),
        sa.UniqueConstraint("decision_id", "version", name="uq_decision_definition_decision_id_version"),
    )


def _deployment_binding() -> None:
    op.create_table(
        "deployment_binding",
        sa.Column("deployment_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("definition_key", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["deployment_key"], ["deployment.key"], name="fk_deployment_binding_deployment_key"),
        sa.PrimaryKeyConstraint("deployment_key", "kind", "id", name="pk_deployment_binding"),
    )


def _form_definition() -> None:
    op.create_table(
        "form_definition",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("form_id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("pack", sa.Text(), nullable=False),
        sa.Column("resource_key", sa.BigInteger(), nullable=False),
        sa.Column("deployment_key", sa.BigInteger(), nullable=False),
        sa.Column("binding_sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["deployment_key"], ["deployment.key"], name="fk_form_definition_deployment_key"),
        sa.ForeignKeyConstraint(["resource_key"], ["resource.key"], name="fk_form_definition_resource_key"),
        sa.PrimaryKeyConstraint("key", name="pk_form_definition"),
        sa.UniqueConstraint("form_id", "version", name="uq_form_definition_form_id_version"),
    )


def _process_definition() -> None:
    op.create_table(
        "process_definition",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("version_tag", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pack", sa.Text(), nullable=False),
        sa.Column("resource_key", sa.BigInteger(), nullable=False),
        sa.Column("deployment_key", sa.BigInteger(), nullable=False),
        sa.Column("binding_sha256", sa.Text(), nullable=False),
        sa.Column("properties", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["deployment_key"], ["deployment.key"], name="fk_process_definition_deployment_key"),
        sa.ForeignKeyConstraint(["resource_key"], ["resource.key"], name="fk_process_definition_resource_key"),
        sa.PrimaryKeyConstraint("key", name="pk_process_definition"),
        sa.UniqueConstraint("process_id", "version", name="uq_process_definition_process_id_version"),
    )
