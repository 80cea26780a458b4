"""Migrations, run by Alembic at every start: `versions` holds them in their order."""
