"""Alembic's revisions, one file a step; `storage.migrate` runs them."""
