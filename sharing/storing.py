"""Rows of the rooms go in as those of the book do."""

from registry.storing import store

__all__ = ["store"]
