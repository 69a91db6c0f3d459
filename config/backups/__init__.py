"""Backups of the database, and the drill that proves that one can be restored (docs/backup.md)."""
