"""Checkpoints of the log: what was signed can never be taken back unseen (docs/log.md)."""
