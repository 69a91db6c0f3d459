"""Verifying that nobody altered the log, or the book beside it, past the acts (docs/log.md)."""
