"""What the handlers of this room's pages hold: `registry.taking_files` says how."""

from __future__ import annotations

from registry import taking_files
from registry.taking_files import checked_for_forgery_after
from sharing.employers import uploads
from sharing.parsing import FileParser


class InMemory(taking_files.InMemory):
    most = FileParser.most


class SpreadsheetInMemory(taking_files.InMemory):
    most = uploads.MEGABYTES * uploads.MEGABYTE


__all__ = ["InMemory", "SpreadsheetInMemory", "checked_for_forgery_after"]
