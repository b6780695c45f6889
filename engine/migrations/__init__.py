"""Alembic's migrations, the same revisions for SQLite and PostgreSQL; run by ``Database.migrate``."""
