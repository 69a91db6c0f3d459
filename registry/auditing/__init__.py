"""The audit trail: `note` writes what has no table of its own; a tree of its own makes all of it tamper-evident (docs/audit.md)."""

from registry.auditing.noting import account, client, command, note, note_command, note_request

__all__ = ["account", "client", "command", "note", "note_command", "note_request"]
