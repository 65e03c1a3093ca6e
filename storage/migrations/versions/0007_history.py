"""History: what goes on, or waits, is found without looking through all that ever was"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ADMINS = {"sqlite_where": sa.text("is_admin = 1"), "postgresql_where": sa.text("is_admin")}


def partial(condition: str) -> dict[str, sa.TextClause]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    op.create_index("ix_people_admins", "people", ["id"], **ADMINS)
    op.create_index("ix_people_volunteer", "people", ["volunteer"], **partial("volunteer = 'asked' OR volunteer = 'yes'"))
    for gone in ("author_id", "state", "created_at", "submitted_at", "finished_at"):
        op.drop_index(f"ix_wishes_{gone}", "wishes")
    op.create_index("ix_wishes_author_id", "wishes", ["author_id", "id"])
    op.create_index("ix_wishes_state", "wishes", ["state", "finished_at"])
    op.create_index("ix_wishes_submitted_at", "wishes", ["submitted_at", "author_id"])
    op.create_index("ix_wishes_going_on", "wishes", ["author_id"], **partial("finished_at IS NULL"))
    op.create_index("ix_wishes_contact", "wishes", ["finished_at"], **partial("contact IS NOT NULL"))
    op.create_index("ix_claims_live", "claims", ["due_at"], **partial("state = 'live'"))
    op.drop_index("ix_outgoing_chat_id", "outgoing")
    op.create_index("ix_outgoing_chat_id", "outgoing", ["chat_id", "id"])
    unsettled = partial("state = 'waiting' OR state = 'parked' OR state = 'failed'")
    op.create_index("ix_outgoing_unsettled", "outgoing", ["state", "chat_id"], **unsettled)
    op.create_index("ix_digests_person_id", "digests", ["person_id"])


def downgrade() -> None:
    op.drop_index("ix_digests_person_id", "digests")
    op.drop_index("ix_outgoing_unsettled", "outgoing")
    op.drop_index("ix_outgoing_chat_id", "outgoing")
    op.create_index("ix_outgoing_chat_id", "outgoing", ["chat_id", "state"])
    op.drop_index("ix_claims_live", "claims")
    for made in ("contact", "going_on", "submitted_at", "state", "author_id"):
        op.drop_index(f"ix_wishes_{made}", "wishes")
    op.create_index("ix_wishes_author_id", "wishes", ["author_id"])
    op.create_index("ix_wishes_state", "wishes", ["state", "category"])
    for column in ("created_at", "submitted_at", "finished_at"):
        op.create_index(f"ix_wishes_{column}", "wishes", [column])
    op.drop_index("ix_people_volunteer", "people")
    op.drop_index("ix_people_admins", "people")
