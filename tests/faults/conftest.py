"""The storm takes longest of all faults: where several processes share them, it begins first."""

from __future__ import annotations

import pytest


@pytest.hookimpl(trylast=True)  # after pytest-django, which puts last what needs no database of its own
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name != "test_storms.py")
