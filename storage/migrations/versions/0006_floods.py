"""Floods: how fast somebody writes, and since when they are asked for patience"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("people", sa.Column("flood_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("people", sa.Column("flood_count", sa.Integer(), nullable=True))
    op.add_column("people", sa.Column("pleaded_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_column("pleaded_at")
        batch_op.drop_column("flood_count")
        batch_op.drop_column("flood_since")
