"""Supports: who tells of the same matter as a wish, and how many they are"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("wishes", sa.Column("near", sa.String(), nullable=True))
    op.add_column("wishes", sa.Column("matter", sa.String(), nullable=True))
    op.add_column("wishes", sa.Column("supporters", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("wishes", schema=None) as batch_op:
        batch_op.create_index(
            "ix_wishes_near",
            ["near", "id", "matter"],
            unique=False,
            sqlite_where=sa.text("near IS NOT NULL AND finished_at IS NULL"),
            postgresql_where=sa.text("near IS NOT NULL AND finished_at IS NULL"),
        )
        batch_op.create_index(
            "ix_wishes_merged_into",
            ["merged_into"],
            unique=False,
            sqlite_where=sa.text("merged_into IS NOT NULL"),
            postgresql_where=sa.text("merged_into IS NOT NULL"),
        )
    op.create_table(
        "supports",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("wish_id", ROW_ID, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("own_wish_id", ROW_ID, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["own_wish_id"], ["wishes.id"], name=op.f("fk_supports_own_wish_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_supports_person_id")),
        sa.ForeignKeyConstraint(["wish_id"], ["wishes.id"], name=op.f("fk_supports_wish_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supports")),
        sa.UniqueConstraint("wish_id", "person_id", name=op.f("uq_supports_wish_id_person_id")),
    )
    with op.batch_alter_table("supports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_supports_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_table("supports")
    with op.batch_alter_table("wishes", schema=None) as batch_op:
        batch_op.drop_index("ix_wishes_merged_into")
        batch_op.drop_index("ix_wishes_near")
        batch_op.drop_column("supporters")
        batch_op.drop_column("matter")
        batch_op.drop_column("near")
