"""History: what goes on, or waits, is found without looking through all that ever was"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ADMINS = {"sqlite_where": sa.text("is_admin = 1"), "postgresql_where": sa.text("is_admin")}

BROADER = [
    ("ix_wishes_author_id", "wishes", ["author_id", "id"]),
    ("ix_wishes_state", "wishes", ["state", "finished_at"]),
    ("ix_wishes_submitted_at", "wishes", ["submitted_at", "author_id"]),
    ("ix_outgoing_chat_id", "outgoing", ["chat_id", "id"]),
]
"""Indexes that get other columns under their old name."""


def partial(condition: str) -> dict[str, sa.TextClause]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    op.create_index("ix_people_admins", "people", ["id"], **ADMINS)
    op.create_index("ix_people_volunteer", "people", ["volunteer"], **partial("volunteer = 'asked' OR volunteer = 'yes'"))
    op.create_index("ix_wishes_going_on", "wishes", ["author_id"], **partial("finished_at IS NULL"))
    op.create_index("ix_wishes_contact", "wishes", ["finished_at"], **partial("contact IS NOT NULL"))
    op.create_index("ix_claims_live", "claims", ["due_at"], **partial("state = 'live'"))
    unsettled = partial("state = 'waiting' OR state = 'parked' OR state = 'failed'")
    op.create_index("ix_outgoing_unsettled", "outgoing", ["state", "chat_id"], **unsettled)
    op.create_index("ix_digests_person_id", "digests", ["person_id"])
    if op.get_context().dialect.name == "postgresql":
        for name, table, columns in BROADER:
            op.create_index(f"{name}_broader", table, columns)
    # What shuts readers out comes last: nothing that takes long is left to do.
    for name, table in [("ix_wishes_created_at", "wishes"), ("ix_wishes_finished_at", "wishes")]:
        op.drop_index(name, table)
    for name, table, columns in BROADER:
        op.drop_index(name, table)
        if op.get_context().dialect.name == "postgresql":
            op.execute(f"ALTER INDEX {name}_broader RENAME TO {name}")
        else:
            op.create_index(name, table, columns)


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
