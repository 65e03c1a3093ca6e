"""Updates that are kept: found without looking through all that were seen"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEPT = sa.text("raw IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_seen_updates_kept", "seen_updates", ["outcome", "at"], sqlite_where=KEPT, postgresql_where=KEPT)


def downgrade() -> None:
    op.drop_index("ix_seen_updates_kept", "seen_updates")
