"""One module a migration. A published one is never changed."""
