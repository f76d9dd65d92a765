"""Alembic migrations: the only way the database's shape changes."""
