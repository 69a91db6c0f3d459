"""What pages of employers take as a file, and how long it may be (`registry.taking_files`)."""

from __future__ import annotations

from registry import taking_files
from registry.taking_files import checked_for_forgery_after
from sharing.employers import uploads
from sharing.parsing import FileParser

__all__ = ["InMemory", "SpreadsheetInMemory", "checked_for_forgery_after"]


class InMemory(taking_files.InMemory):
    most = FileParser.most


class SpreadsheetInMemory(InMemory):
    most = uploads.MEGABYTES * uploads.MEGABYTE
